"""One call of the code under test: its outcome, what it touched, and an end in time."""

import contextlib
import io
import itertools
import math
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TypeAlias

from .checkpoints import CHECKPOINTS, Key, Late
from .recipes import STANDARD, literal
from .rendering import Renderer

FIRST, MANY = 8, 60
_LONGEST_FILE, _LONGEST_WORDS = 500, 150
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{4}| object at |/tmp/")
CLOCK = 1_700_000_000.0
"""What the clock shows while code that asks for it is under test."""
NAN = 'float("nan")'
"""What stands for the number that equals nothing, and has an assertion of its own."""
_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_NO_ERROR = "exceptions must derive from"  # what `raise` says of an argument that is none
_CLOCKS = ("time", "monotonic", "perf_counter")


class Unarranged(BaseException):
    """What comes before the call that is tested failed: that is no outcome of the call."""


@dataclass(slots=True)
class Looked:
    """What a call gave: its result, what else changed, and what stayed as it was (as text)."""

    result: object
    changed: list[tuple[str, object]] = field(default_factory=list)
    same: list[tuple[str, str]] = field(default_factory=list)
    is_new: bool = False
    """Whether the result is an object whose making is tested: it is told by its parts."""


Act: TypeAlias = Callable[[dict[str, object]], Looked]
"""Takes the names that inputs may use; calls, and looks at what can be seen."""


@dataclass(slots=True)
class Seen:
    """The outcome of a call as it can be written into a test.

    `how` is `value`, `raises`, `late` or `opaque`; `wrap` says how a lazy result is read (`list`,
    `first`) or that it is entered (`with`); `after` are expressions about the arguments or the
    result, with their values, `inside` those that hold within the `with`; `same` are those that
    the call left as they were: only what a test needs of them is asserted.
    """

    how: str
    value: str = ""
    wrap: str = ""
    explicit: bool = False
    message: str = ""
    after: list[tuple[str, str]] = field(default_factory=list)
    inside: list[tuple[str, str]] = field(default_factory=list)
    same: list[tuple[str, str]] = field(default_factory=list)
    printed: str = ""
    touched: str = ""

    def key(self) -> tuple[object, ...]:
        """Return what two equal outcomes share."""
        told = (*self.after, *self.inside)
        return (self.how, self.value, self.wrap, told, len(self.inside), self.printed)

    def differs(self, other: "Seen") -> str | None:
        """Say which more must be asserted to tell another outcome from this one.

        Nothing more (an empty text) where what is asserted anyway tells them apart; None where
        nothing that can be seen does.
        """
        if (self.how, self.value, self.wrap) != (other.how, other.value, other.wrap):
            return ""
        if self.printed != other.printed and self.printed:
            return ""
        there, within = dict([*other.same, *other.after]), dict(other.inside)
        if any(there.get(name) != text for name, text in self.after):
            return ""
        if any(within.get(name) != text for name, text in self.inside):
            return ""
        more = (name for name, text in self.same if there.get(name, text) != text)
        return next(more, None)


@dataclass(frozen=True, slots=True)
class Entered:
    """What a context manager gave when it was entered, and what could be seen within it."""

    text: str | None
    inside: list[tuple[str, str]]


class Watch:
    """Hears of what code does to the machine, through Python's audit events."""

    def __init__(self) -> None:
        self.on = False
        self.wrote = False
        self.folder = ""
        self.touched = ""
        self.allowed = tuple({sys.prefix, sys.base_prefix, *(p for p in sys.path if p)})
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.on:
            return
        self.on = False  # what happens in here is ours
        try:
            said = self._judge(event, arguments)
            if said and not self.touched:
                self.touched = said
        finally:
            self.on = True

    def _judge(self, event: str, arguments: tuple[object, ...]) -> str:
        if event == "open":
            path, _, flags = (*arguments, None, None, None)[:3]
            writes = bool(isinstance(flags, int) and flags & _WRITE)
            return self._file(path, "writes" if writes else "reads", read=not writes)
        if event in {"os.listdir", "os.scandir"}:
            return self._file(arguments[0] if arguments else None, "lists", read=True)
        family = event.split(".", 1)[0]
        if family in {"os", "shutil"} and event not in {"os.putenv", "os.unsetenv", "os.fspath"}:
            if event in {"os.system", "os.exec", "os.fork", "os.posix_spawn", "os.kill"}:
                return f"it starts or stops programs ({event})"
            return self._file(arguments[0] if arguments else None, f"changes ({event})", read=False)
        if event == "subprocess.Popen":
            return "it starts programs (subprocess)"
        if (
            family in {"socket", "urllib", "http", "smtplib", "ftplib"}
            and event != "socket.__new__"
        ):
            return f"it uses the network ({event})"
        if event in {"os.putenv", "os.unsetenv"}:
            return "it changes the environment"
        return "it calls foreign code (ctypes)" if family == "ctypes" else ""

    def _file(self, path: object, verb: str, *, read: bool) -> str:
        if isinstance(path, int) or path is None:
            return ""
        try:
            where = os.path.abspath(os.fsdecode(path))  # type: ignore[arg-type] # noqa: PTH100
        except TypeError:
            return ""
        if self.folder and not read and where.startswith(self.folder + os.sep):
            self.wrote = True
        if self.folder and (where == self.folder or where.startswith(self.folder + os.sep)):
            return ""
        if read and (where.startswith(self.allowed) or where == os.devnull):
            return ""
        return f"it {verb} files of the machine"


class Runner:
    """Runs calls in a private folder, under a clock and with a known seed."""

    def __init__(self, module: ModuleType, *, frozen: bool, seeded: bool) -> None:
        self.module = module
        self.renderer = Renderer(module)
        self.watch = Watch()
        self.seconds = 0.25
        self._frozen, self._seeded = frozen, seeded
        self._folder = Path(tempfile.mkdtemp())

    def names(self) -> dict[str, object]:
        """Return what inputs may use."""
        names = STANDARD | self.renderer.names | vars(self.module)
        names["tmp_path"] = self._folder
        names.setdefault("Path", Path)
        names["written"] = self._written
        names.setdefault("SimpleNamespace", SimpleNamespace)
        return names

    def run(self, act: Act, key: Key) -> Seen:
        """Return what a call did; `act` gets the names that inputs may use.

        `key` names the call: one that ended the process is not made again.
        """
        names = self.names()
        self.renderer.folder = self.watch.folder = str(self._folder)
        self.watch.touched, self.watch.wrote = "", False
        printed = io.StringIO()
        here = os.getcwd()  # noqa: PTH109
        try:
            seen = Seen("late")
            # a second alarm may ring while the first one is dealt with
            with contextlib.suppress(Late), self._conditions(printed, key):
                seen = self._outcome(act, names)
            seen.printed = printed.getvalue()[:500]
            if self._tells_folder(seen):
                seen = Seen("opaque")
            seen.touched = self.watch.touched
        finally:
            self.watch.folder = ""
            os.chdir(here)
            if any(self._folder.iterdir()):
                shutil.rmtree(self._folder, ignore_errors=True)
                self._folder.mkdir(exist_ok=True)
        return seen

    def _tells_folder(self, seen: Seen) -> bool:
        """Whether an outcome spells out where the private folder is: that holds here alone."""
        folder = str(self._folder)
        seen.same = [one for one in seen.same if folder not in one[1]]
        told = (seen.value, seen.printed, *(text for _, text in (*seen.after, *seen.inside)))
        return any(folder in one for one in told)

    def _outcome(
        self,
        act: Act,
        names: dict[str, object],
    ) -> Seen:
        wrap = ""
        try:
            self.watch.on = True
            looked = act(names)
            wrap = lazily(looked.result)
            if isinstance(looked.result, Entered):
                self.watch.on = False
                return self._entered(looked.result, looked)
            result, wrap = _read(looked.result)
            self.watch.on = False
            return self._seen(result, wrap, looked)
        except Late:
            return Seen("late")
        except MemoryError:
            return Seen("late")
        except RecursionError:
            return Seen("opaque")
        except Exception as error:  # the code under test's own: part of what it does
            self.watch.on = False
            return self._raised(error, wrap)
        except SystemExit as error:
            self.watch.on = False
            return self._raised(error, wrap)
        except Unarranged:
            return Seen("unmade")
        except BaseException:  # KeyboardInterrupt, GeneratorExit
            return Seen("opaque")
        finally:
            self.watch.on = False
            CHECKPOINTS.silence()

    def _seen(self, result: object, wrap: str, looked: Looked) -> Seen:
        source = self.renderer.render(result) if wrap != "opaque" else None
        if type(result) is float and math.isnan(result):
            source = NAN
        if source is None and not wrap and (items := _items(result)) is not None:
            source, wrap = self.renderer.render(items), "list"
        if source is None and callable(result) and not isinstance(result, type):
            return Seen("opaque", "callable")
        seen = Seen("value" if source is not None else "opaque", source or "", wrap)
        parts = self._parts(result) if source is None or looked.is_new else []
        if source is None or parts:
            seen.after += parts
            seen.how = "parts" if seen.after else "opaque"
            seen.value = type(result).__name__
            seen.wrap = ""
        self._look(seen, looked)
        if seen.how == "parts" and is_telling(type(result)):
            text = self.renderer.render_of(lambda: own_words(result))
            is_new = text is not None and "repr(result)" not in dict(seen.after)
            seen.same = [*seen.same, *([("repr(result)", str(text))] if is_new else [])]
        return seen

    def _entered(self, result: Entered, looked: Looked) -> Seen:
        seen = Seen("value", result.text or "None", "with", inside=result.inside)
        self._look(seen, looked)
        told = seen.value != "None" or seen.inside or seen.after
        return seen if told else Seen("opaque")

    def _look(self, seen: Seen, looked: Looked) -> None:
        """Add what can be seen elsewhere: of arguments, the object, files."""
        seen.same = looked.same
        others = [*looked.changed, *self._files()] if self.watch.wrote else looked.changed
        for expression, value in others:
            text = self.renderer.render(value)
            if text is not None:
                seen.after.append((expression, text))

    def _written(self, path: Path, text: str) -> Path:
        """Return the path of a file with this text; tests define the same."""
        on, self.watch.on = self.watch.on, False
        path.write_text(text)
        self.watch.on = on
        return path

    def _files(self) -> list[tuple[str, object]]:
        """Return the texts of files that the call left in the private folder."""
        found: list[tuple[str, object]] = []
        for file in sorted(self._folder.rglob("*"))[:5]:
            if file.is_file() and file.stat().st_size < _LONGEST_FILE:
                place = str(file.relative_to(self._folder))
                with contextlib.suppress(UnicodeDecodeError):
                    expression = f"(tmp_path / {literal(place)}).read_text()"
                    found.append((expression, file.read_text()))
        return found

    def _parts(self, result: object) -> list[tuple[str, str]]:
        """Return what can be said about an object that cannot be written down."""
        found: list[tuple[str, str]] = []
        if type(result).__module__.partition(".")[0] in sys.stdlib_module_names:
            return []  # what a library keeps in its objects is no part of the outcome
        try:
            attributes = sorted({*vars(result), *properties_of(type(result))})
        except TypeError:
            return []
        for name in attributes:
            if name.startswith("_"):
                continue
            text = self.renderer.render_attribute(result, name)
            if text is not None and len(text) < 200:
                found.append((f"result.{name}", text))
        if not found and is_telling(type(result)):
            text = self.renderer.render_of(lambda: own_words(result))
            found += [("repr(result)", text)] if text is not None else []
        if not found and has_method(type(result), "__len__"):
            with contextlib.suppress(Exception):  # whatever a foreign object says
                found.append(("len(result)", str(len(result))))  # type: ignore[arg-type]
        return found[:5]

    def _raised(self, error: Exception | SystemExit, wrap: str) -> Seen:
        name = self.renderer.name_of(type(error))
        if name is None:
            return Seen("opaque")
        trace = error.__traceback__
        lines: list[tuple[str, int]] = []
        while trace is not None:
            lines.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
            trace = trace.tb_next
        text = str(error)
        explicit = bool(lines) and lines[-1] in self.raising and not text.startswith(_NO_ERROR)
        message = text if len(text) < 120 else ""
        return Seen("raises", name, wrap, explicit=explicit, message=message)

    raising: frozenset[tuple[str, int]] = frozenset()
    """File and line of every `raise` statement of the module under test."""

    @contextlib.contextmanager
    def _conditions(self, printed: io.StringIO, key: Key) -> Generator[None]:
        saved = {name: getattr(time, name) for name in _CLOCKS}
        if self._seeded:
            random.seed(0)
        if self._frozen:
            for name in _CLOCKS:
                setattr(time, name, lambda: CLOCK)
        try:
            with (
                contextlib.redirect_stdout(printed),
                contextlib.redirect_stderr(io.StringIO()),
                CHECKPOINTS.limited(key, self.seconds),
            ):
                yield
        finally:
            for name, function in saved.items():
                setattr(time, name, function)


def lazily(result: object) -> str:
    """Return how a lazy result is read, should reading it fail: nothing for any other."""
    return "list" if _is_lazy(result) else ""


def properties_of(kind: type) -> list[str]:
    """Return the public properties of a class."""
    return [
        name
        for name in dir(kind)
        if not name.startswith("_") and isinstance(getattr(kind, name, None), property)
    ]


def has_method(kind: type, name: str) -> bool:
    """Whether objects of a class have a method; not the class itself, as enumerations have."""
    return any(name in vars(one) for one in kind.__mro__)


def is_telling(kind: type) -> bool:
    """Whether objects of a class say something of their own of themselves."""
    return kind.__repr__ is not object.__repr__ and kind.__module__ not in sys.stdlib_module_names


def own_words(thing: object) -> str | None:
    """Return what an object says of itself; None where that is long, or holds an address."""
    text = repr(thing)
    return None if len(text) > _LONGEST_WORDS or _ADDRESS.search(text) else text


def _read(result: object) -> tuple[object, str]:
    """Return a lazy result as a list, and how it was read: `list`, `first` few, or `each` part."""
    if isinstance(result, list | tuple) and type(result) in {list, tuple}:
        return (_parts(result), "each") if _is_lazy_throughout(result) else (result, "")
    if isinstance(result, str | bytes | dict | set | frozenset | range | type | Path):
        return result, ""
    is_file = hasattr(result, "read") or hasattr(result, "write")
    own = type(result).__eq__ is object.__eq__ and has_method(type(result), "__iter__")
    if is_file or not (hasattr(result, "__next__") or own):
        return result, ""
    items: list[object] = []
    iterator = iter(result)  # type: ignore[call-overload]
    lazy = False
    for item in itertools.islice(iterator, MANY + 1):
        lazy = lazy or (_is_lazy(item) and (not items or lazy))
        items.append(list(itertools.islice(item, MANY)) if lazy and _is_lazy(item) else item)
    if len(items) > MANY:
        return items[:FIRST], "opaque" if lazy else "first"
    return items, "each" if lazy else "list"


def _items(result: object) -> list[object] | None:
    """Return the items of a sequence of its own class; None where it is none, or is long."""
    if not (has_method(type(result), "__iter__") and has_method(type(result), "__len__")):
        return None
    try:
        found: list[object] = list(itertools.islice(iter(result), MANY + 1))  # type: ignore[call-overload]
    except Exception:  # an object that cannot be gone through
        return None
    return found if len(found) <= MANY else None


def _is_lazy(item: object) -> bool:
    return hasattr(item, "__next__") and not hasattr(item, "read")


def _is_lazy_throughout(items: Sequence[object]) -> bool:
    return bool(items) and all(_is_lazy(item) for item in items)


def _parts(items: Sequence[object]) -> list[list[object]]:
    return [list(itertools.islice(item, MANY)) for item in items]  # type: ignore[call-overload]
