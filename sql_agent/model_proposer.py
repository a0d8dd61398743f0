"""Proposing a query tree by a language model, under the grammar of the linked items.

The model sees the question and the linked items, and may write only queries over exactly those; its
text is parsed and checked here again, whatever it claims. A model that was trained on our markers
is prompted with them; any other one gets the language explained in a conversation.
"""

import logging
from collections.abc import Iterator
from dataclasses import replace

from assistants.errors import ConstraintError, InputError, ModelError
from assistants.model import (
    Cancel,
    Chat,
    Generation,
    Marked,
    Marker,
    Message,
    Model,
    Prompt,
    Sampling,
    generate,
)

from .faithful import unsaid
from .linking import Linking, linked_items
from .query_grammar import grammar, schema_text
from .query_text import parse
from .query_tree import (
    Count,
    Has,
    Linked,
    Many,
    Measure,
    MetricUse,
    PerGroup,
    Query,
    Ratio,
    Share,
    query_columns,
    query_slots,
)
from .rules import Proposal
from .workspace import Workspace

_log = logging.getLogger(__name__)
_MAX_TOKENS = 160
_LEAST_LOGPROB = -4.0
"""A query to which the model gives less than e^-4 was chosen by the grammar, not by the model."""
_LEAST_OF_SMALL = -0.7
"""The same for the bundled model. At e^-4, release 1 answered one question of 272 more, wrong."""
_LANGUAGE = """You translate a question about a database into one line of a small query language.
Use only the tables, columns, metrics and values (V0, V1, ...) listed under Schema.
Clauses, in this order, separated by "; ":
measure M, ...  (or: show table.column, ...)
by table.column, ...  (or: by month table.column)
where P and P ...
having M > Vn
order desc  (or: order asc)
limit Vn
M is: count table | count distinct table.column | sum table.column | avg table.column |
min table.column | max table.column | metric name | share count table if P |
ratio M over M | avg count table per table
P is: table.column = Vn | table.column in Vn Vm | table.column > Vn | table.column between Vn Vm |
table.column during Vn | table.column before Vn | table.column since Vn | table.column contains Vn |
table.column = true | table.column is null | has table | lacks table | table.column > average
Examples:
measure sum transactions.amount; by branches.region; where transactions.is_fraud = true
measure count customers; where accounts.type = V0 and lacks loans
show patients.name; where diagnoses.code = V0; limit V1
Answer with that one line and nothing else."""


def propose_by_model(
    linking: Linking, workspace: Workspace, model: Model, *, cancel: Cancel | None = None
) -> Iterator[Proposal]:
    """Yield the model's query tree, if it writes one that holds to the linked items."""
    linked = linked_items(linking, workspace)
    prompt = prompt_for(linking.question, linked, model)
    if prompt is None:
        _log.info("the model %s takes neither markers nor a conversation", model.name)
        return
    try:
        written = _written(model, prompt, linked, cancel)
        told = complaint(written.text, linked)
        if told and isinstance(prompt, Marked) and "repair" in model.capabilities.markers:
            spent, asked = written.usage, prompt.again(written.text.strip(), told)
            written = _written(model, asked, linked, cancel)
            written = replace(written, usage=spent + written.usage)
    except (ModelError, ConstraintError) as error:
        _log.warning("the model %s proposes nothing: %s", model.name, error)
        return
    least = _LEAST_OF_SMALL if isinstance(prompt, Marked) else _LEAST_LOGPROB
    if written.logprob is not None and written.logprob < least:
        _log.info("the model %s is not sure of '%s'", model.name, written.text)
        return
    query = read(written, linked)
    if query is not None:
        yield Proposal(
            query=query,
            slots=linked.slots,
            base="",
            leftover=unsaid(query, linking, workspace.model),
            usage=written.usage,
            notes=(*linking.notes, f"the query was proposed by the model {model.name}"),
        )


def _written(model: Model, prompt: Prompt, linked: Linked, cancel: Cancel | None) -> Generation:
    sampling = Sampling(max_tokens=_MAX_TOKENS, stop=("\n",))
    return generate(model, prompt, constraint=grammar(linked), sampling=sampling, cancel=cancel)


def complaint(written: str, linked: Linked) -> str:
    """Return what the linked items say against a query; empty where it is nothing.

    A model that can repair is told this, and learns from examples that are made with it.
    """
    try:
        query = parse(written.strip())
    except InputError as error:
        return str(error)
    if not holds_to(query, linked):
        return "it names what is not in the schema"
    unused = [i for i in range(len(linked.slots)) if i not in query_slots(query)]
    return f"V{unused[0]} is not used: {linked.slots[unused[0]].phrase}" if unused else ""


def prompt_for(question: str, linked: Linked, model: Model) -> Prompt | None:
    """Return the prompt in the form that a model takes."""
    shown = schema_text(linked)
    if "question" in model.capabilities.markers:
        return Marked(
            (
                Marker("sql"),
                Marker("question"),
                question,
                Marker("schema"),
                shown,
                Marker("query"),
            )
        )
    if model.capabilities.chat:
        asked = f"Schema:\n{shown}\n\nQuestion: {question}\nQuery:"
        return Chat((Message("system", _LANGUAGE), Message("user", asked)))
    return None


def read(written: Generation, linked: Linked) -> Query | None:
    """Return the tree that a model wrote, or None where it is none over the linked items."""
    text = written.text.strip().strip("`").strip()
    try:
        query = parse(text)
    except InputError as error:
        _log.info("the model's query does not parse: %s", error)
        return None
    return query if holds_to(query, linked) else None


def holds_to(query: Query, linked: Linked) -> bool:
    """Return whether every leaf of a tree is a linked item or value."""
    columns = {column.ref for column in linked.columns}
    tables = {table.name for table in linked.tables}
    metrics = {metric.name for metric in linked.metrics}
    every = (*query.measures, *(having.measure for having in query.having))
    named = {p.table for p in query.where if isinstance(p, Has | Many)}
    return (
        columns.issuperset(query_columns(query))
        and tables.issuperset(named.union(*(_tables(measure) for measure in every)))
        and metrics.issuperset(m.name for m in every if isinstance(m, MetricUse))
        and all(index < len(linked.slots) for index in query_slots(query))
    )


def _tables(measure: Measure) -> frozenset[str]:
    match measure:
        case Count(table=table):
            return frozenset((table,))
        case Share(of=of, condition=condition):
            return _tables(of).union(p.table for p in condition if isinstance(p, Has))
        case PerGroup(of=of, table=table):
            return _tables(of) | {table}
        case Ratio(numerator=numerator, denominator=denominator):
            return _tables(numerator) | _tables(denominator)
        case _:
            return frozenset()
