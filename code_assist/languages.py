"""The languages that the code assistant reads: file names, grammars, and what their nodes mean."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath

import tree_sitter

from assistants.errors import InputError


def _python_grammar() -> object:
    import tree_sitter_python

    return tree_sitter_python.language()


def _java_grammar() -> object:
    import tree_sitter_java

    return tree_sitter_java.language()


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language: how its files are called, and its grammar's names for what we look for.

    `scopes` are nodes that open a named scope, `imports` top-level import statements,
    `openers` the last characters of a line after which a block begins.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    grammar: Callable[[], object]
    scopes: frozenset[str]
    imports: frozenset[str]
    openers: tuple[str, ...]
    line_comment: str
    keywords: frozenset[str]


_PYTHON_KEYWORDS = (
    "False None True and as assert async await break class continue def del elif else except "
    "finally for from global if import in is lambda nonlocal not or pass raise return try while "
    "with yield"
)
_JAVA_KEYWORDS = (
    "abstract assert boolean break byte case catch char class const continue default do double "
    "else enum extends false final finally float for goto if implements import instanceof int "
    "interface long native new null package private protected public return short static "
    "strictfp super switch synchronized this throw throws transient true try void volatile while"
)

LANGUAGES = (
    Language(
        name="python",
        title="Python",
        suffixes=(".py", ".pyi", ".pyw"),
        grammar=_python_grammar,
        scopes=frozenset({"function_definition", "class_definition"}),
        imports=frozenset({"import_statement", "import_from_statement", "future_import_statement"}),
        openers=(":",),
        line_comment="#",
        keywords=frozenset(_PYTHON_KEYWORDS.split()),
    ),
    Language(
        name="java",
        title="Java",
        suffixes=(".java",),
        grammar=_java_grammar,
        scopes=frozenset(
            {
                "class_declaration",
                "interface_declaration",
                "enum_declaration",
                "record_declaration",
                "annotation_type_declaration",
                "method_declaration",
                "constructor_declaration",
                "compact_constructor_declaration",
                "lambda_expression",
            }
        ),
        imports=frozenset({"import_declaration", "package_declaration"}),
        openers=("{", "->"),
        line_comment="//",
        keywords=frozenset(_JAVA_KEYWORDS.split()),
    ),
)


def by_name(name: str) -> Language:
    """Return the language called `name` (`python`, `java`); `InputError` for any other."""
    for language in LANGUAGES:
        if language.name == name.lower():
            return language
    raise InputError(f"plumb does not read the language {name!r}", hint=_known())


def by_path(path: str | PurePath) -> Language:
    """Return the language of a file by its name; `InputError` where none fits."""
    suffix = PurePath(path).suffix.lower()
    for language in LANGUAGES:
        if suffix in language.suffixes:
            return language
    raise InputError(f"{path}: no language is known for this file name", hint=_known())


@cache
def grammar(name: str) -> tree_sitter.Language:
    """Return the tree-sitter grammar of a language, loaded once."""
    return tree_sitter.Language(by_name(name).grammar())


def _known() -> str:
    known = ", ".join(f"{one.title} ({', '.join(one.suffixes)})" for one in LANGUAGES)
    return f"use one of: {known}"
