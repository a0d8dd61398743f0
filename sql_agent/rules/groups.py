"""What a question groups by, and what it ranks: "by region", "top 5 branches by …", "monthly"."""

from dataclasses import dataclass

from sql_agent.linking import Mention, is_birth
from sql_agent.query_tree import Dimension, Grain, NumberValue, PeriodValue, Slot, TextValue
from sql_agent.semantic_model import TEMPORAL, ColumnRef
from sql_agent.words import stem

from .frame import MANY_SIDE, Frame
from .nouns import PARTICLES, is_verb, own_value
from .patterns import ALWAYS_GRAIN, BY, COMMON, GRAINS, MOST, SORT, SUPERLATIVE_BY

_QUESTION = frozenset(("which", "what", "who", "whose"))
_LINKS = frozenset(("with", "having", "has", "have", "had", "that", "who", "is", "are", "was"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """A ranking: what is ranked, which way, how many; `after` is where its measure may stand."""

    descending: bool
    limit: int | Slot | None
    subject: Mention | None
    after: int
    common: bool = False
    superlative: str = ""
    grain: Grain | None = None


def read_ranking(frame: Frame) -> Ranking | None:
    """Read "top 5 X by M", "which X has the most M", "the three largest X", "the busiest month"."""
    in_time = _ranked_time(frame)
    if in_time is not None:
        return in_time
    for first, last, direction in frame.free_spots(MOST):
        number = _number(frame, first, last)
        after = max(last, number.last if number is not None else 0)
        second = next((s for s in frame.free_spots(MOST) if s[0] == after), None)
        if number is not None and second is not None and frame.words[first] in {"top", "bottom"}:
            frame.spend(first, last)  # "top 10 most common"
            first, last, direction = second  # noqa: PLW2901
            after = last
        common = bool(COMMON & set(frame.words[first:last]))
        word = frame.words[last - 1]
        subject = _subject(frame, first, after, counted=number is not None, common=common)
        if subject is None:
            continue
        limit: int | Slot = 1
        number = number or _number(frame, subject.first, subject.first)
        if number is not None and number.slot is not None:
            limit = Slot(number.slot)
            frame.use(number)
        frame.spend(first, last)
        measured = _measured_thing(frame, frame.mention_at(after)) is subject
        start = after if measured else _measure_start(frame, subject, after)
        return Ranking(
            descending=direction == "desc",
            limit=None if number is None and _is_plural(subject) else limit,
            subject=subject,
            after=start,
            common=common or frame.word(subject.first - 1).endswith("ed"),
            superlative=word,
        )
    return _sorted(frame)


def _ranked_time(frame: Frame) -> Ranking | None:
    """Read "which month had the highest volume" and "the busiest month": time is what is ranked."""
    for first, last, grain in frame.spots(GRAINS):
        asked = frame.word(first - 1) in {"which", "what"}
        most = [s for s in frame.free_spots(MOST) if s[0] >= last or s[1] == first]
        if not most or not (asked or most[0][1] == first):
            continue
        frame.spend(first, last)
        frame.spend(most[0][0], most[0][1])
        return Ranking(
            descending=most[0][2] == "desc",
            limit=1,
            subject=None,
            after=0 if most[0][1] == first else most[0][1],
            superlative=frame.words[most[0][1] - 1],
            grain=Grain(grain),
        )
    return None


def _sorted(frame: Frame) -> Ranking | None:
    for first, last, direction in frame.spots(SORT):
        frame.spend(first, last)
        return Ranking(descending=direction == "desc", limit=None, subject=None, after=0)
    return None


def _is_plural(mention: Mention) -> bool:
    last = mention.phrase.lower().split()[-1]
    return stem(last) != last


def _number(frame: Frame, first: int, last: int) -> Mention | None:
    """Return the n of "top n" and "n largest"."""
    for mention in frame.mentions:
        if mention.slot is None or not isinstance(frame.slots[mention.slot], NumberValue):
            continue
        behind = mention.first == last
        before = mention.last == first
        if behind or before:
            return mention
    return None


def _subject(
    frame: Frame, first: int, after: int, *, counted: bool, common: bool
) -> Mention | None:
    """Return what is ranked, or None where the word is an aggregate ("the highest balance")."""
    next_one = frame.mention_at(after)
    if next_one is not None and frame.booleans(next_one):
        next_one = frame.mention_at(next_one.last) or next_one  # "most common primary diagnoses"
    if next_one is not None and next_one.phrase.lower().endswith("ed") and not common:
        named = _entity(frame, frame.mention_at(next_one.last))
        if named is not None and named.first == next_one.last:
            frame.use(next_one)  # "most prescribed drug"
            return named
    ranked_thing = _measured_thing(frame, next_one)
    if ranked_thing is not None:
        return ranked_thing
    behind = _entity(frame, next_one)
    word = frame.word(first)
    ranked = behind is not None and frame.word(behind.last) == "by"
    if behind is not None and (counted or common or ranked or word in {"top", "bottom"}):
        return behind
    return _asked(frame, first) or _with_most(frame, first) or _largest(behind)


def _measured_thing(frame: Frame, measure: Mention | None) -> Mention | None:
    """Return X of "the most populous X", where a word of measure stands before it."""
    if measure is None or not frame.measures(measure) or measure.tables or measure.slot is not None:
        return None
    thing = frame.linking.at.get(measure.last)
    return thing if thing is not None and thing.tables else None


def _largest(mention: Mention | None) -> Mention | None:
    """Return X of "the largest X" where it is a table."""
    return mention if mention is not None and mention.tables else None


def _asked(frame: Frame, first: int) -> Mention | None:
    """Return X of "which X has the most …"."""
    asked = next((i for i, w in enumerate(frame.words[:first]) if w in _QUESTION), None)
    if asked is None or frame.word(asked + 1) in {"is", "are", "was", "were"}:
        return None
    for mention in frame.mentions_from(asked + 1):
        if mention.first >= first:
            break
        found = _entity(frame, mention)
        gap = set(frame.words[asked + 1 : mention.first]) - {"the", "of", "our", "kind", "type"}
        if found is not None and len(gap) <= 2:
            return found
    return None


def _with_most(frame: Frame, first: int) -> Mention | None:
    """Return X of "X with the most …"."""
    before = [m for m in frame.mentions if m.last <= first]
    if not before:
        return None
    gap = frame.words[before[-1].last : first]
    linked = bool(gap) and gap[0] in _LINKS and len(gap) <= 3
    nouns = [m for m in before if m.slot is None or m.tables]  # "the city in Texas with the most"
    return _entity(frame, nouns[-1]) if linked and nouns else None


def _entity(frame: Frame, mention: Mention | None) -> Mention | None:
    if mention is None:
        return None
    category = frame.with_role(mention, "dimension", "text", "key")
    return mention if mention.tables or category else None


def _measure_start(frame: Frame, subject: Mention, after: int) -> int:
    """Return where the measure of a ranking begins: behind "by", or behind the superlative."""
    if subject.first < after:
        return after
    for first, last, _ in frame.spots(SUPERLATIVE_BY):
        if first >= subject.last:
            frame.spend(first, last)
            return last
    return subject.last


def entity_dimensions(
    frame: Frame, ref: ColumnRef, mention: Mention, *, kinds: bool = True
) -> list[Dimension]:
    """Return what tells the rows of a table apart: its name alone only if no two share one.

    With `kinds` a name that many share is that of a kind ("procedures"), which is enough.
    """
    table = frame.model.table(ref.table)
    stored = frame.workspace.catalog.by_name.get(ref.table)
    column = frame.workspace.catalog.column(ref)
    if ref.table not in mention.tables or table is None or stored is None or column is None:
        return [Dimension(ref)]
    unique = (ref.column,) in {table.primary_key, stored.primary_key, *stored.unique}
    different = column.complete and len(column.values) == stored.rows
    person = any(is_birth(c) for c in table.columns)
    many = frame.column(ref).role == "dimension" and 2 * len(column.values) < stored.rows
    many = many and not person  # two people of one name are two
    alone = unique or different or (kinds and many) or not table.primary_key
    if alone or ref != frame.label(ref.table):
        return [Dimension(ref)]
    keys = [Dimension(ColumnRef(ref.table, name)) for name in table.primary_key]
    return [Dimension(ref), *keys]


def subject_column(frame: Frame, mention: Mention) -> ColumnRef:
    """Return the column that tells the ranked or grouped things apart."""
    if not own_value(frame, mention):
        frame.use(mention)
    categories = frame.with_role(mention, "dimension", "text", "key")
    if mention.tables and not (categories and not _whole_table(mention, categories)):
        table = min(mention.tables, key=frame.distance)
        return frame.label(table)
    return frame.nearest(categories, mention)


def _whole_table(mention: Mention, refs: tuple[ColumnRef, ...]) -> bool:
    """Whether a phrase names a table, and only by the way a column of another one."""
    return not any(ref.table in mention.tables for ref in refs)


def read_groups(frame: Frame) -> list[Dimension]:
    """Read "by X and Y", "per month", "monthly"; their mentions are used."""
    found: list[Dimension] = []
    for first, last, _ in frame.spots(BY):
        if first in frame.spent or _passive(frame, first, last):
            continue
        members = _members(frame, last)
        if members:
            frame.spend(first, last)
        found += members
    for first, last, grain in frame.spots(GRAINS):
        alone = frame.words[first] in ALWAYS_GRAIN or frame.words[first:last] == ["over", "time"]
        asked = frame.word(first - 1) in {"which", "what"} and last - first == 1
        if first not in frame.spent and (alone or asked):
            frame.spend(first, last)
            timed = any(dimension.grain is not None for dimension in found)
            if not timed or frame.words[first] not in _TRENDS:
                found.append(_time(Grain(grain)))
    return list(dict.fromkeys(found))


def _passive(frame: Frame, at: int, last: int) -> bool:
    """Tell "held by customers" from "by customer"."""
    before = frame.word(at - 1)
    if before in PARTICLES:
        before = frame.word(at - 2)  # "taken out by customers"
    participle = before.endswith("ed") and before not in _GROUPERS
    agent = frame.mention_at(last)
    if agent is not None and frame.booleans(agent) and not agent.tables:
        following = frame.linking.at.get(agent.last)
        if following is not None and following.tables:
            return frame.word(at) == "by"  # "handled by senior adjusters", "by electric bikes"
    acts = agent is not None and bool(agent.tables or agent.slot is not None)
    if agent is not None and agent.tables and _told_apart(frame, agent):
        return frame.word(at) == "by"  # "books by authors from Spain"
    period = frame.linking.at.get(at - 1)  # "opened in 2024 by customers"
    if period is not None and period.slot is not None:
        at_verb = [m for m in frame.mentions if m.last <= period.first and is_verb(m)]
        dated = isinstance(frame.slots[period.slot], PeriodValue)
        participle = participle or (dated and bool(at_verb) and period.first - at_verb[-1].last < 3)
    return acts and frame.word(at) == "by" and (participle or before in _PARTICIPLES)


def _told_apart(frame: Frame, agent: Mention) -> bool:
    """Whether something singles rows out: "by authors from Spain", "by customers in France"."""
    said = frame.word(agent.last)
    place = frame.linking.at.get(agent.last + 1)
    value = frame.slots[place.slot] if place is not None and place.slot is not None else None
    held = isinstance(value, TextValue) and any(r.table in agent.tables for r, _ in value.options)
    return said in _TOLD_APART or (said == "in" and held)


_TOLD_APART = frozenset(("from", "who", "whose", "older", "younger", "aged"))
_TRENDS = frozenset("trend trends evolution develop developed development over".split())
_GROUPERS = frozenset(("grouped", "sorted", "ordered", "ranked", "aggregated", "separated"))
_PARTICIPLES = frozenset(("held", "made", "paid", "sold", "seen", "taken", "done", "given", "run"))


def _members(frame: Frame, at: int) -> list[Dimension]:
    """Return the dimensions of a list "X, Y and Z" that starts at a token."""
    found: list[Dimension] = []
    while True:
        while frame.word(at) in {"the", "each", "every", "its", "their", "calendar", "of"}:
            at += 1
        grain = next((s for s in frame.spots(GRAINS) if s[0] == at), None)
        if grain is not None:
            frame.spend(grain[0], grain[1])
            found.append(_time(Grain(grain[2])))
            at = grain[1]
        else:
            mention = frame.mention_at(at)
            dimension = _dimension(frame, mention) if mention is not None else _kind(frame, at)
            if dimension is None:
                return found
            if mention is not None and dimension.grain is None:
                found += entity_dimensions(frame, dimension.column, mention)
            else:
                found.append(dimension)
            at = mention.last if mention is not None else at + 1
        if frame.word(at) not in {"and", ",", "&"}:
            return found
        at += 2 if frame.word(at + 1) in {"and", "by", "per"} else 1


def _kind(frame: Frame, at: int) -> Dimension | None:
    """Read "by type": the column of the base that is called so."""
    first = next((m.tables[0] for m in frame.mentions if m.tables), "")
    table = frame.model.table(frame.base or first)
    word = frame.word(at).rstrip("s")
    if table is None or word not in _KINDS:
        return None
    for column in table.columns:
        if column.role == "dimension" and column.name.rpartition("_")[2] in _KINDS[word]:
            frame.spend(at, at + 1)
            return Dimension(ColumnRef(table.name, column.name))
    return None


_KINDS = {
    "type": ("type", "kind", "category"),
    "kind": ("kind", "type", "category"),
    "category": ("category", "type", "kind", "class"),
    "class": ("class", "category"),
}


def _dimension(frame: Frame, mention: Mention) -> Dimension | None:
    if frame.is_used(mention):
        return None
    categories = frame.with_role(mention, "dimension", "text", "key")
    times = frame.with_role(mention, "time")
    if mention.tables or categories:
        return Dimension(subject_column(frame, mention))
    if times:
        frame.use(mention)
        ref = frame.nearest(times, mention)
        return Dimension(ref, Grain.DAY if frame.column(ref).type in TEMPORAL else None)
    whole = tuple(
        ref
        for ref in frame.measures(mention)
        if frame.column(ref).type == "integer" and frame.distance(ref.table) < MANY_SIDE
    )
    if whole:
        frame.use(mention)
        return Dimension(frame.nearest(whole, mention))
    return None


def _time(grain: Grain) -> Dimension:
    """Return a date at a grain; which date is decided when the base is known."""
    return Dimension(UNDECIDED_DATE, grain)


UNDECIDED_DATE = ColumnRef("", "")
"""Stands for the date of the base until that is known."""
