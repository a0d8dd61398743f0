"""Turns of phrase brought into the one form that the readers know, before anything is linked.

"How long does a colonoscopy take on average?" asks for the average duration of a colonoscopy. Each
rule is a pattern and what it becomes; the question itself is kept as it was for the answer.
"""

import re
from typing import Final

_A: Final = r"(?:an?|each|every|the average|the typical|one)"
_THING: Final = r"([\w' -]+?)"
_ON_AVERAGE: Final = r"(?:,? (?:on average|typically|usually|in the mean))"
_END: Final = r"\s*\?*$"
_SPAN: Final = r"from |until |till |to |between "
_GO_BY: Final = r"(?: (?:pass|passed|elapse|elapsed|are there|were there))"
_DO: Final = r"(?:does|do|did|has|have)"
_HOLD: Final = (
    r"(?: have| make| hold| get| take| write| do| place| need| receive| attend| buy| sell| use| see"
    r"| teach| treat| handle| undergo| complete)"
)
_US: Final = r"(?:we|the (?:bank|hospital|company|practice))"
_GET: Final = r"(?:collect|earn|receive|take|make|get|charge)"
_VERB: Final = r"(\w+ed|done|taken|given|made|paid|seen|held|drawn)"
_RULES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), put)
    for pattern, put in (
        (r"\b(?:can|won)['’]t\b", "not"),
        (r"\b(?:last|final) (?:quarter|3 months|three months) of (?=(?:19|20)\d\d)", "Q4 "),
        (r"\b(?:last|final|latter) half of (?=(?:19|20)\d\d)", "second half of "),
        (r"\b(?:last|final) month of (?=(?:19|20)\d\d)", "December "),
        (r"(?<=est) (?:single|individual) (?=[a-z])", " "),
        (rf"^how much (?:money )?did {_US} {_GET} in (?=[a-z]+ (?:fee|premium|commi))", "total "),
        (r"\bH1 (?=(?:19|20)\d\d)", "first half of "),
        (r"\bH2 (?=(?:19|20)\d\d)", "second half of "),
        (r"(?<=[a-z])n['’]t\b", " not"),
        (r"\bwithout(?: ever)? (?:having|holding|owning)(?: had)? (?:an? |any )?", "without "),
        (r"(\d[\d.,]*(?:k|m)?(?: (?:dollars|euros|usd|eur))?) (?:a|per) year\s*\?*$", r"\1"),
        (rf"^when (?:was|were) (?:the )?{_THING} last {_VERB}{_END}", r"latest \2 of \1"),
        (rf"^when (?:was|were) (?:the )?{_THING} first {_VERB}{_END}", r"earliest \2 of \1"),
        (
            rf"^how many {_THING} {_DO} {_A} {_THING}{_HOLD}?{_ON_AVERAGE}{_END}",
            r"average number of \1 per \2",
        ),
        (
            rf"^on average,? how many {_THING} (?:does|do) {_A} {_THING}{_HOLD}?{_END}",
            r"average number of \1 per \2",
        ),
        (
            rf"^how many {_THING} (?:does|do) the (?:average|typical) {_THING}{_HOLD}{_END}",
            r"average number of \1 per \2",
        ),
        (
            rf"^(?:how many |the )?{_THING} per (\w+) on average{_END}",
            r"average number of \1 per \2",
        ),
        (r"\b(than|least|most|under|within) an? (minute|hour|day|week|month|year)\b", r"\1 1 \2"),
        (r"\b(?:in|from) ((?:19|20)\d\d) or (?:later|after|onwards?|since)\b", r"since \1"),
        (
            rf"^which {_THING} (?:take|last|run)s? longer than {_THING}{_ON_AVERAGE}{_END}",
            r"which \1 have an average duration above \2",
        ),
        (
            rf"^which {_THING} costs? more than {_THING}{_ON_AVERAGE}{_END}",
            r"which \1 have an average cost above \2",
        ),
        (
            rf"^how long (?:does|do) (?:an? |the )?{_THING} (?:take|last|run){_ON_AVERAGE}?{_END}",
            r"average duration of \1",
        ),
        (
            rf"^(?:what|how much) (?:does|do) (?:an? |the )?{_THING} cost{_ON_AVERAGE}{_END}",
            r"average cost of \1",
        ),
        (r"\b(month|quarter|year|week)[- ](?:over|on|to|by)[- ]\1\b", r"\1ly"),
        (r"\b(?:yoy|y/y)\b", "yearly"),
        (r"\b(?:mom|m/m)\b", "monthly"),
        (r"\b(?:qoq|q/q)\b", "quarterly"),
        (rf"^how many days{_GO_BY}?{_ON_AVERAGE} (?={_SPAN})", "average number of days "),
        (
            rf"^how long (?:does|did) it (?:usually |typically )?take{_ON_AVERAGE}? (?={_SPAN})",
            "average number of days ",
        ),
        (r"^how long do (?:the )?patients stay(?: in hospital)?", "average length of stay"),
        (r"\b(?:on|in) time\b", "punctually"),
        (r"^by how much (did|does|has|have|do)\b", r"how \1"),
        (r"\bon the average\b", "on average"),
        (r"\bcusts?\b", "customers"),
        (r"\bpts\b", "patients"),
        (r"\baccts?\b", "accounts"),
        (r"\b(?:txns?|trx|trans)\b", "transactions"),
        (r"\bdepts?\b\.?", "department"),
        (r"\btot\b\.?", "total"),
        (r"\b(avg|mean|total|max|min|average) bal\b\.?", r"\1 balance"),
        (r"^(?:(?:nr|num)\b\.?|no\.) (?:of )?(?=[a-z])", "number of "),
        (r"(?:^|(?<=\s))w/o\b(?: (?:an?|any)\b)?", "without"),
        (r"(?:^|(?<=\s))w/(?= ?\w)", "with "),
        (r"\bpct\b\.?(?= of)", "percentage"),
        (r"\bdx\b", "diagnosis"),
        (r"\b(?:who are )?still (?:alive|living)\b", "who did not die"),
        (r"(?<=\d) ?dpd\b", " days past due"),
        (r"\b(largest|biggest|highest|lowest|smallest)\b(.*?) (?:ever|of all time)\b", r"\1\2"),
        (r"\bamt\b\.?", "amount"),
        (r"^([\w ]{3,30}?) (?:count|total)(?: pls| please)?\s*\?*$", r"number of \1"),
        (r"\bat least one\b", "a"),
        (
            r"\b(?:aged |are )?between (\d+) and (\d+) years (?:old|of age)\b",
            r"at least \1 years old and at most \2 years old",
        ),
        (r"\boverdrawn (accounts?)\b", r"\1 with negative balance"),
        (r"\b(?:(?:that|which) )?(?:are|is) overdrawn\b", "with negative balance"),
        (r"^what did ([\w ]+?) cost (?:us|the bank)\b", r"how much money did we lose to \1"),
        (
            rf"^(?:(?:what|which) is )?(?:the )?most expensive {_THING} on average{_END}",
            r"which \1 has the highest average cost",
        ),
        (
            rf"^(?:(?:what|which) is )?(?:the )?longest {_THING} on average{_END}",
            r"which \1 has the highest average duration",
        ),
        (
            rf"^(?:(?:what|which) is )?(?:the )?shortest {_THING} on average{_END}",
            r"which \1 has the lowest average duration",
        ),
        (r"\b(\w+)[- ]speaking\b(?= \w)", r"\1"),
        (r"\bdo(?:es)? not have (?:an? |any )?([\w ]+?) on (?:record|file)\b", r"without \1"),
        (r"\bhow does (?:the )?([\w ]+?) (?:differ|vary|change) (?:by|across|between)\b", r"\1 by"),
        (r"\b(?:passed away|have died)\b", "died"),
        (r"\b(?:took|takes|take) place\b", "happened"),
        (r"\b(?:have|has) gone more than\b", "are more than"),
        (r"^(?:can|could|would) you (?:please )?(?:pull|fetch|look up|dig out)\b", "show"),
        (r"^(?:please )?(?:pull|fetch|dig out)\b", "show"),
    )
)


def plain(question: str) -> str:
    """Return a question in the form that the readers know."""
    text = question
    for pattern, put in _RULES:
        text = pattern.sub(put, text)
    return text
