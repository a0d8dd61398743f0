"""Changes that a model proposes: lines filled in anew (a cloze), or a function written anew.

Filling in for a suspicious line is after AlphaRepair (Xia and Zhang, 2022). What a model says is a
proposal like any other: only the tests decide.
"""

import ast
import difflib
import textwrap
from collections.abc import Iterator, Mapping

from assistants.constraint import Program
from assistants.errors import ModelError
from assistants.model import (
    Cancel,
    Chat,
    FillInTheMiddle,
    LineWriter,
    Message,
    Model,
    Sampling,
    generate,
)

from .patches import Edit

_MOST_LINES = 10
_LEAST_LIKELY = -12.0  # nats: what is less likely for a whole line is not worth a run of the tests
_ASKED = 3
_MOST_TOKENS = 1024


def proposals(
    source: str, suspicion: Mapping[int, float], said: str, *, model: Model, cancel: Cancel | None
) -> Iterator[Edit]:
    """Yield what a model would put there; `said` is what the failing test says."""
    ranked = sorted(suspicion, key=lambda line: (-suspicion[line], line))
    try:
        if model.capabilities.chat:
            yield from _functions(source, ranked, said, model, cancel)
        elif isinstance(model, LineWriter) and model.capabilities.fill_in_the_middle:
            yield from _lines(source, ranked[:_MOST_LINES], model, cancel)
    except ModelError:
        return


def _lines(
    source: str, ranked: list[int], model: LineWriter, cancel: Cancel | None
) -> Iterator[Edit]:
    """Yield other texts of suspicious lines, the likeliest of all first."""
    lines = source.splitlines(keepends=True)
    found: list[Edit] = []
    for number in ranked:
        old = lines[number - 1]
        bare = old.strip()
        if not bare:
            continue
        margin = old[: len(old) - len(old.lstrip())]
        before, after = "".join(lines[: number - 1]) + margin, "".join(lines[number:])
        prompt = FillInTheMiddle(prefix=before, suffix="\n" + after, language="python")
        constraint = Program("python", before, "\n" + after)
        written = model.lines(prompt, constraint=constraint, floor=_LEAST_LIKELY, cancel=cancel)
        start = len(before.encode())
        for one in written:
            if one.finished and one.text.strip() not in {"", bare}:
                end = start + len(old.lstrip().rstrip("\r\n").encode())
                what = f"`{one.text.strip()}` by the model"
                found.append(
                    Edit(
                        start=start,
                        end=end,
                        text=one.text,
                        line=number,
                        what=what,
                        cost=-one.total,
                    )
                )
    yield from sorted(found, key=lambda one: one.cost)


def _functions(
    source: str, ranked: list[int], said: str, model: Model, cancel: Cancel | None
) -> Iterator[Edit]:
    """Yield the most suspicious function as the model writes it, the smallest change first."""
    function = _around(source, ranked[0]) if ranked else None
    if function is None:
        return
    lines = source.splitlines(keepends=True)
    first = min([function.lineno, *(one.lineno for one in function.decorator_list)]) - 1
    last = function.end_lineno or function.lineno
    old = "".join(lines[first:last])
    asked = (
        f"A test of this Python function fails:\n\n{said}\n\n{textwrap.dedent(old)}\n"
        "Change as little as possible so that it is right. Reply with the whole function alone."
    )
    start = len("".join(lines[:first]).encode())
    found: dict[str, Edit] = {}
    for number in range(_ASKED):
        sampling = Sampling(max_tokens=_MOST_TOKENS, temperature=0.4 * number, seed=number)
        reply = generate(model, Chat((Message("user", asked),)), sampling=sampling, cancel=cancel)
        new = _indented(reply.text, function.col_offset)
        if new is not None and new.strip() != old.strip():
            end = start + len(old.encode())
            what = f"`{function.name}` by the model"
            size = _changed(old, new)
            found[new] = Edit(
                start=start, end=end, text=new, line=function.lineno, what=what, cost=size
            )
    yield from sorted(found.values(), key=lambda one: one.cost)


def _around(source: str, line: int) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Return the smallest function around a line."""
    around = [
        one
        for one in ast.walk(ast.parse(source))
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
        and one.lineno <= line <= (one.end_lineno or one.lineno)
    ]
    return max(around, key=lambda one: one.lineno, default=None)


def _indented(said: str, margin: int) -> str | None:
    """Return the one function of a reply with a margin; None where there is no such thing."""
    lines = said.strip("\n").split("\n")
    fences = [n for n, line in enumerate(lines) if line.startswith("```")]
    if fences:
        lines = lines[fences[0] + 1 : fences[1] if len(fences) > 1 else None]
    text = textwrap.dedent("\n".join(lines)).strip("\n")
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return None
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    return textwrap.indent(text, " " * margin) + "\n"


def _changed(old: str, new: str) -> float:
    """Return how many lines differ."""
    diff = difflib.ndiff(old.splitlines(), new.splitlines())
    return float(sum(line[:1] in "+-" for line in diff))
