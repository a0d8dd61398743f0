"""Problems of geometry in sentences, read strictly: every clause counts, or nothing is read.

A clause is one of the wordings of `phrases` whole, or two of them joined by `and`, `with`, `such
that`, a comma. What the words leave open (which way an angle turns) a figure decides later.
"""

import re
from dataclasses import dataclass, field

from assistants.errors import InputError

from .constructions import MAX_LENGTH, Problem
from .draft import POINT, Draft, points_in
from .facts import Fact
from .phrases import phrases

_ASKS = re.compile(
    r"(?:^|[.,;] *)(?:then )?(?:please )?(?:prove|show|demonstrate|verify)(?: that)? (.*)$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.;])\s+")
_JOINTS = re.compile(
    r",? (?:and|with|such that|so that|where|if|given that) | whose |, (?:and |with |so |let )?|"
    r" (?=the )| (?P<later>of|in) (?=the |triangle |a )",
    re.IGNORECASE,
)
"""Where a clause may be cut; what stands behind `of` and `in` is read first."""
_OPENINGS = re.compile(
    r"^(?:let|suppose(?: that)?|assume(?: that)?|given(?: that)?|consider|if|then|and|now|also|"
    r"there is|we have|draw|construct|take|further|moreover|in addition)[, ]+",
    re.IGNORECASE,
)
_SIGNS: tuple[tuple[str, str], ...] = (
    (r"\$|\\left|\\right|\\,|\\!|\\ ", " "),
    (r"\\(?:triangle|bigtriangleup)|△|Δ(?=[A-Z ])", " triangle "),
    (r"\\(?:measured)?angle|∠|\bm\s?∠|\bm\s?angle\b|<(?=[A-Z]{3}\b)", " angle "),
    (r"\\perp|⊥|⟂", " is perpendicular to "),
    (r"\\parallel|∥|\|\||//", " is parallel to "),
    (r"\^\s?\{?\\circ\}?|º|°", " degrees"),
    (r"\\cdot|\\times|[·×⋅∙]", " * "),
    (r"²", "^2"),
    (r"\\overline\{([^}]*)\}|\\overleftrightarrow\{([^}]*)\}", r"\1"),
    (r"centre", "center"),
    (r"\btrapezoid", "trapezium"),
    (r"[’′]", "'"),
    (r"\b(orthocenter|circumcenter|incenter)s?\b", r"\1"),
    (r"\s*([=*/:])\s*", r" \1 "),
    (r"\s+", " "),
)
_MARKS = re.compile(
    rf"\b(?:triangle|quadrilateral|parallelogram|rectangle|rhombus|square|circle|angle|collinear|"
    rf"midpoint|perpendicular|parallel|bisect|cyclic|chord|tangent|trapezi|median|altitude)|"
    rf"{POINT}{POINT} ?(?:=|⊥|∥)"
)


def is_proof(text: str) -> bool:
    """Whether a text asks for a proof about points and lines."""
    plain = _plain(text)
    return (
        bool(re.search(r"\b(?:prove|show|demonstrate)\b", plain, re.IGNORECASE))
        and bool(_MARKS.search(plain))
        and len(set(re.findall(rf"(?<![A-Za-z])(?:{POINT})+(?![a-z])", plain))) >= 2
    )


def _plain(text: str) -> str:
    for pattern, sign in _SIGNS:
        text = re.sub(pattern, sign, text)
    return text.strip()


@dataclass(slots=True)
class _Reading:
    draft: Draft = field(default_factory=Draft)

    def take(self, clause: str) -> None:
        """Take a clause that is given. Raises `InputError`."""
        facts = self.facts(_opened(clause))
        if facts is None:
            raise InputError(
                f"“{clause.strip(' .,')}” was not understood",
                hint="say it in shorter sentences, such as: M is the midpoint of BC",
            )
        self.draft.add(facts)

    def facts(self, clause: str) -> list[Fact] | None:
        """Return what a clause says: as a whole, or by its parts; None where a word is left."""
        clause = clause.strip(" .,;")
        small = clause[:1].lower() + clause[1:]
        for text in (clause, small) if re.match(r"[A-Z](?:[a-z]| [a-z])", clause) else (clause,):
            found = self.whole(text)
            if found is None:
                found = self.parts(text)
            if found is not None:
                return found
        return None

    def whole(self, clause: str) -> list[Fact] | None:
        """Read a clause by one wording."""
        saved = self.draft.copied()
        for pattern, build in phrases():
            found = pattern.fullmatch(clause)
            if found is not None:
                facts = build(self.draft, *found.groups())
                if facts is not None:
                    return facts
                self.draft.restore(saved)
        return None

    def parts(self, clause: str) -> list[Fact] | None:
        """Read a clause by two parts of it, each of which may fall apart again."""
        saved = self.draft.copied()
        for joint in _JOINTS.finditer(clause):
            halves = [clause[: joint.start()], clause[joint.end() :]]
            if not all(half.strip() for half in halves):
                continue
            if joint.group("later"):
                halves.reverse()
            read: list[Fact] = []
            for half in halves:
                facts = self.facts(_opened(half))
                if facts is None:
                    break
                self.draft.add(facts)
                read += facts
            else:
                return read
            self.draft.restore(saved)
        return None


def _opened(clause: str) -> str:
    """Drop words such as `let` and `suppose that` from the front."""
    clause = clause.strip(" .,;")
    while (shorter := _OPENINGS.sub("", clause)) != clause:
        clause = shorter
    return clause


def read_words(text: str) -> Problem:
    """Read a problem in sentences.

    Raises:
        InputError: A clause is not understood, or nothing is to be proved.
    """
    if len(text) > MAX_LENGTH:
        raise InputError(f"a problem of geometry has at most {MAX_LENGTH} characters")
    plain = _plain(text)
    reading = _Reading(Draft(named=frozenset(points_in(plain))))
    goals: list[Fact] = []
    for sentence in _SENTENCE.split(plain):
        if not sentence.strip(" ."):
            continue
        asked = _ASKS.search(sentence)
        given = sentence[: asked.start()] if asked else sentence
        if given.strip(" .,"):
            reading.take(given)
        if asked:
            goals += _asked(reading, asked.group(1))
    if not goals:
        raise InputError("nothing is to be proved", hint="end with: Prove that …")
    return reading.draft.problem(goals)


def _asked(reading: _Reading, text: str) -> list[Fact]:
    """Read what is to be proved, in which no new point may stand but such as it defines."""
    text, _, where = text.strip(" .").partition(" where ")
    if where:
        reading.take(where)
    known = set(reading.draft.points)
    if missing := [point for point in points_in(text) if point not in known]:
        raise InputError(f"the point {missing[0]} is not explained before it is asked about")
    reading.draft.goal = True
    facts = reading.facts(text.rstrip(","))
    if not facts:
        raise InputError(
            f"“{text}” was not understood",
            hint="such as: Prove that AM is perpendicular to BC",
        )
    return [fact for fact in facts if not fact.condition]
