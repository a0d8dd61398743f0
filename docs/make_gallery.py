# ruff: noqa: INP001 - a script beside the pages, no module
"""Make docs/gallery.md and its pictures: every question is solved, then drawn.

    python docs/make_gallery.py [NAME …]

Without names it makes all of them and writes the page anew.
"""

import sys
from pathlib import Path

import math_solver
from math_solver.pictures import page, picture, to_svg
from math_solver.render import unicode_text

FOLDER = Path(__file__).resolve().parent / "gallery"
SECONDS = 120.0

QUESTIONS = {
    "parabola": "solve x^2 - 5x + 6 = 0",
    "root": "solve sqrt(x+3) = x - 3",
    "waves": "solve sin x = 1/2",
    "tangents": "solve tan x = 1",
    "rational": "limit of (2x+1)/(x-3) as x -> infinity",
    "hole": "limit of sin(x)/x as x -> 0",
    "derivative": "differentiate x^3 - 3x",
    "integral": "integrate x^2 from 0 to 2",
    "between": "area between y = x^2 and y = x + 2",
    "tangent": "find the tangent line to y = x^2 at x = 1",
    "logarithm": "find the domain of ln(x - 1)",
    "steps": "floor(x)",
    "circle": "solve x^2 + y^2 = 25, y = x + 1",
    "region": "solve y >= x^2, y < x + 2",
    "disc": "solve x^2 + y^2 <= 9, x + y > 1",
    "line": "solve (x-1)/(x+2) >= 0",
    "distance": "solve |x - 1| < 3",
    "sequence": "What is the next term in 2, 5, 8, 11?",
    "triangle": "What is the hypotenuse of a right triangle with legs 3 and 4?",
    "midpoints": "In triangle ABC, M is the midpoint of AB and N is the midpoint of AC. Prove that"
    " MN is parallel to BC.",
    "altitudes": "In triangle ABC, the altitudes AD and BE meet at H. Prove that CH is"
    " perpendicular to AB.",
    "cylinder": "What is the volume of a cylinder with radius 2 and height 5?",
}
PAGE = "parabola"
"""The question that also gets a page of HTML."""


def main() -> None:
    """Make the pictures that were named, or all of them and the page."""
    FOLDER.mkdir(exist_ok=True)
    names = sys.argv[1:] or list(QUESTIONS)
    lines = [
        "# What solutions look like",
        "",
        "Made by `python docs/make_gallery.py`; `plumb solve QUESTION --plot FILE.svg` makes one.",
        f"[One of them as a page](gallery/{PAGE}.html), made by `plumb solve … --html FILE`.",
    ]
    for name in names:
        question = QUESTIONS[name]
        answer = math_solver.solve(question, seconds=SECONDS)
        said = answer.best.candidate.text() if answer.best is not None else ""
        scene = picture(question, said, seconds=SECONDS)
        (FOLDER / f"{name}.svg").write_text(to_svg(scene), encoding="utf-8")
        if name == PAGE:
            (FOLDER / f"{name}.html").write_text(page(question, answer, scene), encoding="utf-8")
        shown = f": {unicode_text(said)}" if said else ""
        lines += ["", f"`{question}`{shown}", "", f"![{question}](gallery/{name}.svg)"]
        sys.stderr.write(f"{name}: {said or 'no answer, drawn all the same'}\n")
    if len(names) == len(QUESTIONS):
        FOLDER.with_suffix(".md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
