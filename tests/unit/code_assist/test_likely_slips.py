"""Likely slips: which other texts are tried, and when one is told."""

from assistants.backends.ngram import Ngram
from assistants.model import Capabilities
from code_assist import Source, Workspace
from code_assist.likely_slips import likely_slips, others_in

PYTHON = """def copy(source, target, size):
    count = 0
    for block in source:
        target.write(block, size)
        count += size
    return count
"""
JAVA = """class Copy {
    int copy(int from, int until) {
        int size = until - from;
        return move(from, until, size);
    }
}
"""


def tried(text, line, language="python"):
    source = Source(text=text, language=language)
    return {
        (text[one.start : one.end], one.text)
        for each in others_in(source, range(line, line + 1))
        for one in each
    }


def test_a_local_may_have_been_meant_for_another_that_was_bound_before():
    found = tried(PYTHON, 3)
    assert ("size", "count") in found
    assert ("block", "source") in found
    assert not any("write" in pair for pair in found)


def test_what_is_bound_only_later_is_no_candidate():
    assert not any("block" in pair for pair in tried(PYTHON, 1))


def test_plain_arguments_are_tried_the_other_way_round():
    assert ("block, size", "size, block") in tried(PYTHON, 3)
    assert ("from, until", "until, from") in tried(JAVA, 3, "java")


def test_names_that_are_bound_and_fields_are_left_alone():
    assert not any(one == "size" for one, _ in tried(JAVA, 2, "java"))
    assert tried("def f(a, b):\n    b.a = a.b\n", 1) == {("b", "a"), ("a", "b")}


class Judge:
    """A model that prefers texts with one word in them."""

    name = "judge"
    capabilities = Capabilities(context_length=512, fill_in_the_middle=True, score=True)

    def __init__(self, word):
        self.word = word

    def score(self, _prompt, options):
        return tuple(0.0 if self.word in one else -40.0 for one in options)


def told(memory_text, word):
    ngram = Ngram.installed()
    workspace = Workspace(encoder=ngram.encoder)
    text = memory_text + PYTHON.replace("target.write(block, size)", "target.write(count, size)")
    source = Source(text=text, language="python", path="")
    line = text[: text.index("target.write(count")].count("\n")
    return likely_slips(source, range(line, line + 1), model=Judge(word), recall=workspace.memory)


def test_a_slip_is_told_where_texts_and_model_agree():
    repeated = "def other(target, block, size):\n" + "    target.write(block, size)\n" * 20
    (one,) = told(repeated, "(block,")
    assert one.code == "likely-wrong-name"
    assert one.message == "'block' would be expected here rather than 'count'"
    assert one.name == "block"


def test_nothing_is_told_where_only_one_of_the_two_prefers_another_text():
    repeated = "def other(target, block, size):\n" + "    target.write(block, size)\n" * 20
    assert told(repeated, "(count,") == ()
    assert told("", "(block,") == ()
