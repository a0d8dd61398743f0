"""One self-contained page: the question, its reading, answer, steps with their checks, picture.

No script, no font, nothing from a network; the page's own policy forbids it too. All text is
escaped: the question and a model's words are untrusted.
"""

from collections.abc import Iterator

from assistants.answer import Answer, Check, Status, Verdict
from math_solver.solution import Solution, SolutionStep

from .mathml import mathml_of_line
from .scene import Scene
from .sheet import clean
from .svg import to_svg

MARKS = {Verdict.PROVED: "✓", Verdict.REFUTED: "✗", Verdict.UNKNOWN: "?"}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """:root{color-scheme:light dark}
body{font:16px/1.55 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.2rem;white-space:pre-wrap;overflow-wrap:anywhere}
h2{font-size:1rem;margin:1.6rem 0 .4rem}
math{font-size:1.1em}
.answer{font-size:1.25rem;padding:.6rem 1rem;border-left:4px solid #0969da;overflow-x:auto}
.proved{color:#1a7f37}.refuted{color:#cf222e}.unknown{color:#9a6700}
ol{padding-left:1.6rem}li{margin:.35rem 0}
summary{cursor:pointer;overflow-x:auto}
.check,.why{color:#59636e;font-size:.88rem}
details p{margin:.3rem 0 .3rem 1.1rem;overflow-x:auto}
figure{margin:1rem 0}svg{max-width:100%;height:auto}
@media(prefers-color-scheme:dark){.proved{color:#56d364}.refuted{color:#ff7b72}
.unknown{color:#e3b341}.check,.why{color:#9198a1}}
@media print{details{break-inside:avoid}}"""


def page(question: str, answer: Answer[Solution], scene: Scene | None = None) -> str:
    """Return the page of an answer, with its picture where there is one."""
    head = clean(" ".join(question.split())[:80])
    body = "\n".join([f"<h1>{clean(question)}</h1>", *_body(answer, scene)])
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{head}</title>\n<style>{STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _body(answer: Answer[Solution], scene: Scene | None) -> Iterator[str]:
    best = answer.best
    if answer.status is not Status.ANSWERED or best is None:
        yield from _no_answer(answer)
    else:
        solution = best.candidate
        yield f'<p class="answer">{mathml_of_line(solution.answer)}</p>'
        yield _verdict(answer)
        yield from _listed("How it was read", solution.reading)
        yield from _listed("Where", solution.conditions)
    if scene is not None:
        yield f"<figure>{to_svg(scene)}</figure>"
    if answer.status is Status.ANSWERED and best is not None:
        yield from _steps(best.candidate.steps)
        yield from _evidence(answer.evidence)


def _no_answer(answer: Answer[Solution]) -> Iterator[str]:
    back = answer.clarification
    if back is not None:
        yield f"<p><b>{clean(back.question)}</b></p>"
        yield f"<ol>{''.join(f'<li>{clean(one)}</li>' for one in back.choices)}</ol>"
    yield f'<p class="unknown">{clean(answer.status.value)}: {clean(answer.reason)}</p>'


def _verdict(answer: Answer[Solution]) -> str:
    verdict = answer.verdict
    decisive = next((check for check in answer.evidence if check.verdict is verdict), None)
    detail = (decisive.detail or decisive.by) if decisive is not None else answer.reason
    return f'<p>{_mark(verdict)} <span class="check">{clean(detail)}</span></p>'


def _mark(verdict: Verdict) -> str:
    return f'<b class="{verdict.value}">{MARKS[verdict]} {verdict.value}</b>'


def _listed(title: str, lines: tuple[str, ...]) -> Iterator[str]:
    lines = tuple(line for line in lines if not line.endswith(":"))  # a heading of its own
    if lines:
        yield f"<h2>{clean(title)}</h2>"
        yield f"<ul>{''.join(f'<li>{_said(line)}</li>' for line in lines)}</ul>"


def _said(line: str) -> str:
    """Write a line of words before a colon and a formula after it."""
    words, colon, rest = line.partition(": ")
    return f"{clean(words)}: {mathml_of_line(rest)}" if colon else mathml_of_line(line)


def _steps(steps: tuple[SolutionStep, ...]) -> Iterator[str]:
    if steps:
        yield "<h2>Steps</h2>"
        yield f"<ol>{''.join(map(_step, steps))}</ol>"


def _step(step: SolutionStep) -> str:
    """A step folded to what it gives, its verdict and its check; open, where it came from."""
    sign = f'<b class="{step.verdict.value}" title="{step.verdict.value}">{MARKS[step.verdict]}</b>'
    check = f' <span class="check">checked: {clean(step.check)}</span>' if step.check else ""
    why = f'<p class="why">{_said(step.reason)}</p>' if step.reason else ""
    before, after = mathml_of_line(step.before), mathml_of_line(step.after)
    return (
        f"<li><details><summary>{after} &nbsp; {sign}{check}</summary>"
        f"<p><b>{clean(step.rule)}</b>: {before} ⟹ {after}</p>{why}</details></li>\n"
    )


def _evidence(checks: tuple[Check, ...]) -> Iterator[str]:
    if checks:
        yield "<h2>What the verdict rests on</h2>"
        lines = (
            f"<li>{_mark(check.verdict)} {clean(check.by)}"
            f"{f': {_said(check.detail)}' if check.detail else ''}</li>"
            for check in checks
        )
        yield f"<ul>{''.join(lines)}</ul>"
