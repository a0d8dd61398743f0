"""Names that are probably not meant where they stand, by what the texts at hand and a model expect.

In the lines asked about, every use of a local variable is compared with the other locals that could
stand there, and every pair of plain arguments with the two exchanged. Both texts are scored to the
end of the line, by the n-grams of file and workspace and by the model; a finding is told only where
both prefer the other text, and together by far. `benchmarks/code_slips.py` injects slips and counts
how many are found, and how often one is told of code that has none.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import tree_sitter

from assistants.model import Cancel, FillInTheMiddle, Memory, Model

from . import languages
from .context import around
from .diagnose import Diagnostic, Severity
from .parsing import enclosing, parse
from .source import Source

FAR = 25.0
"""Nats by which the other text must be likelier, by n-grams and model together. On 400 lines of
train packages 48 of 400 injected slips are found then, with 6 false alarms in the lines as they
were."""
_EACH = 4.0
"""Nats by which each of the two must agree."""
_CANDIDATES = 5
"""Other locals that are tried at a place, those last used before it first."""
_PLACES = 40
"""Places that are looked at for one request."""
_SHORTEST_LINE = 6
_FUNCTIONS = {
    "python": frozenset({"function_definition"}),
    "java": frozenset({"method_declaration", "constructor_declaration"}),
}
_BINDS = {
    # Parents in which an identifier is bound, and as which of their fields (None: as any child).
    "python": {
        "parameters": None, "default_parameter": "name", "typed_parameter": None,
        "typed_default_parameter": "name", "assignment": "left", "pattern_list": None,
        "for_statement": "left", "for_in_clause": "left", "as_pattern_target": None,
        "named_expression": "name", "tuple_pattern": None,
    },
    "java": {
        "formal_parameter": "name", "variable_declarator": "name", "enhanced_for_statement": "name",
        "catch_formal_parameter": "name", "resource": "name", "inferred_parameters": None,
    },
}  # fmt: skip
_NO_USE = {
    "python": {
        "attribute": "attribute", "keyword_argument": "name", "function_definition": "name",
        "class_definition": "name", "call": "function", "dotted_name": None,
        "global_statement": None, "nonlocal_statement": None, "decorator": None, "type": None,
        "import_from_statement": None, "delete_statement": None, "assignment": "left",
        "augmented_assignment": "left",
    },
    "java": {
        "method_invocation": "name", "field_access": "field", "method_declaration": "name",
        "labeled_statement": None, "break_statement": None, "continue_statement": None,
        "method_reference": None, "assignment_expression": "left", "scoped_identifier": None,
        "switch_label": None, "annotation": None, "marker_annotation": None,
        "element_value_pair": "key", "update_expression": None, "synchronized_statement": None,
    },
}  # fmt: skip
_ARGUMENTS = {"python": "argument_list", "java": "argument_list"}
_LEAD = re.compile(r"[^\S\n]*[^\w\s]*\Z")


Recall = Callable[[Source, int], Memory | None]
"""From a text and an offset to what the texts at hand repeat there."""


@runtime_checkable
class Scores(Protocol):
    """A memory that tells how likely texts are behind a text."""

    def scores(self, before: str, texts: Sequence[str]) -> Sequence[float]:
        """Return the log-probability of each text."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """What could stand in place of a part of a line instead."""

    start: int
    end: int
    text: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferred:
    """How much likelier another text is, in nats, by the n-grams and by the model."""

    other: Other
    memory: float
    model: float

    @property
    def tells(self) -> bool:
        """Whether that is enough to say so."""
        return min(self.memory, self.model) >= _EACH and self.memory + self.model >= FAR


def likely_slips(
    source: Source,
    lines: range,
    *,
    model: Model,
    recall: Recall,
    cancel: Cancel | None = None,
) -> tuple[Diagnostic, ...]:
    """Return what is probably not meant in some lines of a file (zero-based), best first.

    `recall` is `Workspace.memory`. Empty where the model cannot score texts, or there is no memory.
    Raises `Cancelled`.
    """
    found = list(preferred(source, lines, model=model, recall=recall, cancel=cancel))
    told = sorted((one for one in found if one.tells), key=lambda one: -one.memory - one.model)
    kept: list[Preferred] = []
    for one in told:
        if not any(one.other.start < k.other.end and k.other.start < one.other.end for k in kept):
            kept.append(one)
    return tuple(
        Diagnostic(
            span=source.span(one.other.start, one.other.end),
            severity=Severity.HINT,
            code=one.other.code,
            message=one.other.message,
            name=one.other.text,
        )
        for one in kept
    )


def preferred(
    source: Source,
    lines: range,
    *,
    model: Model,
    recall: Recall,
    cancel: Cancel | None = None,
) -> Iterator[Preferred]:
    """Yield the best other text of each place, and by how much it is preferred."""
    if not (model.capabilities.score and model.capabilities.fill_in_the_middle):
        return
    cancel = cancel or Cancel()
    memory, line = None, -1
    for others in others_in(source, lines)[:_PLACES]:
        cancel.raise_if_cancelled()
        here = source.position(others[0].start).line
        if here != line:  # the line itself is no witness
            start, line = source.line_start(here), here
            bare = source.insert(start, start + len(source.line(here)), "")
            memory = recall(bare, start)
        if not isinstance(memory, Scores):
            return
        best = _best(source, others, model, memory)
        if best is not None:
            yield best


def _best(
    source: Source, others: Sequence[Other], model: Model, memory: Scores
) -> Preferred | None:
    """Compare what stands at one place with what could; the n-grams are asked first."""
    start = others[0].start
    line_end = source.text.find("\n", start)
    line_end = len(source.text) if line_end < 0 else line_end
    head = _LEAD.search(source.text, 0, start)
    begin = head.start() if head is not None else start
    lead = source.text[begin:start]

    def line(other: Other | None) -> str:
        if other is None:
            return lead + source.text[start:line_end]
        return lead + other.text + source.text[other.end : line_end]

    texts = [line(None), *map(line, others)]
    counted = memory.scores(source.text[:begin], texts)
    gains = [one - counted[0] for one in counted[1:]]
    hopeful = [at for at, gain in enumerate(gains) if gain >= _EACH]
    if not hopeful:
        return None
    bare = source.insert(begin, line_end, "")
    context = around(bare, begin, tokens=1000)
    prompt = FillInTheMiddle(
        prefix=context.prefix, suffix=context.suffix, language=source.language, path=source.path
    )
    expected = model.score(prompt, [texts[0], *(texts[at + 1] for at in hopeful)])
    found = [
        Preferred(other=others[at], memory=gains[at], model=one - expected[0])
        for at, one in zip(hopeful, expected[1:], strict=True)
    ]
    return max(found, key=lambda one: one.memory + one.model)


def others_in(source: Source, lines: range) -> list[list[Other]]:
    """Return for each place in some lines what could stand there instead."""
    root = parse(source).root_node
    found: list[list[Other]] = []
    for node in _named(root, source, lines):
        if node.type == "identifier" and _is_use(node, source.language):
            found.append(list(_variables(source, node)))
        elif node.type == _ARGUMENTS[source.language]:
            found.extend([one] for one in _exchanged(source, node))
    return [one for one in found if one]


def _named(node: tree_sitter.Node, source: Source, lines: range) -> Iterator[tree_sitter.Node]:
    """Yield the named nodes that begin in some lines."""
    for child in node.named_children:
        if child.start_point.row in lines:
            yield child
        if child.end_point.row >= lines.start and child.start_point.row < lines.stop:
            yield from _named(child, source, lines)


def _is_field(node: tree_sitter.Node, parents: dict[str, str | None]) -> bool:
    """Whether a node stands in one of some parents, in the named field of it."""
    parent = node.parent
    if parent is None or parent.type not in parents:
        return False
    field = parents[parent.type]
    return field is None or parent.child_by_field_name(field) == node


def _is_use(node: tree_sitter.Node, language: str) -> bool:
    return not _is_field(node, _NO_USE[language]) and not _is_field(node, _BINDS[language])


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode()


def _variables(source: Source, node: tree_sitter.Node) -> Iterator[Other]:
    """Yield the other locals of the function that were bound before a use of a local."""
    start, end = source.byte_to_offset(node.start_byte), source.byte_to_offset(node.end_byte)
    kinds = _FUNCTIONS[source.language]
    function = next((one for one in enclosing(source, start) if one.type in kinds), None)
    if function is None:
        return
    last: dict[str, int] = {}
    for one in _identifiers(function):
        if one.start_byte >= node.start_byte:
            continue
        name = _text(one)
        if _is_field(one, _BINDS[source.language]) or name in last:
            last[name] = one.start_byte
    own = _text(node)
    if own not in last:
        return
    others = sorted(
        (at, name) for name, at in last.items() if name not in {own, "self", "cls", "_"}
    )
    words = languages.by_name(source.language).keywords
    for _, name in others[: -_CANDIDATES - 1 : -1]:
        if name not in words:
            message = f"{name!r} would be expected here rather than {own!r}"
            yield Other(start=start, end=end, text=name, code="likely-wrong-name", message=message)


def _identifiers(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    for child in node.named_children:
        if child.type == "identifier":
            yield child
        yield from _identifiers(child)


def _exchanged(source: Source, arguments: tree_sitter.Node) -> Iterator[Other]:
    """Yield the exchange of two plain arguments that stand side by side."""
    for one, two in zip(arguments.named_children, arguments.named_children[1:], strict=False):
        names = _text(one), _text(two)
        if one.type != "identifier" or two.type != "identifier" or names[0] == names[1]:
            continue
        start, end = source.byte_to_offset(one.start_byte), source.byte_to_offset(two.end_byte)
        between = source.text[start + len(names[0]) : end - len(names[1])]
        yield Other(
            start=start,
            end=end,
            text=f"{names[1]}{between}{names[0]}",
            code="likely-swapped",
            message=f"{names[0]!r} and {names[1]!r} may stand in each other's place",
        )
