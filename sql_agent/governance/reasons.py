"""Reasons of a score in a role: only those that speak of what the role may see.

A reason is words about a row made from other values: an amount, a time of day, what a card did
before, which labels came back. So its column is no column like others. The stored parts of each
reason say on what basis they were made, and the policy says of each basis what it speaks of: whole
columns, the day of a date, rows of a table that are not the row's own. A role is shown the parts of
which it sees all that; the others are not in its data.
"""

from collections.abc import Sequence
from typing import Final

from sqlglot import exp

from sql_agent.semantic_model import TEMPORAL, ColumnRef, SemanticModel, Table
from sql_agent.yaml_fields import Field, near

from .policy import SOURCE, IdentifierClass, Policy, Reasons, Role

_DAY, _ROWS = "day of ", "rows of "
_BETWEEN: Final = "; "


def read_reasons(place: Field, model: SemanticModel) -> Reasons:
    """Return what the policy says about a column of reasons; raises `InputError`."""
    row = place.record(required=("column", "parts", "speak_of"), optional=())
    speak_of = {
        basis: tuple(_item(item, model) for item in items.items())
        for basis, items in row["speak_of"].entries().items()
    }
    return Reasons(
        column=_column(row["column"], row["column"].text(), model),
        parts=row["parts"].text(),
        speak_of=speak_of,
    )


def _item(place: Field, model: SemanticModel) -> str:
    said = place.text()
    if said.startswith(_ROWS):
        table = said.removeprefix(_ROWS)
        if model.table(table) is None:
            names = [known.name for known in model.tables]
            raise place.error(f"there is no table '{table}'", hint=near(table, names))
        return said
    ref = _column(place, said.removeprefix(_DAY), model)
    column = model.column(ref)
    if said.startswith(_DAY) and (column is None or column.type not in TEMPORAL):
        raise place.error(f"{ref} is no date")
    return said


def _column(place: Field, text: str, model: SemanticModel) -> ColumnRef:
    table, _, name = text.partition(".")
    ref = ColumnRef(table, name)
    if model.column(ref) is None:
        names = [f"{t.name}.{c.name}" for t in model.tables for c in t.columns]
        raise place.error(f"there is no column '{ref}'", hint=near(text, names))
    return ref


def shown_bases(policy: Policy, role: Role) -> Sequence[str]:
    """Return the bases of reasons of which a role sees all that they speak of."""
    every = policy.reasons.speak_of if policy.reasons is not None else {}
    return [basis for basis, items in every.items() if all(_sees(i, policy, role) for i in items)]


def _sees(item: str, policy: Policy, role: Role) -> bool:
    if item.startswith(_ROWS):
        table = item.removeprefix(_ROWS)
        return table in role.columns and role.rule(table) is None
    table, _, name = item.removeprefix(_DAY).partition(".")
    if name not in role.columns.get(table, ()):
        return False
    kind = policy.identifiers.get(ColumnRef(table, name))
    by_day = item.startswith(_DAY) and kind is IdentifierClass.DATES and role.dates == "day"
    return kind is None or by_day


def reasons_shown(policy: Policy, role: Role, table: Table) -> exp.Expr:
    """Return the expression that takes the place of the column of reasons."""
    bases = shown_bases(policy, role)
    if policy.reasons is None or not bases or len(table.primary_key) != 1:
        return exp.cast(exp.null(), "text")
    key, parts = table.primary_key[0], policy.reasons.parts

    def part(name: str) -> exp.Column:
        return exp.column(
            exp.to_identifier(name, quoted=True), exp.to_identifier(parts, quoted=True)
        )

    stored = exp.Table(
        this=exp.to_identifier(parts, quoted=True),
        db=exp.to_identifier(SOURCE, quoted=True),
        alias=exp.TableAlias(this=exp.to_identifier(parts, quoted=True)),
    )
    own = exp.column(
        exp.to_identifier(key, quoted=True), exp.to_identifier(table.name, quoted=True)
    )
    place = exp.Ordered(this=part("place"), desc=False, nulls_first=False)
    joined = exp.GroupConcat(
        this=exp.Order(this=part("reason"), expressions=[place]),
        separator=exp.Literal.string(_BETWEEN),
    )
    select = (
        exp.select(joined)
        .from_(stored)
        .where(
            exp.EQ(this=part(key), expression=own),
            exp.In(this=part("basis"), expressions=[exp.Literal.string(b) for b in bases]),
        )
    )
    return exp.Subquery(this=select)
