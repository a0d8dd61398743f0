"""Reading the `governance` section of a semantic model's file, strictly."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from assistants.errors import InputError
from sql_agent.joins import JoinGraph
from sql_agent.semantic_model import TEMPORAL, ColumnRef, SemanticModel
from sql_agent.yaml_fields import Field, near, read

from .policy import (
    DATE_GRAINS,
    GENERALISED,
    LEDGER_SCOPES,
    THRESHOLD,
    VERSION,
    DateGrain,
    IdentifierClass,
    LedgerScope,
    Policy,
    Reasons,
    Role,
    RowRule,
)
from .reasons import read_reasons

_HINT = "write a `governance` section into the semantic model (docs/privacy-hospital.md)"
_IN_RULES = (
    *(exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Neg),
    *(exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE),
    *(exp.In, exp.Is, exp.Between, exp.Like),
)


def load_policy(path: Path, model: SemanticModel) -> Policy:
    """Return the policy of a semantic model's file.

    Raises:
        InputError: there is no policy, or it is wrong; the message names file, line and key.
    """
    top = read(path).entries()
    if "governance" not in top:
        raise InputError(f"{path}: there are no roles for this database", hint=_HINT)
    return _policy(top["governance"], model)


def _policy(place: Field, model: SemanticModel) -> Policy:
    row = place.record(
        required=("version", "person", "identifiers", "roles"),
        optional=("threshold", "ledger", "birth", "safe_harbor", "reasons"),
    )
    if row["version"].integer() != VERSION:
        raise row["version"].error(f"version {row['version'].text()} is not supported")
    threshold = row["threshold"].integer() if "threshold" in row else THRESHOLD
    if threshold < 2:
        raise row["threshold"].error("a threshold is at least 2 persons")
    identifiers = _identifiers(row["identifiers"], model)
    strict = row["safe_harbor"].boolean() if "safe_harbor" in row else True
    roles = tuple(_role(i, model, identifiers, strict=strict) for i in row["roles"].items())
    reasons = read_reasons(row["reasons"], model) if "reasons" in row else None
    for role, item in zip(roles, row["roles"].items(), strict=True):
        _check_reasons(item, role, model, reasons)
        _check_persons(item, role, model, _reference(row["person"], model))
    names = [role.name for role in roles]
    if not roles or len(set(names)) < len(names):
        raise row["roles"].error("a policy needs roles with different names")
    scope = row["ledger"].one_of(LEDGER_SCOPES) if "ledger" in row else "person"
    return Policy(
        person=_reference(row["person"], model),
        roles=roles,
        identifiers=identifiers,
        birth=_reference(row["birth"], model) if "birth" in row else None,
        threshold=threshold,
        ledger=cast("LedgerScope", scope),
        safe_harbor=strict,
        reasons=reasons,
    )


def _check_persons(place: Field, role: Role, model: SemanticModel, person: ColumnRef) -> None:
    """Refuse figures about rows of persons without the tables by which persons are counted."""
    if role.rows_shown:
        return
    joins = tuple(j for j in model.joins if {j.left, j.right} <= set(role.columns))
    known = JoinGraph(replace(model, joins=joins))
    for table in role.columns:
        if JoinGraph(model).reaches(table, [person.table]) and (
            person.table not in role.columns or not known.reaches(table, [person.table])
        ):
            raise place.error(
                f"{role.name} sees figures about {table}, which are persons', and not {person}",
                hint=f"list the tables from {table} to {person.table}, with no columns: []",
            )


def _check_reasons(place: Field, role: Role, model: SemanticModel, reasons: Reasons | None) -> None:
    """Let nobody see reasons of whom it is not said what they speak of."""
    for table in model.tables:
        for column in table.columns:
            ref = ColumnRef(table.name, column.reasons)
            if not column.reasons or column.reasons not in role.columns.get(table.name, ()):
                continue
            if reasons is None or reasons.column != ref:
                raise place.error(f"{ref}: `reasons` does not say what its parts speak of")
            if not role.rows_shown:
                raise place.error(f"{ref} speaks of single rows, and {role.name} is shown none")


def _identifiers(place: Field, model: SemanticModel) -> Mapping[ColumnRef, IdentifierClass]:
    found: dict[ColumnRef, IdentifierClass] = {}
    for name, members in place.entries().items():
        kinds = [kind.value for kind in IdentifierClass]
        if name not in kinds:
            raise members.error(f"'{name}' is no identifier class", hint=near(name, kinds))
        for item in members.items():
            ref = _reference(item, model)
            if ref in found:
                raise item.error(f"{ref} is in two classes")
            found[ref] = IdentifierClass(name)
    personal = [
        ColumnRef(table.name, column.name)
        for table in model.tables
        for column in table.columns
        if column.pii
    ]
    missing = [str(ref) for ref in personal if ref not in found]
    if missing:
        raise place.error(f"marked as personal and in no class: {', '.join(missing)}")
    return found


def _role(
    item: Field,
    model: SemanticModel,
    identifiers: Mapping[ColumnRef, IdentifierClass],
    *,
    strict: bool,
) -> Role:
    row = item.record(
        required=("name", "columns"),
        optional=("purposes", "members", "rows_shown", "dates", "rows", "description"),
    )
    shown = row["rows_shown"].boolean() if "rows_shown" in row else False
    dates = row["dates"].one_of(DATE_GRAINS) if "dates" in row else "year"
    if strict and shown and dates != "year":
        raise row["dates"].error(
            "where rows are shown, only the year of a date may stay",
            hint="where HIPAA is not the rule, say `safe_harbor: false`",
        )
    columns: dict[str, tuple[str, ...]] = {}
    for table, members in row["columns"].entries().items():
        columns[table] = members.texts()
        for name in columns[table]:
            ref = _reference(members, model, f"{table}.{name}")
            _check_listed(members, ref, model, identifiers.get(ref))
    rules = tuple(_rule(rule, model, columns) for rule in _items(row, "rows"))
    return Role(
        name=row["name"].text(),
        columns=columns,
        rows=rules,
        purposes=row["purposes"].texts() if "purposes" in row else (),
        members=row["members"].texts() if "members" in row else (),
        rows_shown=shown,
        dates=cast("DateGrain", dates),
    )


def _check_listed(
    place: Field, ref: ColumnRef, model: SemanticModel, kind: IdentifierClass | None
) -> None:
    column = model.column(ref)
    if kind is not None and kind not in GENERALISED:
        raise place.error(f"{ref} is of the class {kind.value}: no role may see it")
    if column is not None and column.type in TEMPORAL and kind is not IdentifierClass.DATES:
        raise place.error(f"{ref} is a date and not in the class dates")


def _rule(item: Field, model: SemanticModel, columns: Mapping[str, tuple[str, ...]]) -> RowRule:
    row = item.record(required=("table",), optional=("where", "through"))
    table = row["table"].text()
    if table not in columns:
        raise row["table"].error(f"the role sees no table '{table}'", hint=near(table, [*columns]))
    if ("where" in row) == ("through" in row):
        raise item.error("a row rule has either `where` or `through`")
    if "through" in row:
        return RowRule(table=table, through=row["through"].text())
    where = row["where"].text()
    try:
        tree = parse_rule(where)
    except InputError as error:
        raise row["where"].error(str(error)) from error
    for column in tree.find_all(exp.Column):
        _reference(row["where"], model, f"{table}.{column.name}")
    return RowRule(table=table, where=where)


def parse_rule(where: str) -> exp.Expr:
    """Return the tree of a row rule: comparisons of one table's columns with constants."""
    try:
        tree = sqlglot.parse_one(where, into=exp.Condition)
    except SqlglotError as error:
        raise InputError(f"not a condition: {str(error).splitlines()[0]}") from error
    for node in tree.walk():
        if not isinstance(node, _IN_RULES) or (isinstance(node, exp.Column) and node.table):
            raise InputError(f"{node.sql()} is not allowed in a row rule")
    return tree


def _reference(place: Field, model: SemanticModel, text: str = "") -> ColumnRef:
    table, _, column = (text or place.text()).strip().partition(".")
    ref = ColumnRef(table, column)
    if model.column(ref) is None:
        names = [f"{t.name}.{c.name}" for t in model.tables for c in t.columns]
        raise place.error(f"there is no column '{ref}'", hint=near(str(ref), names))
    return ref


def _items(row: Mapping[str, Field], key: str) -> list[Field]:
    return list(row[key].items()) if key in row else []
