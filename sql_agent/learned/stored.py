"""What was learned, as one file of arrays: no text of the database is in it but what pairs said.

The stored values are read from the database again when the file is opened; the file only keeps
which of them are words rather than values. Nothing is unpickled.
"""

import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .classifier import Classifier
from .composer import Composer
from .cues import Cues
from .folding import Fold
from .heads import Head, Heads
from .memory import Memory

_VERSION: Final = 3
_SMALL: Final = 3e-3
"""Weights below it are nothing: they are left out of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What was learned, and whether the rules may answer what was not taught."""

    memory: Memory
    folds: tuple[Fold, ...] = ()
    reading: bool = True


def save(
    memory: Memory,
    path: Path,
    values: Mapping[str, tuple[str, ...]],
    numbered: Sequence[tuple[str, str]],
    *,
    folds: Sequence[Fold] = (),
    reading: bool = True,
) -> None:
    """Write a memory; `values` are all that were offered to it.

    Args:
        memory: What was learned.
        path: Ends in `.npz`.
        values: Stored texts with their columns.
        numbered: The columns, as table and column, whose numbers were offered as keys.
        folds: How its queries are folded.
        reading: Whether the rules may answer what was not taught.

    Raises:
        OSError: the file cannot be written.
    """
    said = sorted(values.keys() - memory.values.keys())
    names = list(memory.postings)
    composer = memory.composer
    models = _classifiers(memory)
    texts = {
        "version": _VERSION,
        "templates": memory.templates,
        "features": {name: list(model.features) for name, model in models.items()},
        "grams": names,
        "implied": list(memory.implied),
        "words": said,
        "numbered": list(numbered),
        "folds": [[fold.table, fold.column, fold.kind] for fold in folds],
        "reading": reading,
        "composer": composer and _texts(composer),
        "periods": memory.periods,
        "threshold": memory.threshold,
    }
    sizes = np.asarray([len(memory.postings[name]) for name in names], np.int64)
    arrays: dict[str, NDArray[np.generic]] = {
        "texts": np.frombuffer(json.dumps(texts).encode(), np.uint8),
        "support": memory.support,
        "fragments": memory.fragments.astype(np.bool_),
        "calibration": memory.calibration,
        "composing": memory.composing,
        "labels": memory.labels.astype(np.int32),
        "lengths": memory.lengths,
        "sizes": sizes,
        "postings": np.concatenate([*memory.postings.values(), np.zeros(0)]).astype(np.int32),
        "always": np.asarray([always for always, _ in memory.implied.values()], np.bool_),
        "never": np.asarray([never for _, never in memory.implied.values()], np.bool_),
    }
    for name, model in models.items():
        arrays |= _weights(name, model)
    temporary = path.with_suffix(".new.npz")
    np.savez_compressed(temporary, allow_pickle=False, **arrays)
    temporary.replace(path)


def _classifiers(memory: Memory) -> dict[str, Classifier]:
    """Return the classifiers of a memory by name; `_EXCLUSIVE` says of which kind each is."""
    found = {"whole": memory.whole, "parts": memory.parts}
    if (composer := memory.composer) is not None:
        heads = composer.heads
        found |= {"head": heads.whole, "column": heads.column, "size": heads.size}
        found |= {"used": composer.used, "role": composer.role}
    return found


_EXCLUSIVE: Final = frozenset(("whole", "head", "size", "used", "role"))


def _texts(composer: Composer) -> dict[str, object]:
    return {
        "heads": [[list(head.shown), head.rest] for head in composer.heads.known],
        "columns": composer.heads.columns,
        "roles": composer.roles,
        "constants": composer.constants.classes,
        "cues": _shares(composer.constants),
        "sources": [[sorted(tables), text] for tables, text in composer.sources.items()],
    }


def _shares(cues: Cues) -> dict[str, list[tuple[int, float]]]:
    return {gram: list(found.items()) for gram, found in cues.shares.items()}


def _cues(classes: Sequence[str], shares: Mapping[str, Sequence[Sequence[float]]]) -> Cues:
    return Cues(
        classes=tuple(classes),
        shares={gram: {int(at): share for at, share in found} for gram, found in shares.items()},
    )


def _composer(texts: Mapping[str, Any], models: Mapping[str, Classifier]) -> Composer:
    return Composer(
        heads=Heads(
            known=tuple(Head(tuple(shown), rest) for shown, rest in texts["heads"]),
            columns=tuple(texts["columns"]),
            whole=models["head"],
            column=models["column"],
            size=models["size"],
        ),
        roles=tuple(texts["roles"]),
        sources={frozenset(tables): text for tables, text in texts["sources"]},
        used=models["used"],
        role=models["role"],
        constants=_cues(texts["constants"], texts["cues"]),
    )


def _weights(name: str, model: Classifier) -> dict[str, NDArray[np.generic]]:
    """Return the weights that are not next to nothing, by their places."""
    flat = model.weights.ravel()
    places = np.flatnonzero(np.abs(flat) > _SMALL)
    return {
        f"{name}_places": places.astype(np.int32),
        f"{name}_weights": flat[places].astype(np.float16),
        f"{name}_bias": model.bias,
    }


def load(
    path: Path,
    values: Callable[[Sequence[Fold]], Mapping[str, tuple[str, ...]]],
    keys: Callable[[Sequence[tuple[str, str]]], frozenset[str]],
) -> Stored:
    """Return a memory over the values that the database has now, and the keys of some columns.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no such file.
        KeyError: a part is missing.
    """
    if not zipfile.is_zipfile(path):
        raise ValueError(f"{path} is cut off")
    with np.load(path, allow_pickle=False) as file:
        texts = json.loads(file["texts"].tobytes())
        if texts["version"] != _VERSION:
            raise ValueError(f"version {texts['version']}")
        fragments = file["fragments"].astype(np.float32)
        sizes = file["sizes"]
        pieces = np.split(file["postings"].astype(np.int64), np.cumsum(sizes)[:-1])
        always, never = file["always"].astype(np.float32), file["never"].astype(np.float32)
        words = frozenset(texts["words"])
        folds = tuple(Fold(table=t, column=c, kind=k) for t, c, k in texts["folds"])
        stored = values(folds)
        models = {
            name: _classifier(file, name, features, exclusive=name in _EXCLUSIVE)
            for name, features in texts["features"].items()
        }
        memory = Memory(
            values={text: columns for text, columns in stored.items() if text not in words},
            keys=keys([(table, column) for table, column in texts["numbered"]]),
            templates=tuple(texts["templates"]),
            support=file["support"],
            fragments=fragments,
            whole=models["whole"],
            parts=models["parts"],
            composer=_composer(texts["composer"], models) if texts["composer"] else None,
            calibration=file["calibration"],
            composing=file["composing"],
            labels=file["labels"].astype(np.int64),
            postings=dict(zip(texts["grams"], pieces, strict=True)),
            lengths=file["lengths"],
            implied={word: (always[i], never[i]) for i, word in enumerate(texts["implied"])},
            periods=bool(texts["periods"]),
            threshold=float(texts["threshold"]),
        )
        return Stored(memory=memory, folds=folds, reading=bool(texts["reading"]))


def _classifier(
    file: Mapping[str, NDArray[np.generic]], name: str, features: Sequence[str], *, exclusive: bool
) -> Classifier:
    bias = file[f"{name}_bias"].astype(np.float32)
    weights = np.zeros(len(features) * len(bias), np.float32)
    weights[file[f"{name}_places"].astype(np.int64)] = file[f"{name}_weights"].astype(np.float32)
    return Classifier(
        features={feature: i for i, feature in enumerate(features)},
        weights=weights.reshape(len(features), len(bias)),
        bias=bias,
        exclusive=exclusive,
    )
