"""How much of a line is shown, and in which order names are offered."""

import math

import pytest

from assistants.model import Piece
from code_assist.ranking import ranked
from code_assist.showing import Learned, Place, cuts, features, installed
from code_assist.source import Source
from code_assist.symbols import Symbol

BY_PROBABILITY = Learned(weights={"bias": 3.0, "total": 2.0}, cost=4.0, bar=0.4, floor=-2.5)


def place(marked, language="python"):
    before, _, after = marked.partition("|")
    return Place(source=Source(text=before + after, language=language), offset=len(before))


def pieces(*pairs):
    return [Piece(text, logprob) for text, logprob in pairs]


def test_what_is_certain_is_shown_without_the_guess_behind_it():
    line = pieces(("self", -0.05), (".close", -0.05), ("()", -0.1), (" or", -3.0), (" x", -2.0))
    part = BY_PROBABILITY.part(place("    |\n"), line, finished=True)
    assert part.text == "self.close()"
    assert part.probability > 0.9


def test_a_guess_is_not_shown_at_all():
    line = pieces(("radius", -2.0), (" + 1", -2.0))
    assert BY_PROBABILITY.part(place("y = |\n"), line, finished=True) is None


def test_a_text_ends_between_lexemes_and_with_closed_brackets():
    line = pieces(("load", 0.0), ("_all", 0.0), ("(", 0.0), ("name", 0.0), (")", 0.0), ("", 0.0))
    assert cuts(line, finished=True) == [2, 5, 6]


def test_the_last_word_of_an_unfinished_line_may_go_on_and_is_no_end():
    assert cuts(pieces(("self", 0.0), (".rad", 0.0)), finished=False) == [1]


def test_features_say_where_the_text_stands_and_whether_the_file_has_it():
    here = place("total = 1\ntotal = 1\nx = self.|\n")
    values = features(here, pieces(("total", -0.5), (" = 1", -0.25)), ended=True)
    assert values["total"] == pytest.approx(-0.75)
    assert values["least"] == -0.5
    assert values["behind a dot"] == 1.0
    assert values["behind a bracket"] == 0.0
    assert values["seen"] == pytest.approx(math.log(3))
    assert values["digits"] == 1.0


def test_the_installed_estimate_knows_every_feature_that_it_weighs():
    values = features(place("x = |\n"), pieces(("y", -0.1)), ended=False)
    assert set(installed().weights) <= set(values)
    sure = installed().part(
        place("x = |\n"), pieces(("value", -0.001), ("", -0.001)), finished=True
    )
    assert sure is not None


class Remembers:
    """A memory that has heard of some words."""

    def __init__(self, **chances):
        self.chances = chances

    def likelihoods(self, before, words):
        return [math.log(self.chances.get(word, 1e-9)) for word in words]


def symbols(*names):
    return [Symbol(name=name, kind="variable") for name in names]


def test_names_that_the_texts_go_on_with_come_first():
    memory = Remembers(radius=0.3, area=0.1)
    found = ranked(symbols("ab", "area", "radius"), "self.", "", memory)
    assert [one.name for one in found] == ["radius", "area", "ab"]


def test_without_a_memory_what_was_used_lately_comes_first():
    found = ranked(symbols("ab", "area", "radius"), "radius = 2\nx = ", "", None)
    assert [one.name for one in found] == ["radius", "ab", "area"]


def test_the_case_that_was_typed_goes_before_likelihood():
    memory = Remembers(Radius=0.9)
    found = ranked(symbols("Radius", "radians"), "x = ", "rad", memory)
    assert [one.name for one in found] == ["radians", "Radius"]
