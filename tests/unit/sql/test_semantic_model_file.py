"""The semantic model's loader: what it reads, and where it says a file is wrong."""

import pytest

from assistants.errors import InputError
from sql_agent.semantic_model import ColumnRef, load, loads

MINIMAL = """version: 1
name: shop
tables:
  - name: orders
    primary_key: [id]
    columns:
      - {name: id, type: integer, role: key}
      - name: state
        type: text
        values: {NO: [no delivery, undelivered], Y: delivered}
      - {name: price, type: decimal}
"""


def test_reads_codes_as_written() -> None:
    model = loads(MINIMAL)
    state = model.column(ColumnRef("orders", "state"))
    assert state is not None
    assert [(v.code, v.label, v.synonyms) for v in state.values] == [
        ("NO", "no delivery", ("undelivered",)),
        ("Y", "delivered", ()),
    ]


def test_roles_follow_from_types() -> None:
    model = loads(MINIMAL)
    assert [column.role for column in model.tables[0].columns] == ["key", "dimension", "measure"]


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("type: decimal", "type: decimel", 11, "is not one of"),
        ("version: 1", "version: 9", 1, "not supported"),
        ("name: price", "name: state", 7, "stands here twice"),
        ("primary_key: [id]", "primary_key: [nr]", 5, "no column 'nr'"),
        ("role: key", "rolle: key", 7, "unknown key 'rolle'"),
        ("name: shop\n", "", 1, "missing name"),
        ("role: key", "role: measure, values: [a]", 7, "expected a mapping"),
    ],
)
def test_names_the_line(before: str, after: str, line: int, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        loads(MINIMAL.replace(before, after), file="shop.yaml")
    assert str(caught.value).startswith(f"shop.yaml:{line}: ")


def test_a_join_must_name_known_columns() -> None:
    join = "joins:\n  - {left: orders, right: orders, on: orders.id = orders.nr, cardinality: one_to_one}\n"
    with pytest.raises(InputError, match="orders has no column 'nr'"):
        loads(MINIMAL + join)


@pytest.mark.parametrize(
    "expression",
    [
        "orders.price",  # outside of an aggregate
        "sum(price)",  # no table
        "sum(orders.cost)",  # no such column
        "read_csv('x')",
        "sum((SELECT 1))",
        "sum(orders.price) OVER ()",
        "sum(orders.price); DROP TABLE orders",
        "count(*)",
    ],
)
def test_metrics_are_a_closed_language(expression: str) -> None:
    metrics = f'metrics:\n  - {{name: m, expression: "{expression}"}}\n'
    with pytest.raises(InputError):
        loads(MINIMAL + metrics)


def test_aliases_are_refused() -> None:
    with pytest.raises(InputError, match="aliases"):
        loads("version: &v 1\nname: *v\ntables: []\n")


def test_a_missing_file_is_one_line(tmp_path) -> None:
    with pytest.raises(InputError, match="cannot be read") as caught:
        load(tmp_path / "none.yaml")
    assert "\n" not in str(caught.value)


def test_both_bundled_models_load() -> None:
    from pathlib import Path

    import sql_agent

    folder = Path(sql_agent.__file__).parent
    for name in ("finance", "medical"):
        model = load(folder / name / "model.yaml")
        assert model.name == name
        assert model.default_date is not None
        assert not model.drafted
