"""The figures that are known: their measures by letters, and the formulas between them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A kind of figure.

    `pattern` finds it in a text; `measures` maps a pattern of a measure's name to its letters (two
    letters where there are two of it: legs, diagonals); `formulas` hold between them.
    """

    name: str
    pattern: str
    measures: Mapping[str, str]
    formulas: tuple[str, ...]

    def meanings(self) -> dict[str, str]:
        """What each letter is."""
        return {
            letter: name.split("|")[0] if len(letters) == 1 else f"{ORDER[i]} {name.split('|')[0]}"
            for name, letters in self.measures.items()
            for i, letter in enumerate(letters)
        }


ORDER = ("first", "second", "third")

SHAPES: tuple[Shape, ...] = (
    Shape(
        name="right triangle",
        pattern=r"right(?:-angled)? triangle",
        measures={"leg|side|cathetus": "ab", "hypotenuse": "c", "area": "A", "perimeter": "P"},
        formulas=("c^2 = a^2 + b^2", "A = a*b/2", "P = a + b + c"),
    ),
    Shape(
        name="equilateral triangle",
        pattern=r"equilateral triangle",
        measures={"side": "s", "height|altitude|high": "h", "area": "A", "perimeter": "P"},
        formulas=("h = s*sqrt(3)/2", "A = s^2*sqrt(3)/4", "P = 3*s"),
    ),
    Shape(
        name="rhombus",
        pattern=r"rhombus",
        measures={"diagonal": "pq", "side": "s", "area": "A", "perimeter": "P", "height": "h"},
        formulas=("s^2 = p^2/4 + q^2/4", "A = p*q/2", "P = 4*s", "A = s*h"),
    ),
    Shape(
        name="parallelogram",
        pattern=r"parallelogram",
        measures={"base": "b", "height|altitude|high": "h", "area": "A"},
        formulas=("A = b*h",),
    ),
    Shape(
        name="trapezoid",
        pattern=r"trapezoid|trapezium",
        measures={
            "base|parallel side": "ab", "height|altitude|high": "h", "area": "A",
            "median|midsegment": "m",
        },
        formulas=("A = (a + b)*h/2", "m = (a + b)/2"),
    ),
    Shape(
        name="rectangle",
        pattern=r"rectangle|rectangular (?:garden|field|room|yard|lawn|plot|park|floor|table|board"
        r"|piece of (?:land|paper)|pool|patio|screen|lot|poster|window|frame|swimming pool)",
        measures={
            "length|long": "l", "width|wide|breadth": "w", "area": "A", "perimeter": "P",
            "diagonal": "d",
        },
        formulas=("A = l*w", "P = 2*(l + w)", "d^2 = l^2 + w^2"),
    ),
    Shape(
        name="square",
        pattern=r"square(?: (?:garden|field|room|yard|lawn|plot|tile|table|board))?",
        measures={"side": "s", "area": "A", "perimeter": "P", "diagonal": "d"},
        formulas=("A = s^2", "P = 4*s", "d = s*sqrt(2)"),
    ),
    Shape(
        name="sector",
        pattern=r"sector(?: of an? circle)?|arc of an? circle|arc",
        measures={
            "radius|radii": "r", "central angle|angle": "t", "arc length|length|arc|long": "l",
            "area": "A",
        },
        formulas=("l = pi*r*t/180", "A = pi*r^2*t/360"),
    ),
    Shape(
        name="circle",
        pattern=r"circle|circular (?:garden|field|pool|plate|table|track|pond|disc|disk|lawn)",
        measures={
            "radius|radii": "r", "diameter": "d", "circumference|perimeter": "C", "area": "A",
        },
        formulas=("d = 2*r", "C = 2*pi*r", "A = pi*r^2"),
    ),
    Shape(
        name="cube",
        pattern=r"cube",
        measures={
            "side|edge": "s", "total surface area|surface area": "S", "volume": "V",
            "space diagonal|diagonal": "d",
        },
        formulas=("S = 6*s^2", "V = s^3", "d = s*sqrt(3)"),
    ),
    Shape(
        name="box",
        pattern=r"box|rectangular prism|rectangular (?:solid|box|tank|block)|cuboid",
        measures={
            "length|long": "l", "width|wide|breadth": "w", "height|high|tall|deep|depth": "h",
            "total surface area|surface area": "S", "volume": "V", "space diagonal|diagonal": "d",
        },
        formulas=("V = l*w*h", "S = 2*(l*w + l*h + w*h)", "d^2 = l^2 + w^2 + h^2"),
    ),
    Shape(
        name="sphere",
        pattern=r"sphere|ball",
        measures={
            "radius|radii": "r", "diameter": "d", "total surface area|surface area": "S",
            "volume": "V",
        },
        formulas=("d = 2*r", "S = 4*pi*r^2", "V = 4*pi*r^3/3"),
    ),
    Shape(
        name="cylinder",
        pattern=r"(?:right )?(?:circular )?cylinder|cylindrical (?:can|tank|container)",
        measures={
            "radius|radii": "r", "diameter": "d", "height|high|tall": "h",
            "lateral (?:surface )?area|curved surface area": "L",
            "total surface area|surface area": "S", "volume": "V",
        },
        formulas=("d = 2*r", "V = pi*r^2*h", "L = 2*pi*r*h", "S = 2*pi*r*(r + h)"),
    ),
    Shape(
        name="cone",
        pattern=r"(?:right )?(?:circular )?cone",
        measures={
            "radius|radii": "r", "diameter": "d", "slant height": "m", "height|high|tall": "h",
            "lateral (?:surface )?area|curved surface area": "L",
            "total surface area|surface area": "S", "volume": "V",
        },
        formulas=(
            "d = 2*r", "m^2 = r^2 + h^2", "V = pi*r^2*h/3", "L = pi*r*m", "S = pi*r*(r + m)",
        ),
    ),
    Shape(
        name="triangle",
        pattern=r"triangle",
        measures={"base": "b", "height|altitude|high": "h", "area": "A"},
        formulas=("A = b*h/2",),
    ),
)  # fmt: skip
"""The first that is found is meant."""

POLYGONS: Mapping[str, int] = {
    "triangle": 3, "quadrilateral": 4, "pentagon": 5, "hexagon": 6, "heptagon": 7, "octagon": 8,
    "nonagon": 9, "decagon": 10, "dodecagon": 12,
}  # fmt: skip
