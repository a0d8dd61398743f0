"""The search for inputs: new branches first, then what tells wrong versions from the right one.

An archive with a favourite per uncovered branch (as in many-objective search, Panichella et al.,
2018), varied with steps that constants of the code and of comparisons at run time suggest.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from types import ModuleType

from .calling import action, with_argument
from .checkpoints import CHECKPOINTS, Key
from .codes import exchanged
from .inputs import Source, simplest
from .kinds import INT, STR, Kind
from .probes import PROBE, Goal, Probe
from .recipes import Recipe, constant
from .running import Act, Runner, Seen
from .target import Case, Parameter, Target

_CALLS: tuple[tuple[Kind, ...], ...] = (
    (INT,),
    (STR,),
    (("list", INT),),
    (INT, INT),
    (),
    (("list", STR),),
    (("dict", STR, INT),),
    (("callable", 1),),
    (("callable", 0),),
)
_MISUSE = {"TypeError", "AttributeError", "NameError", "UnboundLocalError", "AssertionError"}
_DEEPEST, _TWICE = 2, 0.6  # functions that functions return are called so far, and so often twice
_ALIKE = 80  # cases with one outcome and one way through are looked at so often
_LONGEST = 300  # characters of an expected value: longer ones show a branch, or nothing
_RETURNS: Goal = (0, True)
"""Beside the branches: that a call of it returns, and that it says yes and no."""
_SAYS: dict[str, Goal] = {"True": (-1, True), "False": (-1, False)}
_RIGHT, _PROBED = -1, -2
"""Beside the wrong versions, which have numbers: the function as it is, and that with probes."""
_LEAST = 40  # cases that are tried in any case: some show an outcome that no branch needs
_CONSTANTS = 24  # as many of the code's are tried one by one
_WALL = 4  # how much longer than the processor's the time on the wall may be
_PATIENCE = 600  # inputs without anything new, once every branch is covered


@dataclass(slots=True)
class Found:
    """A case that was kept: its outcome, the branches it takes, the mutants it notices."""

    case: Case
    seen: Seen
    hit: frozenset[Goal]
    new: frozenset[Goal] = frozenset()
    kills: dict[int, str] = field(default_factory=dict)
    """Mutants that it notices, and what must be asserted for it beside the outcome."""
    more: set[str] = field(default_factory=set)
    """What is asserted beside the outcome."""

    def size(self) -> int:
        """Return how much there is to read: inputs, and a little of what is expected."""
        return self.case.size() + len(self.seen.value) // 4


@dataclass(slots=True)
class Result:
    """What a search ended with."""

    found: list[Found]
    covered: frozenset[Goal]
    killed: set[int]
    tried: int
    refused: Counter[str]


class Search:
    """Looks for cases of one target until the time is up or nothing is left to find."""

    def __init__(
        self,
        module: ModuleType,
        target: Target,
        runner: Runner,
        source: Source,
        makers: dict[str, list[tuple[str, list[Parameter]]]],
    ) -> None:
        self._module, self._target, self._runner, self._source = module, target, runner, source
        self._methods = makers
        self._probe = Probe()
        setattr(module, PROBE, self._probe)
        target.function.__globals__[PROBE] = self._probe
        self._choose: random.Random = source.choose
        self._constants = [one for kept in source.pool.values() for one in kept][:_CONSTANTS]
        self.kept: list[Found] = []
        self.covered: set[Goal] = set()
        self.alive = set(range(len(target.wrong)))
        self.refused: Counter[str] = Counter()
        self._best: dict[Goal, tuple[float, Case]] = {}
        self._edges: dict[int, tuple[float, Case]] = {}
        self._outcomes: Counter[object] = Counter()
        self._since = 0
        self._tried = 0

    def run(self, seconds: float) -> Result:
        """Search, then choose the fewest and smallest cases that do the same.

        Seconds are the processor's, so that a busy machine finds as much as a quiet one.
        """
        start = CHECKPOINTS.spent()
        end, latest = start + seconds * 0.8, time.monotonic() + seconds * _WALL
        for case in self._cases():
            if CHECKPOINTS.spent() > end or time.monotonic() > latest or self._is_done():
                break
            CHECKPOINTS.pass_by()
            self._try(case)
        chosen = self._fewest(self.kept, start + seconds * 0.9)
        small = list(chosen)
        for one in chosen:
            others = set[object]().union(*(_worth(x) for x in small if x is not one))
            needed = _worth(one) - others
            made = [self._smaller(one, needed, start + seconds)] if needed else []
            for twin in [x for x in small if made and x is not one and x.case == made[0].case]:
                twin.kills |= made.pop().kills
            small[small.index(one) : small.index(one) + 1] = made
        _assert_more(small)
        killed = set[int]().union(*(one.kills for one in small))
        covered = frozenset[Goal]().union(*(one.hit for one in small)) & self._target.goals
        return Result(small, covered, killed, self._tried, self.refused)

    def know(self, covered: set[Goal], killed: set[int]) -> None:
        """Leave to existing tests what they reach already."""
        self.covered |= covered
        self.alive -= killed

    def _is_done(self) -> bool:
        all_covered = self._target.goals <= self.covered
        if all_covered and not self.alive:
            return self._tried > _LEAST
        return self._since > _PATIENCE * (1 if all_covered else 6)

    def _cases(self) -> Iterator[Case]:
        yield from self._target.examples
        for number in range(8):
            yield self._fresh(number)
        yield from self._boundaries()
        while True:
            roll = self._choose.random()
            favourites = [one for goal, (_, one) in self._best.items() if goal not in self.covered]
            favourites += [one for distance, one in self._edges.values() if distance > 0]
            if favourites and roll < 0.5:
                yield self._vary(self._choose.choice(favourites))
            elif self.kept and roll < 0.75:
                yield self._vary(self._choose.choice(self.kept).case)
            else:
                yield self._fresh(None)

    def _boundaries(self) -> Iterator[Case]:
        """Yield each constant of the code, and its neighbours, for each argument of its type."""
        base = [self._fresh(number) for number in range(3)]
        for value in self._constants:
            near = [value, value - 1, value + 1] if type(value) is int else [value]
            for case in base:
                for index, (_, recipe) in enumerate(case.arguments):
                    if type(recipe.value) is type(value) and recipe.kind == "literal":
                        for one in near:
                            yield with_argument(case, index, constant(one))

    def _fresh(self, number: int | None) -> Case:
        arguments: list[tuple[str, Recipe]] = []
        named = False
        for one in self._target.parameters:
            if one.optional and (number == 0 or self._choose.random() < 0.5):
                named = True
                continue
            count = self._choose.choice((1, 1, 2, 3)) if one.many else 1
            for _ in range(count):
                kind = self._kind(one, number)
                label = f"={one.name}" if (named and not one.many) or one.keyword else one.name
                if not (one.many and named):
                    arguments.append((label, self._source.draw(kind)))
        return Case(self._receiver(), self._history(), tuple(arguments))

    def _kind(self, parameter: Parameter, number: int | None) -> Kind:
        options = simplest(parameter.kinds)
        return (
            options[number % len(options)] if number is not None else self._choose.choice(options)
        )

    def _receiver(self) -> Recipe | None:
        if self._target.call not in {"method", "property"}:
            return None
        made = self._source.makers.get(self._target.path[-2], ())
        return self._choose.choice(made) if made else Recipe("call", self._target.path[-2])

    def _history(self) -> tuple[tuple[str, tuple[Recipe, ...]], ...]:
        if self._target.call not in {"method", "property"} or self._choose.random() < 0.4:
            return ()
        methods = self._methods.get(self._target.path[-2], [])
        steps: list[tuple[str, tuple[Recipe, ...]]] = []
        for _ in range(self._choose.choice((1, 1, 2, 3)) if methods else 0):
            name, parameters = self._choose.choice(methods)
            needed = [one for one in parameters if not one.optional]
            steps.append((name, tuple(self._source.draw(self._kind(one, None)) for one in needed)))
        return tuple(steps)

    def _vary(self, case: Case) -> Case:
        for _ in range(self._choose.choice((1, 1, 2, 3))):
            roll = self._choose.random()
            if case.receiver is not None and roll < 0.3:
                case = Case(
                    self._receiver(), self._history() if roll < 0.2 else case.before, case.arguments
                )
            elif roll > 0.9 or not case.arguments:
                fresh = self._fresh(None)
                case = replace(case, arguments=fresh.arguments)
            else:
                index = self._choose.randrange(len(case.arguments))
                label, recipe = case.arguments[index]
                made = self._source.vary(recipe)
                if roll > 0.85:  # where two things are equal, comparisons show
                    made = self._choose.choice([case.receiver or recipe, *_values(case)])
                if made is recipe or self._choose.random() < 0.15:
                    made = self._redraw(label) or recipe
                case = with_argument(case, index, made)
        return case

    def _redraw(self, label: str) -> Recipe | None:
        for one in self._target.parameters:
            if one.name == label.lstrip("="):
                return self._source.draw(self._kind(one, None))
        return None

    def _try(self, case: Case) -> None:
        self._tried += 1
        self._since += 1
        seen, hit = self._probed(case)
        for value in self._probe.seen:
            self._source.learn(value)
        for goal, distance in self._probe.near.items():
            if distance < self._best.get(goal, (float("inf"),))[0]:
                self._best[goal] = (distance, case)
        if seen.how == "opaque" and seen.value == "callable":
            if len(case.then) < _DEEPEST and case.again is None:
                self._follow(case)
            return
        if not self._is_fit(seen):
            return
        self._note_edges(case)
        hit |= _shown(seen)
        new = hit - self.covered
        signature = (seen.key(), hit)
        self._outcomes[signature] += 1
        if not new and self._outcomes[signature] > _ALIKE:
            return
        if self._plain(case).key() != seen.key():
            self.refused["its outcome changes from call to call"] += 1
            return
        short = len(seen.value) <= _LONGEST
        kills = self._kills(case, seen, self.alive) if new or short else {}
        if new or kills:
            self._since = 0
            self.covered |= new
            self.alive -= kills.keys()
            self.kept.append(Found(case, seen, hit, frozenset(new), kills))

    def _note_edges(self, case: Case) -> None:
        """Remember who comes nearest to two equal sides of a comparison: there its bound shows."""
        for number, distance in self._probe.edge.items():
            if distance < self._edges.get(number, (float("inf"),))[0]:
                self._edges[number] = (distance, case)

    def _follow(self, case: Case) -> None:
        """Call the function that a call returned, in a few ways; one of them twice."""
        for kinds in self._choose.sample(_CALLS, 4):
            then = tuple(self._source.draw(kind) for kind in kinds)
            called = replace(case, then=(*case.then, then))
            self._try(called)
            if self._choose.random() < _TWICE:
                other = tuple(self._source.draw(kind) for kind in kinds)
                self._try(replace(called, again=self._choose.choice((then, other))))

    def _is_fit(self, seen: Seen) -> bool:
        """Whether an outcome belongs into a test: used as it is meant to be, safely, in time."""
        if seen.touched:
            self.refused[seen.touched] += 1
        elif seen.how == "late":
            self.refused["it does not end in time"] += 1
        elif seen.how == "unmade":
            self.refused["no fitting object or arguments could be made"] += 1
        elif seen.how == "opaque":
            self.refused["its result cannot be written down"] += 1
        elif not (seen.how == "raises" and seen.value in _MISUSE and not seen.explicit):
            return True
        else:
            self.refused["no fitting input was found"] += 1
        return False

    def _probed(self, case: Case) -> tuple[Seen, frozenset[Goal]]:
        self._probe.reset()
        with exchanged(self._target.function, self._target.probed):
            seen = self._runner.run(self._action(case, self._probe.reset), _key(case, _PROBED))
        return seen, frozenset(self._probe.hit & self._target.goals)

    def _plain(self, case: Case, version: int = _RIGHT) -> Seen:
        return self._runner.run(self._action(case, lambda: None), _key(case, version))

    def _action(self, case: Case, begin: Callable[[], None]) -> Act:
        return action(self._module, self._target, case, self._runner.renderer, begin)

    def _kills(self, case: Case, seen: Seen, numbers: set[int]) -> dict[int, str]:
        """Return which mutants behave differently on a case; one that does not end is different.

        With each goes what a test must look at for it, beside the outcome.
        """
        killed: dict[int, str] = {}
        patience, self._runner.seconds = self._runner.seconds, 0.1
        try:
            for number in sorted(numbers):
                if CHECKPOINTS.is_risky(_key(case, number)):
                    continue
                with exchanged(self._target.function, self._target.wrong[number][1]):
                    more = seen.differs(self._plain(case, number))
                    if more is not None:
                        killed[number] = more
        finally:
            self._runner.seconds = patience
        return killed

    def _fewest(self, kept: list[Found], end: float) -> list[Found]:
        """Return a small set that covers and kills as much (greedy set cover)."""
        everything = set[int]().union(*(one.kills for one in kept))
        for one in kept:
            if CHECKPOINTS.spent() < end:
                CHECKPOINTS.pass_by()
                one.kills |= self._kills(one.case, one.seen, everything - one.kills.keys())
        chosen: list[Found] = []
        left: set[object] = everything | set[object]().union(*(one.new for one in kept))
        while left:
            best = max(kept, key=lambda one: (len(left & _worth(one)), -one.size()))
            gain = left & _worth(best)
            if not gain:
                break
            chosen.append(best)
            left -= gain
        return chosen

    def _smaller(self, one: Found, needed: set[object], end: float) -> Found:
        """Return a simpler case that does what only this one does (`needed`)."""
        best, found = one, True
        while found:
            found = False
            for case in _simpler(best.case):
                if CHECKPOINTS.spent() > end:
                    break
                CHECKPOINTS.pass_by()
                made = self._as_good(case, one, needed) if case.size() < best.case.size() else None
                if made is not None and made.size() < best.size():
                    best, found = made, True
                    break
        if best is not one:
            left = one.kills.keys() - best.kills.keys()
            best.kills |= self._kills(best.case, best.seen, left)
        return best

    def _as_good(self, case: Case, one: Found, needed: set[object]) -> Found | None:
        """Return a case as found where it does what is needed."""
        seen, hit = self._probed(case)
        hit |= _shown(seen)
        if not self._is_fit(seen) or not {n for n in needed if not isinstance(n, int)} <= hit:
            return None
        wanted = {n for n in needed if isinstance(n, int)}
        kills = self._kills(case, seen, wanted)
        if wanted <= kills.keys() and self._plain(case).key() == seen.key():
            return Found(case, seen, hit, one.new, kills)
        return None


def _assert_more(chosen: list[Found]) -> None:
    """Let cases assert what alone tells some mutant from the right version."""
    plain = {number for one in chosen for number, more in one.kills.items() if not more}
    for one in chosen:
        for number, more in one.kills.items():
            if number not in plain:
                plain.add(number)
                one.more.add(more)


def _shown(seen: Seen) -> frozenset[Goal]:
    """Return what an outcome shows of how it goes well."""
    if seen.how == "raises":
        return frozenset()
    return frozenset({_RETURNS, *([_SAYS[seen.value]] if seen.value in _SAYS else [])})


def _key(case: Case, version: int) -> Key:
    """Return what names a call of a version: its inputs, as they are written."""
    return version, hash(
        (
            case.receiver and case.receiver.source(),
            tuple((name, *(one.source() for one in several)) for name, several in case.before),
            tuple((label, one.source()) for label, one in case.arguments),
            tuple(tuple(one.source() for one in several) for several in case.then),
            case.again and tuple(one.source() for one in case.again),
            case.again is None,
        )
    )


def _values(case: Case) -> list[Recipe]:
    return [one for _, one in case.arguments]


def _worth(one: Found) -> set[object]:
    return {*one.hit, *one.kills}


def _simpler(case: Case) -> Iterator[Case]:
    """Yield cases with something left out or made plainer."""
    for index in range(len(case.before)):
        before = (*case.before[:index], *case.before[index + 1 :])
        yield replace(case, before=before)
    for index in range(len(case.arguments)):
        if case.arguments[index][0].startswith("="):
            rest = (*case.arguments[:index], *case.arguments[index + 1 :])
            yield replace(case, arguments=rest)
    for plainer in () if case.receiver is None else _plainer(case.receiver):
        yield replace(case, receiver=plainer)
    for index, (_, recipe) in enumerate(case.arguments):
        for plainer in _plainer(recipe):
            yield with_argument(case, index, plainer)


def _plainer(recipe: Recipe) -> Iterator[Recipe]:
    value = recipe.value
    if recipe.kind == "literal" and isinstance(value, str) and len(value) > 1:
        yield from (
            constant(one) for one in ("ab", value[: len(value) // 2], value[1:], value[:-1])
        )
    elif recipe.kind == "literal" and isinstance(value, int) and not isinstance(value, bool):
        yield from (constant(one) for one in (2, 3, 1, 0, value // 2) if abs(one) < abs(value))
    elif recipe.kind == "literal" and isinstance(value, float):
        yield from (constant(one) for one in (2.5, 0.5, *(round(value, n) for n in range(4))))
    elif recipe.kind in {"list", "tuple", "set"}:
        for index in range(len(recipe.parts)):
            yield Recipe(recipe.kind, None, recipe.parts[:index] + recipe.parts[index + 1 :])
        yield Recipe(recipe.kind, None, recipe.parts[: len(recipe.parts) // 2])
        yield from _parts_plainer(recipe)
    elif recipe.kind == "dict":
        for index in range(0, len(recipe.parts), 2):
            yield Recipe("dict", None, recipe.parts[:index] + recipe.parts[index + 2 :])
        for made in _parts_plainer(recipe):
            if len({one.source() for one in made.parts[::2]}) == len(made.parts) // 2:
                yield made
    elif recipe.kind == "call" and recipe.value != "written":  # files stay as a person writes them
        first = len(recipe.parts) - len(recipe.keywords)
        for index in range(len(recipe.keywords)):
            at = first + index
            parts = (*recipe.parts[:at], *recipe.parts[at + 1 :])
            words = (*recipe.keywords[:index], *recipe.keywords[index + 1 :])
            yield replace(recipe, parts=parts, keywords=words)
        yield from _parts_plainer(recipe)


def _parts_plainer(recipe: Recipe) -> Iterator[Recipe]:
    for index, part in enumerate(recipe.parts):
        for plainer in _plainer(part):
            yield recipe.with_part(index, plainer)
