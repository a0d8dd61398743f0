"""The phrases that rules react to, by what they ask for."""

from collections.abc import Mapping
from typing import Final

Phrases = Mapping[tuple[str, ...], str]


def _phrases(**meanings: str) -> Phrases:
    return {
        tuple(phrase.split()): meaning
        for meaning, text in meanings.items()
        for phrase in text.split("|")
    }


COUNTS: Final = _phrases(
    count="how many|number of|count of|count the|count|counts of|# of|total number of|"
    "how many of the|numbers of|the amount of"
)
AGGREGATES: Final = _phrases(
    sum="total|sum of|sum|overall|combined|how much|how much money|"
    "aggregate|in total|altogether|cumulative",
    avg="average|mean|avg|typical|on average|averaged",
    max="maximum|max|highest|largest|biggest|longest|greatest|latest|most recent|newest|"
    "most expensive|costliest|strongest",
    median="median",
    min="minimum|min|lowest|smallest|shortest|least|earliest|cheapest|oldest|first ever|weakest",
)
SHARES: Final = _phrases(
    share="portion of|what portion of|percentage of|percent of|share of|proportion of|"
    "fraction of|what part of|"
    "what percentage|what percent|what share|what proportion|what fraction|% of|percentage|"
    "proportion|how large a share of|the share|percentage share of"
)
DISTINCT: Final = frozenset(("different", "distinct", "unique", "separate"))
MOST: Final = _phrases(
    desc="top|most|highest|largest|biggest|leading|greatest|longest|most expensive|busiest|"
    "most common|most frequent|most frequently|most often|most popular|most used|commonest|maximum|"
    "latest|newest|youngest|most recent|richest|costliest|wealthiest|heaviest|strongest|"
    "most commonly|highest paid",
    asc="bottom|fewest|least|lowest|smallest|shortest|least common|least frequent|cheapest|"
    "rarest|minimum|earliest|oldest|poorest|weakest|least often|least popular",
)
COMMON: Final = frozenset(
    (
        "common",
        "frequent",
        "frequently",
        "often",
        "popular",
        "used",
        "commonest",
        "rarest",
        "busiest",
        "commonly",
    )
)
BY: Final = _phrases(
    by="by|per|for each|for every|in each|in every|at each|at every|across|of each|of every|"
    "grouped by|group by|broken down by|split by|each|every|depending on|according to|"
    "split into|for the different|for different|across the different|across different|"
    "between different|by each|by type of|separately for|with each|from each|to each|"
    "for all|over the"
)
GRAINS: Final = _phrases(
    year="year|yearly|annual|annually|years|calendar year",
    quarter="quarter|quarterly|quarters",
    month="month|monthly|months|over time|trend|evolution|calendar month|trends|developed|"
    "develop|development|month by month",
    week="week|weekly|weeks",
    day="day|daily|days|date",
    weekday="weekday|day of the week|day of week|days of the week|weekdays",
    hour="hour|hourly|hour of the day|hour of day|hours|time of day",
)
ALWAYS_GRAIN: Final = frozenset(
    (
        "yearly",
        "annual",
        "annually",
        "quarterly",
        "monthly",
        "weekly",
        "daily",
        "hourly",
        "trend",
        "trends",
        "evolution",
        "develop",
        "developed",
        "development",
    )
)
COMPARE: Final = {
    **_phrases(
        gt="more than|over|above|greater than|exceeding|exceeds|exceed|higher than|larger than|"
        "exceeded|"
        "bigger than|longer than|in excess of|upwards of|older than|better than|beyond|>",
        ge="at least|no less than|not less than|minimum of|or more|and above|and up|or above|"
        "or higher|starting from|no fewer than|> =|or longer|or older|and older|and over",
        lt="less than|under|below|fewer than|lower than|smaller than|shorter than|cheaper than|"
        "younger than|worse than|<",
        le="at most|no more than|not more than|up to|maximum of|or less|or fewer|or below|"
        "or lower|and below|< =|not exceeding|or younger|and younger|and under",
        eq="exactly|equal to|equals|of exactly|=",
    ),
}
OPERATORS: Final = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "="}
AFTER_NUMBER: Final = frozenset(
    phrase for phrase in COMPARE if phrase[0] in {"or", "and"} and len(phrase) == 2
)
WHEN: Final = _phrases(
    before="before|prior to|until|up to|earlier than|till",
    after="after|later than|following",
    since="since|from|starting|starting in|beginning|as of|on or after|starting from",
)
NEGATIONS: Final = frozenset(
    (
        "not",
        "non",
        "except",
        "excluding",
        "without",
        "isn",
        "aren",
        "wasn",
        "weren",
        "never",
        "exclude",
        "but",
        "besides",
        "no",
        "neither",
        "nor",
        "outside",
        "excl",
        "un",
    )
)
WITHOUT: Final = frozenset(
    (
        "without",
        "no",
        "nor",
        "lacking",
        "lack",
        "lacks",
        "never",
        "missing",
        "unknown",
        "zero",
        "neither",
        "not",
        "don",
        "doesn",
        "didn",
        "haven",
        "hasn",
        "null",
        "blank",
        "empty",
        "unrecorded",
    )
)
WITH: Final = frozenset(
    (
        "with",
        "have",
        "has",
        "had",
        "having",
        "hold",
        "holds",
        "holding",
        "own",
        "owns",
        "own",
        "held",
        "who",
        "took",
        "take",
        "taking",
        "got",
        "received",
        "receive",
        "receiving",
        "underwent",
        "using",
        "use",
        "owning",
        "possess",
        "carry",
    )
)
SHOW: Final = frozenset(
    (
        "list",
        "show",
        "which",
        "who",
        "display",
        "names",
        "name",
        "find",
        "give",
        "get",
        "what",
        "see",
        "print",
        "return",
        "details",
        "select",
    )
)
SUPERLATIVE_BY: Final = _phrases(
    by="by|in terms of|with the|with|based on|ranked by|according to|on|for|having the|in|"
    "measured by|ordered by|sorted by|that have the|who have the|has the|have the|had the"
)
SORT: Final = _phrases(
    desc="highest first|descending|largest first|most first|from highest to lowest|"
    "from high to low|in descending order|rank|ranked|ranking|decreasing|biggest first",
    asc="lowest first|ascending|smallest first|from lowest to highest|in ascending order|"
    "increasing|from low to high|least first",
)
ABOVE_AVERAGE: Final = {
    **_phrases(
        gt="above average|above the average|above-average|higher than average|more than average|"
        "higher than the average|more than the average|greater than average|over average|"
        "greater than the average|larger than average|longer than average|over the average|"
        "exceeds the average|exceeding the average|better than average|above - average",
        lt="below average|below the average|less than average|lower than average|under average|"
        "lower than the average|less than the average|smaller than average|below - average|"
        "shorter than average|under the average|worse than average",
    ),
}
SERIOUS: Final = frozenset(
    """average mean avg typical total sum overall combined maximum max highest largest biggest
    longest greatest latest newest minimum min lowest smallest shortest least earliest cheapest
    oldest youngest most fewest top bottom median busiest common frequent frequently often
    popular percentage share proportion fraction ratio above below under more fewer less
    exceeding before after since until except excluding exclude without not no never neither per
    each every different distinct unique weekday month quarter year monthly quarterly yearly
    annually weekly daily hourly trend versus vs compared difference older younger longer
    negative positive new recent much money expensive ascending descending old aged age ages change
    changes changed growth grow grew growing increase increased decrease decreased rise rose fell
    fall drop dropped gain gained time late punctually gap weekend weekends weekdays
    workdays first last final than within same again twice once times other others next previous
    prior against half double consecutive
    acquire acquired available better beyond bigger blank cheaper completed cumulative differ
    differs develop developed due earlier empty ended ending ends equal equals excess far following
    full greater higher high low lower lack lacking lacks large larger later lately leading lose
    loses lost missing nor non null outside paid part portion prefer preferred prefers richest
    poorest shorter smaller smoke strongest weakest today unknown unrecorded wealthiest win won
    worse zero vary varies evolution another besides spend spends spent spending
    delay lag interval wait turnaround""".split()
)
"""Words that change what a question asks: a tree that none of the rules made of them is wrong."""
DISTRIBUTION: Final = frozenset(("distribution", "breakdown", "split", "mix", "composition"))
ADDRESSES: Final = frozenset(
    """minute minutes currency dollar dollars usd euro euros eur percent % points recorded
    right pls plz actually really basically presently lately approximately roughly around far file
    write writes wrote written issue issues end ends ended ending lose loses lost register
    located situated
    offer offers sell sells accept accepts provide provides given gave charged collected earned
    earn earns earning registered available belonging belong associated related involving involve
    made did amounts money occurring occurred receive worth size sized sort sorted order ordered
    see saw seen work works worked working live lives living lived measured through because due
    process residing reside done process processes negative positive still
    last lasted lasting took takes
    belongs come comes came hold held been staying stayed stay treat treated use uses used
    paid pay pays went go got get gets receive received visit visited had bring brought
    highest lowest overview summary breakdown distribution split chart plot graph line bar table
    bank hospital group company today compare compared comparison versus difference between
    mix composition new smoke another money
    performed carried placed served handled processed completed
    containing contain include
    includes including included individual entire whole full across period periods
    happening generate generated account for
    pull fetch win won differ differs vary varies gone case cases under place attract attracted
    acquire acquired gain overall granted gave single suffer suffers suffering suffered prefer
    prefers preferred home back join
    stand stands standing counting counted
    bring brings raise raised reach reached stem stemming arise recorded record
    via altogether tally tallied figure situation status-wise whatsoever""".split()
)
"""Words around a question's content that say nothing more."""


def all_words() -> frozenset[str]:
    """Return every single word that some rule reacts to."""
    tables = (COUNTS, AGGREGATES, SHARES, MOST, BY, GRAINS, COMPARE, WHEN, SORT, ABOVE_AVERAGE)
    phrases = {word for table in tables for phrase in table for word in phrase}
    groups = (
        SERIOUS,
        DISTRIBUTION,
        DISTINCT,
        COMMON,
        NEGATIONS,
        WITHOUT,
        WITH,
        SHOW,
        ADDRESSES,
        ALWAYS_GRAIN,
    )
    return frozenset(phrases).union(*groups)
