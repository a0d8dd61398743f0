# ruff: noqa: E501  (a wording is not cut)
"""How people word the parts of a question: choices parted by bars.

`{…}` are filled in by `training.sql_examples`: `np` a noun phrase, `n` a nominal ("the average
price of orders"), `c` a column, `d` a dimension, `v` a value, `t` and `ts` a table's singular and
plural, `x` a number.
"""

_PERIODS = (
    "2023|2024|2025|2022|last year|this year|last month|this month|last quarter|this quarter|"
    "March 2025|january 2024|Dec 2023|Q3 2024|q1 2025|the last 30 days|the past 90 days|"
    "the last 6 months|the past year|last week|yesterday|today|the first half of 2024|"
    "summer 2024|2024-05|May 5, 2024|2025-03-01|the previous quarter|the last two years|"
    "April|the second quarter of 2023|past 3 months|last 12 months|fy 2023"
)
PERIODS = _PERIODS.split("|")
_NUMBERS = (
    "5|10|12|20|25|30|50|65|75|100|120|200|250|300|500|650|700|1000|1,000|1500|2000|5,000|10,000|"
    "50000|100k|1 million|2.5|0.5|3.7|two|three|ten|$50|$1,000|90|18|80|5k|7|40"
)
NUMBERS = _NUMBERS.split("|")
_COUNTS = "3|5|10|20|five|ten|three|15|7|100|2|4|25|six"
COUNTS = _COUNTS.split("|")
_FREE_TEXTS = "blue|north|gmbh|harbor|acme|light|pro|smith|plus|2024a|care|x-ray|old|star"
FREE_TEXTS = _FREE_TEXTS.split("|")

OPENERS = (
    "what is {n}{g}?|what's {n}{g}|what was {n}{g}?|show me {n}{g}|show {n}{g}|give me {n}{g}|"
    "{n}{g}|{n}{g}|{n}{g}?|I need {n}{g}|can you tell me {n}{g}?|tell me {n}{g}|find {n}{g}|"
    "calculate {n}{g}|compute {n}{g}.|please show {n}{g}|i'd like to see {n}{g}|get {n}{g}|"
    "could you show me {n}{g}?|report {n}{g}|display {n}{g}|{g}, what is {n}?|how does {n} look{g}?|"
    "do you know {n}{g}?|compare {n}{g}|trend of {n}{g}|how has {n} developed{g}?|plot {n}{g}|chart {n}{g}|"
    "what about {n}{g}?|break down {n}{g}|how much is {n}{g}?|let me see {n}{g}|what are the numbers for {n}{g}?|how high is {n}{g}?"
)
COUNT_QUESTIONS = (
    "how many {np} are there{g}?|how many {np}{g}?|how many {np} do we have{g}?|how many {np}{g}|"
    "count {np}{g}|count the {np}{g}|number of {np}{g}|what is the number of {np}{g}?|"
    "what's the total number of {np}{g}?|show the count of {np}{g}|{np} count{g}|"
    "how many {np} did we see{g}?|tell me how many {np} there are{g}|give me the number of {np}{g}|"
    "total {np}{g}|how large is the number of {np}{g}?|# of {np}{g}|"
    "I want to know how many {np} we have{g}|{g}, how many {np} are there?|"
    "how many {np} exist{g}?|how many {np} were there{g}?|nr of {np}{g}|no. of {np}{g}|"
    "how many {np} happened{g}?|compare the number of {np}{g}|trend of {np}{g}|distribution of {np}{g}|"
    "breakdown of {np}{g}|how many {np} did we get{g}?|volume of {np}{g}|how often did we have {np}{g}?"
)
COUNT_STATES = (
    "how many {ts} are {v}{g}?|how many {ts} were {v}{g}?|how many {ts} have been {v}{g}?|"
    "how many of the {ts} are {v}{g}|how many {ts} got {v}{g}|{ts} that are {v}{g}, how many?|"
    "number of {ts} that were {v}{g}|how many {ts} are there that are {v}{g}?|how many {ts} is {v}{g}"
)
HOW_MUCH = (
    "how much {c} do {np} have{g}?|how much {c} is there{g} for {np}?|how much {c} did {np} have{g}?|"
    "how much {c} did we have{g} from {np}?|how much is the {c} of {np}{g}?|"
    "how much {c} in total{g} for {np}?|how much {c} do we get from {np}{g}?|how much {c} for {np}{g}|"
    "how much {c} did {np} make{g}?"
)
HOW_MUCH_BARE = (
    "how much {c} is there{g}?|how much {c} was there{g}?|how much {c} did we have{g}?|"
    "how much {c}{g}?|how much is the {c} in total{g}?|how much {c} do we have{g}"
)
WHEN = {
    "max": "when was the last {t}?|when was the most recent {t} {c}?|when was the latest {t} {c}|"
    "what is the date of the last {t}?|when did we last have a {t}?|when was the newest {t} {c}?",
    "min": "when was the first {t}?|when was the earliest {t} {c}?|when did the first {t} happen?|"
    "what is the date of the first {t}?|when was the oldest {t} {c}?",
}
LINKED_VALUES = (
    "with {v}|having {v}|who have {v}|who had {v}|that got {v}|diagnosed with {v}|taking {v}|using {v}|"
    "treated with {v}|who received {v}|related to {v}|that have {v}|because of {v}|on {v}|that use {v}|"
    "with a {v}|who have a {v}|that had {v}|with at least one {v} {t}|who have {v} {ts}|with {v} {ts}|"
    "with a {v} {t}|that have a {v} {t}"
)
COUNT_NOMINALS = "the number of {np}|number of {np}|the count of {np}|the {np} count|the total {np}"
AGGREGATES = {
    "avg": "the average {c} of {np}|average {c} for {np}|the mean {c} of {np}|avg {c} of {np}|"
    "the average {c} per {t}|the average {c} across {np}|average {c} among {np}|"
    "the typical {c} of {np}|mean {c} for {np}",
    "sum": "the total {c} of {np}|total {c} for {np}|the sum of {c} for {np}|the overall {c} of {np}|"
    "sum of {c} over {np}|the combined {c} of {np}|the total {c} across {np}|"
    "total {c} from {np}|{c} in total for {np}",
    "max": "the highest {c} of {np}|the maximum {c} for {np}|the largest {c} among {np}|"
    "max {c} of {np}|the biggest {c} of any of the {np}|the top {c} among {np}|highest {c} for {np}",
    "min": "the lowest {c} of {np}|the minimum {c} for {np}|the smallest {c} among {np}|"
    "min {c} of {np}|the least {c} among {np}|lowest {c} for {np}",
    "count distinct": "the number of different {cs} of {np}|the number of distinct {cs} among {np}|"
    "how many different {cs} there are among {np}|count of unique {cs} for {np}|"
    "distinct {cs} of {np}|the number of unique {cs} among {np}",
}
BARE = {
    "avg": "the average {c}|average {c}|the mean {c}|avg {c}|{c} on average",
    "sum": "the total {c}|total {c}|the sum of {c}|overall {c}|{c} in total|the total of {c}",
    "max": "the highest {c}|the maximum {c}|max {c}|the largest {c}|the biggest {c}",
    "min": "the lowest {c}|the minimum {c}|min {c}|the smallest {c}",
    "count distinct": "the number of different {cs}|how many distinct {cs} there are|unique {cs}",
}
DATE_ENDS = {
    "max": "the latest {c} of {np}|the most recent {c} among {np}|the last {c} of {np}|the newest {c} of {np}",
    "min": "the earliest {c} of {np}|the first {c} among {np}|the oldest {c} of {np}",
}
METRICS = (
    "the {c} of {np}|the {c} for {np}|{c} for {np}|{c} of {np}|our {c} for {np}|the {c} among {np}"
)
BARE_METRICS = "the {c}|{c}|our {c}|the overall {c}|the current {c}"
SHARES_IF = (
    "the share of {np} that {p}|the percentage of {np} that {p}|what share of {np} {p}|"
    "what percentage of {np} {p}|the proportion of {np} that {p}|what fraction of {np} {p}|"
    "the percent of {np} that {p}|how many percent of {np} {p}|what part of {np} {p}"
)
SHARES_OF = (
    "the share of {ts} {v}|what percentage of {ts} is {v}|the proportion of {v} {ts}|"
    "the share of {v} {ts} among all {ts}|the percentage of {v} {ts}"
)
SHARES_BY = (
    "the share of {n} by {d}|each {d}'s share of {n}|the percentage of {n} by {d}|"
    "how {n} is distributed across {ds}|what part of {n} each {d} makes up|"
    "the percentage breakdown of {n} by {d}|what share of {n} each {d} has"
)
RATIOS = "the ratio of {a} to {b}|{a} divided by {b}|{a} relative to {b}|the ratio between {a} and {b}|{a} over {b}"
PER_GROUP = {
    "avg": "the average number of {ts} per {o}|how many {ts} {a} {o} has on average|"
    "average {ts} per {o}|the mean number of {ts} per {o}|number of {ts} per {o} on average",
    "max": "the most {ts} that any {o} has|the highest number of {ts} per {o}|"
    "the maximum number of {ts} for a single {o}|the largest number of {ts} per {o}",
    "min": "the fewest {ts} that any {o} has|the lowest number of {ts} per {o}|"
    "the minimum number of {ts} for a single {o}",
}
PER_GROUP_SUM = {
    "avg": "the average total {c} per {o}|the total {c} {a} {o} has on average|average summed {c} per {o}",
    "max": "the highest total {c} per {o}|the largest total {c} of any {o}",
    "min": "the lowest total {c} per {o}|the smallest total {c} of any {o}",
}
GROUPS = (
    " by {d}| by {d}| by {d}| per {d}| for each {d}| for every {d}| grouped by {d}| in each {d}|"
    " split by {d}| broken down by {d}| across {ds}| for the different {ds}| by each {d}|, by {d}|"
    " separately for each {d}| per each {d}| according to {d}"
)
GRAINS = {
    "year": " by year| per year| each year| yearly| for each year| year by year| annually| over the years",
    "quarter": " by quarter| per quarter| each quarter| quarterly| for each quarter",
    "month": " by month| per month| each month| monthly| over time| month by month| for each month| as a monthly trend",
    "week": " by week| per week| each week| weekly| week by week",
    "day": " by day| per day| each day| daily| day by day",
    "weekday": " by weekday| by day of the week| per weekday| for each day of the week",
    "hour": " by hour| by hour of the day| per hour of day| for each hour of the day",
}
TOP = (
    "top {x} {ds} by {n}|the {x} {ds} with the highest {m}|which {x} {ds} have the highest {m}?|"
    "show the top {x} {ds} by {n}|{x} {ds} with the most {m}|list the {x} best {ds} by {n}|"
    "the top {x} {ds} in terms of {n}|what are the {x} {ds} with the largest {m}?|"
    "rank the top {x} {ds} by {n}|which {x} {ds} lead in {n}?|give me the {x} leading {ds} by {n}"
)
BOTTOM = (
    "bottom {x} {ds} by {n}|the {x} {ds} with the lowest {m}|which {x} {ds} have the lowest {m}?|"
    "the {x} {ds} with the least {m}|{x} weakest {ds} by {n}|what are the {x} {ds} with the smallest {m}?"
)
BEST = (
    "which {d} has the highest {m}?|which {d} has the most {m}?|what {d} has the largest {m}?|"
    "the {d} with the highest {m}|which {d} leads in {n}?|find the {d} with the biggest {m}|"
    "{d} with most {m}|what is the top {d} by {n}?|which {d} ranks first by {n}?"
)
WORST = (
    "which {d} has the lowest {m}?|which {d} has the fewest {m}?|what {d} has the smallest {m}?|"
    "the {d} with the lowest {m}|{d} with the least {m}|which {d} ranks last by {n}?"
)
SORTED = {
    True: ", highest first| from highest to lowest| sorted descending|, largest first| in descending order| ranked from high to low|, most first",
    False: ", lowest first| from lowest to highest| sorted ascending|, smallest first| in ascending order",
}
SHOW = (
    "list {np}|show me {np}|show all {np}|which {np} are there?|give me a list of {np}|find {np}|"
    "which {np} do we have?|list all {np}|who are the {np}?|display {np}|{np}|get the {np}|name the {np}|"
    "which are the {np}?|i need a list of {np}"
)
SHOW_COLUMNS = (
    "list the {cs} of {np}|show {cs} for {np}|what are the {cs} of {np}?|give me the {cs} of {np}|"
    "show the {cs} of {np}|find the {cs} for all {np}|{cs} of {np}|display {cs} of {np}|"
    "what is the {cs} of {np}?|tell me the {cs} of {np}|list {np} with their {cs}|"
    "show me {np} together with their {cs}|return {cs} of {np}"
)
SHOW_TOP = {
    True: "the {x} {np} with the highest {c}|top {x} {np} by {c}|{x} largest {np} by {c}|"
    "show the {x} {np} with the most {c}|which {x} {np} have the highest {c}?|the {x} biggest {np} by {c}",
    False: "the {x} {np} with the lowest {c}|bottom {x} {np} by {c}|{x} smallest {np} by {c}|"
    "which {x} {np} have the lowest {c}?|the {x} {np} with the least {c}",
}
SHOW_BEST = {
    True: "which {s} has the highest {c}?|the {s} with the highest {c}|what is the {s} with the largest {c}?|find the {s} with the most {c}",
    False: "which {s} has the lowest {c}?|the {s} with the lowest {c}|what is the {s} with the smallest {c}?",
}
SHOW_RECENT = {
    True: "the {x} most recent {np}|the latest {x} {np}|show the last {x} {np}|the {x} newest {np}|{x} latest {np} by {c}",
    False: "the {x} oldest {np}|the first {x} {np}|the {x} earliest {np} by {c}",
}
HAVING = (
    "which {ds} have {o} {x} {ts}?|{ds} with {o} {x} {ts}|list {ds} that have {o} {x} {ts}|"
    "show {ds} with {o} {x} {ts} and how many they have|find all {ds} having {o} {x} {ts}"
)
HAVING_TAIL = (
    ", only where it is {o} {x}| where it is {o} {x}| but only if it is {o} {x}|, only those with {o} {x}|"
    " for those with {o} {x}"
)
OPERATORS = {
    ">": "more than|over|above|greater than|exceeding|higher than|>",
    ">=": "at least|no less than|not less than|>=|a minimum of|from",
    "<": "less than|under|below|fewer than|lower than|<",
    "<=": "at most|no more than|up to|not more than|<=|a maximum of",
    "=": "exactly|equal to|of exactly|=",
    "!=": "other than|not equal to|different from",
}
NUMBER_FILTERS = (
    "with {a} {c} {o} {x}|with {c} {o} {x}|whose {c} is {o} {x}|where the {c} is {o} {x}|"
    "where {c} is {o} {x}|having {c} {o} {x}|with {o} {x} {c}|that have a {c} of {o} {x}|{c} {o} {x}"
)
BETWEEN_FILTERS = (
    "with a {c} between {x} and {y}|whose {c} is between {x} and {y}|with {c} from {x} to {y}|"
    "where {c} lies between {x} and {y}|with {c} in the range {x} to {y}|{c} {x}-{y}"
)
AVERAGE_FILTERS = {
    ">": "with above average {c}|with {c} above average|whose {c} is higher than average|with a higher than average {c}|that have above-average {c}",
    "<": "with below average {c}|with {c} below average|whose {c} is lower than average|with a lower than average {c}",
}
VALUE_FILTERS = (
    "with {c} {v}|whose {c} is {v}|where the {c} is {v}|where {c} = {v}|of {c} {v}|in {c} {v}|"
    "for {c} {v}|with the {c} {v}|that have {c} {v}|with {v} as {c}|with {v} {c}"
)
PLACE_FILTERS = "in {v}|from {v}|for {v}|at {v}|located in {v}|of {v}|based in {v}|in {v} only"
NOT_FILTERS = (
    "that are not {v}|not {v}|except {v}|other than {v}|excluding {v}|whose {c} is not {v}|"
    "without {v}|with {c} not {v}|where {c} is not {v}|outside {v}|apart from {v}"
)
AMONG_FILTERS = (
    "that are {v} or {w}|with {c} {v} or {w}|either {v} or {w}|whose {c} is {v} or {w}|for {v} and {w}|"
    "in {v} or {w}|from {v} and {w}|where {c} is one of {v}, {w}|in {v} and {w}"
)
NOT_AMONG_FILTERS = (
    "excluding {v} and {w}|that are neither {v} nor {w}|except {v} and {w}|not in {v} or {w}|"
    "with {c} other than {v} or {w}|without {v} and {w}"
)
DATE_VERBS = "{c} in {v}|that were {c} in {v}|{c} during {v}|which {c} in {v}|{c} {v}|that {c} in {v}|with {c} in {v}"
DATE_VERBS_SIDE = {
    "before": "{c} before {v}|that were {c} before {v}|{c} earlier than {v}|{c} prior to {v}|{c} until {v}",
    "after": "{c} after {v}|that were {c} after {v}|{c} later than {v}|{c} following {v}",
    "since": "{c} since {v}|that were {c} since {v}|{c} from {v} on|{c} as of {v}|{c} from {v} onwards",
}
PERIOD_PLAIN = {
    "during": " in {v}| during {v}| for {v}| {v}| within {v}| in {v}| over {v}",
    "before": " before {v}| up to {v}| prior to {v}",
    "after": " after {v}| later than {v}",
    "since": " since {v}| from {v} on| starting from {v}",
}
TRUE_FILTERS = (
    "that are {c}|which are {c}|marked as {c}|flagged {c}|that were {c}|with {c} true|being {c}"
)
FALSE_FILTERS = "that are not {c}|which are not {c}|not {c}|that were not {c}|non-{c}|without {c}|with {c} false"
CONTAINS_FILTERS = (
    "with '{v}' in the {c}|whose {c} contains \"{v}\"|whose {c} includes '{v}'|with a {c} containing '{v}'|"
    "with \"{v}\" somewhere in the {c}|where {c} has '{v}' in it"
)
NULL_FILTERS = (
    "without a {c}|with no {c}|with missing {c}|whose {c} is missing|where {c} is unknown|"
    "with an unknown {c}|that have no {c}|where no {c} is recorded|lacking a {c}|whose {c} was never recorded|"
    "with empty {c}|not yet {c}"
)
NOT_NULL_FILTERS = (
    "that have a {c}|with a known {c}|whose {c} is known|where the {c} is recorded|with any {c}|"
    "with a recorded {c}|whose {c} is not missing"
)
HAS_FILTERS = "with {ts}|that have {ts}|with at least one {t}|who have a {t}|having {ts}|with any {ts}|that have a {t}"
LACKS_FILTERS = "without {ts}|that have no {ts}|with no {ts}|without any {ts}|who never had a {t}|lacking {ts}|that do not have a {t}"
ENDINGS = (
    " please| thanks|, thank you| for my report| right now| in our data| in the database| again"
)
"""Noise that changes nothing."""
STARTS = "please |hi, |hey |quick question: |ok, |so |could you |hello! |for the board: |just "
"""Noise before a question."""
