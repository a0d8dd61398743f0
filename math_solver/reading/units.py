"""Units of measurement by their names and symbols: dimension, and exact size in its base unit.

Sizes are the SI's and the international yard and pound agreement's of 1959; a year is twelve
months and is not counted in days. Measures of volume by name are those of the United States.
"""

from fractions import Fraction

_PREFIXES = {
    "": Fraction(1), "kilo": Fraction(1000), "centi": Fraction(1, 100), "deci": Fraction(1, 10),
    "milli": Fraction(1, 10**3), "micro": Fraction(1, 10**6), "nano": Fraction(1, 10**9),
    "mega": Fraction(10**6), "giga": Fraction(10**9), "hecto": Fraction(100),
}  # fmt: skip
_SYMBOL_PREFIXES = {
    "": "", "k": "kilo", "c": "centi", "d": "deci", "m": "milli", "u": "micro", "µ": "micro",
    "n": "nano",
}  # fmt: skip
_METRIC = {
    "length": (("meter", "metre"), "m", Fraction(1)),
    "mass": (("gram", "gramme"), "g", Fraction(1, 1000)),
    "volume": (("litre", "liter"), "l", Fraction(1)),
    "time": (("second",), "s", Fraction(1)),
}
_OTHER = (
    ("time", ("minute", "min"), 60), ("time", ("hour", "hr", "h"), 3600),
    ("time", ("day",), 86_400),
    ("time", ("week",), 604_800), ("years", ("year",), 1), ("years", ("decade",), 10),
    ("years", ("century",), 100), ("years", ("millennium",), 1000),
    ("years", ("month",), Fraction(1, 12)), ("mass", ("tonne", "t"), 1000),
    ("length", ("inch",), Fraction(254, 10_000)),
    ("length", ("foot", "ft"), Fraction(3048, 10_000)),
    ("length", ("yard", "yd"), Fraction(9144, 10_000)),
    ("length", ("mile", "mi"), Fraction(1_609_344, 1000)),
    ("mass", ("pound", "lb"), Fraction(45_359_237, 10**8)),
    ("mass", ("ounce", "oz"), Fraction(45_359_237, 16 * 10**8)),
    ("mass", ("stone",), Fraction(14 * 45_359_237, 10**8)),
    ("volume", ("gallon",), Fraction(3_785_411_784, 10**9)),
    ("volume", ("quart",), Fraction(3_785_411_784, 4 * 10**9)),
    ("volume", ("pint",), Fraction(3_785_411_784, 8 * 10**9)),
    ("volume", ("cup",), Fraction(3_785_411_784, 16 * 10**9)),
    ("volume", ("tablespoon", "tbsp"), Fraction(3_785_411_784, 256 * 10**9)),
    ("volume", ("teaspoon", "tsp"), Fraction(3_785_411_784, 768 * 10**9)),
)  # fmt: skip
_PLURALS = {"century": "centuries", "millennium": "millennia", "inch": "inches", "foot": "feet"}


def _table() -> dict[str, tuple[str, Fraction]]:
    table: dict[str, tuple[str, Fraction]] = {}
    for dimension, (names, symbol, size) in _METRIC.items():
        for prefix, factor in _PREFIXES.items():
            for name in names:
                table[prefix + name] = table[f"{prefix}{name}s"] = (dimension, size * factor)
        for short, prefix in _SYMBOL_PREFIXES.items():
            table[short + symbol] = (dimension, size * _PREFIXES[prefix])
    for dimension, names, size in _OTHER:
        for name in names:
            plural = _PLURALS.get(name, f"{name}s")
            table[name] = table[plural] = (dimension, Fraction(size))
    return table


UNITS = _table()
"""Name or symbol, singular or plural, to its dimension and its size in the base unit."""
