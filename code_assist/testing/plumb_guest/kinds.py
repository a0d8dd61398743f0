"""What may be passed for a parameter: from hints, defaults, documentation, use and name.

A kind is a tuple: `("int",)`, `("list", kind)`, `("dict", kind, kind)`, `("callable", count)`,
`("class", name, class)`, `("one", source)` for a value as it is written, `("any",)`.
"""

import ast
import collections.abc
import datetime as dt
import enum
import inspect
import types
import typing
from collections.abc import Iterable, Iterator

from .recipes import literal

Kind = tuple[object, ...]
ANY: Kind = ("any",)
INT: Kind = ("int",)
STR: Kind = ("str",)
NUMBERS: tuple[Kind, ...] = (INT, ("float",))
ITEMS: tuple[Kind, ...] = (("list", INT), ("list", STR), STR, ("tuple", INT), ("iter", INT))

_SIMPLE: dict[object, Kind] = {
    int: INT,
    float: ("float",),
    str: STR,
    bytes: ("bytes",),
    bool: ("bool",),
    complex: ("float",),
    type(None): ("none",),
    object: ANY,
    list: ("list", ANY),
    tuple: ("tuple", ANY),
    set: ("set", INT),
    frozenset: ("set", INT),
    dict: ("dict", STR, ANY),
}
_ITERABLES = {
    collections.abc.Iterable: "list",
    collections.abc.Sequence: "list",
    collections.abc.MutableSequence: "list",
    collections.abc.Collection: "list",
    collections.abc.Iterator: "iter",
    collections.abc.Set: "set",
    collections.abc.MutableSet: "set",
    list: "list",
    tuple: "tuple",
    set: "set",
    frozenset: "set",
}
_MAPPINGS = {dict, collections.abc.Mapping, collections.abc.MutableMapping}
_BY_METHOD = {
    "str": "strip lstrip rstrip split rsplit splitlines lower upper title startswith endswith "
    "encode join format replace isdigit isalpha isspace isidentifier partition rpartition zfill",
    "list": "append extend insert sort reverse",
    "dict": "items keys values setdefault get update",
    "set": "add union discard intersection difference issubset",
    "file": "read readline readlines write writelines seek",
    "path": "exists is_file is_dir read_text write_text iterdir mkdir unlink with_suffix resolve",
    "bytes": "decode hex",
    "date": "weekday isoweekday isocalendar toordinal",
    "datetime": "strftime timestamp timetuple astimezone",
}
_METHODS = {name: kind for kind, names in _BY_METHOD.items() for name in names.split()}
_SLICES = (
    "slice(1, 3)",
    "slice(None, None, 2)",
    "slice(-2, None)",
    "slice(None, None, -1)",
    "slice(-100, 100)",
    "slice(100, -100)",
)
_ABSTRACT: dict[str, tuple[Kind, ...]] = {
    "Mapping": (("dict", STR, INT),),
    "MutableMapping": (("dict", STR, INT),),
    "Sequence": (("list", INT), ("tuple", INT)),
    "MutableSequence": (("list", INT),),
    "Set": (("set", INT),),
    "Iterable": ITEMS,
    "Iterator": (("iter", INT),),
    "Number": NUMBERS,
    "Real": NUMBERS,
    "Integral": (INT,),
    "Callable": (("callable", 1),),
}
_NUMERIC_CALLS = {"range", "abs", "round", "divmod", "chr", "bin", "hex", "islice", "repeat"}
_ITERABLE_CALLS = set(
    "iter list tuple set sorted sum min max any all enumerate zip map filter reversed len deque "
    "chain frozenset Counter islice tee groupby accumulate dict next starmap cycle".split()
)
_PATH_CALLS = {"open", "Path", "exists", "isfile", "isdir", "listdir", "basename", "dirname"}
_BY_NAME: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    (
        (
            "n i j k m size count num number step start stop index width height depth limit "
            "length maxsize year month day hour minute second total times max min seed level port r"
        ),
        (INT,),
    ),
    (
        (
            "s text string line word words char sep prefix suffix msg message pattern lang "
            "encoding title label sentence name filename_pattern"
        ),
        (STR,),
    ),
    (
        (
            "iterable iterables items seq sequence values lst data xs it iterator elements "
            "array nums numbers collection seqs iterator1 iterator2 list_ coll"
        ),
        ITEMS,
    ),
    ("d dct mapping dictionary", (("dict", STR, INT), ("dict", INT, STR))),
    (
        "func function fn f callback predicate pred key keyfunc valuefunc reducefunc binop",
        (("callable", 1),),
    ),
    ("path file filename filepath fname dirname folder", (("path",),)),
    ("x y a b c value v amount rate ratio scale factor p q lo hi low high", NUMBERS),
    ("dt when moment", (("class", "datetime", dt.datetime),)),
    ("argv args_list arguments_list cmdline", (("argv",),)),
    ("exc exception exceptions error errors", (("one", "ValueError"), ("one", "KeyError"))),
    ("cache", (("one", "{}"),)),
    ("flag strict reverse reversed verbose force sorted default_flag", (("bool",),)),
)
_NAMED = {name: kinds for names, kinds in _BY_NAME for name in names.split()}


def from_hint(hint: object, depth: int = 3) -> tuple[Kind, ...]:
    """Return the kinds of a type annotation; none where it says nothing that we know."""
    if hint is inspect.Parameter.empty or hint is typing.Any or depth == 0:
        return ()
    if isinstance(hint, str):
        return ()
    if hint is None:
        return (("none",),)
    if isinstance(hint, typing.TypeVar):
        return from_hint(hint.__bound__, depth - 1) if hint.__bound__ else (*NUMBERS[:1], STR)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Union or isinstance(hint, types.UnionType):
        return tuple(kind for one in arguments for kind in from_hint(one, depth))
    if origin is typing.Literal:
        return tuple(("one", literal(one)) for one in arguments)
    if origin is typing.Annotated:
        return from_hint(arguments[0], depth)
    base = origin or hint
    inner = from_hint(arguments[0], depth - 1) if arguments else ()
    if base is collections.abc.Callable:
        shape = arguments[0] if arguments else ()
        return (("callable", len(shape) if isinstance(shape, list) else 1),)
    if base is tuple and arguments and arguments[-1] is not Ellipsis:
        parts = tuple((from_hint(one, depth - 1) or (ANY,))[0] for one in arguments)
        return (("record", *parts),)
    if base in _ITERABLES:
        return tuple((_ITERABLES[base], kind) for kind in inner or (INT, STR))
    if base in _MAPPINGS:
        value = from_hint(arguments[1], depth - 1) if len(arguments) > 1 else ()
        return (("dict", (inner or (STR,))[0], (value or (INT,))[0]),)
    return _from_class(base)


def _from_class(base: object) -> tuple[Kind, ...]:
    try:
        if base in _SIMPLE:
            return (_SIMPLE[base],)
    except TypeError:
        return ()
    if isinstance(base, type):
        if issubclass(base, enum.Enum):
            return tuple(("one", f"{base.__name__}.{one.name}") for one in list(base)[:6])
        name = f"{base.__module__}.{base.__name__}"
        if name.startswith("pathlib") or base.__name__ == "PathLike":
            return (("path",),)
        if name in {"typing.IO", "typing.TextIO", "io.TextIOBase", "io.StringIO"}:
            return (("file",),)
        return (("class", base.__name__, base),)
    return ()


def classes_in(kinds: Iterable[object]) -> Iterator[type]:
    """Yield the classes of which kinds want objects, at any depth."""
    for kind in kinds:
        if isinstance(kind, tuple):
            if kind[:1] == ("class",) and len(kind) > 2:
                yield kind[2]
            yield from classes_in(kind)


def of_value(value: object) -> Kind | None:
    """Return the kind of an example."""
    if callable(value):
        return ("callable", 1)
    if isinstance(value, list | tuple) and value:
        return (type(value).__name__, of_value(value[0]) or ANY)
    if isinstance(value, dict) and value:
        key = next(iter(value))
        return ("dict", of_value(key) or STR, of_value(value[key]) or ANY)
    return _SIMPLE.get(type(value))


def stub(name: str, definition: ast.AST) -> Kind | None:
    """Return the kind of a plain object with the attributes that a body asks a parameter for.

    None where it asks for none, or for some that are set, or that are of well-known types alone.
    """
    members: dict[str, tuple[str, bool, Kind]] = {}
    called = {id(one.func) for one in ast.walk(definition) if isinstance(one, ast.Call)}
    for node in ast.walk(definition):
        match node:
            case ast.Attribute(value=ast.Name(id=used), attr=attr) if used == name:
                if not isinstance(node.ctx, ast.Load) or attr.startswith("_"):
                    return None
                kind = (from_name(attr) or (INT, STR))[0]
                members.setdefault(attr, (attr, id(node) in called, kind))
            case _:
                pass
    return ("stub", *members.values()) if members.keys() - _METHODS.keys() else None


def from_use(name: str, definition: ast.AST) -> tuple[list[Kind], bool]:
    """Return the kinds that a body uses a parameter as, and whether it asks if it is None."""
    found: list[Kind] = []
    none = False
    for node in ast.walk(definition):
        match node:
            case ast.Attribute(value=ast.Name(id=used), attr=attr) if used == name:
                found += _of_method(_METHODS.get(attr))
            case ast.For(iter=ast.Name(id=used)) | ast.comprehension(iter=ast.Name(id=used)) if (
                used == name
            ):
                found += ITEMS
            case ast.Call():
                found += _from_call(name, node)
            case ast.Subscript(value=ast.Name(id=used), slice=at) if used == name:
                text = isinstance(at, ast.Constant) and isinstance(at.value, str)
                found += [("dict", STR, ANY)] if text else [("list", INT), STR, ("tuple", INT)]
            case ast.Subscript(slice=ast.Name(id=used)) if used == name:
                found += [STR, INT]
            case ast.BinOp() | ast.Compare():
                kinds, asked = _from_operator(name, node)
                found += kinds
                none = none or asked
            case _:
                pass
    return found, none


def _of_method(kind: str | None) -> list[Kind]:
    match kind:
        case None:
            return []
        case "list":
            return [("list", INT), ("list", STR)]
        case "dict":
            return [("dict", STR, INT), ("dict", INT, STR)]
        case "set":
            return [("set", INT)]
        case "date" | "datetime":
            return [("class", kind, getattr(dt, kind))]
        case _:
            return [(kind,)]


def _from_call(name: str, node: ast.Call) -> list[Kind]:
    found: list[Kind] = []
    function = node.func
    if isinstance(function, ast.Name) and function.id == name:
        found += [("callable", max(1, len(node.args)))] * 3
    called = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    for index, argument in enumerate(node.args):
        inner = argument.value if isinstance(argument, ast.Starred) else argument
        if not (isinstance(inner, ast.Name) and inner.id == name):
            continue
        if called == "isinstance" and index == 0 and len(node.args) == 2:
            found += _from_classes(node.args[1])
        elif called == "callable" and index == 0:
            found += [("callable", 1), INT, STR]  # it asks, so it takes both
        elif called in {"map", "filter", "starmap", "reduce"} and index == 0:
            found += [("callable", 2 if called in {"reduce", "starmap"} else 1)]
        elif called in _NUMERIC_CALLS and not (called in {"islice", "repeat"} and index == 0):
            found.append(INT)
        elif called in _PATH_CALLS:
            found.append(("path",))
        elif called in _ITERABLE_CALLS and not (called == "next" and index):
            found += ITEMS
        elif called in {"int", "float", "Decimal", "ord"}:
            found += [STR, INT] if called != "ord" else [STR]
        elif called in {"match", "search", "fullmatch", "sub", "findall", "split", "compile"}:
            found.append(STR)
    return found


def _from_classes(node: ast.expr) -> list[Kind]:
    names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    simple = {getattr(key, "__name__", ""): kind for key, kind in _SIMPLE.items()}
    slices: list[Kind] = [("one", one) for one in _SLICES] if "slice" in names else []
    names |= {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
    abstract = [kind for one in sorted(names) for kind in _ABSTRACT.get(one, ())]
    return [simple[one] for one in sorted(names) if one in simple] + abstract + slices + [ANY]


def _from_operator(name: str, node: ast.BinOp | ast.Compare) -> tuple[list[Kind], bool]:
    if isinstance(node, ast.BinOp):
        sides = [node.left, node.right]
        numeric = not isinstance(node.op, ast.Add | ast.Mod | ast.Mult | ast.BitOr | ast.BitAnd)
    else:
        sides = [node.left, *node.comparators]
        numeric = any(isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for op in node.ops)
    if not any(isinstance(one, ast.Name) and one.id == name for one in sides):
        return [], False
    kinds: list[Kind] = []
    none = False
    for one in sides:
        if isinstance(one, ast.Constant):
            none = none or one.value is None
            kind = of_value(one.value)
            kinds += [kind] if kind is not None and one.value is not None else []
            numeric = numeric and not isinstance(one.value, str)
        elif isinstance(one, ast.JoinedStr):
            kinds.append(STR)
    return kinds + (list(NUMBERS[:1]) if numeric else []), none


def from_name(name: str) -> tuple[Kind, ...]:
    """Return the kinds that a parameter's name suggests."""
    bare = name.strip("_").lower()
    if bare in _NAMED:
        return _NAMED[bare]
    if bare.startswith(("is_", "has_", "use_", "allow_", "with_", "no_")):
        return (("bool",),)
    last = bare.rsplit("_", 1)[-1]
    if last in _NAMED:
        return _NAMED[last]
    return ITEMS if bare.endswith("s") and len(bare) > 3 else ()
