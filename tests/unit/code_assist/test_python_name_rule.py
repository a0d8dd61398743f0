"""Which names the constraint lets a model write in Python."""

import pytest

from assistants.constraint import Program
from assistants.masking import Vocabulary, compile_mask
from code_assist import Source
from code_assist.name_constraint import name_rule

METHOD = (
    "import os\nclass A:\n    size = 1\n    def grow(self, values):\n"
    "        for item in values:\n            |\n        return 3\n"
)


def judge(marked, text, patience=0.0):
    """Return what of a text is refused, or nothing; ` (open)` where it may not end like that."""
    at = marked.index("|")
    source = Source(text=marked.replace("|", "", 1), language="python")
    rule = name_rule(source, at, patience=patience)
    state = rule.start()
    for number, char in enumerate(text):
        after = rule.feed(state, char.encode())
        if after is None:
            return text[number:]
        state = after
    return "" if rule.may_stop(state) else "(open)"


@pytest.mark.parametrize(
    "text",
    [
        "print(item)",
        "total = item",
        "total: int = len(values)",
        "first, *rest = values",
        "self.size += 1",
        "self.fresh = item",
        "self.fresh: int = 3",
        "self.grow(values)",
        "return os.path.join(item)",
        "found = [one for one in values if one]",
        "return any(one > 2 for one in values)",
        "return ', '.join(str(one) for one in values)",
        "seen = {key: value for key, value in item}",
        "def inner(left, *, right=item): return left + right",
        "key = lambda pair, other=item: pair[0] + other",
        "with open(item) as file: file.read()",
        "if (count := len(item)) > 3: print(count)",
        "text = f'{item!r:>{len(values)}} {{no name}}'",
        "raise ValueError('any words here') from None",
        "import json as codec; codec.dumps(item)",
        "sorted(values, key=len)",
    ],
)
def test_what_a_right_program_needs_is_allowed(text):
    assert judge(METHOD, text) in {"", "(open)" if ":=" in text else ""}


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("print(itme)", "me)"),
        ("valeus.append(item)", ".append(item)"),
        ("x = unknown", "nknown"),
        ("self.missing()", "()"),
        ("x = self.missing", "missing"),
        ("return f'{vlue}'", "lue}'"),
        ("[one.name]", "]"),
        ("'a'.joni(values)", "ni(values)"),
        ("print(other)", "ther)"),
        ("a, b = values; a, d(", "("),
    ],
)
def test_what_cannot_be_meant_is_refused_at_the_first_wrong_character(text, refused):
    assert judge(METHOD, text) == refused


def test_a_new_name_alone_may_not_end_the_text():
    assert judge(METHOD, "unknown") == "(open)"
    assert judge(METHOD, "a, b") == "(open)"


def test_the_rest_of_the_line_counts():
    assert judge("def f(xs):\n    return [| for pair in xs]\n", "pair.name") == ""
    assert judge("def f(xs):\n    | = xs\n", "fresh") == ""


def test_a_word_that_is_begun_must_become_a_name():
    assert judge("def f(radius):\n    return rad|\n", "ius") == ""
    assert judge("def f(radius):\n    return rad|\n", "ish") == "sh"
    assert judge("def f(radius):\n    return rad| * 2\n", "iu") == "(open)"


def test_no_rule_where_the_word_before_the_cursor_is_unknown():
    source = Source(text="def f(radius):\n    return zzz\n", language="python")
    assert name_rule(source, source.text.index("zzz") + 3) is None


def test_names_of_other_functions_are_not_visible():
    marked = "def g(hidden):\n    inner = 1\n\ndef f(seen):\n    return |\n"
    assert judge(marked, "seen") == ""
    assert judge(marked, "hidden") == "idden"
    assert judge(marked, "inner") == "ner"
    assert judge(marked, "g(seen)") == ""


def test_after_a_wildcard_import_every_name_may_be_meant():
    assert judge("from os.path import *\ndef f():\n    return |\n", "joined_somewhere(1)") == ""


def test_a_class_with_an_unknown_base_has_unknown_members():
    marked = "from x import Base\nclass A(Base):\n    def f(self):\n        return |\n"
    assert judge(marked, "self.anything") == ""


def test_members_come_from_bases_in_the_file_and_from_assignments():
    marked = (
        "class B:\n    def base(self): self.late = 1\n"
        "class A(B):\n    def f(self):\n        return |\n"
    )
    for member in ("base()", "late", "f()", "__class__"):
        assert judge(marked, f"self.{member}") == ""
    assert judge(marked, "self.other") == "other"


def test_a_broken_line_elsewhere_leaves_names_known_only_by_their_words():
    marked = "def f(radius):\n    return |\n\ndef g(:\n    pass\n"
    assert judge(marked, "radius") == ""
    assert judge(marked, "nowhere") == "where"


def test_the_mask_is_syntax_and_names_at_once():
    prefix, suffix = "def f(radius):\n    return ", "\n"
    source = Source(text=prefix + suffix, language="python")
    rule = name_rule(source, len(prefix))
    mask = compile_mask(Program("python", prefix, suffix, rule), Vocabulary.of_bytes())
    assert mask.validate(list(b"radius * 2")) == 10
    assert mask.validate(list(b"radios")) == 4
    assert mask.validate(list(b"radius radius")) == 7
    assert mask.accept(list(b"radiu"))
    assert not mask.can_stop()
    allowed = mask.allowed()
    bits = {byte for byte in range(256) if allowed[byte // 32] >> (byte % 32) & 1}
    assert bits == {ord("s")}
    assert mask.accept(list(b"s"))
    assert mask.can_stop()
    mask.rollback(6)
    assert mask.accept(list(b"len(radius)"))


def test_the_whole_mask_agrees_with_trying_each_token():
    prefix = "import os\ndef f(radius, rate):\n    return "
    source = Source(text=prefix + "\n", language="python")
    for written in ("", "r", "[x for x in ", "radius.", "f'{ra", "os"):
        rule = name_rule(source, len(prefix))
        program = Program("python", prefix, "\n", rule)
        mask = compile_mask(program, Vocabulary.of_bytes())
        assert mask.accept(list(written.encode()))
        row = mask.allowed()
        for byte in range(256):
            assert bool(row[byte // 32] >> (byte % 32) & 1) == (mask.validate([byte]) == 1)


KNOWN = (
    "import keyword\nclass Thing:\n    def __init__(self): self.size = 1\n"
    "def f(unknown):\n    thing = Thing()\n    return |\n"
)


def test_members_of_modules_and_of_known_classes_come_from_jedi():
    for text in ("keyword.kwlist", "thing.size", "unknown.whatever"):
        assert judge(KNOWN, text, patience=60) == ""
    assert judge(KNOWN, "keyword.kwlistt", patience=60) == "t"
    assert judge(KNOWN, "thing.sise", patience=60) == "se"


def test_a_value_that_may_be_none_has_unknown_members():
    marked = KNOWN.replace("thing = Thing()", "thing = Thing() if unknown else None")
    assert judge(marked, "thing.anything", patience=60) == ""


def test_nobody_is_asked_without_patience():
    assert judge(KNOWN, "keyword.kwlistt", patience=0) == ""
