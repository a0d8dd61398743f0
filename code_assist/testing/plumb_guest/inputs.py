"""Inputs drawn from kinds and from constants of the code, and variations of inputs."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from .kinds import ANY, INT, ITEMS, STR, Kind
from .recipes import Recipe, code, constant

_INTS = (0, 1, 2, 3, -1, 5, 10, 7, 100)
_FLOATS = (0.5, 1.0, 0.0, -1.5, 2.5, 10.0, 0.1, 3.14159, -1e-7, 1e9)
_STRS = (
    "abc",
    "",
    "a",
    "hello world",
    "Hello",
    "1",
    "a,b",
    "x y z",
    "aab",
    "  a ",
    "12.5",
    "A-b_c",
    "one two three\n\nfour five",
    "a\nb\n",
    "The quick brown fox",
    "naïve 日本",
)
_BYTES = (b"abc", b"", b"a\xffb")
_FILES = ("", "one\ntwo\n", "a = 1\n", "x,y\n1,2\n", '{"a": 1}\n', "one two\n\nthree\n")
_EXACT = 2.0**53
_ONE = (
    "lambda x: x",
    "str",
    "lambda x: x % 2 == 0",
    "lambda x: x > 1",
    "bool",
    "lambda x: -x",
    "len",
    "int",
    "lambda x: None",
    "lambda x: [x]",
    "lambda x: True",
    "lambda x: False",
    "str.upper",
)
_TWO = (
    "lambda a, b: a + b",
    "lambda a, b: a",
    "lambda a, b: a < b",
    "max",
    "lambda a, b: a == b",
    "lambda a, b: b",
    "lambda a, b: (a, b)",
)
_NONE = ("lambda: 1", "list", "lambda: None")
_CHANGING, _STATEFUL = "[3, 5, 8].pop", 0.12  # it shows how often it was called


@dataclass(slots=True)
class Source:
    """Draws recipes. `pool` holds constants by type, those of the code under test."""

    choose: random.Random
    makers: "dict[str, Sequence[Recipe]]"
    pool: dict[type, list[object]] = field(default_factory=dict)

    def learn(self, value: object) -> None:
        """Remember a constant, once."""
        if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
            self.learn(int(value))
        kept = self.pool.setdefault(type(value), [])
        if value not in kept and len(kept) < 80 and len(repr(value)) < 60:
            kept.append(value)

    def draw(self, kind: Kind, depth: int = 0) -> Recipe:
        """Return an input of a kind."""
        name = kind[0]
        if name == "any":
            kind = self.choose.choice((INT, STR, INT, ("list", INT), ("none",), ("float",)))
            return self.draw(kind, depth + 1) if depth < 3 else constant(1)
        if name in {"list", "tuple", "set", "iter"}:
            return self._items(str(name), self._kind(kind, 1), depth)
        if name == "record":
            return Recipe("tuple", None, tuple(self.draw(one, depth + 1) for one in kind[1:]))  # type: ignore[arg-type]
        if name == "dict":
            return self._pairs(self._kind(kind, 1), self._kind(kind, 2), depth)
        if name == "callable" and self.choose.random() < _STATEFUL:
            return code(_CHANGING)
        if name == "callable":
            return code(self.choose.choice({0: _NONE, 1: _ONE}.get(int(str(kind[1])), _TWO)))
        if name == "class":
            made = self.makers.get(str(kind[1]), ())
            one = self.choose.choice(made) if made else constant(None)
            return self.vary(one) if self.choose.random() < 0.25 else one
        if name == "stub":
            return self._stub(kind[1:])
        if name == "argv":
            return self._words()
        if name == "one":
            return code(str(kind[1]))
        return self._plain(str(name))

    def _stub(self, members: Sequence[object]) -> Recipe:
        """Return a plain object with the attributes and methods that the code asks for."""
        made: list[str] = []
        for one in members:
            name, called, kind = one  # type: ignore[misc]
            value = self.draw(kind, 2).source()
            made.append(f"{name}=lambda *_: {value}" if called else f"{name}={value}")
        return code(f"SimpleNamespace({', '.join(made)})")

    def _words(self) -> Recipe:
        """Return a command line: options that the code names, files, words."""
        options = [one for one in self.pool.get(str, []) if str(one).startswith("-")]
        parts: list[Recipe] = []
        for _ in range(self.choose.choice((0, 1, 1, 2, 3))):
            roll = self.choose.random()
            if options and roll < 0.4:
                parts.append(constant(self.choose.choice(options)))
            elif roll < 0.75:
                file = self._plain("path") if roll < 0.7 else code('tmp_path / "missing.txt"')
                parts.append(Recipe("call", "str", (file,)))
            else:
                parts.append(self._plain(self.choose.choice(("str", "int"))))
                parts[-1] = constant(str(parts[-1].value))
        return Recipe("list", None, tuple(parts))

    def _kind(self, kind: Kind, index: int) -> Kind:
        inner = kind[index] if len(kind) > index else ANY
        return inner if isinstance(inner, tuple) else ANY

    def _plain(self, name: str) -> Recipe:
        choose = self.choose
        match name:
            case "int":
                return constant(self._from(int, _INTS, lambda: choose.randint(-20, 200)))
            case "float":
                return constant(self._from(float, _FLOATS, self._float))
            case "str":
                return constant(self._from(str, _STRS, self._word))
            case "bytes":
                return constant(self._from(bytes, _BYTES, lambda: self._word().encode()))
            case "bool":
                return constant(choose.random() < 0.5)
            case "path" if choose.random() < 0.5:
                place = code('tmp_path / "data.txt"')
                text = self._from(str, _FILES, self._word)
                return Recipe("call", "written", (place, constant(text)))
            case "path":
                word = choose.choice(("data.txt", "missing.txt", "folder"))
                shape = 'tmp_path / "{}"' if choose.random() < 0.6 else 'Path("{}")'
                return code(shape.format(word))
            case "file":
                text = choose.choice(("", "one line", "one\ntwo\n", *self.pool.get(str, [""])[:5]))
                return Recipe("call", "io.StringIO", (constant(text),))
            case _:
                return constant(None)

    def _from(self, kind: type, usual: Sequence[object], fresh: object) -> object:
        mined = self.pool.get(kind, [])
        roll = self.choose.random()
        if mined and roll < 0.4:
            value = self.choose.choice(mined)
            if kind is int and self.choose.random() < 0.4:
                return int(str(value)) + self.choose.choice((-1, 1))
            return value
        return self.choose.choice(usual) if roll < 0.85 else fresh()  # type: ignore[operator]

    def _float(self) -> float:
        places = self.choose.choice((0, 1, 2, 3, 6))
        return round(self.choose.uniform(-100, 100), places)

    def _word(self) -> str:
        pieces = [one for one in self.pool.get(str, []) if isinstance(one, str)] or ["a"]
        letters = ["a", "b", " ", "1", "Z", "-", "\n", "é", *pieces]
        return "".join(self.choose.choice(letters) for _ in range(self.choose.randint(0, 6)))

    def _items(self, name: str, inner: Kind, depth: int) -> Recipe:
        if depth > 2:
            inner = INT
        count = self.choose.choice((0, 1, 2, 3, 3, 4, 5, 6))
        parts = [self.draw(inner, depth + 1) for _ in range(count)]
        if parts and self.choose.random() < 0.25:
            parts.append(self.choose.choice(parts))
        if name == "set":
            parts = [p for p in parts if p.kind in {"literal", "tuple"}]
        made = Recipe("list" if name == "iter" else name, None, tuple(parts))
        return Recipe("call", "iter", (made,)) if name == "iter" else made

    def _pairs(self, key: Kind, value: Kind, depth: int) -> Recipe:
        count = self.choose.choice((0, 1, 2, 2, 3))
        parts: list[Recipe] = []
        known: set[str] = set()
        for _ in range(count):
            left = self.draw(key, depth + 1)
            if left.kind in {"literal", "tuple"} and left.source() not in known:
                known.add(left.source())
                parts += [left, self.draw(value, depth + 1)]
        return Recipe("dict", None, tuple(parts))

    def vary(self, recipe: Recipe) -> Recipe:
        """Return an input that differs in one place; of the same kind."""
        if recipe.kind == "literal":
            return constant(self._vary_value(recipe.value))
        if recipe.kind in {"list", "tuple", "set"}:
            return self._vary_items(recipe)
        if recipe.parts:
            index = self.choose.randrange(len(recipe.parts))
            return recipe.with_part(index, self.vary(recipe.parts[index]))
        return recipe

    def _vary_items(self, recipe: Recipe) -> Recipe:
        parts = list(recipe.parts)
        roll = self.choose.random()
        if parts and roll < 0.35:
            index = self.choose.randrange(len(parts))
            return recipe.with_part(index, self.vary(parts[index]))
        if parts and roll < 0.55:
            del parts[self.choose.randrange(len(parts))]
        elif parts and roll < 0.8:
            where = self.choose.randrange(len(parts) + 1)
            parts.insert(where, self.vary(self.choose.choice(parts)))
        elif parts and roll < 0.9:
            self.choose.shuffle(parts)
        else:
            parts.append(self.draw(INT if self.choose.random() < 0.5 else STR, 3))
        return Recipe(recipe.kind, None, tuple(parts))

    def _vary_value(self, value: object) -> object:
        choose = self.choose
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            step = choose.choice((1, -1, 1, -1, 2, 10, -10, 100, -value, value))
            mined = self.pool.get(int, [])
            return choose.choice(mined) if mined and choose.random() < 0.3 else value + step
        if isinstance(value, float):
            return choose.choice((value + 1, value - 1, -value, value / 2, value * 2, 0.0))
        if isinstance(value, str):
            return self._vary_text(value)
        if isinstance(value, bytes):
            return self._vary_text(value.decode("latin-1")).encode("latin-1", "replace")
        return value

    def _vary_text(self, text: str) -> str:
        choose = self.choose
        mined = [one for one in self.pool.get(str, []) if isinstance(one, str)]
        at = choose.randrange(len(text) + 1)
        roll = choose.random()
        if mined and roll < 0.3:
            return choose.choice(mined)
        if mined and roll < 0.5:
            return text[:at] + choose.choice(mined) + text[at:]
        if text and roll < 0.65:
            return text[:at] + text[at + 1 :]
        if roll < 0.72:
            return text.upper() if choose.random() < 0.5 else text + text
        return text[:at] + choose.choice("aZ0 -_.,:/\n(\"'") + text[at:]


def simplest(kinds: Sequence[Kind]) -> list[Kind]:
    """Return the different kinds, in order."""
    return list(dict.fromkeys(kinds)) or [INT, STR, *ITEMS[:1], ("none",)]
