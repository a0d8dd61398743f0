"""What a role's query tree may say: the second line of defence is first of all a clear refusal.

The role's database holds pseudonyms for keys and only parts of dates. So keys may meet keys and be
counted, and nothing else; a date of which the year is left may be compared with the start of a year
and grouped by year. Whatever else a query does with them would be wrong, and is refused by name.
"""

from sqlglot import exp

from assistants.errors import QueryRefused
from sql_agent.lineage import sources
from sql_agent.semantic_model import ColumnRef, SemanticModel

from .policy import DateGrain

_UNITS = {"year": ("YEAR",), "month": ("YEAR", "QUARTER", "MONTH")}
_ALIGNED = {"year": "-01-01", "month": "-01"}
_COMPARED = (exp.LT, exp.LTE, exp.GT, exp.GTE, exp.EQ, exp.NEQ, exp.Between)
_CHANGES = (exp.Add, exp.Sub, exp.DateAdd, exp.DateSub, exp.DateDiff, exp.TsOrDsAdd)


def check(
    tree: exp.Expr,
    model: SemanticModel,
    generalised: frozenset[ColumnRef],
    grain: DateGrain,
    *,
    allow_keys: bool = False,
) -> None:
    """Refuse what a role's query may not say.

    Raises:
        QueryRefused: the message names the column.
    """
    for column, ref in sources(tree):
        known = model.column(ref)
        if known is None:
            raise QueryRefused(f"the role does not see {ref}")
        if known.role == "key" and not allow_keys and not _meets_or_counts(column):
            raise QueryRefused(f"{ref} is a key: it may be counted, not shown or compared")
        if ref in generalised and grain != "day":
            _check_date(column, ref, grain)


def _unit(part: exp.Expr) -> str:
    unit = part.this if isinstance(part, exp.Extract) else part.args["unit"]
    return str(unit.name).upper()


def _meets_or_counts(column: exp.Column) -> bool:
    parent = column.parent
    if isinstance(parent, exp.EQ):
        other = parent.right if parent.left is column else parent.left
        return isinstance(other, exp.Column)
    if isinstance(parent, exp.Binary | exp.Predicate):
        return False
    if column.find_ancestor(exp.Count) is not None:
        return True
    return _stays_inside(column)


def _stays_inside(column: exp.Column) -> bool:
    """Whether a key is only grouped by or handed on in a subquery that its query never shows."""
    select = column.find_ancestor(exp.Select)
    subquery = select.parent if select is not None else None
    outer = subquery.find_ancestor(exp.Select) if isinstance(subquery, exp.Subquery) else None
    if select is None or subquery is None or outer is None:
        return False
    part = column.parent if isinstance(column.parent, exp.Alias) else column
    if part.parent is not select and not isinstance(part.parent, exp.Group):
        return False
    if part.arg_key != "expressions":
        return False
    name, place = part.alias_or_name, subquery.alias_or_name
    uses = [c for c in outer.find_all(exp.Column) if c.table == place and c.name == name]
    return all(_meets_or_counts(use) for use in uses)


def _check_date(column: exp.Column, ref: ColumnRef, grain: DateGrain) -> None:
    node: exp.Expr = column
    while isinstance(node.parent, exp.Cast | exp.Paren):
        node = node.parent
    parent = node.parent
    if parent is None:
        return
    left = f"only the {grain} of {ref} is known to this role"
    if isinstance(parent, exp.Extract | exp.TimestampTrunc | exp.DateTrunc):
        if _unit(parent) not in _UNITS[grain]:
            raise QueryRefused(left)
        return
    if isinstance(parent, _COMPARED):
        texts = [node.name for node in parent.find_all(exp.Literal) if node.is_string]
        others = [c for c in parent.find_all(exp.Column) if c is not column]
        if others or not all(_is_aligned(text, grain) for text in texts):
            raise QueryRefused(left)
        if not isinstance(parent, exp.GTE | exp.LT) and texts:
            raise QueryRefused(left)
        return
    if isinstance(parent, exp.Func | exp.Anonymous) and not isinstance(
        parent, exp.Count | exp.Min | exp.Max | exp.And | exp.Or | exp.Case | exp.If | exp.Not
    ):
        raise QueryRefused(left)
    if isinstance(parent, _CHANGES):
        raise QueryRefused(left)


def _is_aligned(text: str, grain: DateGrain) -> bool:
    day = text.partition(" ")[0].partition("T")[0]
    midnight = text == day or text[len(day) + 1 :].strip("0:.") == ""
    return midnight and day[4:].endswith(_ALIGNED[grain]) and len(day) == 10
