"""Pictures as SVG, in a terminal, and on a page: well-formed, escaped, at the right pixels."""

import re
import xml.etree.ElementTree as ET

import pytest

from assistants.answer import Answer, Check, Clarification, Status, Step, Verdict
from math_solver.pictures import page, terminal_lines, to_svg
from math_solver.pictures.drawing import scene_of
from math_solver.pictures.mathml import mathml, mathml_of_line
from math_solver.pictures.scene import Curve, Graph, Mark, Window
from math_solver.reading.parser import parse
from math_solver.solution import Solution, SolutionStep

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '</svg><script>alert("1")</script>&\x1b]0;x\x07'


def place(root: ET.Element, x: float, y: float) -> tuple[float, float]:
    """Where a point must be by the ticks beside the axes, which say it independently."""
    numbers = [
        (float(one.text.replace("−", "-")), float(one.get("x")), float(one.get("y")))
        for one in root.iter(f"{SVG}text")
        if re.fullmatch(r"−?[\d.]+", one.text)
    ]
    below = [(value, px) for value, px, _ in numbers if px > 50]
    beside = [(value, py - 4) for value, px, py in numbers if px < 50]

    def along(ticks: list[tuple[float, float]], value: float) -> float:
        (v0, p0), (v1, p1) = ticks[0], ticks[-1]
        return p0 + (value - v0) / (v1 - v0) * (p1 - p0)

    return along(below, x), along(beside, y)


def test_marks_lie_at_the_roots_within_a_pixel() -> None:
    scene = scene_of("solve x^2 - 5x + 6 = 0", "x = 2 or x = 3")
    root = ET.fromstring(to_svg(scene))
    dots = sorted((float(c.get("cx")), float(c.get("cy"))) for c in root.iter(f"{SVG}circle"))
    wanted = [place(root, 2, 0), place(root, 3, 0)]
    assert len(dots) == 2
    for (x, y), (wx, wy) in zip(dots, wanted, strict=True):
        assert abs(x - wx) < 1
        assert abs(y - wy) < 1


def test_the_path_of_a_curve_with_a_pole_has_two_pieces() -> None:
    root = ET.fromstring(to_svg(scene_of("1/(x - 2)", "")))
    paths = [one.get("d") for one in root.iter(f"{SVG}path") if one.get("class") == "s0"]
    curve = max(paths, key=len)
    assert curve.count("M") == 2
    (dashed,) = (one for one in root.iter(f"{SVG}path") if "d" in one.get("class", "").split())
    assert dashed.get("stroke-dasharray")


@pytest.mark.parametrize("scene", ["graph", "line"])
def test_foreign_text_is_escaped_and_the_svg_stays_well_formed(scene: str) -> None:
    window = Window(left=-1, right=1, bottom=-1, top=1)
    made = (
        Graph(
            title=HOSTILE,
            window=window,
            curves=(Curve(pieces=(((-1, 0), (1, 0)),), label=HOSTILE),),
            marks=(Mark(at=(0, 0), label=HOSTILE),),
            remarks=(HOSTILE,),
        )
        if scene == "graph"
        else scene_of("solve x^2 < 2", "-sqrt(2) < x < sqrt(2)")
    )
    text = to_svg(made)
    root = ET.fromstring(text)
    assert "<script" not in text
    assert "\x1b" not in text
    assert root.find(f"{SVG}title") is not None
    assert root.find(f"{SVG}desc").text


def test_a_picture_loads_nothing() -> None:
    text = to_svg(scene_of("tan(x)", ""))
    assert not re.search(r"href|url\(|@import|<image|<foreignObject|\bon\w+=", text)
    assert re.findall(r"https?://[^\"' ]+", text) == ["http://www.w3.org/2000/svg"]
    assert "prefers-color-scheme:dark" in text


def said(lines) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


def test_the_terminal_shows_curve_axes_ticks_and_marks() -> None:
    text = said(terminal_lines(scene_of("solve x^2 - 5x + 6 = 0", "x = 2 or x = 3"), 80))
    assert any("\u2801" <= sign <= "\u28ff" for sign in text)
    assert text.count("●") == 4  # two in the picture, two in the list below it
    assert "y = x² − 5x + 6" in text
    assert "● (2, 0)   ● (3, 0)" in text
    assert "└" in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_pole_stays_empty_in_the_terminal() -> None:
    lines = terminal_lines(scene_of("1/(x - 2)", ""), 80)
    rows = said(lines).splitlines()
    dashed = [row.index("┆") for row in rows if "┆" in row and "x = 2" not in row]
    assert len(set(dashed)) == 1
    assert len(dashed) > 10


def test_number_lines_in_the_terminal() -> None:
    text = said(terminal_lines(scene_of("solve x^2 > 4", "x < -2 or x >= 2"), 60))
    assert "x ∈ (−∞, −2) ∪ [2, ∞)" in text
    assert text.splitlines()[0].strip().startswith("◀━")
    assert text.index("○") < text.index("●")


# --- MathML


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("x^2", "<msup><mi>x</mi><mn>2</mn></msup>"),
        ("1/(x+1)", "<mfrac><mn>1</mn><mrow><mi>x</mi><mo>+</mo><mn>1</mn></mrow></mfrac>"),
        ("sqrt(2)", "<msqrt><mn>2</mn></msqrt>"),
        ("cbrt(x)", "<mroot><mi>x</mi><mn>3</mn></mroot>"),
        ("abs(x)", "<mrow><mo>|</mo><mi>x</mi><mo>|</mo></mrow>"),
        ("x_1", "<msub><mi>x</mi><mi>1</mi></msub>"),
        ("alpha", "<mi>α</mi>"),
        ("2*3", "<mrow><mn>2</mn><mo>⋅</mo><mn>3</mn></mrow>"),
        ("2*x", "<mrow><mn>2</mn><mo>&#x2062;</mo><mi>x</mi></mrow>"),
        ("x <= 3", "<mrow><mi>x</mi><mo>≤</mo><mn>3</mn></mrow>"),
    ],
)
def test_trees_as_mathml(source: str, written: str) -> None:
    assert mathml(parse(source)) == written


def test_brackets_keep_the_meaning() -> None:
    assert mathml(parse("(x+1)^2")).startswith("<msup><mrow><mo>(</mo>")
    assert "<mo>(</mo>" in mathml(parse("a - (b - c)"))
    assert "<mo>(</mo>" in mathml(parse("(-2)^2"))
    assert "<mo>(</mo>" not in mathml(parse("(x+1)/(x-1)"))
    assert "<mo>(</mo>" in mathml(parse("-(x + 1)"))


def test_a_line_of_words_and_formulas() -> None:
    line = mathml_of_line("x = 2 or x = 3")
    assert line.count("<math>") == 2
    assert "</math> or <math>" in line
    assert mathml_of_line("<b>no</b> solution") == "&lt;b&gt;no&lt;/b&gt; solution"


def test_a_family_keeps_its_words() -> None:
    line = mathml_of_line("x = pi*(12*k + 1)/6 or x = pi/6 (k any integer)")
    assert line.count("<math>") == 2
    assert line.endswith("(k any integer)")


# --- the page


def answered() -> Answer[Solution]:
    steps = (
        SolutionStep(
            rule="factor",
            before="x^2 - 4 = 0",
            after="(x - 2)*(x + 2) = 0",
            reason=HOSTILE,
            verdict=Verdict.PROVED,
            check="expanded again",
        ),
    )
    solution = Solution(
        answer="x = -2 or x = 2", steps=steps, reading=("Read as: x^2 - 4 = 0", HOSTILE)
    )
    check = Check(
        by="substitution", verdict=Verdict.PROVED, detail="both roots were put in", sufficient=True
    )
    step = Step(candidate=solution, checks=(check,))
    return Answer(status=Status.ANSWERED, best=step, steps=(step,))


def test_a_page_shows_steps_checks_verdict_reading_and_picture() -> None:
    text = page("solve x^2 = 4", answered(), scene_of("solve x^2 = 4", "x = -2 or x = 2"))
    assert text.count("<details>") == 1
    summary = re.search(r"<summary>(.*?)</summary>", text)[1]
    assert "expanded again" in summary
    assert "✓" in summary
    assert "<math>" in summary
    assert '<b class="proved">✓ proved</b>' in text
    assert "both roots were put in" in text
    assert "Read as: <math>" in text
    assert text.count("<svg ") == 1


def test_a_page_is_self_contained_and_escaped() -> None:
    text = page(f"solve {HOSTILE}", answered())
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "\x1b" not in text
    assert "default-src 'none'" in text
    assert not re.search(r"\b(?:src|href)=|@import|url\(", text)
    assert "https://" not in text
    body = text[text.index("<body>") : text.index("</html>")]
    ET.fromstring(body.replace("&nbsp;", " "))  # what we write is well-formed as XML too


def test_a_heading_among_the_lines_of_a_reading_is_no_point_of_a_list() -> None:
    solution = Solution(answer="Proved: AB = AC", plan="", reading=("Read as:", "AB = AC"))
    step = Step(candidate=solution, checks=())
    text = page("Prove it.", Answer(status=Status.ANSWERED, best=step, steps=(step,)))
    listed = re.findall(r"<li>(.*?)</li>", text)
    assert len(listed) == 1
    assert "Read as" not in listed[0]


def test_a_page_without_an_answer_says_why_and_asks() -> None:
    back = Clarification(question="What should be done <with> it?", choices=("solve", "factor"))
    answer: Answer[Solution] = Answer(
        status=Status.NEEDS_CLARIFICATION, clarification=back, reason="not clear"
    )
    text = page("x^2", answer)
    assert "What should be done &lt;with&gt; it?" in text
    assert "<li>factor</li>" in text
    assert "not clear" in text
