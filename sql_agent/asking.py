"""`ask`: a question in words, answered with rows and the reason to trust them, or an honest no.

Rules and, where there is one, a model propose query trees; each is rendered, admitted by the guard,
run and checked. The first candidate that uses all that the question names is the answer. It is
never called proved: that a query binds, is read-only and runs is necessary, not sufficient.

How a question without an answer ends: `refused` where it asks to change data or for something that
the data do not have, `needs_clarification` where a word has two meanings, `abstained` where nothing
links or no candidate stands.
"""

import itertools
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistants.answer import Answer, Check, Clarification, Json, Status, Step, Usage, Verdict
from assistants.errors import (
    DeadlineExceeded,
    InputError,
    QueryFailed,
    QueryRefused,
    WorkerCrashed,
)
from assistants.model import Cancel, Model

from .catalog import CatalogColumn
from .chart import chart_of
from .clarify import Undecided, shown
from .confirmed import recall, reuse
from .connect import Limits
from .cost import TooCostly
from .database import resolve
from .degenerate import degenerate, never_at, unlabelled, unshown
from .dialects import never_run
from .execute import Result, execute
from .explain import Explainer, told_links, used_columns
from .faithful import split_or
from .guard import Admitted, admit, admit_tree
from .intent import beyond_data, chitchat, is_sql, wants_to_write
from .joins import AmbiguousPath, CannotRender
from .lineage import lineage_of
from .linking import Linking, link
from .one_table import propose_over_one_table
from .ordinals import at_place, without_ordinal
from .query_text import to_text
from .query_tree import (
    During,
    DuringAny,
    Linked,
    PeriodValue,
    SlotValue,
    measure_conditions,
    query_slots,
)
from .querying import READ_ONLY, ran
from .reading import propose_by_reading, reading_words
from .render import Context, render
from .result import QueryResult
from .rules import Proposal, known_words, propose
from .said_ages import with_ages
from .said_amounts import with_amounts
from .said_deeds import with_deeds
from .said_rows import with_rows
from .scores import AboutScores, ScoreColumn, about_scores, with_reasons
from .semantic_model import SemanticModel
from .ways import decided_ways, taken_ways
from .wording import plain
from .words import stems
from .workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from .governance.gate import Gate

_LONGEST = 2000
_LOWER = "this database has no semantic model: the tables were read from its names alone"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question on its way to an answer."""

    question: str
    workspace: Workspace
    limits: Limits
    cancel: Cancel | None
    choices: frozenset[str]
    gate: "Gate | None" = None
    ways: frozenset[str] = frozenset()
    """The ways between tables that the words of the question decided for (`sql_agent.ways`)."""
    why: ScoreColumn | None = None
    """Where set, the score of which the question wants the reasons."""
    skip: int = 0
    """How many places before the one that is asked for: 1 of "the second highest"."""


def ask(
    database: str,
    question: str,
    *,
    model: Model | None = None,
    choices: Collection[str] = (),
    limits: Limits = Limits(),
    cancel: Cancel | None = None,
    gate: "Gate | None" = None,
) -> Answer[QueryResult]:
    """Answer a question about a database.

    Args:
        database: `finance`, `medical`, a path, a URL, or a name from the settings.
        question: In English; at most 2000 characters.
        model: Proposes beside the rules; None for rules alone.
        choices: What was chosen where an earlier answer asked back, as it was shown.
        limits: What one query may cost.
        cancel: Stops between two steps.
        gate: What stands between the question and the rows of a role (`sql_agent.governance`).

    Raises:
        DatabaseError: there is no such database, or it cannot be opened.
        InputError: the question is empty or too long, or the semantic model is wrong.
    """
    started = time.monotonic()
    text = " ".join(question.split())
    if not text:
        raise InputError("an empty question", hint='ask something: "total balance by branch"')
    if len(text) > _LONGEST:
        raise InputError(f"a question of more than {_LONGEST} characters", hint="ask it shorter")
    workspace = open_workspace(resolve(database)) if gate is None else gate.workspace
    asked = _Asked(text, workspace, limits, cancel, frozenset(choices), gate)
    answer = _answer(asked, model)
    usage = answer.usage + Usage(seconds=time.monotonic() - started)
    return _with_usage(answer, usage)


def _with_usage(answer: Answer[QueryResult], usage: Usage) -> Answer[QueryResult]:
    return Answer(
        status=answer.status,
        best=answer.best,
        steps=answer.steps,
        clarification=answer.clarification,
        reason=answer.reason,
        usage=usage,
    )


def _answer(asked: _Asked, model: Model | None) -> Answer[QueryResult]:
    if wants_to_write(asked.question):
        return _no(Status.REFUSED, "this asks to change data; only reading is possible here")
    if is_sql(asked.question):
        return _no(Status.ABSTAINED, "this is SQL, no question; run it with `plumb query`")
    scores = about_scores(asked.question, asked.workspace)
    if scores.one is not None:
        return _one_reading(asked, *scores.one)
    if scores.stop:
        return _no(Status.REFUSED, scores.stop)
    beyond = beyond_data(scores.text)
    if beyond is not None:
        return _no(Status.REFUSED, f"'{beyond}': data tell what was, no forecast, reason or advice")
    verified = _verified(asked)
    if verified is not None:
        return verified
    learned = _learned(asked)
    return _read(asked, scores, model) if learned is None else learned


def ask_by_reading(question: str, workspace: Workspace) -> Answer[QueryResult]:
    """Answer by rules alone, as if nothing had been confirmed or taught."""
    asked = _Asked(question, workspace, Limits(), None, frozenset())
    return _read(asked, about_scores(question, workspace), None)


def _read(asked: _Asked, scores: AboutScores, model: Model | None) -> Answer[QueryResult]:
    ordinal = without_ordinal(scores.text)
    asked = replace(asked, why=scores.why, skip=ordinal.skip)
    known = known_words() | _units(asked.workspace.model)
    text = with_amounts(plain(ordinal.text), asked.workspace)
    text = with_deeds(with_ages(text, asked.workspace), asked.workspace)
    text = with_rows(text, asked.workspace)
    linking = link(text, asked.workspace, known)
    ways = decided_ways(linking, asked.workspace) if not asked.choices else frozenset[str]()
    asked = replace(asked, choices=asked.choices | ways, ways=ways)
    about = linking.mentions or _over_one_table(asked) is not None
    if not about or chitchat(asked.question):
        tables = ", ".join(table.name for table in asked.workspace.model.tables[:8])
        return _no(
            Status.ABSTAINED, f"nothing in the question is about this database (it has {tables})"
        )
    return _proposed(asked, linking, model, linking.unlinked(known))


def _one_reading(asked: _Asked, linking: Linking, proposal: Proposal) -> Answer[QueryResult]:
    """Answer a question of which there is one reading and no other."""
    step = _attempt(asked, linking, proposal)
    if step.verdict is not Verdict.REFUTED:
        return _found((step,))
    refuted = next(c for c in step.checks if c.verdict is Verdict.REFUTED)
    return _no(Status.ABSTAINED, refuted.detail, (step,))


def _units(model: SemanticModel) -> frozenset[str]:
    """Return the words of units: "in milligrams" says nothing that the column does not."""
    columns = [column for table in model.tables for column in table.columns]
    words = {word for column in columns for word in stems(column.unit)}
    ends = {word for column in columns for word in stems(column.name)[-1:]}
    return frozenset(words | {_SPELLED[word] for word in words | ends if word in _SPELLED})


_SPELLED: Mapping[str, str] = {
    short: word
    for short, _, word in (
        pair.partition(":")
        for pair in """mg:milligram g:gram kg:kilogram ml:milliliter km:kilometer min:minute
        hr:hour cm:centimeter m:meter usd:dollar""".split()
    )
}


def _no(
    status: Status, reason: str, steps: tuple[Step[QueryResult], ...] = ()
) -> Answer[QueryResult]:
    return Answer(status=status, reason=reason, steps=steps)


def _proposed(
    asked: _Asked, linking: Linking, model: Model | None, unlinked: tuple[str, ...]
) -> Answer[QueryResult]:
    steps: list[Step[QueryResult]] = []
    doubts: list[Undecided | AmbiguousPath] = []
    usage = Usage()
    try:
        for known, proposal in _proposals(asked, linking, model, doubts, unread=bool(unlinked)):
            if asked.cancel is not None:
                asked.cancel.raise_if_cancelled()
            usage += proposal.usage
            try:
                steps.append(_attempt(asked, known, proposal))
            except AmbiguousPath as ambiguous:
                doubts.append(ambiguous)
                continue
            if steps[-1].verdict is not Verdict.REFUTED:
                return _with_usage(_found(tuple(steps)), usage)
    except CannotRender as error:
        return _no(Status.ABSTAINED, str(error), tuple(steps))
    if unlinked:
        words = ", ".join(f"'{word}'" for word in dict.fromkeys(unlinked))
        reason = f"the database has nothing that {words} could mean"
        return _no(Status.REFUSED, reason, tuple(steps))
    if doubts:
        return _asked_back(doubts[0], tuple(steps))
    if not steps:
        return _no(Status.ABSTAINED, "no query was found that says what the question asks")
    refuted = next(c for c in steps[-1].checks if c.verdict is Verdict.REFUTED)
    if refuted.by == "cost":
        return _no(Status.REFUSED, refuted.detail, tuple(steps))
    return _no(Status.ABSTAINED, f"no candidate stands: {refuted.detail}", tuple(steps))


def _asked_back(
    doubt: Undecided | AmbiguousPath, steps: tuple[Step[QueryResult], ...]
) -> Answer[QueryResult]:
    if isinstance(doubt, Undecided):
        return _unclear(f"What does '{doubt.phrase}' mean here?", doubt.choices, steps)
    return _unclear(f"Through what do {doubt} meet?", doubt.choices, steps)


def _proposals(
    asked: _Asked,
    linking: Linking,
    model: Model | None,
    doubts: list[Undecided | AmbiguousPath],
    *,
    unread: bool,
) -> Iterator[tuple[Linking, Proposal]]:
    """Yield candidates with their linking: by patterns, by reading, then the model's.

    What trained weights read of a single table goes before them. On a database that nobody has
    described the reading goes first. What cannot be decided without the user goes to `doubts`; with
    words that only the reading may know, it proposes alone.
    """
    workspace, choices = asked.workspace, asked.choices

    def by_rules() -> tuple[Linking, Proposal | None]:
        return linking, None if unread else propose(linking, workspace, choices=choices)

    def by_reading() -> tuple[Linking, Proposal | None]:
        own = link(linking.question, workspace, reading_words() | known_words())
        return own, propose_by_reading(own, workspace, choices=choices)

    over_table = _over_one_table(asked)
    if over_table is not None:
        yield over_table
    first, second = (by_reading, by_rules) if workspace.model.drafted else (by_rules, by_reading)
    for propose_one in (first, second):
        try:
            known, proposal = propose_one()
        except (Undecided, AmbiguousPath) as doubt:
            doubts.append(doubt)
            if not workspace.model.drafted:
                return  # where somebody wrote down what words mean, a doubt is one
            continue
        proposal = at_place(proposal, asked.skip) if proposal is not None else None
        if proposal is not None:
            yield known, proposal
    if model is not None and not unread and not asked.skip:
        from .model_proposer import propose_by_model

        for proposal in propose_by_model(linking, workspace, model, cancel=asked.cancel):
            yield linking, proposal


def _over_one_table(asked: _Asked) -> tuple[Linking, Proposal] | None:
    """Return what trained weights read; not for a role, whose every query is counted."""
    if asked.skip or asked.choices or asked.gate is not None:
        return None
    return propose_over_one_table(asked.question, asked.workspace)


def _found(steps: tuple[Step[QueryResult], ...]) -> Answer[QueryResult]:
    best = steps[-1]
    reason = "" if best.candidate.rows else "the query ran and found no rows"
    return Answer(status=Status.ANSWERED, best=best, steps=steps, reason=reason)


def _unclear(
    question: str, choices: tuple[str, ...], steps: tuple[Step[QueryResult], ...]
) -> Answer[QueryResult]:
    offered = tuple(map(shown, choices))
    return Answer(
        status=Status.NEEDS_CLARIFICATION,
        steps=steps,
        clarification=Clarification(question=question, choices=offered),
        reason=f"{question} {' or '.join(offered)}",
    )


# --- one candidate ------------------------------------------------------------------------------


def _attempt(asked: _Asked, linking: Linking, proposal: Proposal) -> Step[QueryResult]:
    """Render, admit, run and check one candidate."""
    workspace = asked.workspace
    if asked.why is not None:
        proposal = with_reasons(proposal, asked.why)
    if asked.gate is not None:
        proposal = replace(proposal, query=asked.gate.fitted(proposal.query))
    linked = Linked(slots=proposal.slots)
    explanation = Explainer(workspace.model, proposal.slots).sentence(proposal.query)
    understood = _understood(linking, proposal)
    if understood.verdict is Verdict.REFUTED:
        return Step(candidate=_empty(workspace, explanation), checks=(understood,))
    beyond = (
        degenerate(proposal.query, workspace)
        or unshown(proposal.query, linking, workspace)
        or never_at(proposal.query, proposal.slots)
        or _beyond_the_data(proposal, workspace)
    )
    if beyond is not None:
        return Step(candidate=_empty(workspace, explanation), checks=(understood, beyond))
    try:
        through = frozenset(table for mention in linking.mentions for table in mention.tables)
        context = Context(
            workspace.model, workspace.catalog, linked, through, asked.choices, workspace.latest
        )
        rendered = render(proposal.query, context)
    except AmbiguousPath:
        raise
    except CannotRender as error:
        return Step(candidate=_empty(workspace, explanation), checks=(_refuted("binding", error),))
    notes = (*proposal.notes, *rendered.assumptions)
    notes += taken_ways(asked.ways, rendered.tree.sql(), notes)
    if workspace.model.drafted:
        notes = (*notes, _LOWER)
    if never_run(workspace.catalog.dialect):
        notes = (*notes, f"{workspace.catalog.dialect}: plumb's tests never ran a query there")
    try:
        admitted = admit_tree(rendered.tree, workspace.catalog)
    except QueryRefused as error:
        return Step(candidate=_empty(workspace, explanation), checks=(_refuted("guard", error),))
    step = _run(asked, admitted, explanation, notes, (understood,))
    rival = _other_rows(asked, proposal, context, step.candidate.rows)
    nameless = unlabelled(proposal.query, linking, step.candidate.rows, workspace)
    told = replace(
        step.candidate,
        tree=to_text(proposal.query),
        used=tuple(map(str, used_columns(proposal.query, workspace.model))),
        links=told_links(linking, proposal.slots),
    )
    return Step(candidate=told, checks=(*step.checks, *rival, *nameless))


def _other_rows(
    asked: _Asked, proposal: Proposal, context: Context, rows: Sequence[Sequence[Json]]
) -> tuple[Check, ...]:
    """Check that the readings that are likely beside a proposal give the same rows."""
    wanted = Counter(map(tuple, rows))
    for query in proposal.rivals:
        try:
            admitted = admit_tree(render(query, context).tree, asked.workspace.catalog)
        except (CannotRender, QueryRefused) as error:
            return (_refuted("readings", error),)
        found = _run(asked, admitted, "", (), ()).candidate.rows
        if Counter(map(tuple, found)) != wanted:
            other = Explainer(asked.workspace.model, proposal.slots).sentence(query)
            detail = f"another reading is as likely and gives other rows: {other}"
            return (Check(by="readings", verdict=Verdict.REFUTED, detail=detail),)
    detail = f"{len(proposal.rivals)} other readings give the same rows"
    return (Check(by="readings", verdict=Verdict.PROVED, detail=detail),) if proposal.rivals else ()


def _beyond_the_data(proposal: Proposal, workspace: Workspace) -> Check | None:
    """Refute a query about a time from which a column has nothing: no data is no zero."""
    inside = tuple(p for measure in proposal.query.measures for p in measure_conditions(measure))
    for predicate in (*proposal.query.where, *inside):
        if not isinstance(predicate, During | DuringAny):
            continue
        slots = predicate.periods if isinstance(predicate, DuringAny) else (predicate.period,)
        column = workspace.catalog.column(predicate.column)
        if column is None or (isinstance(predicate, During) and predicate.operator == "before"):
            continue
        side_by_side = isinstance(predicate, DuringAny) or predicate in inside
        for value in (proposal.slots[slot.index] for slot in slots):
            outside = _outside(column, value, side_by_side=side_by_side)
            if outside:
                detail = f"{predicate.column} {outside}"
                return Check(by="period", verdict=Verdict.REFUTED, detail=detail)
    return None


def _outside(column: CatalogColumn, value: SlotValue, *, side_by_side: bool) -> str:
    """Return how a column's dates miss a period; of two to be compared each must have data."""
    if not isinstance(value, PeriodValue):
        return ""
    low, high = column.low[:10], column.high[:10]
    if high and high < value.start.date().isoformat():
        return f"ends on {high}, before '{value.phrase}'"
    if side_by_side and low and low >= value.end.date().isoformat():
        return f"begins on {low}, after '{value.phrase}'"
    return ""


def _run(
    asked: _Asked,
    admitted: Admitted,
    explanation: str,
    notes: tuple[str, ...],
    checks: tuple[Check, ...],
) -> Step[QueryResult]:
    workspace = asked.workspace
    try:
        if asked.gate is None:
            result = execute(workspace.target, admitted, asked.limits, cancel=asked.cancel)
        else:
            result = asked.gate.execute(admitted, asked.limits, cancel=asked.cancel)
            checks = (*checks, asked.gate.check)
    except QueryRefused as error:
        costly = isinstance(error, TooCostly)
        by = "cost" if costly else "governance"
        detail = f"{error} ({error.hint})" if costly else str(error)
        return Step(
            candidate=_empty(workspace, explanation, admitted.sql),
            checks=(*checks, READ_ONLY, Check(by=by, verdict=Verdict.REFUTED, detail=detail)),
        )
    except (QueryFailed, DeadlineExceeded, WorkerCrashed) as error:
        return Step(
            candidate=_empty(workspace, explanation, admitted.sql),
            checks=(*checks, READ_ONLY, _refuted("execution", error)),
        )
    candidate = QueryResult(
        sql=admitted.sql,
        dialect=workspace.target.dialect,
        columns=result.columns,
        rows=result.rows,
        truncated=result.truncated,
        tables=admitted.tables,
        explanation=explanation,
        assumptions=tuple(dict.fromkeys(notes)),
        chart=chart_of(result),
        lineage=lineage_of(admitted.tree, workspace.catalog),
    )
    return Step(
        candidate=candidate,
        checks=(*checks, READ_ONLY, result.cost, ran(result.rows), _filled(result)),
    )


def _filled(result: Result) -> Check:
    """Say whether there is anything in the result; an empty one is no wrong one."""
    empty = not result.rows or all(value is None for row in result.rows for value in row)
    return Check(
        by="content",
        verdict=Verdict.UNKNOWN if empty else Verdict.PROVED,
        detail="the result is empty" if empty else "the result has values",
    )


def _understood(linking: Linking, proposal: Proposal) -> Check:
    """Check that the tree uses every value that the question names, and leaves no item over."""
    used = query_slots(proposal.query)
    unused = [
        m.phrase
        for m in linking.mentions
        if m.slot is not None and m.slot not in used and not (m.tables or m.columns or m.metrics)
    ]
    either = split_or(proposal.query, linking)
    missing = list(dict.fromkeys([*unused, *proposal.leftover, *either, *_nested_periods(linking)]))
    if missing:
        words = ", ".join(f"'{phrase}'" for phrase in missing)
        return Check(
            by="linking", verdict=Verdict.REFUTED, detail=f"the query says nothing about {words}"
        )
    return Check(
        by="linking",
        verdict=Verdict.PROVED,
        detail="the query uses everything that the question names",
    )


def _nested_periods(linking: Linking) -> list[str]:
    """Return what is one period and was read as two: "the last week of 2024"."""
    periods = [
        m
        for m in linking.mentions
        if m.slot is not None and isinstance(linking.slots[m.slot], PeriodValue)
    ]
    return [
        f"{first.phrase} of {second.phrase}"
        for first, second in itertools.pairwise(periods)
        if [token.lower for token in linking.words[first.last : second.first]] == ["of"]
    ]


def _refuted(by: str, error: Exception) -> Check:
    return Check(by=by, verdict=Verdict.REFUTED, detail=str(error))


def _empty(workspace: Workspace, explanation: str, sql: str = "") -> QueryResult:
    return QueryResult(
        sql=sql, dialect=workspace.target.dialect, columns=(), rows=(), explanation=explanation
    )


# --- what was taught ----------------------------------------------------------------------------


def _learned(asked: _Asked) -> Answer[QueryResult] | None:
    """Return the answer that pairs taught, where it is probable enough; None lets others try.

    What was taught is about all of the database, so a role is not answered by it.
    """
    if asked.gate is not None or asked.choices:
        return None
    from .taught import recollect, taught

    lesson = recollect(asked.workspace)
    found = taught(asked.question, lesson, asked.workspace) if lesson is not None else None
    if lesson is None or found is None:
        return None
    if not found.sql:
        return _no(Status.REFUSED, found.reason)
    try:
        admitted = admit(found.sql, asked.workspace.catalog)
    except QueryRefused:
        return None
    like = "made of parts" if found.composed else "like those"
    explanation = f"Understood as: a question {like} of {lesson.memory.pairs} confirmed pairs."
    told = f"learned, not read: right with a probability of {found.probability:.2f}"
    step = _run(asked, admitted, explanation, (told, *found.notes), ())
    return _found((step,)) if step.verdict is not Verdict.REFUTED else None


# --- verified queries ---------------------------------------------------------------------------


def _verified(asked: _Asked) -> Answer[QueryResult] | None:
    """Return the answer of a question that the semantic model or a person has a query for."""
    workspace = asked.workspace
    pairs = (*recall(workspace.target), *workspace.model.verified_queries)
    found = reuse(asked.question, pairs, workspace)
    if found is None:
        return None
    try:
        admitted = admit(found.sql, workspace.catalog)
    except QueryRefused as error:
        return _no(Status.FAILED, f"the confirmed query of this question is refused: {error}")
    explanation = f"Understood as: the question '{found.question}', whose query was confirmed."
    step = _run(asked, admitted, explanation, found.changed, ())
    if step.verdict is Verdict.REFUTED:
        return _no(Status.FAILED, step.checks[-1].detail, (step,))
    return _found((step,))
