"""How tables are joined: paths through the join graph, chosen the same way every time.

From a base table, a path along which every row meets at most one row (`to_one`) may be joined
without changing any sum; another path multiplies rows (fan-out). The shortest path is taken, one
without fan-out first. Of several shortest ones, a written semantic model decides by the order of
its joins, and the choice is reported as an assumption; in a drafted model they need clarification.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from assistants.errors import InputError

from .clarify import chosen
from .semantic_model import ColumnRef, Join, SemanticModel

MAX_LENGTH = 6


class CannotRender(InputError):
    """The query tree asks for what cannot be computed without guessing; the message says why."""


class AmbiguousPath(CannotRender):
    """Two tables (the message) meet in several equally good ways; `choices` describes them."""

    def __init__(self, message: str, choices: tuple[str, ...]) -> None:
        super().__init__(message, hint="say through what they meet")
        self.choices = choices


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A join taken in one direction; `to_one` where a row of `source` meets at most one row."""

    source: str
    target: str
    on: tuple[tuple[ColumnRef, ColumnRef], ...]
    to_one: bool
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """Joins that lead from one table to another; `chosen` where others are as short."""

    edges: tuple[Edge, ...] = ()
    chosen: bool = False

    @property
    def to_one(self) -> bool:
        """Whether no step multiplies rows."""
        return all(edge.to_one for edge in self.edges)

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables after the first, in order."""
        return tuple(edge.target for edge in self.edges)

    def through(self) -> str:
        """Return the path in words."""
        columns = [str(edge.on[0][0]) for edge in self.edges]
        return " → ".join(self.tables) + f" (by {', '.join(columns)})"


class JoinGraph:
    """The joins of a semantic model."""

    def __init__(self, model: SemanticModel) -> None:
        self._model = model
        self._edges: dict[str, list[Edge]] = {table.name: [] for table in model.tables}
        for rank, join in enumerate(model.joins):
            for edge in _edges(join, rank):
                self._edges[edge.source].append(edge)

    def path(
        self,
        base: str,
        target: str,
        through: frozenset[str] = frozenset(),
        *,
        choices: frozenset[str] = frozenset(),
    ) -> Path | None:
        """Return the path between two tables, or None where there is none.

        Of paths of the same length one through a table in `through` is taken: those that the
        question names. `choices` are what the user chose, in the words of `Path.through`.

        Raises:
            AmbiguousPath: several are equally good and the model was not written by a person.
        """
        if base == target:
            return Path()
        found = self._shortest(base, target, to_one=True) or self._shortest(
            base, target, to_one=False
        )
        if not found:
            return None

        def remoteness(edges: tuple[Edge, ...]) -> tuple[bool, list[int]]:
            named = any(edge.target in through for edge in edges[:-1])
            return not named, [edge.rank for edge in edges]

        found.sort(key=remoteness)
        decided = remoteness(found[0])[0] != remoteness(found[-1])[0]
        if len(found) > 1 and self._model.drafted and not decided:
            ways = tuple(Path(edges=edges).through() for edges in found)
            index = chosen(ways, choices)
            if index is None:
                raise AmbiguousPath(f"{base} and {target}", ways)
            return Path(edges=found[index], chosen=True)
        return Path(edges=found[0], chosen=len(found) > 1)

    def ways(self, base: str, target: str) -> tuple[Path, ...]:
        """Return all paths between two tables that are equally good, as the model alone tells."""
        found = self._shortest(base, target, to_one=True) or self._shortest(
            base, target, to_one=False
        )
        return tuple(Path(edges=edges) for edges in found)

    def reaches(self, base: str, targets: Iterable[str]) -> bool:
        """Return whether all tables are met without fan-out."""
        return all(
            base == target or bool(self._shortest(base, target, to_one=True)) for target in targets
        )

    def _shortest(self, base: str, target: str, *, to_one: bool) -> list[tuple[Edge, ...]]:
        """Return all shortest simple paths."""
        front: list[tuple[Edge, ...]] = [()]
        seen = {base}
        for _ in range(MAX_LENGTH):
            grown: list[tuple[Edge, ...]] = []
            for edges in front:
                last = edges[-1].target if edges else base
                grown += [
                    (*edges, edge)
                    for edge in self._edges.get(last, [])
                    if edge.target not in seen and (edge.to_one or not to_one)
                ]
            arrived = [edges for edges in grown if edges[-1].target == target]
            if arrived:
                return arrived
            seen |= {edges[-1].target for edges in grown}
            front = grown
        return []


def _edges(join: Join, rank: int) -> tuple[Edge, Edge]:
    left_one = join.cardinality in {"many_to_one", "one_to_one"}
    right_one = join.cardinality in {"one_to_many", "one_to_one"}
    back = tuple((right, left) for left, right in join.on)
    return (
        Edge(source=join.left, target=join.right, on=join.on, to_one=left_one, rank=rank),
        Edge(source=join.right, target=join.left, on=back, to_one=right_one, rank=rank),
    )
