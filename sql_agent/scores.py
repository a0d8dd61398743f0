"""Questions about a score: what "the riskiest" are, how risky one row is, and why.

A semantic model may have a column that is a score (of risk) and, beside it, one that says in words
what raised each (`reasons` of `sql_agent.semantic_model`). Here such questions are brought into the
form that the readers know ("top 10 transfers by risk score"), what asks for reasons is taken out,
and the tree that was read gets the column of reasons: of each row shown, or of the row in which a
group's score is highest. One row by its number is read here entirely.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from .intent import beyond_data
from .linking import Linking, Mention
from .query_tree import (
    Aggregate,
    Compare,
    Dimension,
    Explained,
    NumberValue,
    Query,
    Slot,
    SlotValue,
    TextValue,
    query_columns,
)
from .rules import Proposal
from .semantic_model import ColumnRef
from .words import stems, tokens
from .workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreColumn:
    """The one score of a database, and the column that explains it, if there is one."""

    score: ColumnRef
    reasons: ColumnRef | None

    @property
    def words(self) -> str:
        """What the score is called."""
        return self.score.column.replace("_", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutScores:
    """A question as the readers know it; `why` where reasons are to be shown as well.

    `stop` says why there is no answer; `one` is a whole reading.
    """

    text: str
    why: ScoreColumn | None = None
    stop: str = ""
    one: tuple[Linking, Proposal] | None = None


_COUNT: Final = (
    r"\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|"
    r"thirty|fifty|hundred"
)
_NOUN: Final = r"([a-z]+(?: [a-z]+)?)"
_MOST: Final = r"(?:riskiest|most risky|most suspicious)"
_RANKED: Final = re.compile(
    rf"\b(?:the )?(?:(?:top )?({_COUNT}) )?{_MOST} (?:({_COUNT}) )?{_NOUN}\b", re.IGNORECASE
)
_WHICH: Final = re.compile(
    rf"^(?:which|what)(?: ({_COUNT}))? {_NOUN} (?:is|are|was|were) (?:the )?{_MOST}\b",
    re.IGNORECASE,
)
_HAVING: Final = re.compile(
    rf"\b(?:the )?(?:({_COUNT}) )?{_NOUN} with the highest (?:fraud )?risk(?: scores?)?\b",
    re.IGNORECASE,
)
_PERCENT: Final = re.compile(
    r"(\brisk(?: scores?)?(?: (?:is|was|of|were))? "
    r"(?:above|over|below|under|more than|less than|at least|at most|exceeding|higher than|"
    r"lower than|greater than) )(\d+(?:\.\d+)?) ?(?:%|percent\b)",
    re.IGNORECASE,
)
_SIZE: Final = r"((?:above|over|below|under|more than|less than|at least|at most) [$€]?\d)"
_VAGUE: Final = re.compile(r"\b(?:high|higher|low|lower|medium)[- ]risk\b|\brisky\b", re.IGNORECASE)
_AND_WHY: Final = re.compile(
    r"[\s,;:-]*(?:\band )?(?:(?:tell me|say|explain|show me|show) )?\bwhy"
    r"(?: (?:is|are|was|were|that is|they are|it is|each is|they were)[a-z ]{0,24})?[?.!\s]*$",
    re.IGNORECASE,
)
_REASONS: Final = re.compile(
    r"[\s,;:-]*\b(?:and|with|including|plus|along with|together with)(?: also)?"
    r"(?: (?:tell me|say|explain|show me|show|give))?(?: what (?:makes|made|raised) [a-z ]{0,24}|"
    r"(?: the| their| its| all the| all)?(?: risk)?(?: reasons?| explanations?)"
    r"(?: (?:for|why|behind)\b[a-z ]{0,24})?)[?.!\s]*$",
    re.IGNORECASE,
)
_EXPLAIN: Final = re.compile(
    r"^(?:please )?(?:explain|tell me why|why (?:are|is|were|was)|what makes)\s+"
    r"(?:the (?:risk )?scores? of )?(?:the )?"
    rf"(?=(?:(?:top )?(?:{_COUNT}) )?{_MOST}\b)",
    re.IGNORECASE,
)
_SO_RISKY: Final = re.compile(
    r"\s+(?:so |considered |rated )?(?:risky|suspicious)[?.!\s]*$", re.IGNORECASE
)
_ASKS_FOR_ONE: Final = frozenset("why explain risk risky score scores reason reasons".split())
_AROUND_ONE: Final = _ASKS_FOR_ONE | frozenset(
    """is was does did do has have the a its it so such high highly what of for and how tell me show
    give scored rated considered flagged suspicious makes made behind get got to as please with
    that""".split()
)
_NUMBERED: Final = frozenset(("number", "no", "nr", "id", "#", "."))
_REFUSED: Final = "data tell what was, no forecast, reason or advice"


def about_scores(question: str, workspace: Workspace) -> AboutScores:
    """Return a question with what it says about scores read."""
    known = score_column(workspace)
    if known is None:
        said = _AND_WHY.search(question)
        unread = said is not None and said.start() > 0 and not question[: said.start()].isspace()
        return AboutScores(text=question, stop=f"'why': {_REFUSED}" if unread else "")
    one = _one_row(question, workspace, known)
    if one is not None:
        return AboutScores(text=question, one=one)
    text, why = _without_why(question)
    text = _ranked(text, workspace, known)
    if known.reasons is None:
        unknown = f"nothing here says the reasons of the {known.words}"
        return AboutScores(text=text, stop=unknown if why else "")
    text = _PERCENT.sub(lambda match: f"{match[1]}{float(match[2]) / 100:g}", text)
    vague = _VAGUE.search(text)
    if vague is not None and beyond_data(text) is None:
        hint = f"say from what {known.words} on: 'with a {known.words} above 0.5'"
        return AboutScores(text=text, stop=f"'{vague[0]}' is no number; {hint}")
    return AboutScores(text=text, why=known if why else None)


def score_column(workspace: Workspace) -> ScoreColumn | None:
    """Return the score of a database: the one column with reasons, or called a risk score."""
    every = [
        (ColumnRef(table.name, column.name), column.reasons)
        for table in workspace.model.tables
        for column in table.columns
    ]
    explained = [(ref, ColumnRef(ref.table, why)) for ref, why in every if why]
    if explained:
        score, reasons = explained[0]
        return ScoreColumn(score=score, reasons=reasons) if len(explained) == 1 else None
    entries = workspace.lexicon.phrases.get(("risk", "score"), ())
    columns = {entry.column for entry in entries if entry.kind == "column" and entry.column}
    if len(columns) != 1:
        return None
    return ScoreColumn(score=columns.pop(), reasons=None)


def with_reasons(proposal: Proposal, known: ScoreColumn) -> Proposal:
    """Return a reading whose result says why; one of which no reason is known leaves `why` over."""
    query, reasons = proposal.query, known.reasons
    highest = Aggregate("max", known.score)
    if reasons is None or known.score not in query_columns(query):
        return replace(proposal, leftover=(*proposal.leftover, "why"))
    if query.shown and known.score.table in {ref.table for ref in query.shown}:
        shown = dict.fromkeys((*query.shown, known.score, reasons))
        return replace(proposal, query=replace(query, shown=tuple(shown)))
    if query.measures == (highest,) and query.each is None:
        measures = (highest, Explained(reasons, known.score))
        return replace(proposal, query=replace(query, measures=measures))
    return replace(proposal, leftover=(*proposal.leftover, "why"))


def _without_why(question: str) -> tuple[str, bool]:
    """Return a question without what asks for reasons, and whether anything did."""
    text = _REASONS.sub("", question)
    text = _AND_WHY.sub("", text)
    opened = _EXPLAIN.match(text)
    if opened is not None:
        text = _SO_RISKY.sub("", f"the {text[opened.end() :]}")
    return text, text != question


def _ranked(text: str, workspace: Workspace, known: ScoreColumn) -> str:
    def put(count: str | None, said: str) -> str:
        whole = stems(said) in workspace.lexicon.phrases
        noun, _, rest = (said, "", "") if whole else said.partition(" ")
        first = count or ("1" if stems(noun)[-1] == noun.lower().split()[-1] else "")
        meant = _meaning(noun, workspace, known)
        by = known.words if meant is not None else f"highest {known.words}"
        are = f"that are {noun}" if isinstance(meant, TextValue) else ""
        rows = known.score.table if are else noun
        return " ".join(f"top {first} {rows} by {by} {are} {rest}".split())

    text = _WHICH.sub(lambda match: put(match[1], match[2]), text)
    text = _RANKED.sub(lambda match: put(match[1] or match[2], match[3]), text)
    text = _HAVING.sub(lambda match: put(match[1], match[2]), text)
    amount = _amount(workspace, known)
    first = rf"( by {known.words}(?: that are {_NOUN}?)?) (?:of )?"
    return re.sub(first + _SIZE, rf"\1 with {amount} \3", text)


def _amount(workspace: Workspace, known: ScoreColumn) -> str:
    """Return what the rows that are scored are large or small in."""
    table = workspace.model.table(known.score.table)
    columns = table.columns if table is not None else ()
    return next((c.name.replace("_", " ") for c in columns if c.role == "measure" and c.unit), "")


def _meaning(noun: str, workspace: Workspace, known: ScoreColumn) -> TextValue | str | None:
    """Return the scored table that a noun names, or the values of it that the noun means."""
    entries = workspace.lexicon.phrases.get(stems(noun), ())
    if any(e.kind == "table" and e.name == known.score.table for e in entries):
        return known.score.table
    codes: dict[ColumnRef, tuple[str, ...]] = {}
    for entry in entries:
        column = entry.column
        if entry.kind == "value" and column is not None and column.table == known.score.table:
            codes[column] = (*codes.get(column, ()), entry.name)
    return TextValue(phrase=noun, options=tuple(codes.items())) if len(codes) == 1 else None


# --- one row by its number ----------------------------------------------------------------------


def _one_row(
    question: str, workspace: Workspace, known: ScoreColumn
) -> tuple[Linking, Proposal] | None:
    """Read "why is transfer 123 risky?": every word of it, or nothing."""
    words = tokens(question)
    at = next((i for i, word in enumerate(words) if word.text.isdecimal()), 0)
    before = at - 1
    while before > 0 and words[before].lower in _NUMBERED:
        before -= 1
    if at == 0 or before < 0:
        return None
    rest = {w.lower for i, w in enumerate(words) if not before <= i <= at and w.is_word}
    if not rest & _ASKS_FOR_ONE or not rest <= _AROUND_ONE:
        return None
    noun, number = words[before].text, words[at].text
    value = NumberValue(phrase=number, number=number)
    meant = _meaning(noun, workspace, known)
    if isinstance(meant, TextValue):
        made = _row(workspace, known, (value, meant))
    elif meant is not None:
        made = _row(workspace, known, (value,))
    else:
        made = _group(noun, workspace, known, value)
    if made is None:
        return None
    mentions = [Mention(first=at, last=at + 1, phrase=number, slot=0)]
    if isinstance(meant, TextValue):
        mentions.append(Mention(first=before, last=at, phrase=noun, slot=1))
    linking = Linking(question=question, words=words, mentions=tuple(mentions), slots=made.slots)
    return linking, made


def _row(workspace: Workspace, known: ScoreColumn, slots: tuple[SlotValue, ...]) -> Proposal | None:
    table = workspace.model.table(known.score.table)
    if table is None or len(table.primary_key) != 1:
        return None
    key = ColumnRef(table.name, table.primary_key[0])
    where = [Compare(column=key, operator="=", value=Slot(0))]
    where += [
        Compare(column=value.options[0][0], operator="=", value=Slot(at))
        for at, value in enumerate(slots)
        if isinstance(value, TextValue)
    ]
    shown = (key, known.score, *((known.reasons,) if known.reasons else ()))
    return Proposal(query=Query(shown=shown, where=tuple(where)), slots=slots, base=table.name)


def _group(
    noun: str, workspace: Workspace, known: ScoreColumn, value: NumberValue
) -> Proposal | None:
    """Read "why is account 7 risky?": the reasons of its riskiest row."""
    entries = workspace.lexicon.phrases.get(stems(noun), ())
    names = [entry.name for entry in entries if entry.kind == "table"]
    table = workspace.model.table(names[0]) if len(names) == 1 else None
    base = known.score.table
    if table is None or len(table.primary_key) != 1:
        return None
    if not workspace.graph.reaches(base, [table.name]):
        return None
    key = ColumnRef(table.name, table.primary_key[0])
    measures = [Aggregate("max", known.score)]
    explained = [Explained(known.reasons, known.score)] if known.reasons else []
    query = Query(
        measures=(*measures, *explained),
        by=(Dimension(key),),
        where=(Compare(column=key, operator="=", value=Slot(0)),),
    )
    return Proposal(query=query, slots=(value,), base=base)
