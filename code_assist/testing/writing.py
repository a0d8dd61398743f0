"""Cases as tests that a person would keep: arrange, act, assert, and a name that says what."""

import ast
import builtins
import keyword
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistants.answer import Json

from .expressions import names_in
from .guest import texts
from .layout import lines_of
from .targets import Listed

_OPERATORS = {
    "__len__": "len({0})",
    "__contains__": "{1} in {0}",
    "__getitem__": "{0}[{1}]",
    "__eq__": "{0} == {1}",
    "__ne__": "{0} != {1}",
    "__lt__": "{0} < {1}",
    "__le__": "{0} <= {1}",
    "__gt__": "{0} > {1}",
    "__ge__": "{0} >= {1}",
    "__add__": "{0} + {1}",
    "__sub__": "{0} - {1}",
    "__mul__": "{0} * {1}",
    "__truediv__": "{0} / {1}",
    "__floordiv__": "{0} // {1}",
    "__mod__": "{0} % {1}",
    "__and__": "{0} & {1}",
    "__or__": "{0} | {1}",
    "__xor__": "{0} ^ {1}",
    "__neg__": "-{0}",
    "__abs__": "abs({0})",
    "__iter__": "iter({0})",
    "__next__": "next({0})",
    "__bool__": "bool({0})",
    "__str__": "str({0})",
    "__repr__": "repr({0})",
    "__hash__": "hash({0})",
    "__reversed__": "reversed({0})",
    "__call__": "{0}({1})",
}
_SHORT = 48
_MADE = "made"
_NAN = 'float("nan")'
_MESSAGE = 60


@dataclass(slots=True)
class Written:
    """One test: its name, its text, and the names that it needs from elsewhere."""

    name: str
    code: str
    names: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as the guest told it, with every expression judged."""

    receiver: str
    before: tuple[tuple[str, tuple[str, ...]], ...]
    arguments: tuple[tuple[str, str], ...]
    how: str
    value: str
    wrap: str
    message: str
    after: tuple[tuple[str, str], ...]
    inside: tuple[tuple[str, str], ...]
    kept: tuple[tuple[str, str], ...]
    printed: str
    then: tuple[tuple[str, ...], ...]
    again: tuple[str, ...] | None
    names: frozenset[str]


def read_case(row: Mapping[str, Json]) -> Case | None:
    """Return a case of the guest's answer; None where something in it cannot be trusted."""
    receiver = str(row.get("receiver") or "")
    before = tuple((pair[0], tuple(texts(pair[1]))) for pair in _pairs(row.get("before")))
    arguments = tuple((str(one[0]), str(one[1])) for one in _pairs(row.get("arguments")))
    after, inside, kept = (_told(row.get(key)) for key in ("after", "inside", "kept"))
    how, value = str(row.get("how")), str(row.get("value"))
    calls = row.get("then")
    then = tuple(tuple(texts(one)) for one in calls) if isinstance(calls, list) else ()
    again = None if row.get("again") is None else tuple(texts(row.get("again")))
    sources = [s for many in (*then, again or ()) for s in many]
    sources += [*(s for _, many in before for s in many), *(s for _, s in arguments)]
    sources += [
        *(s for one in (*after, *inside, *kept) for s in one),
        *([receiver] if receiver else []),
        value,
    ]
    names: set[str] = set()
    for source in sources:
        found = names_in(source) if source is not value or how != "parts" else frozenset[str]()
        if found is None:
            return None
        names |= found
    words = [name for name, _ in before] + [label.lstrip("=") for label, _ in arguments]
    if not all(str(word).isidentifier() for word in words):
        return None
    return Case(
        receiver=receiver,
        before=tuple((str(name), many) for name, many in before),
        arguments=arguments,
        how=how,
        value=value,
        wrap=str(row.get("wrap")),
        message=str(row.get("message")),
        after=after,
        inside=inside,
        kept=kept,
        printed=str(row.get("printed")),
        then=then,
        again=again,
        names=frozenset(names),
    )


def _told(value: Json) -> tuple[tuple[str, str], ...]:
    return tuple((str(one[0]), str(one[1])) for one in _pairs(value))


def _pairs(value: Json) -> list[Sequence[Json]]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [
        one
        for one in value
        if isinstance(one, Sequence) and not isinstance(one, str) and len(one) == 2
    ]


def write_test(listed: Listed, call: str, variable: str, case: Case, taken: set[str]) -> Written:
    """Return a case as a test function."""
    written = Written(_name(listed, case, taken), "")
    taken.add(written.name)
    arrange, act = _act(listed, call, variable, case)
    used = set(case.names)
    fixtures = [name for name in ("tmp_path",) if name in used]
    if case.printed:
        fixtures.append("capsys")
    if case.how == "raises":
        manager = _is_manager(listed)
        head = f"{_raises(case)[:-1]}, {act}:" if manager else _raises(case)
        act = "pass" if manager else act
        body = [*arrange, *([""] if arrange else []), head]
        written.modules.add("pytest")
        used |= {case.value} - set(dir(builtins))
    else:
        body = _checked(listed, case, arrange, act, written)
    if case.wrap == "first":
        used.add("islice")
    if listed.is_generator:
        used.add("collected")
    elif listed.is_async:
        written.modules.add("asyncio")
    own = {label.lstrip("=") for label, _ in case.arguments}
    own |= {variable, "result", "tmp_path", _MADE}
    written.names = (used - own) | {listed.path[0]}
    lines = [f"def {written.name}({', '.join(fixtures)}):"]
    for line in body:
        bare = line.lstrip()
        lines += lines_of(bare, 4 + len(line) - len(bare)) if bare else [""]
    if case.how == "raises":
        lines += lines_of(act, 8)
    written.code = "\n".join(lines)
    return written


def _act(listed: Listed, call: str, variable: str, case: Case) -> tuple[list[str], str]:
    """Return the lines that arrange, and the call itself."""
    arrange: list[str] = []
    told = (*case.after, *case.kept)
    changed = {one.removeprefix("list(").removesuffix(")") for one, _ in told}
    parts: list[str] = []
    for label, source in case.arguments:
        name, shown = label.lstrip("="), source
        bound = {line.split(" = ")[0] for line in arrange}
        if name not in bound and (name in changed or len(source) > _SHORT):
            arrange.append(f"{name} = {source}")
            shown = name
        parts.append(f"{name}={shown}" if label.startswith("=") else shown)
    if case.receiver:
        arrange.append(f"{variable} = {case.receiver}")
        arrange += [f"{variable}.{name}({', '.join(many)})" for name, many in case.before]
    if case.again is not None:  # one function, called twice
        once = replace(case, then=case.then[:-1], again=None, wrap="")
        arrange.append(f"{_MADE} = {called(listed, call, variable, once, parts)}")
    return arrange, called(listed, call, variable, case, parts)


def _calls(then: Sequence[Sequence[str]]) -> str:
    return "".join(f"({', '.join(given)})" for given in then)


def called(listed: Listed, call: str, variable: str, case: Case, parts: Sequence[str]) -> str:
    """Return the call of a case with these arguments, read as its outcome was."""
    thing = {
        "function": listed.path[0],
        "init": ".".join(listed.path[:-1]),
        "class": ".".join(listed.path),
    }.get(call, f"{variable}.{listed.path[-1]}")
    act = thing if call == "property" else f"{thing}({', '.join(parts)})"
    if call == "method" and listed.path[-1] in _OPERATORS:
        act = _OPERATORS[listed.path[-1]].format(variable, ", ".join(parts))
    if listed.is_generator:
        act = f"collected({act})"
    elif listed.is_async:
        act = f"asyncio.run({act})"
    if case.again is not None:
        calls = (", ".join(given) for given in (case.then[-1], case.again))
        act = f"[{', '.join(f'{_MADE}({one})' for one in calls)}]"
    else:
        act += _calls(case.then)
    if case.wrap == "list":
        act = f"list({act})"
    elif case.wrap == "each":
        act = f"[list(part) for part in {act}]"
    elif case.wrap == "first":
        act = f"list(islice({act}, 8))"
    return act


def _is_manager(listed: Listed) -> bool:
    """Whether a function is made a context manager: what it raises comes when it is entered."""
    found = (ast.unparse(one).rpartition(".")[2] for one in listed.node.decorator_list)
    return "contextmanager" in found


def _raises(case: Case) -> str:
    pattern = re.escape(case.message).replace("\\ ", " ")
    plain = case.message and len(case.message) <= _MESSAGE and "\n" not in case.message
    if not plain or re.search(r"0x[0-9a-f]{6}|/", case.message):
        return f"with pytest.raises({case.value}):"
    quoted = _quoted(pattern, raw="\\" in pattern)
    return f"with pytest.raises({case.value}, match={quoted}):"


def _quoted(text: str, *, raw: bool) -> str:
    if raw and '"' not in text:
        return f'r"{text}"'
    shown = repr(text)
    return f'"{shown[1:-1]}"' if shown[0] == "'" and '"' not in text else shown


def _checked(
    listed: Listed, case: Case, arrange: list[str], act: str, written: Written
) -> list[str]:
    if case.wrap == "with":
        return _entered(case, arrange, act, written)
    checks: list[str] = []
    silent = case.how == "value" and case.value == "None" and (case.after or case.printed)
    if case.how == "value" and not silent:
        checks.append(_equals("result", case.value, written))
    elif case.how == "parts" and listed.path[-1] != "__init__":
        checks.append(f'assert type(result).__name__ == "{case.value}"')
    told = (*case.after, *case.kept)
    checks += [_equals(expression, value, written) for expression, value in told]
    if case.printed:
        checks.append(f"assert capsys.readouterr().out == {_quoted(case.printed, raw=False)}")
    needs = any("result" in check for check in checks)
    call = f"result = {act}" if needs else act
    gap = [""] if arrange else []
    return [*arrange, *gap, call, "", *checks]


def _entered(case: Case, arrange: list[str], act: str, written: Written) -> list[str]:
    """Return the lines of a test that enters a context manager."""
    told = case.value != "None"
    checks = [_equals("result", case.value, written)] if told else []
    checks += [_equals(expression, value, written) for expression, value in case.inside]
    told_after = (*case.after, *case.kept)
    after = [_equals(expression, value, written) for expression, value in told_after]
    if case.printed:
        after.append(f"assert capsys.readouterr().out == {_quoted(case.printed, raw=False)}")
    head = f"with {act} as result:" if told else f"with {act}:"
    lines = [*arrange, *([""] if arrange else []), head]
    lines += [f"    {one}" for one in checks or ["pass"]]
    return [*lines, *(["", *after] if after else [])]


def _equals(expression: str, value: str, written: Written) -> str:
    if value in {"None", "True", "False"}:
        return f"assert {expression} is {value}"
    if value == _NAN:
        written.modules.add("math")
        return f"assert math.isnan({expression})"
    if is_rounded(value):
        written.modules.add("pytest")
        return f"assert {expression} == pytest.approx({shown_value(value)})"
    return f"assert {expression} == {value}"


def shown_value(value: str) -> str:
    """Return an expected value as it is written; floats that are compared roughly are rounded."""
    if not is_rounded(value):
        return value
    return re.sub(
        r"\d+\.\d{8,}(e[+-]?\d+)?", lambda one: repr(float(f"{float(one[0]):.10g}")), value
    )


def is_rounded(value: str) -> bool:
    """Whether a value holds a float that arithmetic may have rounded."""
    try:
        tree = ast.parse(value, mode="eval").body
    except SyntaxError:
        return False
    parts = tree.elts if isinstance(tree, ast.List | ast.Tuple) else [tree]
    numbers = [one.operand if isinstance(one, ast.UnaryOp) else one for one in parts]
    values = [one.value for one in numbers if isinstance(one, ast.Constant)]
    if len(values) < len(parts) or not all(isinstance(one, int | float) for one in values):
        return False
    return any(isinstance(one, float) and len(repr(one)) > 8 for one in values)


def _name(listed: Listed, case: Case, taken: set[str]) -> str:
    """Return a name that is free: what is tested, what comes of it, and for which input."""
    base = "_".join(part.strip("_").lower() for part in listed.path)
    outcome = _outcome(case)
    inputs = [text for label, source in case.arguments if (text := _input(label, source))]
    steps = [name for name, _ in case.before]
    for several in range(len(inputs) + 1):
        words = [base, *([outcome] if outcome else [])]
        if several:
            words += ["for", "_and_".join(inputs[:several])]
        name = _slug("test_" + "_".join(words))
        if name not in taken and (several or outcome or not inputs):
            return name
    after = _slug("_after_" + "_".join(dict.fromkeys(steps))) if steps else ""
    stem = _slug(f"test_{base}_{outcome or 'result'}") + after
    if stem not in taken:
        return stem
    full = stem + (_slug("_for_" + "_and_".join(inputs)) if inputs else "")
    return next(
        name
        for number in range(1, 1000)
        if (name := full if number == 1 else f"{full}_{number}") not in taken
    )


def _slug(text: str) -> str:
    return re.sub(r"_+", "_", re.sub(r"[^a-zA-Z0-9_]", "_", text)).rstrip("_")[:90]


def _outcome(case: Case) -> str:
    if case.how == "raises":
        return "raises_" + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", case.value).lower()
    simple = {
        "True": "returns_true",
        "False": "returns_false",
        "[]": "returns_an_empty_list",
        "{}": "returns_an_empty_dict",
        "()": "returns_an_empty_tuple",
        '""': "returns_an_empty_string",
        "0": "returns_zero",
    }
    if case.value == "None" and case.how == "value":
        if case.printed:
            return "prints"
        changed = [_changed(one) for one, _ in case.after]
        changed = changed or [f"{_changed(one)}_inside" for one, _ in case.inside]
        return f"changes_{changed[0]}" if changed else "returns_none"
    return simple.get(case.value, "")


def _changed(expression: str) -> str:
    return "the_items" if expression.startswith("list(") else expression.rsplit(".", 1)[-1]


def _input(label: str, source: str) -> str:
    """Return a few words about an argument; none where it says nothing."""
    name = label.lstrip("=")
    try:
        value: object = ast.literal_eval(source)
    except (ValueError, SyntaxError):
        return f"{name}" if label.startswith("=") else ""
    match value:
        case None:
            return f"no_{name}"
        case True:
            return name
        case False:
            return f"not_{name}"
        case int() | float():
            word = "zero" if value == 0 else "negative" if value < 0 else ""
            return f"{word}_{name}" if word else f"{name}_{str(value).replace('.', '_')}"[:30]
        case str() | bytes():
            return _text(name, value if isinstance(value, str) else value.decode("latin-1"))
        case _:
            return _container(name, value)


def _text(name: str, value: str) -> str:
    if not value:
        return f"empty_{name}"
    if not value.strip():
        return f"blank_{name}"
    word = re.sub(r"[^a-z0-9]+", "_", value.lower()).strip("_")
    return word if 0 < len(word) <= 24 and not keyword.iskeyword(word) else f"{name}"


def _container(name: str, value: object) -> str:
    size = len(value) if isinstance(value, list | tuple | set | dict) else 1
    return {0: f"empty_{name}", 1: f"one_of_{name}"}.get(size, f"{size}_{name}")
