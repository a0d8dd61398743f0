"""Cases as a JUnit 5 class that a person would keep: arrange, act, assert, and telling names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistants.answer import Json

from .expressions import is_harmless
from .targets import Method

_LONGEST = 100
_SHORT = 44
_LITERAL = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"|(?P<number>-?\d+(?:\.\d+)?)[Lfd]?')
_ESCAPE = re.compile(r"\\(?:u[0-9a-f]{4}|.)")
_LIST_OF = """    private static <T> List<T> listOf(Iterator<T> items) {
        List<T> found = new ArrayList<>();
        items.forEachRemaining(found::add);
        return found;
    }"""
_RETURNS = "returns"
_IDENTITY = {"same", "other"}
"""Checks that expect an object that the test has, or another than it."""
_BARE = {"true", "false", "null", *_IDENTITY, _RETURNS}
"""Checks without an expected value that is to be judged."""
_ASSERTS = {
    "equal": "assertEquals({expected}, {actual})",
    "near": "assertEquals({expected}, {actual}, {delta})",
    "array": "assertArrayEquals({expected}, {actual})",
    "true": "assertTrue({actual})",
    "false": "assertFalse({actual})",
    "null": "assertNull({actual})",
    "same": "assertSame({expected}, {actual})",
    "other": "assertNotSame({expected}, {actual})",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as the guest told it, with every expression judged."""

    receiver: str
    checked: bool
    before: tuple[tuple[str, tuple[str, ...]], ...]
    arguments: tuple[str, ...]
    types: tuple[str, ...]
    raises: str
    message: str
    checks: tuple[tuple[str, str, str], ...]
    notices: bool
    uses: frozenset[str]


@dataclass(slots=True)
class Written:
    """One test: its name, its text, what it needs imported, and what it tests."""

    name: str
    code: str
    owner: str
    uses: set[str] = field(default_factory=set[str])
    asserts: set[str] = field(default_factory=set[str])


def read_case(row: Mapping[str, Json]) -> Case | None:
    """Return a case of the guest's answer; None where something in it cannot be trusted."""
    before = tuple((str(name), _texts(parts)) for name, parts in _tuples(row.get("before"), 2))
    checks = tuple((str(a), str(b), str(c)) for a, b, c in _tuples(row.get("checks"), 3))
    case = Case(
        receiver=str(row.get("receiver") or ""),
        checked=row.get("checked") is True,
        before=before,
        arguments=_texts(row.get("arguments")),
        types=_texts(row.get("types")),
        raises=str(row.get("raises") or ""),
        message=str(row.get("message") or ""),
        checks=checks,
        notices=row.get("notices") is True,
        uses=frozenset(_texts(row.get("uses"))),
    )
    sources = [*case.arguments, *(one for _, parts in before for one in parts)]
    sources += [one for how, _, one in checks if how not in _BARE]
    sources += [_neutral(one) for how, _, one in checks if how in _IDENTITY]
    sources += [_neutral(actual) for _, actual, _ in checks]
    sources += [case.receiver] if case.receiver else []
    names = [name for name, _ in before] + [*case.uses, *([case.raises] if case.raises else [])]
    sound = all(re.fullmatch(r"[\w.$]+", name) for name in names)
    told = bool(case.raises or case.checks)
    return case if told and sound and all(is_harmless(one) for one in sources) else None


def only_returns(case: Case) -> bool:
    """Whether all that a case says is that the call returns."""
    return [how for how, _, _ in case.checks] == [_RETURNS]


def _neutral(actual: str) -> str:
    return re.sub(r"\{(\w+)\}", r"x\1", actual)


def _texts(value: Json) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return ()
    return tuple(one for one in value if isinstance(one, str))


def _tuples(value: Json, size: int) -> list[Sequence[Json]]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [
        one
        for one in value
        if isinstance(one, Sequence) and not isinstance(one, str) and len(one) == size
    ]


def write_test(method: Method, case: Case, taken: set[str]) -> Written:
    """Return a case as a test method."""
    name = _name(method, case, taken)
    taken.add(name)
    written = Written(name, "", method.name, set(case.uses))
    names, arrange = _arranged(method, case)
    act = _act(method, case, names)
    if case.raises:
        lines = [*arrange, *([""] if arrange else []), *_raises(case, act, written)]
    else:
        lines = _checked(case, names, arrange, act, written)
    body = "\n".join(f"        {line}" if line else "" for line in lines)
    # what assertThrows calls may throw anything; making its object and arguments may not
    declared = " throws Exception" if case.checked and not (case.raises and not arrange) else ""
    written.code = f"    @Test\n    void {name}(){declared} {{\n{body}\n    }}"
    return written


def _arranged(method: Method, case: Case) -> tuple[dict[str, str], list[str]]:
    """Return what stands for each argument and the object, and the lines that make them."""
    names: dict[str, str] = {}
    arrange: list[str] = []
    seen = [actual for _, actual, _ in case.checks]
    seen += [expected for how, _, expected in case.checks if how in _IDENTITY]
    looked_at = {mark for text in seen for mark in re.findall(r"\{(\d+)\}", text)}
    for number, source in enumerate(case.arguments):
        label = method.parameters[number] if number < len(method.parameters) else f"value{number}"
        named = str(number) in looked_at
        if named or (len(source) > _SHORT and "->" not in source and "null" not in source):
            arrange.append(f"var {label} = {source};")
            names[str(number)] = label
        else:
            names[str(number)] = source
    if case.receiver:
        taken = {line.split(" ")[1] for line in arrange}
        thing = _small(method.path[-2])
        thing = f"{thing}UnderTest" if thing in taken or thing in _WORDS else thing
        names["object"] = thing
        arrange.append(f"var {thing} = {case.receiver};")
        arrange += [f"{thing}.{name}({', '.join(parts)});" for name, parts in case.before]
    names["result"] = "result"
    return names, arrange


def _act(method: Method, case: Case, names: Mapping[str, str]) -> str:
    given = ", ".join(names[str(number)] for number in range(len(case.arguments)))
    owner = ".".join(method.path[:-1])
    if method.is_constructor:
        return f"new {owner}({given})"
    return f"{names['object'] if case.receiver else owner}.{method.path[-1]}({given})"


def _raises(case: Case, act: str, written: Written) -> list[str]:
    written.asserts.add("assertThrows")
    plain = 0 < len(case.message) <= 60 and case.message.isprintable() and case.message.isascii()
    start = f"assertThrows({case.raises}.class, () -> {act});"
    if not plain or re.search(r"@[0-9a-f]{4}|[/\\]", case.message):
        return _folded(start)
    written.asserts.add("assertEquals")
    quoted = case.message.replace('"', '\\"')
    return [*_folded(f"var error = {start}"), "", f'assertEquals("{quoted}", error.getMessage());']


def _checked(
    case: Case,
    names: Mapping[str, str],
    arrange: list[str],
    act: str,
    written: Written,
) -> list[str]:
    uses = sum("{result}" in actual for _, actual, _ in case.checks)
    first = case.checks[0]
    inline = uses == 1 and len(case.checks) == 1 and first[1] == "{result}" and len(act) < 60
    names = {**names, "result": act} if inline else names
    checks: list[str] = []
    for how, actual, expected in case.checks:
        if how == _RETURNS:
            act = f"assertDoesNotThrow(() -> {act})"
            written.asserts.add("assertDoesNotThrow")
            continue
        checks += _folded(_assertion(how, actual, expected, names, written))
    gap = [""] if arrange else []
    if inline:
        return [*arrange, *gap, *checks]
    call = f"var result = {act};" if uses else f"{act};"
    return [*arrange, *gap, *_folded(call), *([""] if checks else []), *checks]


def _assertion(
    how: str, actual: str, expected: str, names: Mapping[str, str], written: Written
) -> str:
    def put(text: str) -> str:
        return re.sub(r"\{(result|object|\d+)\}", lambda found: names[found[1]], text)

    if "listOf(" in actual:
        written.asserts.add("listOf")
    pattern = _ASSERTS[how]
    written.asserts.add(pattern.partition("(")[0])
    delta = "1e-6f" if expected.endswith("f") else _delta(expected)
    said = pattern.format(expected="\0", actual="\1", delta=delta)
    return (
        said.replace("\0", put(expected) if how in _IDENTITY else expected).replace(
            "\1", put(actual)
        )
        + ";"
    )


def _delta(expected: str) -> str:
    try:
        size = abs(float(expected))
    except ValueError:
        return "1e-9"
    return f"{max(size, 1e-3) * 1e-9:.0e}"


def _folded(line: str) -> list[str]:
    """Break a long statement behind a comma of its outermost call."""
    if len(line) <= _LONGEST - 8:
        return [line]
    depth, quoted = 0, False
    for at, letter in enumerate(line):
        if letter == '"' and line[at - 1] != "\\":
            quoted = not quoted
        if quoted:
            continue
        depth += (letter in "({[") - (letter in ")}]")
        if letter == "," and depth == 1:
            return [line[: at + 1], "        " + line[at + 1 :].strip()]
    return [line]


def assemble(tests: Sequence[Written], package: str, name: str) -> str:
    """Return the whole test class."""
    asserts = sorted(set[str]().union(*(one.asserts for one in tests)) - {"listOf"})
    helper = any("listOf" in one.asserts for one in tests)
    uses = set[str]().union(*(one.uses for one in tests)) | {"org.junit.jupiter.api.Test"}
    uses |= {"java.util.ArrayList", "java.util.Iterator", "java.util.List"} if helper else set()
    code = "\n\n".join([*(one.code for one in tests), *([_LIST_OF] if helper else [])])
    needed = sorted(one for one in uses if re.search(rf"\b{one.rpartition('.')[2]}\b", code))
    head = [f"package {package};\n"] if package else []
    head.append(
        "\n".join(f"import static org.junit.jupiter.api.Assertions.{one};" for one in asserts)
        + "\n"
    )
    head.append("\n".join(f"import {one};" for one in needed) + "\n")
    return "\n".join([*head, f"class {name} {{\n{code}\n}}\n"])


def extend(text: str, tests: Sequence[Written], package: str, name: str) -> str | None:
    """Return an existing test class with more tests in it; None where it does not end in `}`."""
    made = assemble(tests, package, name)
    body = made[made.index(f"class {name} {{") + len(f"class {name} {{") :].rstrip()[:-1].rstrip()
    end = text.rstrip()
    if not end.endswith("}"):
        return None
    if "listOf(Iterator" in text:
        body = body.replace("\n\n" + _LIST_OF, "")
    wanted = [one for one in made.splitlines() if one.startswith("import ") and one not in text]
    lines = [*end[:-1].rstrip().splitlines(), "", *body.strip("\n").splitlines(), "}"]
    starts = [at for at, line in enumerate(lines) if line.startswith(("import ", "package "))]
    at = starts[-1] + 1 if starts else 0
    return "\n".join([*lines[:at], *wanted, *lines[at:]]) + "\n"


def _name(method: Method, case: Case, taken: set[str]) -> str:
    """Return a free name: what is tested, what comes of it, for which input."""
    base = f"new{method.path[-1]}" if method.is_constructor else method.path[-1]
    outcome = _outcome(case)
    taken = taken | _OF_OBJECTS
    words = [
        word
        for label, source in zip(method.parameters, case.arguments, strict=False)
        if (word := _input(label, source))
    ]
    steps = [_big(name) for name, _ in case.before]
    for several in range(min(len(words), 3) + 1):
        text = base + outcome + ("For" + "And".join(words[:several]) if several else "")
        if text not in taken and (several or outcome or not words):
            return text
    stem = base + (outcome or "Result") + ("After" + "".join(dict.fromkeys(steps)) if steps else "")
    if stem not in taken:
        return stem
    return next(name for n in range(2, 1000) if (name := f"{stem}{n}") not in taken)


def _outcome(case: Case) -> str:
    if case.raises:
        return "Throws" + case.raises.rpartition(".")[2]
    how, actual, expected = case.checks[0]
    if how == _RETURNS:
        return "Passes"
    if not actual.startswith("{result}"):
        found = re.search(r"\.(?:get|is)?(\w+)\(\)", actual)
        return f"Changes{_big(found[1])}" if found else "ChangesItsArgument"
    words = {"true": "IsTrue", "false": "IsFalse", "null": "ReturnsNull", "same": "ReturnsItself"}
    if how in words and actual == "{result}":
        return words[how]
    if expected in {"0", "0L", "0.0"}:
        return "IsZero"
    empty = {'""', "List.of()", "Set.of()", "Map.of()", "Optional.empty()"}
    return "IsEmpty" if expected in empty else ""


def _input(label: str, source: str) -> str:
    """Return a few words about an argument; none where it says nothing."""
    name = _big(label)
    if source.endswith("null"):
        return f"No{name}"
    if source in {"true", "false"}:
        return name if source == "true" else f"Not{name}"
    if re.search(r"\b(of|asList)\(\)$|\{\}$|<>\(\)$", source):
        return f"Empty{name}"
    found = _LITERAL.fullmatch(source.replace("(byte) ", "").replace("(short) ", ""))
    if found is None:
        limit = re.fullmatch(r"\w+\.([A-Z][A-Z_a-z]*)", source)
        return _big(limit[1].lower().replace("_", " ")) if limit else ""
    if found["number"] is not None:
        number = found["number"]
        if float(number) == 0:
            return f"Zero{name}"
        return f"Negative{name}" if number[0] == "-" else f"{name}{number.replace('.', '_')}"
    text = found["text"]
    if not text.strip():
        return f"Empty{name}" if not text else f"Blank{name}"
    word = "".join(_big(one) for one in re.findall(r"[A-Za-z0-9]+", _ESCAPE.sub(" ", text)))
    return word if 0 < len(word) <= 20 and len(word) * 2 >= len(text) else ""


_WORDS = frozenset(
    "class int long double float char byte short boolean new case default switch import package "
    "public private static final void this super interface enum result error".split()
)


_OF_OBJECTS = {
    "toString",
    "hashCode",
    "getClass",
    "notify",
    "notifyAll",
    "wait",
    "clone",
    "finalize",
}


def _big(text: str) -> str:
    return "".join(one[:1].upper() + one[1:] for one in re.split(r"\W+", text))


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
