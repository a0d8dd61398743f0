"""The words of school English that the clause reader knows: verbs by class, and closed classes.

A verb's class says what it does to an amount. Regular forms are derived, irregular ones listed.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache


class VerbClass(Enum):
    """What a verb says about the amounts beside it."""

    BE = "be"
    HAVE = "have"
    START = "start"
    END = "end"
    GAIN = "gain"
    BUY = "buy"
    EARN = "earn"
    LOSE = "lose"
    SELL = "sell"
    SPEND = "spend"
    GIVE = "give"
    TAKE = "take"
    PUT = "put"
    SHARE = "share"
    COST = "cost"
    NEED = "need"
    TALLY = "tally"
    COME = "come"
    GO = "go"
    LEAVE = "leave"
    OTHER = "other"
    """A verb that is not in the lists: what is done with an amount, adding up at most."""


_LEMMAS: Mapping[VerbClass, str] = {
    VerbClass.HAVE: "have own hold contain carry possess",
    VerbClass.START: "start begin",
    VerbClass.END: "end",
    VerbClass.GAIN: (
        "get find receive pick win collect make bake plant catch gather add grow borrow order"
        " produce build cook draw knit sew harvest raise download hatch adopt create"
        " bring assemble weave craft uncover discover upload blow recycle hire invite"
    ),
    VerbClass.BUY: "buy purchase",
    VerbClass.EARN: "earn save",
    VerbClass.LOSE: (
        "lose eat use donate break remove throw delete destroy burn waste consume discard drink"
        " return misplace mail crack cut steal wilt pop melt fail delete chop drop"
    ),
    VerbClass.SELL: "sell",
    VerbClass.SPEND: "spend pay",
    VerbClass.GIVE: "give lend send hand",
    VerbClass.TAKE: "take",
    VerbClass.PUT: "put place pack arrange organize store fit sort",
    VerbClass.SHARE: "share divide split distribute separate",
    VerbClass.COST: "cost charge",
    VerbClass.NEED: "need want require",
    VerbClass.TALLY: (
        "read run walk jog hike ride drive score see watch swim practice travel bike work study"
        " play answer solve clean wash paint complete write do type count bowl climb sleep"
        " jump serve exercise cycle spot view record bill visit weigh rain snow hit sing"
    ),
    VerbClass.COME: "come join arrive enter board land fly",
    VerbClass.GO: "go depart exit quit die",
    VerbClass.LEAVE: "leave",
}
_IRREGULAR = {
    "have": "has had having",
    "hold": "held",
    "begin": "began begun",
    "get": "got gotten",
    "find": "found",
    "win": "won",
    "make": "made",
    "catch": "caught",
    "grow": "grew grown",
    "build": "built",
    "draw": "drew drawn",
    "bring": "brought",
    "weave": "wove woven",
    "buy": "bought",
    "lose": "lost",
    "eat": "ate eaten",
    "break": "broke broken",
    "throw": "threw thrown",
    "drink": "drank drunk",
    "sell": "sold",
    "spend": "spent",
    "pay": "paid",
    "give": "gave given",
    "lend": "lent",
    "send": "sent",
    "take": "took taken",
    "put": "put",
    "split": "split",
    "cost": "cost",
    "run": "ran",
    "ride": "rode ridden",
    "drive": "drove driven",
    "see": "saw seen",
    "swim": "swam swum",
    "write": "wrote written",
    "do": "did done does",
    "sleep": "slept",
    "come": "came",
    "go": "went gone goes",
    "leave": "left",
    "read": "read",
    "blow": "blew blown",
    "hit": "hit",
    "cut": "cut",
    "steal": "stole stolen",
    "fly": "flew flown",
    "sing": "sang sung",
}
_DOUBLED = frozenset("get win put swim run jog split begin pop chop drop hit cut".split())


def _forms(lemma: str) -> Iterator[str]:
    stem = lemma.removesuffix("e")
    doubled = lemma + lemma[-1] if lemma in _DOUBLED or lemma == "quit" else None
    yield lemma
    yield f"{lemma}es" if lemma.endswith(("s", "sh", "ch", "x", "o")) else f"{lemma}s"
    if lemma.endswith("y") and lemma[-2] not in "aeou":
        yield f"{lemma[:-1]}ies"
        yield f"{lemma[:-1]}ied"
    else:
        yield f"{stem}ed"
    yield f"{doubled or stem}ing"
    yield from _IRREGULAR.get(lemma, "").split()


@cache
def verb_forms() -> Mapping[str, tuple[str, VerbClass]]:
    """Return every form of every verb that is known, with its lemma and class."""
    forms = {
        form: (lemma, kind)
        for kind, lemmas in _LEMMAS.items()
        for lemma in lemmas.split()
        for form in _forms(lemma)
    }
    return {**forms, **dict.fromkeys(BE, ("be", VerbClass.BE))}


BE = frozenset("is are was were be been being am".split())
AUXILIARY = frozenset("do does did will would can could should must has have had might".split())
DETERMINERS = frozenset("the a an this that these those its his her their my our your".split())
POSSESSIVES = frozenset("his her their its my our your".split())
EACH = frozenset("each every per apiece".split())
PRONOUNS = frozenset("he she they it him them i we you us me".split())
PREPOSITIONS = frozenset(
    "of in on at to from for with into by during after before between among through over under"
    " about inside onto around near along across toward towards out behind without against until"
    " since within throughout beside off".split()
)
CONJUNCTIONS = frozenset(
    "and but or then so while if when because whereas though although where however".split()
)
RELATIVES = frozenset("who which that whom whose".split())
ADVERBS = frozenset(
    "now today yesterday tomorrow later also already just only still again then first finally"
    " away up back down together altogether there here too instead so currently immediately"
    " originally initially ago once usually soon afterwards afterward next away home exactly"
    " about over along recently actually".split()
)
TOTALS = frozenset("altogether total combined overall all".split())
TIME_UNITS = frozenset("second minute hour day week month year".split())
SORTS = (
    frozenset(
        "clothing clothes garment shirt short pants jacket coat dress skirt sock shoe sweater hat"
        " scarf glove jeans belt sandal blouse boot tie".split()
    ),
    frozenset("toy marble skateboard doll puzzle kite yoyo frisbee".split()),
    frozenset(
        "fruit apple orange banana pear peach plum grape cherry strawberry blueberry mango"
        " watermelon apricot lemon".split()
    ),
    frozenset(
        "vegetable carrot potato onion tomato cucumber broccoli lettuce cabbage bean pea turnip"
        " radish spinach corn".split()
    ),
)
"""Words of one sort each, the name of the sort first: what is of one is of no other."""
DAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may"
    " june july august september october november december".split()
)
CONVERSIONS: Mapping[tuple[str, str], int] = {
    ("minute", "hour"): 60,
    ("second", "minute"): 60,
    ("hour", "day"): 24,
    ("day", "week"): 7,
    ("month", "year"): 12,
    ("inch", "foot"): 12,
    ("foot", "yard"): 3,
    ("ounce", "pound"): 16,
    ("cent", "$"): 100,
}
"""How many of the first make one of the second. Weeks in a month are left to nobody's guess."""
FAR = frozenset(
    "average percent ratio except perimeter area square consecutive interest tax discount tip"
    " profit probability fraction remainder divisible double doubles doubled triple tripled"
    " quadruple half-price ways possible distinct equal equally same evenly both other others"
    " every daily weekly monthly hourly yearly annual annually rest remaining none nothing"
    " refund coupon off until pair pairs couple couples round alternate speed rate"
    " twice thrice dozen dozens neither columns column instead extra free overtime combined"
    " averaged averages weekday weekdays weekend weekends besides mentioned planned"
    " planning thinking considering halved mondays tuesdays wednesdays thursdays fridays saturdays"
    " sundays".split()
)
"""Words that change an amount: a sentence with one must be read, not passed over."""
QUIET = frozenset("weekday weekdays weekend weekends planning thinking combined".split())
"""Those of them that say nothing where no number stands in the sentence."""
READ = frozenset(
    "every rest remaining remainder other others twice thrice dozen dozens equally equal "
    " extra both evenly off speed".split()
)
"""Those of them that the grammar reads, or that change nothing beside what it reads."""
