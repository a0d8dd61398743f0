"""The training examples of the query language: every one is a sentence of it over what it shows."""

import itertools
import random
import re

import pytest
import sqlglot

from sql_agent.query_text import column_text, parse, to_text
from sql_agent.query_tree import (
    Among,
    Average,
    Between,
    Compare,
    Contains,
    Count,
    During,
    Has,
    Having,
    IsNull,
    MetricUse,
    PerGroup,
    Ratio,
    Share,
    query_columns,
    query_slots,
)
from sql_agent.render import Context, render
from training import sql_examples
from training.sql_draft import Draft
from training.sql_examples import END, examples
from training.sql_linked import present
from training.sql_questions import draw
from training.sql_schemas import made_up, plural, schemas, singular

PROMPT = re.compile(
    r"<\|sql\|><\|question\|>(?P<question>.+?)<\|schema\|>(?P<items>.+)<\|query\|>\Z", re.DOTALL
)


@pytest.fixture(scope="module")
def drawn():
    found = []
    for prompt, completion in examples(11, 1500):
        match = PROMPT.match(prompt)
        assert match, prompt
        assert completion.endswith(END)
        tree = parse(completion.removesuffix(END))
        found.append((match["question"], match["items"].split("\n"), tree, completion))
    return found


def test_texts_are_canonical(drawn):
    for _, _, tree, completion in drawn:
        assert to_text(tree) + END == completion


def test_trees_point_at_items_that_are_shown(drawn):
    for question, items, tree, _ in drawn:
        columns = {item.split(" ~ ")[0].rsplit(" ", 2)[0] for item in items}
        for ref in query_columns(tree):
            assert column_text(ref) in columns, (question, ref)
        metrics = {item.split(" ~ ")[0] for item in items}
        for measure in tree.measures:
            if isinstance(measure, MetricUse):
                assert f"metric {measure.name}" in metrics, question


def test_slots_stand_in_the_question_in_order(drawn):
    used = 0
    for question, items, tree, completion in drawn:
        shown = [re.match(r"V(\d+) (\w+).* ~ (.+)", item) for item in items]
        slots = [match for match in shown if match]
        assert [int(match[1]) for match in slots] == list(range(len(slots)))
        assert query_slots(tree) <= set(range(len(slots))), (question, completion)
        used += len(query_slots(tree))
    assert used > 1000


def test_slot_kinds_fit_their_predicates(drawn):
    for question, items, tree, _ in drawn:
        kinds = dict(re.findall(r"^V(\d+) (\w+)", "\n".join(items), re.MULTILINE))
        for predicate in tree.where:
            if isinstance(predicate, During):
                assert kinds[str(predicate.period.index)] == "period", question
            elif isinstance(predicate, Contains):
                assert kinds[str(predicate.text.index)] == "words", question
            elif isinstance(predicate, Between):
                assert kinds[str(predicate.low.index)] == "number", question
            elif isinstance(predicate, Among):
                assert {kinds[str(slot.index)] for slot in predicate.values} == {"text"}, question


def test_nothing_internal_is_left_in_a_question(drawn):
    for question, *_ in drawn:
        assert not re.search("[\ue000-\uf8ff{}|]", question)
        assert "<|" not in question


def test_every_construct_is_covered(drawn):
    trees = [tree for _, _, tree, _ in drawn]
    predicates = [p for tree in trees for p in tree.where]
    measures = [m for tree in trees for m in tree.measures]
    for kind in (Compare, Among, Between, During, Contains, IsNull, Has):
        assert sum(isinstance(p, kind) for p in predicates) >= 10, kind
    for kind in (Count, MetricUse, Share, Ratio, PerGroup):
        assert sum(isinstance(m, kind) for m in measures) >= 10, kind
    functions = {getattr(m, "function", "") for m in measures}
    assert {"sum", "avg", "min", "max", "count distinct"} <= functions
    assert {p.operator for p in predicates if isinstance(p, During)} == {
        "during",
        "before",
        "after",
        "since",
    }
    assert any(isinstance(p, Compare) and isinstance(p.value, Average) for p in predicates)
    assert any(isinstance(p, Compare) and p.value is False for p in predicates)
    assert any(isinstance(h, Having) for tree in trees for h in tree.having)
    grains = {d.grain for tree in trees for d in tree.by}
    assert len(grains) == 8  # seven grains, and none
    assert any(len(tree.by) == 2 for tree in trees)
    assert any(tree.shown and tree.order for tree in trees)
    assert any(tree.measures and tree.limit == 1 for tree in trees)


def test_questions_vary(drawn):
    questions = [question for question, *_ in drawn]
    assert len(set(questions)) > 0.97 * len(questions)
    starts = {" ".join(question.lower().split()[:2]) for question in questions}
    assert len(starts) > 250
    lower = sum(question == question.lower() for question in questions)
    assert 0.2 < lower / len(questions) < 0.8


def test_trees_over_many_schemas_render_to_sql():
    """What the language allows and a person may ask, the agent can write as SQL."""
    rng = random.Random(21)
    pool, rendered = schemas(rng), 0
    for _ in range(500):
        draft = Draft(rng, next(pool))
        question, tree = draw(draft)
        plain, mentions = sql_examples._read(question)
        presented = present(draft, tree, plain, mentions)
        if presented is None:
            continue
        linked, order = presented
        numbered = parse(sql_examples._renumber(to_text(tree), order))
        workspace = draft.schema.workspace
        context = Context(model=workspace.model, catalog=workspace.catalog, linked=linked)
        sql = render(numbered, context).tree.sql("duckdb")
        assert sqlglot.parse_one(sql, read="duckdb").find(sqlglot.exp.Select)
        rendered += 1
    assert rendered > 300


def test_same_seed_same_examples():
    assert list(examples(3, 40)) == list(examples(3, 40))
    assert list(examples(3, 40)) != list(examples(4, 40))
    assert list(itertools.islice(examples(3, 1000), 5)) == list(examples(3, 5))


def test_made_up_schemas_differ_and_hang_together():
    rng = random.Random(1)
    schemas = [made_up(rng) for _ in range(300)]
    signatures = {tuple(t.name for t in s.model.tables) for s in schemas}
    assert len(signatures) > 200
    for schema in schemas:
        for join in schema.model.joins:
            for ref in join.on[0]:
                assert schema.model.column(ref) is not None


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("city", "cities"),
        ("branch", "branches"),
        ("person", "people"),
        ("day", "days"),
        ("lab result", "lab results"),
        ("movie", "movies"),
    ],
)
def test_plural_and_singular(one, many):
    assert plural(one) == many
    assert singular(many) == one
