"""What the small words of a question mean: adjectives of size, comparisons, words that say nothing.

An adjective stands for columns by the words in their names: "long" for `length` or `duration`. So
"the longest river" can be read on a database that nobody has described.
"""

from typing import Final

ADJECTIVES: Final[dict[str, tuple[str, ...]]] = {
    "long": ("length", "duration", "distance", "runtime", "pages", "page", "days", "minutes"),
    "big": ("area", "size", "population", "capacity", "amount", "total", "balance"),
    "tall": ("height", "altitude", "elevation"),
    "high": ("elevation", "altitude", "height"),
    "deep": ("depth",),
    "wide": ("width",),
    "heavy": ("weight", "mass"),
    "populous": ("population", "inhabitants"),
    "dense": ("density",),
    "expensive": ("price", "cost", "fee", "fare", "amount"),
    "fast": ("speed", "velocity"),
    "rich": ("income", "wealth", "salary"),
    "hot": ("temperature",),
    "good": ("rating", "score", "grade", "stars"),
    "old": ("age",),
    "late": ("date", "day", "year", "time", "at", "on"),
}
"""What an adjective measures, best first, as words of column names."""

SUPERLATIVES: Final[dict[str, tuple[str, bool]]] = {
    word: (adjective, descending)
    for adjective, descending, words in (
        ("long", True, "longest"),
        ("long", False, "shortest"),
        ("big", True, "biggest largest greatest"),
        ("big", False, "smallest tiniest"),
        ("tall", True, "tallest"),
        ("high", True, "highest"),
        ("high", False, "lowest"),
        ("deep", True, "deepest"),
        ("deep", False, "shallowest"),
        ("wide", True, "widest"),
        ("wide", False, "narrowest"),
        ("heavy", True, "heaviest"),
        ("heavy", False, "lightest"),
        ("dense", True, "densest"),
        ("dense", False, "sparsest"),
        ("expensive", True, "priciest costliest dearest"),
        ("expensive", False, "cheapest"),
        ("fast", True, "fastest"),
        ("fast", False, "slowest"),
        ("rich", True, "richest wealthiest"),
        ("rich", False, "poorest"),
        ("hot", True, "hottest warmest"),
        ("hot", False, "coldest coolest"),
        ("good", True, "best"),
        ("good", False, "worst"),
        ("old", True, "oldest eldest"),
        ("old", False, "youngest"),
        ("late", True, "latest newest"),
        ("late", False, "earliest"),
    )
    for word in words.split()
}
AFTER_MOST: Final[dict[str, str]] = {
    "populous": "populous",
    "populated": "populous",
    "expensive": "expensive",
    "dense": "dense",
    "densely": "dense",
    "sparsely": "dense",
    "recent": "late",
}
"""Adjectives of "most populous" and "least expensive"."""

HOW: Final[dict[str, str]] = {
    "much": "expensive",
    "long": "long",
    "big": "big",
    "large": "big",
    "tall": "tall",
    "high": "high",
    "deep": "deep",
    "wide": "wide",
    "heavy": "heavy",
    "dense": "dense",
    "expensive": "expensive",
    "fast": "fast",
    "populous": "populous",
}
"""Adjectives of "how long is …"."""

COMPARATIVES: Final[dict[str, tuple[str, str]]] = {
    "longer": ("long", ">"),
    "shorter": ("long", "<"),
    "bigger": ("big", ">"),
    "larger": ("big", ">"),
    "smaller": ("big", "<"),
    "taller": ("tall", ">"),
    "higher": ("high", ">"),
    "lower": ("high", "<"),
    "deeper": ("deep", ">"),
    "wider": ("wide", ">"),
    "heavier": ("heavy", ">"),
    "lighter": ("heavy", "<"),
    "denser": ("dense", ">"),
    "cheaper": ("expensive", "<"),
    "faster": ("fast", ">"),
    "slower": ("fast", "<"),
    "richer": ("rich", ">"),
    "poorer": ("rich", "<"),
}
PEOPLE: Final = frozenset(("people", "inhabitants", "citizens", "residents", "person"))
FUNCTIONS: Final = {
    "average": "avg",
    "mean": "avg",
    "total": "sum",
    "combined": "sum",
    "sum": "sum",
    "maximum": "max",
    "minimum": "min",
}
GROUPING: Final = frozenset(("per", "each", "every", "by"))
NEGATIONS: Final = frozenset(("not", "no", "without", "never", "excluding", "except", "exclude"))
NAMED: Final = frozenset(("named", "called"))
ATTRIBUTES: Final = {
    "height": "tall",
    "elevation": "high",
    "altitude": "high",
    "size": "big",
    "length": "long",
    "depth": "deep",
    "width": "wide",
    "price": "expensive",
    "cost": "expensive",
}
"""Nouns of sizes, for columns that are called otherwise."""

LIGHT: Final = frozenset(
    """as a an the all any some our their its his her my your other both this these those that which
    who whom whose what where in of on at from for to with within through into across along
    over via around inside is are was were be been being am does do did have has had having
    show list give tell me us please can could you i we want need see know get find display
    return print many how there it them they let out about here just so then will would should
    may whats s located lie lies lying situated found live lives living lived reside resides
    residing belong belongs belonging stay run runs running flow flows flowing pass passes
    passing go goes going traverse traverses traversed traversing cross crosses crossed
    crossing contain contains containing include includes including exist exists come comes
    coming respectively respective different distinct unique one ones single individual name
    names also own owned owning hold holds holding held work works working worked teach
    teaches taught teaching take takes taking took taken enrolled offer offers offered
    offering make makes made making produce produces produced producing write wrote written by
    used use uses using direct directed star starred appear appears appeared publish published
    join joined attend attends attended play plays played win won order ordered buy bought
    sell sold sells serve serves served treat treated saw seen visit visited manage manages
    managed lead leads rate rated borrow borrowed registered register place placed
    who's what's say given database data , . ? ! ' " : ; -""".split()
)
"""Words that join or open and say nothing of their own."""
KNOWN: Final = (
    LIGHT
    | NAMED
    | PEOPLE
    | NEGATIONS
    | GROUPING
    | frozenset((*SUPERLATIVES, *COMPARATIVES, *HOW, *AFTER_MOST, *ATTRIBUTES, *FUNCTIONS))
    | frozenset(("at", "least", "most", "fewest"))
)
"""Every word that the reading knows; none of them is a spelling mistake."""
