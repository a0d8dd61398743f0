"""Edits that rules make: from an instruction to the whole new text, or the reason not to."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .selection import Function, Selection

NAME = r"`?(?P<{}>[^\W\d]\w*)`?"


_VERBS = frozenset(
    "add apply build call change check clean clear close collect compute convert copy count "
    "create decode delete drop dump encode fetch fill filter find format group handle insert join "
    "list load log make map merge move normalize open parse pop print process push put read "
    "refresh remove render replace reset resolve run save search send set show shuffle sort split "
    "start stop store strip sum swap take test trim update validate verify wait walk write".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A new text of the file and what was done, or why it cannot be done."""

    text: str = ""
    what: str = ""
    reason: str = ""


def mechanical(selection: Selection, instruction: str) -> Edited | None:
    """Return what a rule makes of an instruction; None where no rule understands it."""
    wanted = " ".join(instruction.lower().split()).rstrip(".!")
    for pattern, edit in _RULES:
        match = re.fullmatch(pattern, wanted if "(?P<" not in pattern else instruction.strip(" .!"))
        if match is not None:
            return edit(selection, match.groupdict())
    return None


_Words = dict[str, str | None]


def _docstring(selection: Selection, _: _Words) -> Edited:
    function = selection.function
    if function is None:
        return Edited(reason="the selection holds no function")
    if ast.get_docstring(function) is not None:
        return Edited(reason=f"{function.name} has a docstring already")
    first = function.body[0]
    if first.lineno == function.lineno:
        return Edited(reason=f"{function.name} stands on one line")
    margin = " " * first.col_offset
    lines = _described(function)
    if len(lines) == 1:
        text = f'{margin}"""{lines[0]}"""\n'
    else:
        rest = "".join(f"{margin}{line}\n" if line else "\n" for line in lines[1:])
        text = f'{margin}"""{lines[0]}\n{rest}{margin}"""\n'
    at = selection.source.line_start(_first_line(first) - 1)
    return _with(selection, at, at, text, f"a docstring for {function.name}")


def _described(function: Function) -> list[str]:
    """Return a docstring's lines: the name in words, then what the code itself tells."""
    lines = [_summary(function)]
    facts = dict(_facts(function))
    if any(any(one) for one in facts.values()):  # else the names say it all
        lines += ["", "Args:"]
        for name, (kind, default) in facts.items():
            shown = f" ({kind})" if kind else ""
            said = f"The {name.strip('_').replace('_', ' ')}"
            lines.append(
                f"    {name}{shown}: {said}{f'; {default} by default' if default else ''}."
            )
    raised = list(dict.fromkeys(_raised(function)))
    if raised:
        lines += ["", "Raises:"] + [f"    {name}: {why}" for name, why in raised]
    return lines


def _summary(function: Function) -> str:
    """Return a name as a sentence: what is done, what is returned, or which question it answers."""
    first, *rest = function.name.strip("_").lower().split("_") or ["call"]
    words = " ".join([first, *rest])
    nodes = list(_own(function))
    if any(isinstance(one, ast.Yield | ast.YieldFrom) for one in nodes):
        return f"Yield the {' '.join(rest if rest and first in _VERBS else [words])}."
    if first in {"is", "has", "can", "should"}:
        return f"Return whether it {words}."
    if first in _VERBS:
        return f"{first.capitalize()} the {' '.join(rest)}." if rest else f"{first.capitalize()}."
    if first == "get" and rest:
        return f"Return the {' '.join(rest)}."
    told = [one.value for one in nodes if isinstance(one, ast.Return) and one.value is not None]
    if told and not rest and all(map(_is_condition, told)):
        return f"Return whether it is {words}."
    return f"Return the {words}." if told else f"{words[0].upper()}{words[1:]}."


def _is_condition(node: ast.expr) -> bool:
    plain = isinstance(node, ast.Constant) and isinstance(node.value, bool)
    negated = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    return plain or negated or isinstance(node, ast.Compare)


def _facts(function: Function) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield for each parameter its type and its default as they are written, where they are."""
    several = [one for one in (function.args.vararg, function.args.kwarg) if one is not None]
    for one, default in [*_with_defaults(function), *((one, None) for one in several)]:
        if one.arg not in {"self", "cls"}:
            kind = ast.unparse(one.annotation) if one.annotation else _kind(default) or ""
            yield one.arg, (kind, ast.unparse(default) if default is not None else "")


def _raised(function: Function) -> Iterator[tuple[str, str]]:
    for node in _own(function):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            said = node.exc.args[0] if node.exc.args else None
            text = said.value if isinstance(said, ast.Constant) else ""
            why = text if isinstance(text, str) and text else "see the code"
            yield ast.unparse(node.exc.func), why[0].upper() + why[1:].rstrip(".") + "."


def _hints(selection: Selection, _: _Words) -> Edited:
    function = selection.function
    if function is None:
        return Edited(reason="the selection holds no function")
    text, added = selection.source.text, list[str]()
    inserts: list[tuple[int, str]] = []
    for argument, default in _with_defaults(function):
        kind = _kind(default) if argument.annotation is None and default is not None else None
        if kind is not None:
            end = _offset(selection, argument.end_lineno or 0, argument.end_col_offset or 0)
            inserts.append((end, f": {kind}"))
            added.append(argument.arg)
    returned = None if function.returns is not None else _returned(function)
    if returned is not None:
        at = _colon(selection, function)
        if at is not None:
            inserts.append((at, f" -> {returned}"))
            added.append("the result")
    if not inserts:
        return Edited(reason="no type follows from defaults or results that the code shows")
    for at, new in sorted(inserts, reverse=True):
        text = text[:at] + new + text[at:]
    return Edited(text=text, what=f"type hints for {', '.join(added)}")


def _with_defaults(function: Function) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    plain = [*function.args.posonlyargs, *function.args.args]
    missing = len(plain) - len(function.args.defaults)
    yield from zip(plain, [None] * missing + list(function.args.defaults), strict=True)
    yield from zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)


def _kind(node: ast.expr | None) -> str | None:
    """Return the type that an expression has for certain; None where it could be another."""
    match node:
        case ast.Constant(value=bool() | int() | float() | str() | bytes() as value):
            return type(value).__name__
        case ast.JoinedStr():
            return "str"
        case ast.Compare() if all(isinstance(one, ast.Is | ast.IsNot) for one in node.ops):
            return "bool"
        case ast.UnaryOp(op=ast.Not()):
            return "bool"
        case ast.Call(func=ast.Name(id="len")):
            return "int"
        case ast.Call(func=ast.Name(id="str" | "int" | "float" | "bool" | "bytes" as name)):
            return name
        case _:
            return None


def _returned(function: Function) -> str | None:
    nodes = list(_own(function))
    if any(isinstance(one, ast.Yield | ast.YieldFrom) for one in nodes):
        return None
    returns = [one.value for one in nodes if isinstance(one, ast.Return)]
    values = [one for one in returns if one is not None and not _is_none(one)]
    if not values:
        return None if _only_raises(function) else "None"
    kinds = {_kind(one) for one in values}
    if len(kinds) != 1 or None in kinds:
        return None
    ends = isinstance(function.body[-1], ast.Return | ast.Raise) and len(values) == len(returns)
    return kinds.pop() if ends else None


def _only_raises(function: Function) -> bool:
    return isinstance(function.body[-1], ast.Raise)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _colon(selection: Selection, function: Function) -> int | None:
    """Return the offset of the closing bracket's end, where a result's type belongs."""
    first = function.body[0]
    start = _offset(selection, function.lineno, function.col_offset)
    head = selection.source.text[start : _offset(selection, first.lineno, first.col_offset)]
    depth, at = 0, head.find("(")
    for index in range(at, len(head)):
        depth += {"(": 1, ")": -1}.get(head[index], 0)
        if depth == 0 and index >= at >= 0:
            return start + index + 1 if head[index + 1 :].lstrip()[:1] == ":" else None
    return None


def _guard(selection: Selection, words: _Words) -> Edited:
    function = selection.function
    if function is None:
        return Edited(reason="the selection holds no function")
    what, name = (words.get("what") or "none").lower(), words.get("name")
    names = [one.arg for one in _parameters(function) if one.arg not in {"self", "cls"}]
    needed = [one.arg for one, default in _with_defaults(function) if default is None]
    for likely in (names, [one for one in needed if one in names]):
        if name is None and len(likely) == 1:
            name = likely[0]
    if name not in names:
        lacks = "no parameter is named" if name is None else f"there is no parameter {name!r}"
        return Edited(reason=f"{lacks}: say which of {', '.join(names) or 'none'}")
    tests = {
        "none": (f"{name} is None", f"{name} is None"),
        "empty": (f"not {name}", f"{name} is empty"),
        "negative": (f"{name} < 0", f"{name} is negative"),
        "zero": (f"{name} == 0", f"{name} is zero"),
    }
    test, message = tests[what]
    documented = ast.get_docstring(function) is not None
    if documented and len(function.body) == 1:
        return Edited(reason=f"{function.name} does nothing yet")
    first = function.body[1] if documented else function.body[0]
    if first.lineno == function.lineno:
        return Edited(reason=f"{function.name} stands on one line")
    margin = " " * first.col_offset
    text = f'{margin}if {test}:\n{margin}    raise ValueError("{message}")\n'
    at = selection.source.line_start(_first_line(first) - 1)
    return _with(selection, at, at, text, f"a guard: {message}")


def _rename(selection: Selection, words: _Words) -> Edited:
    old, new = str(words["old"]), str(words["new"])
    function = selection.function
    if function is None:
        return Edited(reason="only names of a function are renamed here; use the editor's rename")
    used = [node for node in ast.walk(function) if _names_it(node, old)]
    if not any(_binds(node) for node in used):
        return Edited(reason=f"{old!r} is no name of {function.name} itself: it comes from outside")
    if any(old in _declared(node) or _is_keyword(node, old) for node in ast.walk(function)):
        return Edited(reason=f"{old!r} is shared with other scopes or passed by name")
    if any(isinstance(one, ast.arg) for one in used):
        return Edited(reason=f"{old!r} is a parameter: callers may pass it by name")
    if any(_names_it(node, new) for node in ast.walk(selection.tree)):
        return Edited(reason=f"{new!r} is in use already")
    text = selection.source.text
    places = sorted({_offset(selection, *_place(node)) for node in used}, reverse=True)
    for at in places:
        text = text[:at] + new + text[at + len(old) :]
    return Edited(text=text, what=f"{old} is called {new}")


def _names_it(node: ast.AST, name: str) -> bool:
    return (isinstance(node, ast.Name) and node.id == name) or (
        isinstance(node, ast.arg) and node.arg == name
    )


def _binds(node: ast.AST) -> bool:
    return isinstance(node, ast.arg) or (
        isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )


def _declared(node: ast.AST) -> list[str]:
    return node.names if isinstance(node, ast.Global | ast.Nonlocal) else []


def _is_keyword(node: ast.AST, name: str) -> bool:
    handler = isinstance(node, ast.ExceptHandler) and node.name == name
    return handler or (isinstance(node, ast.MatchAs | ast.MatchStar) and node.name == name)


def _place(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _extract_function(selection: Selection, words: _Words) -> Edited:
    name = str(words["name"])
    around, statements = selection.function, selection.statements
    if around is None or not statements or statements[0] is around:
        return Edited(reason="select whole statements inside of a function")
    leaving = ast.Return | ast.Yield | ast.YieldFrom | ast.Break | ast.Continue | ast.Await
    nodes = [node for one in statements for node in ast.walk(one)]
    if any(isinstance(node, leaving | ast.Global | ast.Nonlocal) for node in nodes):
        return Edited(reason="the selection leaves its block (return, break, await …)")
    if any(_names_it(node, name) for node in ast.walk(selection.tree)):
        return Edited(reason=f"{name!r} is in use already")
    if any(
        isinstance(one, ast.ClassDef) and around in one.body for one in ast.walk(selection.tree)
    ):
        return Edited(reason="only parts of functions at the top of a file are extracted")
    if around not in selection.tree.body:
        return Edited(reason="only parts of functions at the top of a file are extracted")
    return _extracted(selection, around, statements, name)


def _flow(around: Function, statements: list[ast.stmt]) -> tuple[list[str], list[str]]:
    """Return the local names that go into some statements, and those that are used after them."""
    inside = {id(node) for one in statements for node in ast.walk(one)}
    names = [node for node in ast.walk(around) if isinstance(node, ast.Name)]
    local = {one.arg for one in _parameters(around)}
    local |= {one.id for one in names if isinstance(one.ctx, ast.Store)}
    within = [one for one in names if id(one) in inside]
    written = {one.id for one in within if isinstance(one.ctx, ast.Store)}
    start = statements[0].lineno
    before = {one.arg for one in _parameters(around)}
    before |= {
        one.id
        for one in names
        if isinstance(one.ctx, ast.Store) and id(one) not in inside and one.lineno < start
    }
    read = {one.id for one in within} & local & before
    outside = {one.id for one in names if id(one) not in inside and isinstance(one.ctx, ast.Load)}
    return sorted(read), sorted(written & outside)


def _extracted(
    selection: Selection,
    around: Function,
    statements: list[ast.stmt],
    name: str,
) -> Edited:
    source = selection.source
    given, results = _flow(around, statements)
    start = source.line_start(_first_line(statements[0]) - 1)
    end = source.line_start(statements[-1].end_lineno or 0)
    margin = statements[0].col_offset
    body = [
        line[margin:] if line[:margin].isspace() else line
        for line in source.text[start:end].splitlines()
    ]
    back = [f"return {', '.join(results)}"] if results else []
    inner = "".join(f"    {line}\n" if line else "\n" for line in [*body, *back])
    call = f"{name}({', '.join(given)})"
    call = f"{', '.join(results)} = {call}" if results else call
    at = source.line_start(_first_line(around) - 1)
    text = (
        f"{source.text[:at]}def {name}({', '.join(given)}):\n{inner}\n\n"
        f"{source.text[at:start]}{' ' * margin}{call}\n{source.text[end:]}"
    )
    return Edited(text=text, what=f"{name} holds what was selected")


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)])


def _parameters(function: Function) -> list[ast.arg]:
    arguments = function.args
    several = [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *several]


def _own(function: Function) -> Iterator[ast.AST]:
    """Yield the nodes of a function without those of inner functions."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop(0)
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            stack += list(ast.iter_child_nodes(node))


def _offset(selection: Selection, line: int, column: int) -> int:
    """Return the offset of `ast`'s one-based line and zero-based UTF-8 column."""
    source = selection.source
    start = source.line_start(line - 1)
    return source.byte_to_offset(source.offset_to_byte(start) + column)


def _with(selection: Selection, start: int, end: int, new: str, what: str) -> Edited:
    text = selection.source.text
    return Edited(text=text[:start] + new + text[end:], what=what)


_RULES: tuple[tuple[str, Callable[[Selection, _Words], Edited]], ...] = (
    (r"(add|write)( an?| the)? (missing )?docstrings?", _docstring),
    (r"(add|write|infer)( the)? (missing )?type( hint| annotation|)s?", _hints),
    (
        (
            rf"(?i:(?:add (?:a )?guard|guard)(?: against| for)?)"
            rf"(?: (?P<what>(?i:none|empty|negative|zero)))?(?: {NAME.format('name')})?"
        ),
        _guard,
    ),
    (rf"(?i:rename) {NAME.format('old')} (?i:to|as) {NAME.format('new')}", _rename),
    (
        (
            rf"(?i:extract)(?: (?i:this|it|a|the))?(?: (?i:into|as|to))?(?: (?i:a))? "
            rf"(?i:function|method|helper) "
            rf"(?:(?i:named|called) )?{NAME.format('name')}"
        ),
        _extract_function,
    ),
)
