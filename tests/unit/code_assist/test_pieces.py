"""A file in pieces: what CPython says of the whole, whatever is edited."""

import ast
import random
import re
import warnings
from pathlib import Path

import pytest

from code_assist import Source, diagnose
from code_assist.python_pieces import split
from code_assist.verify import standing

FOLDER = Path(ast.__file__).parent
FILES = [FOLDER / name for name in ("textwrap.py", "queue.py", "bisect.py", "dis.py", "shlex.py")]


def parses(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError):
            return False
    return True


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_pieces_parse_exactly_where_the_file_does(file):
    text = file.read_text("utf-8")
    choose = random.Random(file.name)
    tokens = list(re.finditer(r"\w+|[^\w\s]|\n *|\"\"\"", text))
    for _ in range(60):
        token = choose.choice(tokens)
        new = choose.choice(
            ["", token.group() * 2, choose.choice('()[]:,="\\'), '"""', "\n", "\n  "]
        )
        mutant = text[: token.start()] + new + text[token.end() :]
        assert (split(mutant).complaint is None) == parses(mutant), (token, new)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = (\n1,\n2)\ny = 1\n",
        'x = """\ndef f(:\n"""\ny = 1\n',
        "x = 1 + \\\ny\nz = 1\n",
        "@a\n@b(\n  1)\ndef f(): pass\n",
        "if x:\n    pass\nelse:\n    pass\ntry:\n    pass\nexcept A:\n    pass\nfinally:\n    pass\n",
        "'''doc\nstring'''\nimport a\n",
        "def f():\r\n    pass\r\ndef g(): pass\r\n",
    ],
)
def test_what_spans_lines_at_the_margin_stays_whole(text):
    found = split(text)
    assert found.complaint is None
    assert "".join(piece.text.text for piece in found.pieces) == text


def long_class(body="        return self.size\n"):
    methods = "".join(
        f"    def method_{n}(self, value=None):\n        '''Say what {n} is.'''\n        return value\n\n"
        for n in range(20)
    )
    return f"class A:\n    size = 1\n{methods}    def last(self):\n{body}\n\nx = A\n"


def test_methods_of_a_long_class_are_pieces_of_their_own():
    pieces = split(long_class()).pieces
    assert sum(piece.text.member for piece in pieces) == 21
    assert pieces[-1].text.text == "x = A\n"


@pytest.mark.parametrize(
    "body",
    ["        return (\n", "  return 1\n", "\treturn 1\n", "        return 1\n   x = 1\n"],
)
def test_a_broken_method_breaks_the_class_as_cpython_says(body):
    text = long_class(body)
    with pytest.raises(SyntaxError) as refused:
        ast.parse(text)
    found = split(text).complaint
    assert found is not None
    assert (found.message, found.line) == (refused.value.msg, refused.value.lineno)


def test_a_long_class_without_methods_is_one_piece():
    text = "class A:\n" + "    one = 1\n" * 300
    assert [piece.text.text for piece in split(text).pieces] == [text]


def test_lines_in_the_words_of_a_complaint_count_from_the_start_of_the_file():
    found = split("x = 1\ny = 2\ndef f():\nz = 3\n").complaint
    assert found is not None
    assert found.message == "expected an indented block after function definition on line 3"


def test_names_of_one_class_are_seen_by_its_other_members_and_nowhere_else():
    text = long_class().replace("    def last(self)", "    def last(self, more=size)")
    assert diagnose(Source(text=text, language="python")) == ()
    text = long_class("        return size\n")
    (found,) = diagnose(Source(text=text, language="python"))
    assert (found.code, found.message) == ("undefined-name", "undefined name 'size'")
    assert found.span.start.line == text.count("\n", 0, text.index("return size\n"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x = 1\nfrom __future__ import annotations\n", 2),
        ("x = 1\nglobal x\n", 2),
        (long_class("        nonlocal nothing\n"), 84),
    ],
)
def test_the_compilers_word_does_not_depend_on_pieces(text, line):
    found = [
        one for one in diagnose(Source(text=text, language="python")) if one.severity == "error"
    ]
    assert [(one.code, one.span.start.line + 1) for one in found] == [("syntax-error", line)]


def test_an_edited_source_is_the_one_that_would_be_read_anew():
    source = Source(text="a = 1\nb = 2\n\nc = 3\n", language="python")
    for start, end, new in (
        (0, 3, ""),
        (5, 9, "\n\nx"),
        (8, 8, "é\n"),
        (19, 19, "y"),
        (2, 2, "\r"),
    ):
        edited = source.insert(start, end, new)
        anew = Source(text=edited.text, language="python")
        places = [anew.position(at) for at in range(len(anew.text) + 1)]
        assert [edited.position(at) for at in range(len(anew.text) + 1)] == places
        assert edited.line_count == anew.line_count
        assert [edited.offset_to_byte(at) for at in range(len(anew.text))] == [
            anew.offset_to_byte(at) for at in range(len(anew.text))
        ]
        assert standing(edited).parses == standing(anew).parses
