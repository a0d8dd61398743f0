"""Proofs in plane geometry: the checker refuses what does not follow, and finds what does."""

import random
from dataclasses import replace

import pytest

from assistants.answer import Status, Verdict
from assistants.errors import InputError
from math_solver.geometry import yuclid
from math_solver.geometry.answering import asks_for_proof, proof_answer
from math_solver.geometry.constructions import read_problem
from math_solver.geometry.facts import Block, Fact, holds, read_fact
from math_solver.geometry.figures import draw_figure, sharpened
from math_solver.geometry.proof import GIVEN, Proof, ProofStep
from math_solver.geometry.prove import Proved, Unproved, prove
from math_solver.geometry.replay import replay, rules
from math_solver.geometry.telling import construction_text
from math_solver.geometry.wording import read_words

ENGINE = pytest.mark.skipif(yuclid.program() is None, reason="the extra geometry is not installed")
ISOSCELES = (
    "ABC is a triangle with AB = AC. M is the midpoint of BC. Prove that AM is perpendicular to BC."
)
MIDLINE = "a b c = triangle a b c; d = midpoint d a b; e = midpoint e a c ? para d e b c"


@pytest.mark.parametrize(
    ("number", "rule"), [(n, rule) for n, wordings in rules().items() for rule in wordings]
)
def test_each_theorem_holds_in_random_figures(number, rule):
    """Where a theorem's premises hold, so do its conclusions, to sixteen digits."""
    letters = tuple(dict.fromkeys(p for f in (*rule.premises, *rule.conclusions) for p in f.points))
    block = Block(
        points=letters,
        facts=tuple(f for f in rule.premises if not f.condition),
        conditions=tuple(f for f in rule.premises if f.condition),
    )
    draw = random.Random(number)
    figures = [f for _ in range(40) if (f := draw_figure([block], draw, tries=1)) is not None]
    assert figures, f"no figure for {number}"
    for figure in figures[:4]:
        for conclusion in rule.conclusions:
            assert holds(conclusion, figure, 1e-6), f"{number}: {conclusion}"


def test_a_sharpened_figure_is_true_to_fifty_digits():
    problem = read_problem(MIDLINE)
    rough = draw_figure(problem.blocks, random.Random(3))
    assert rough is not None
    sharp = sharpened(problem.blocks, rough, 50)
    assert sharp is not None
    assert all(holds(fact, sharp, 1e-45) for fact in (*problem.facts, *problem.goals))


@pytest.mark.parametrize(
    ("rule", "premises", "conclusion"),
    [
        ("r28", ("para A B C D",), "coll A B C"),  # parallels that share no point
        ("r54", ("cong M A M B",), "midp M A B"),  # equally far is not yet in the middle
        ("r13", ("cong O A O B",), "eqangle O A A B A O O B"),  # the wrong angles
        ("angles", ("perp A B C D", "perp C D E F"), "perp A B E F"),  # it is parallel
        ("ratios", ("cong A B C D",), "cong A B C E"),
        (GIVEN, (), "perp A B C D"),
    ],
)
def test_the_checker_refuses_what_does_not_follow(rule, premises, conclusion):
    given = [read_fact(text) for text in premises]
    steps = [ProofStep(rule=GIVEN, premises=(), conclusion=fact) for fact in given]
    goal = read_fact(conclusion)
    steps.append(ProofStep(rule=rule, premises=tuple(given), conclusion=goal))
    figure = {name: complex(i, i * i % 7) for i, name in enumerate("ABCDEFMO")}
    assert not replay(Proof(steps=tuple(steps), goals=(goal,)), given, [figure]).right


@ENGINE
def test_a_proof_with_a_step_taken_out_is_refused():
    problem = read_problem(MIDLINE)
    found = prove(problem, seconds=20)
    assert isinstance(found, Proved)
    figures = [found.figure]
    assert replay(found.proof, problem.facts, figures).right
    needed = [i for i, step in enumerate(found.proof.steps) if step.rule == GIVEN]
    for index in needed:
        rest = (*found.proof.steps[:index], *found.proof.steps[index + 1 :])
        assert not replay(replace(found.proof, steps=rest), problem.facts, figures).right
    assert not replay(found.proof, problem.facts[:1], figures).right


@ENGINE
def test_school_wording_is_proved_and_a_false_statement_is_not():
    assert isinstance(prove(read_words(ISOSCELES), seconds=20), Proved)
    false = prove(read_words("ABCD is a parallelogram. Prove that AC = BD."), seconds=5)
    assert isinstance(false, Unproved)
    assert false.reason == "false"


@pytest.mark.parametrize(
    ("construction", "said"),
    [
        ("X1 = midpoint X1 A B", "X1 is the midpoint of AB"),
        ("X1 = foot X1 C A B", "X1 is the foot of the perpendicular from C to AB"),
        ("X2 = mirror X2 A M", "X2 is the reflection of A in the point M"),
        ("X1 = intersection_lp X1 A B C D E",
         "X1 is where the line AB meets the parallel to DE through C"),
    ],
)  # fmt: skip
def test_an_auxiliary_point_is_told_in_words(construction, said):
    assert construction_text(construction) == f"Added for the proof: {said}"


@ENGINE
def test_a_point_that_the_words_leave_nameless_is_explained():
    answer = proof_answer("AB is a diameter of a circle and C is on the circle. "
                          "Prove that AC is perpendicular to BC.", 20)  # fmt: skip
    assert answer.best is not None
    (told,) = [line for line in answer.best.candidate.reading if "Z1" in line]
    assert told.startswith("Z1 is our name")
    assert "Z1 is the midpoint of AB" in told


@ENGINE
def test_an_answer_carries_its_proof_and_its_conditions():
    answer = proof_answer("In triangle ABC, BE and CF are altitudes. "
                          "Prove that B, C, E and F lie on a circle.", 20)  # fmt: skip
    assert answer.status is Status.ANSWERED
    assert answer.verdict is Verdict.PROVED
    assert answer.best is not None
    assert "one circle" in answer.best.candidate.answer
    assert answer.best.candidate.steps
    assert "A ≠ E" in answer.best.candidate.conditions


def test_without_the_engine_the_missing_extra_is_named(monkeypatch):
    monkeypatch.setattr(yuclid, "program", lambda: None)
    with pytest.raises(yuclid.Unsupported) as caught:
        yuclid.require()
    assert "plumb[geometry]" in caught.value.hint


def test_every_word_counts_or_nothing_is_read():
    with pytest.raises(InputError, match="wobbly"):
        read_words("ABC is a wobbly triangle. Prove that AB = AC.")
    with pytest.raises(InputError, match="point D"):
        read_words("ABC is a triangle. Prove that AD = AC.")
    read = read_words(ISOSCELES)
    assert set(read.facts) == {Fact("cong", tuple("ABAC")), Fact("midp", tuple("MBC"))}
    assert read.goals == (Fact("perp", tuple("AMBC")),)


def test_only_questions_of_geometry_are_taken():
    assert asks_for_proof(ISOSCELES)
    assert asks_for_proof(MIDLINE)
    assert not asks_for_proof("Prove that x^2 + 1 > 0.")
    assert not asks_for_proof("solve x^2 = 49")
