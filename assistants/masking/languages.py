"""The languages of whole programs: each as a machine over bytes, with what is made from it."""

import sys
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Protocol, TypeVar

from assistants.errors import Unsupported

from .anywhere import Anywhere, JavaAnywhere, PythonAnywhere
from .endings import Endings
from .glr import Recogniser
from .java_lexer import JavaLexer
from .lalr import compile_grammar
from .python_lexer import PythonLexer
from .spelling import JavaSpelling, PythonSpelling, Spelling
from .symbolic import LoosePython, Symbolic, SymbolicJava, SymbolicPython
from .tables import MaskTables
from .trie import rooted
from .vocabulary import Vocabulary

LANGUAGES = frozenset({"python", "java"})
"""The languages that a `Program` constraint may name."""

JAVA = 25
"""The newest version whose programs are let through; older programs are among them."""

S = TypeVar("S", bound=Hashable)


class Machine(Protocol[S]):
    """A language as a machine over bytes; states are immutable and hashable."""

    def start(self) -> S:
        """Return the state before the first byte."""
        ...

    def feed(self, state: S, byte: int, /) -> S | None:
        """Return the state after one more byte, or None where no program begins like that."""
        ...

    def run(self, state: S, data: bytes, /) -> S | None:
        """Return the state after many bytes."""
        ...

    def complete(self, state: S, /) -> bool:
        """Whether the text so far is a whole program."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Language:
    machine: Machine[Any]
    symbolic: Symbolic
    spelling: Spelling
    anywhere: Anywhere


@cache
def _language(name: str) -> _Language:
    """Compile a language, once (about 0.1 s)."""
    if name not in LANGUAGES:
        raise Unsupported(
            f"no mask is made for whole programs in {name or 'an unnamed language'}",
            hint="let the model write freely and cut at the last point that parses",
        )
    folder = resources.files(__name__.rpartition(".")[0])
    grammar = folder.joinpath(f"{name}.grammar").read_text("utf-8")
    if name == "java":
        recogniser = Recogniser(compile_grammar(grammar, (JAVA,)))
        java = JavaLexer(recogniser, JAVA)
        return _Language(
            machine=java, symbolic=SymbolicJava(java, recogniser, JAVA),
            spelling=JavaSpelling(java, recogniser), anywhere=JavaAnywhere(java, recogniser),
        )  # fmt: skip
    version = min(sys.version_info[:2], (3, 14))
    recogniser = Recogniser(compile_grammar(grammar, version))
    python = PythonLexer(recogniser, version)
    return _Language(
        machine=python, symbolic=SymbolicPython(python, recogniser, version),
        spelling=PythonSpelling(python, recogniser),
        anywhere=PythonAnywhere(LoosePython(recogniser, version), recogniser),
    )  # fmt: skip


def machine(language: str) -> Machine[Any]:
    """Return the machine of a language; raises `Unsupported` for others than `LANGUAGES`.

    Python's version is the running interpreter's, from 3.11 to 3.14; Java's is `JAVA`.
    """
    return _language(language).machine


def tables(language: str, vocabulary: Vocabulary) -> MaskTables:
    """Return the tables that all streams of a language and a vocabulary share."""
    items, known = vocabulary.ordered, _language(language)

    def make() -> MaskTables:
        size = (vocabulary.size + 31) // 32 * 32
        return MaskTables(known.machine, known.symbolic, rooted(items), size)

    return vocabulary.shared(language, make)


def endings(language: str, suffix: bytes) -> Endings:
    """Return where texts may end before a suffix; shared while it stays the same.

    Suffixes that end alike share what is known about that end.
    """
    with _suffixes_lock:
        known = _suffixes(language)
        if suffix in known:
            known.move_to_end(suffix)
            return known[suffix]
    parts = _language(language)
    made = Endings(parts.machine, parts.spelling, parts.anywhere, suffix)
    with _suffixes_lock:
        near = max(known.values(), key=made.shared, default=None)
        if near is not None:
            made.learn(near)
        known[suffix] = made
        while len(known) > _SUFFIXES:
            known.popitem(last=False)
    return made


_SUFFIXES = 8
_suffixes_lock = threading.Lock()


@cache
def _suffixes(language: str) -> "OrderedDict[bytes, Endings]":
    del language
    return OrderedDict()
