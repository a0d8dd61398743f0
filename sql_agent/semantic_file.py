"""A semantic model as the text of its file: what `plumb semantic init` writes.

The text loads again as the same model, but for the mark that it is a draft: a file that a person
keeps is no guess any more.
"""

from collections.abc import Mapping, Sequence

import yaml

from .semantic_model import VERSION, Column, Join, Metric, SemanticModel, Table

_HEAD = """# A first draft, made from names, types, keys and values alone. What helps most, in this
# order: synonyms as people say them, labels of codes, metrics, the default date.
# `plumb semantic test` compares it with the database.
"""


def dump(model: SemanticModel) -> str:
    """Return the YAML of a semantic model."""
    top: dict[str, object] = {"version": VERSION, "name": model.name}
    if model.description:
        top["description"] = model.description
    if model.default_date is not None:
        top["default_date"] = str(model.default_date)
    top["tables"] = [_table(table) for table in model.tables]
    if model.joins:
        top["joins"] = [_join(join) for join in model.joins]
    if model.metrics:
        top["metrics"] = [_metric(metric) for metric in model.metrics]
    if model.verified_queries:
        top["verified_queries"] = [
            {"question": query.question, "sql": query.sql} for query in model.verified_queries
        ]
    body = yaml.dump(top, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return _HEAD + body if model.drafted else body


class _Dumper(yaml.SafeDumper):
    """Writes out what stands twice: the loader takes no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        """Never refer to an earlier node."""
        del data
        return True


def _kept(**fields: object) -> dict[str, object]:
    """Return the fields that say something."""
    return {name: value for name, value in fields.items() if value}


def _table(table: Table) -> Mapping[str, object]:
    return _kept(
        name=table.name,
        description=table.description,
        synonyms=list(table.synonyms),
        primary_key=list(table.primary_key),
        columns=[_column(column) for column in table.columns],
    )


def _column(column: Column) -> Mapping[str, object]:
    labels = {label.code: _words(label.label, label.synonyms) for label in column.values}
    return _kept(
        name=column.name,
        type=column.type,
        role=column.role,
        description=column.description,
        synonyms=list(column.synonyms),
        unit=column.unit,
        pii=column.pii,
        reasons=column.reasons,
        values=labels,
    )


def _words(label: str, synonyms: Sequence[str]) -> list[str]:
    return [label, *synonyms]


def _join(join: Join) -> Mapping[str, object]:
    on = " and ".join(f"{left} = {right}" for left, right in join.on)
    return {"left": join.left, "right": join.right, "on": on, "cardinality": join.cardinality}


def _metric(metric: Metric) -> Mapping[str, object]:
    return _kept(
        name=metric.name,
        description=metric.description,
        synonyms=list(metric.synonyms),
        expression=metric.expression,
        format=metric.format,
        unit=metric.unit,
    )
