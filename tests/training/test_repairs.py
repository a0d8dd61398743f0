"""Repairs: the complaint is the verifier's, the answer is right, the prompt is the assistants'."""

import itertools
import random

import pytest

pytest.importorskip("torch")

from assistants.model import Marked, Marker
from code_assist.diagnose import diagnose
from code_assist.source import Source
from math_solver.word_problems.ranking import complaint
from sql_agent.query_text import parse
from tests.training import tiny
from training.repair_code import broken, code_repairs, repair
from training.repair_examples import examples, plan_repairs, query_repairs
from training.repair_marks import spelled
from training.unmasking import unmasked


def parts(prompt):
    before, told = prompt.removesuffix("<|repair|>").split("<|check|>")
    return before, told


def test_complaints_about_plans_are_those_of_the_checks():
    for prompt, completion in itertools.islice(plan_repairs(1), 40):
        before, told = parts(prompt)
        head, wrong = before.split("<|plan|>")
        masked = head.removeprefix("<|math|><|question|>")
        question = unmasked(masked, random.Random(0))
        right = completion.removesuffix("<|endoftext|>")
        assert wrong != right
        assert told
        if "not" in told and "whole" not in told:  # the others depend on the numbers drawn
            assert complaint(right, question) != complaint(wrong, question) == told


def test_queries_that_mend_parse_and_differ():
    for prompt, completion in itertools.islice(query_repairs(1), 40):
        before, told = parts(prompt)
        wrong = before.split("<|query|>")[1]
        right = completion.removesuffix("<|endoftext|>")
        parse(right)
        assert wrong != right
        assert told


def test_the_same_seed_gives_the_same_repairs():
    first = list(examples(4, 6))
    assert first == list(examples(4, 6)) != list(examples(5, 6))
    assert [prompt.startswith("<|math|>") for prompt, _ in first] == [True, False] * 3


def test_lines_of_code_are_mended():
    found = list(code_repairs(tiny.documents(), 0, 12))
    assert len(found) == 12
    for prompt, completion in found:
        before, told = parts(prompt)
        wrong = before.rpartition("\n")[2]
        right = completion.removesuffix("<|endoftext|>")
        assert wrong != right
        assert told
        assert right in "\n".join(row["text"] for row in tiny.documents())


def test_a_repair_says_what_the_editor_shows():
    text = "def area(width, height):\n    return max(width, height)\n"
    found = [repair(text, "python", random.Random(seed)) for seed in range(60)]
    messages = {parts(one[0])[1] for one in found if one is not None}
    shown = diagnose(Source(text=text.replace("height)\n", "height\n"), language="python"))
    assert shown[0].message in messages


def test_a_broken_line_differs_in_one_place():
    choose = random.Random(1)
    lines = {broken("    return size(path)", choose) for _ in range(100)}
    assert "    return size(path" in lines
    assert "    return size path)" not in lines
    assert broken("}", choose) == "}"


def test_text_cannot_spell_a_marker():
    prompt = Marked((Marker("math"), "a <|plan|> b")).again("x", "y <|repair|>")
    assert spelled(prompt) == "<|math|>a < |plan|> bx<|check|>y < |repair|><|repair|>"
