"""What the model sees of the linked items, and the grammar of the queries over exactly them.

The language is described in `sql_agent.query_text`. The grammar is written in llguidance's Lark;
every name in it is a literal of this question, so neither an invented name nor a value from the
database can be written, and types are kept by the rules.
"""

import re
from collections.abc import Iterable

from assistants.constraint import Grammar

from .query_text import OPERATORS, PERIOD_OPERATORS, column_text, quote
from .query_tree import FreeText, Grain, Linked, NumberValue, PeriodValue, SlotValue, TextValue
from .semantic_model import NUMERIC, TEMPORAL

_PHRASE = 40


def schema_text(linked: Linked) -> str:
    """Return the linked items as the model is shown them, one a line."""
    lines = [_line(quote(table.name), table.matched) for table in linked.tables]
    for column in linked.columns:
        name = column_text(column.ref)
        lines.append(_line(f"{name} {column.type} {column.role}", column.matched))
    lines += [_line(f"metric {quote(metric.name)}", metric.matched) for metric in linked.metrics]
    lines += [_line(f"V{i} {_kind(slot)}", slot.phrase) for i, slot in enumerate(linked.slots)]
    return "\n".join(lines)


def _line(item: str, matched: str) -> str:
    words = re.sub(r"\s+", " ", matched).strip()[:_PHRASE]
    return f"{item} ~ {words}" if words else item


def _kind(slot: SlotValue) -> str:
    match slot:
        case TextValue(options=options):
            return "text " + " ".join(column_text(column) for column, _ in options)
        case NumberValue(count=True):
            return "count"
        case NumberValue():
            return "number"
        case PeriodValue():
            return "period"
        case FreeText():
            return "words"


def grammar(linked: Linked) -> Grammar:
    """Return the grammar of all queries over the linked items."""
    rules = _terminals(linked)
    rules["predicate"] = _predicates(linked, rules)
    # One literal "count ": where a literal begins another, llguidance takes the longer one for
    # good, and no table could be counted whose name begins as "distinct" does.
    counted = ["table"] if "table" in rules else []
    if "column" in rules:
        counted.append('"distinct " column')
    basic = [f'"count " ({" | ".join(counted)})'] if counted else []
    if "numeric" in rules:
        basic.append('("sum " | "avg ") numeric')
    if "ordered" in rules:
        basic.append('("min " | "max ") ordered')
    rules["basic"] = basic
    measure = ["basic", '"ratio " basic " over " basic', '"share " basic'] if basic else []
    if basic and rules["predicate"]:
        measure.append('"share " basic " if " conditions')
    if "metric" in rules:
        measure.append('"metric " metric')
    if basic and "table" in rules:
        measure.append('("avg " | "min " | "max ") basic " per " table')
    rules["measure"] = measure
    rules.update(_clauses(rules))
    lines = [f"{name}: {' | '.join(options)}" for name, options in rules.items() if options]
    return Grammar("\n".join(reversed(lines)) + "\n")


def _terminals(linked: Linked) -> dict[str, list[str]]:
    """Return the rules whose alternatives are names and slots; a rule without any is left out."""
    columns = linked.columns
    slots = list(enumerate(linked.slots))
    found = {
        "table": [_literal(quote(table.name)) for table in linked.tables],
        "metric": [_literal(quote(metric.name)) for metric in linked.metrics],
        "column": [_literal(column_text(c.ref)) for c in columns],
        "numeric": [_literal(column_text(c.ref)) for c in columns if c.type in NUMERIC],
        "temporal": [_literal(column_text(c.ref)) for c in columns if c.type in TEMPORAL],
        "ordered": [_literal(column_text(c.ref)) for c in columns if c.type in NUMERIC | TEMPORAL],
        "logical": [_literal(column_text(c.ref)) for c in columns if c.type == "boolean"],
        "words": [_literal(column_text(c.ref)) for c in columns if c.type == "text"],
        "number": [f'"V{i}"' for i, s in slots if isinstance(s, NumberValue) and not s.count],
        "size": ['"1"', *(f'"V{i}"' for i, s in slots if isinstance(s, NumberValue))],
        "period": [f'"V{i}"' for i, s in slots if isinstance(s, PeriodValue)],
        "phrase": [f'"V{i}"' for i, s in slots if isinstance(s, FreeText)],
    }
    return {name: list(dict.fromkeys(options)) for name, options in found.items() if options}


def _predicates(linked: Linked, rules: dict[str, list[str]]) -> list[str]:
    found: list[str] = []
    for ref, slots in _text_slots(linked).items():
        values = " | ".join(f'"V{slot}"' for slot in slots)
        found.append(f'{_literal(ref)} (" = " | " != ") ({values})')
        if len(slots) > 1:
            found.append(f'{_literal(ref)} (" in " | " not in ") ({values}) (" " ({values}))+')
    operators = _quoted(f" {operator} " for operator in OPERATORS)
    if "numeric" in rules:
        compare = _quoted(f" {operator} " for operator in ("<", "<=", ">", ">="))
        found.append(f'numeric ({compare}) "average"')
        if "number" in rules:
            found.append(f"numeric ({operators}) number")
            found.append('numeric " between " number " " number')
    if "temporal" in rules and "period" in rules:
        verbs = _quoted(f" {verb} " for verb in PERIOD_OPERATORS)
        found.append(f"temporal ({verbs}) period")
    if "logical" in rules:
        found.append('logical " = " ("true" | "false")')
    if "words" in rules and "phrase" in rules:
        found.append('words " contains " phrase')
    if "column" in rules:
        found.append('column (" is null" | " is not null")')
    if "table" in rules:
        found.append('("has " | "lacks ") table')
    return found


def _text_slots(linked: Linked) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for index, slot in enumerate(linked.slots):
        if isinstance(slot, TextValue):
            for ref, _ in slot.options:
                found.setdefault(column_text(ref), []).append(index)
    return found


def _clauses(rules: dict[str, list[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    start = ['"measure " measure (", " measure)*']
    if "temporal" in rules:
        grains = _quoted(f"{grain} " for grain in Grain)
        found["dimension"] = ["column", f"({grains}) temporal"]
    elif "column" in rules:
        found["dimension"] = ["column"]
    if found:
        start[0] += ' ("; by " dimension (", " dimension)*)?'
    if rules["predicate"]:
        found["conditions"] = ['predicate (" and " predicate)*']
        start[0] += ' ("; where " conditions)?'
    if "number" in rules:
        operators = _quoted(f" {operator} " for operator in OPERATORS)
        plain = '(basic | "metric " metric)' if "metric" in rules else "basic"
        start[0] += f' ("; having " {plain} ({operators}) number)?'
    found["direction"] = ['"asc"', '"desc"']
    found["limit"] = ['"; limit " size']
    by_column = ' ("; order " (column " ")? direction)?' if "column" in rules else ""
    start[0] += (by_column or ' ("; order " direction)?') + " limit?"
    if "column" in rules:
        where = ' ("; where " conditions)?' if rules["predicate"] else ""
        start.append(
            f'"show " column (", " column)*{where} ("; order " column " " direction)? limit?'
        )
    found["start"] = start
    return found


def _quoted(texts: Iterable[str]) -> str:
    return " | ".join(_literal(text) for text in texts)


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
