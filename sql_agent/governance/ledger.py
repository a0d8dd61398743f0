"""What one person was told so far, and what may be told next.

For each counted unit (patients, stays, …) the ledger keeps the sets of rows behind every total
that it released, and those that it withheld. A new answer comes as cells, each with the sets of
rows that its figures are totals of. Cells of few persons are withheld; the others are released
from the largest to the smallest, unless `linear.RowSpace` finds that together with everything
released before, by whatever question, a set of few persons could then be worked out
(complementary suppression). Both kinds look the same in an answer.

What this guarantees: no rational linear combination of all totals that one person was given is
the total over a set of 1 to `threshold` - 1 persons. What it does not: a withheld figure without
groups says that there is one row at least; people who pool their answers are only covered with
`ledger: everyone`; different counted units are audited each for itself; what a person knows from
elsewhere, a sum that one large member dominates, and changes of the data between two questions
are not.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistants.errors import OutputError, QueryRefused

from .linear import Bits, Numbers, RowSpace

MOST_SETS = 400
MOST_ATOMS = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Universe:
    """The rows that an answer is about: their keys, and the person of each (both numbers)."""

    keys: Numbers
    persons: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One row of an answer: the sets (unit, rows of its universe) that its figures are about.

    `checked` are sets whose totals are not told, and which still must not be of few persons.
    """

    sets: tuple[tuple[str, Bits], ...]
    checked: tuple[tuple[str, Bits], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is kept about one unit. Bits are sets by rows; `answer` numbers the withheld ones."""

    keys: Numbers
    persons: Numbers
    released: NDArray[np.bool_]
    withheld: NDArray[np.bool_]
    answer: Numbers

    @classmethod
    def empty(cls) -> "Record":
        """Return the record of a unit about which nothing was asked."""
        none = np.zeros((0, 0), np.bool_)
        numbers = np.zeros(0, np.int64)
        return cls(keys=numbers, persons=numbers, released=none, withheld=none, answer=numbers)

    def widened(self, universe: Universe) -> "Record":
        """Return the record over its own rows and those of another universe."""
        new = ~np.isin(universe.keys, self.keys)
        keys = np.concatenate([self.keys, universe.keys[new]])
        order = np.argsort(keys, kind="stable")
        persons = np.concatenate([self.persons, universe.persons[new]])
        pad = ((0, 0), (0, int(new.sum())))
        return Record(
            keys=keys[order],
            persons=persons[order],
            released=np.pad(self.released, pad)[:, order],
            withheld=np.pad(self.withheld, pad)[:, order],
            answer=self.answer,
        )

    def placed(self, universe: Universe, bits: Bits) -> Bits:
        """Return a set of another universe as a set of this record's rows."""
        found = np.zeros(len(self.keys), np.bool_)
        found[np.searchsorted(self.keys, universe.keys[bits])] = True
        return found


@dataclass(slots=True)
class _Unit:
    """One unit while an answer is decided: its sets as sets of atoms."""

    record: Record
    space: RowSpace
    atoms: Numbers
    released: list[Bits]
    hidden: list[list[Bits]]

    def over_atoms(self, bits: Bits) -> Bits:
        found = np.zeros(len(self.space.rows), np.bool_)
        found[self.atoms[bits]] = True
        return found


class Ledger:
    """The record of one person's answers about one database, kept in a folder."""

    def __init__(self, folder: Path, threshold: int) -> None:
        self.folder = folder
        self.threshold = threshold

    def decide(self, universes: Mapping[str, Universe], cells: Sequence[Cell]) -> tuple[bool, ...]:
        """Return which cells may be shown, and keep what was decided.

        Raises:
            QueryRefused: there is more than can be audited, or nothing of the answer is safe.
            OutputError: the ledger cannot be written; nothing is released then.
        """
        with self._locked():
            units = {
                name: self._opened(name, universe, _sets_of(cells, name))
                for name, universe in universes.items()
            }
            placed = [_placed(cell.sets, units, universes) for cell in cells]
            also = [_placed(cell.checked, units, universes) for cell in cells]
            shown = self._shown(units, placed, also)
            for name, unit in units.items():
                self._save(name, _next(unit, name, placed, shown))
            return shown

    def _shown(
        self,
        units: Mapping[str, _Unit],
        cells: Sequence[Sequence[tuple[str, Bits]]],
        also: Sequence[Sequence[tuple[str, Bits]]],
    ) -> tuple[bool, ...]:
        few = [
            any(self._has_few(units[name], bits) for name, bits in (*cell, *more))
            for cell, more in zip(cells, also, strict=True)
        ]
        for unit in units.values():
            unit.hidden.append([])
        for cell, small in zip(cells, few, strict=True):
            if small:
                _hide(units, cell)
        shown = [False] * len(cells)
        order = sorted(range(len(cells)), key=lambda i: -int(cells[i][0][1].sum()))
        for index in order:
            if few[index]:
                continue
            shown[index] = _release(units, cells[index])
            if not shown[index]:
                _hide(units, cells[index])
        if not all(unit.space.still_safe(unit.hidden) for unit in units.values()):
            raise QueryRefused(
                "nothing of this can be told without giving away a count of few persons",
                hint="ask for larger groups",
            )
        return tuple(shown)

    def _has_few(self, unit: _Unit, bits: Bits) -> bool:
        persons = np.unique(unit.record.persons[bits])
        return 0 < len(persons) < self.threshold

    def _opened(self, name: str, universe: Universe, sets: Sequence[Bits]) -> _Unit:
        record = self._load(name).widened(universe)
        new = [record.placed(universe, bits) for bits in sets]
        parts = [record.released, record.withheld]
        if new:
            parts.append(np.stack(new))
        every = np.concatenate([part for part in parts if len(part)] or [record.released])
        if len(every) > MOST_SETS:
            raise QueryRefused(
                "too many answers to audit together", hint="the data officer can begin a new ledger"
            )
        space, atoms = _space(record, every, self.threshold)
        unit = _Unit(record=record, space=space, atoms=atoms, released=[], hidden=[])
        for bits in record.released:
            space.add(unit.over_atoms(bits))
        for number in np.unique(record.answer):
            rows = record.withheld[record.answer == number]
            unit.hidden.append([unit.over_atoms(bits) for bits in rows])
        return unit

    @contextmanager
    def _locked(self) -> Generator[None]:
        import filelock

        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with filelock.FileLock(self.folder / ".lock"):
                yield
        except OSError as error:
            raise OutputError(
                f"the ledger {self.folder} cannot be written: {error.strerror or error}",
                hint="nothing was released; let the data officer look at the folder",
            ) from error

    def _load(self, name: str) -> Record:
        path = self.folder / f"{name}.npz"
        if not path.is_file():
            return Record.empty()
        with np.load(path, allow_pickle=False) as kept:
            keys = kept["keys"]
            return Record(
                keys=keys,
                persons=kept["persons"],
                released=_unpacked(kept["released"], len(keys)),
                withheld=_unpacked(kept["withheld"], len(keys)),
                answer=kept["answer"],
            )

    def _save(self, name: str, record: Record) -> None:
        temporary = self.folder / f"{name}.new.npz"
        np.savez_compressed(
            temporary,
            keys=record.keys,
            persons=record.persons,
            released=np.packbits(record.released, axis=1),
            withheld=np.packbits(record.withheld, axis=1),
            answer=record.answer,
        )
        temporary.replace(self.folder / f"{name}.npz")


def _sets_of(cells: Sequence[Cell], name: str) -> list[Bits]:
    return [bits for cell in cells for unit, bits in cell.sets if unit == name]


def _placed(
    sets: Sequence[tuple[str, Bits]],
    units: Mapping[str, _Unit],
    universes: Mapping[str, Universe],
) -> list[tuple[str, Bits]]:
    return [(name, units[name].record.placed(universes[name], bits)) for name, bits in sets]


def _hide(units: Mapping[str, _Unit], cell: Sequence[tuple[str, Bits]]) -> None:
    for name, bits in cell:
        units[name].hidden[-1].append(units[name].over_atoms(bits))


def _release(units: Mapping[str, _Unit], cell: Sequence[tuple[str, Bits]]) -> bool:
    """Add the sets of a cell to what is released: all of them or none."""
    before = {
        name: (unit.space.pivots.copy(), unit.space.basis.copy()) for name, unit in units.items()
    }
    for name, bits in cell:
        unit = units[name]
        if not unit.space.add(unit.over_atoms(bits), unit.hidden):
            for other, (pivots, basis) in before.items():
                units[other].space.pivots, units[other].space.basis = pivots, basis
            return False
    return True


def _space(record: Record, every: NDArray[np.bool_], threshold: int) -> tuple[RowSpace, Numbers]:
    """Return the empty row space over the atoms of all sets, and the atom of each row."""
    if not len(every):
        atom = np.zeros(len(record.keys), np.int64)
    else:
        signs = np.ascontiguousarray(np.packbits(every, axis=0).T)
        as_bytes = signs.view(np.dtype((np.void, signs.shape[1]))).ravel()
        _, atom = np.unique(as_bytes, return_inverse=True)
    count = int(atom.max()) + 1 if len(atom) else 0
    if count > MOST_ATOMS:
        raise QueryRefused(
            "together with the earlier answers this one divides the data too finely to be audited",
            hint="ask for fewer groups",
        )
    order = np.argsort(atom, kind="stable")
    starts = np.searchsorted(atom[order], np.arange(1, count))
    persons = [np.unique(part) for part in np.split(record.persons[order], starts)]
    rows = np.bincount(atom, minlength=count)
    rank = sorted(range(count), key=lambda i: (-len(persons[i]), i))
    place = np.empty(count, np.int64)
    place[rank] = np.arange(count)
    space = RowSpace(
        persons=[persons[i] for i in rank], rows=rows[rank].astype(np.int64), threshold=threshold
    )
    return space, place[atom]


def _next(
    unit: _Unit,
    name: str,
    cells: Sequence[Sequence[tuple[str, Bits]]],
    shown: Sequence[bool],
) -> Record:
    """Return the record with an answer added."""
    record = unit.record
    kept: dict[bool, list[Bits]] = {True: [], False: []}
    for cell, visible in zip(cells, shown, strict=True):
        kept[visible] += [bits for unit_name, bits in cell if unit_name == name and bits.any()]
    number = int(record.answer.max()) + 1 if len(record.answer) else 0
    hidden = np.full(len(kept[False]), number, np.int64)
    return Record(
        keys=record.keys,
        persons=record.persons,
        released=_unique(_stacked(record.released, kept[True])),
        withheld=_stacked(record.withheld, kept[False]),
        answer=np.concatenate([record.answer, hidden]),
    )


def _stacked(known: NDArray[np.bool_], more: list[Bits]) -> NDArray[np.bool_]:
    return np.concatenate([known, np.stack(more)]) if more else known


def _unique(sets: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.unique(sets, axis=0) if len(sets) else sets


def _unpacked(packed: NDArray[np.uint8], count: int) -> NDArray[np.bool_]:
    return np.unpackbits(packed, axis=1, count=count).astype(np.bool_)
