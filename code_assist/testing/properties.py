"""Properties that names suggest, asked of the guest, and what held as a parametrized test.

A name is only a reason to ask: `encode` and `decode` should undo each other, `normalize` should
change nothing twice, `sort_by_hand` should sort, `total` and `total_naive` should agree. What one
input refutes is no test.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistants.answer import Json

from .expressions import names_in
from .guest import Guest, texts
from .targets import Listed
from .writing import Written

_PAIRS = (
    ("encode", "decode"), ("dump", "load"), ("dumps", "loads"), ("pack", "unpack"),
    ("quote", "unquote"), ("escape", "unescape"), ("serialize", "deserialize"),
    ("compress", "decompress"), ("encrypt", "decrypt"), ("marshal", "unmarshal"),
    ("format", "parse"), ("render", "parse"), ("unparse", "parse"), ("write", "read"),
    ("to", "from"), ("flatten", "unflatten"), ("wrap", "unwrap"), ("join", "split"),
    ("zip", "unzip"), ("freeze", "unfreeze"), ("encode", "parse"), ("invert", "invert"),
)  # fmt: skip
_TWICE = frozenset(
    "normalize normalise canonicalize canonical clean strip trim dedent dedupe dedup unique "
    "simplify collapse squeeze sanitize slugify lower upper casefold sort sorted flatten "
    "deduplicate tidy standardize".split()
)
_SORTS = frozenset({"sort", "sorted", "sorting", "mergesort", "quicksort", "heapsort"})
_REFERENCES = frozenset({"naive", "reference", "slow", "brute", "simple", "old", "baseline"})
_WORDS = {
    "round trip": "test_{1}_undoes_{0}",
    "idempotent": "test_{0}_twice_is_as_once",
    "ordered": "test_{0}_puts_in_order",
    "equivalent": "test_{0}_agrees_with_{1}",
}
_ASSERTS = {
    "round trip": "assert {1}({0}({x})) == {x}",
    "idempotent": "assert {0}({0}({x})) == {0}({x})",
    "ordered": "assert {0}(list({x})) == sorted({x})",
    "equivalent": "assert {0}({x}) == {1}({x})",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """Something that may hold of one or two functions, by their names."""

    kind: str
    names: tuple[str, ...]
    first: Listed

    @property
    def parameters(self) -> list[str]:
        """The parameters that the first function needs."""
        given = self.first.node.args
        plain = [*given.posonlyargs, *given.args]
        return [one.arg for one in plain[: len(plain) - len(given.defaults)]]


def candidates(targets: Sequence[Listed]) -> Iterator[Property]:
    """Yield the properties that the names of some functions suggest."""
    functions = {one.path[0]: one for one in targets if len(one.path) == 1 and not one.is_async}
    for name, one in functions.items():
        words = name.split("_")
        for other in _undoing(words):
            if other in functions and other != name:
                yield Property(kind="round trip", names=(name, other), first=one)
        if _SORTS & {*words}:
            yield Property(kind="ordered", names=(name,), first=one)
        elif words[0] in _TWICE:
            yield Property(kind="idempotent", names=(name,), first=one)
        for word in words:
            rest = "_".join(part for part in words if part != word)
            if word in _REFERENCES and rest in functions:
                yield Property(kind="equivalent", names=(rest, name), first=functions[rest])


def _undoing(words: Sequence[str]) -> Iterator[str]:
    """Yield the names that a function's opposite may have."""
    for at, word in enumerate(words):
        for there, back in _PAIRS:
            if word == there:
                yield "_".join([*words[:at], back, *words[at + 1 :]])
    if len(words) == 3 and words[1] in {"to", "2"}:
        yield "_".join(reversed(words))


def tested(
    guest: Guest, one: Property, taken: set[str], *, seconds: float, seed: int
) -> Written | None:
    """Return a property as a test; None where it was refuted, or notices nothing."""
    name = _WORDS[one.kind].format(*(part.strip("_") for part in one.names))
    labels = one.parameters
    if name in taken or not labels or (one.kind != "equivalent" and len(labels) != 1):
        return None
    order: dict[str, Json] = {
        "do": "relate",
        "kind": one.kind,
        "path": list(one.first.path),
        "names": list(one.names),
        "seconds": seconds,
        "seed": seed,
    }
    answer = guest.ask(order, seconds=seconds)
    rows = [texts(row) for row in _rows(answer) if len(texts(row)) == len(labels)]
    return _written(one, name, labels, rows) if rows and int(str(answer["killed"])) else None


def _rows(answer: Mapping[str, Json]) -> Sequence[Json]:
    found = answer.get("inputs")
    return found if isinstance(found, Sequence) and not isinstance(found, str) else []


def _written(
    one: Property, name: str, labels: Sequence[str], rows: Sequence[Sequence[str]]
) -> Written | None:
    used: set[str] = set()
    for source in (part for row in rows for part in row):
        found = names_in(source)
        if found is None:
            return None
        used |= found
    given = ", ".join(labels)
    values = [row[0] if len(row) == 1 else f"({', '.join(row)})" for row in rows]
    listed = "".join(f"        {value},\n" for value in values)
    head = f'    "{",".join(labels)}",\n    [\n{listed}    ],\n'
    check = _ASSERTS[one.kind].format(*one.names, x=given)
    code = f"@pytest.mark.parametrize(\n{head})\ndef {name}({given}):\n    {check}"
    return Written(name, code, used | {*one.names}, {"pytest"})
