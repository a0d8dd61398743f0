"""The semantic model of a scored database: the score, its reasons, and who may see which of them.

The file is changed as a tree of YAML nodes, so that whatever else it says stays as it was written
(but for comments, which are lost).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from assistants.errors import InputError
from sql_agent.yaml_fields import Field, near, read

from .features import SPEAK_OF

SCORE, REASONS, PARTS = "risk_score", "risk_reasons", "risk_reasons_parts"
_TABLE = "transactions"
_COLUMNS = f"""
- name: {SCORE}
  type: float
  role: measure
  description: Chance of fraud from 0 to 1
  synonyms: [risk score, risk, fraud risk, fraud score]
  reasons: {REASONS}
- name: {REASONS}
  type: text
  role: text
  description: What raised the score
  synonyms: [risk reason, risk reasons]
"""


def described(path: Path, roles: Sequence[str] = ()) -> str:
    """Return the text of a semantic model with scored transactions, for roles to see.

    Raises:
        InputError: it has no transactions, has scores already, or has no such role.
    """
    root = read(path)
    top = root.entries()
    table = next(
        (item for item in top["tables"].items() if item.entries()["name"].text() == _TABLE), None
    )
    if table is None:
        raise InputError(f"{path} has no table {_TABLE} to add scores to")
    columns = table.entries()["columns"]
    names = {column.entries()["name"].text() for column in columns.items()}
    if SCORE in names:
        raise InputError(f"{path}: the transactions have scores already", hint="score the original")
    columns.node.value.extend(_node(_COLUMNS).value)
    if "governance" in top:
        _govern(top["governance"], names, roles)
    elif roles:
        raise InputError(f"{path}: there are no roles for this database")
    return yaml.serialize(root.node, Dumper=yaml.SafeDumper, width=100, allow_unicode=True)


def _govern(place: Field, columns: set[str], roles: Sequence[str]) -> None:
    every = {role.entries()["name"].text(): role for role in place.entries()["roles"].items()}
    for name in roles:
        if name not in every:
            raise place.error(f"there is no role '{name}'", hint=near(name, [*every]))
        _let(every[name].entries())
    known = {
        basis: list(whole)
        for basis, whole in SPEAK_OF.items()
        if {item.rpartition(".")[2] for item in whole if "." in item} <= columns
    }
    said = {"column": f"{_TABLE}.{REASONS}", "parts": PARTS, "speak_of": known}
    place.node.value.extend(_node(yaml.safe_dump({"reasons": said}, sort_keys=False)).value)


def _let(role: Mapping[str, Field]) -> None:
    """Add the score to what a role sees of transactions; the reasons where it is shown rows."""
    seen = role["columns"].entries()
    if _TABLE not in seen:
        raise role["columns"].error(f"the role sees no {_TABLE}, so it can be given no scores")
    shown = "rows_shown" in role and role["rows_shown"].boolean()
    added = [SCORE, REASONS] if shown else [SCORE]
    seen[_TABLE].node.value.extend(_node(yaml.safe_dump(added)).value)


def _node(text: str) -> yaml.CollectionNode:
    node = yaml.compose(text, yaml.SafeLoader)
    assert isinstance(node, yaml.CollectionNode)  # noqa: S101 - of our own text
    return node
