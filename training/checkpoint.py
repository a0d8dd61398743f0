"""Training checkpoints: written aside and renamed, the newest two kept."""

import os
from pathlib import Path
from typing import Any

import torch

from training.stream import MixedRows, Piece, Position, RowPacker

KEPT = 2
PATTERN = "step-*.pt"


def save(state: dict[str, Any], folder: Path, step: int) -> Path:
    """Write one checkpoint; a crash at any moment leaves the last whole one in place."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"step-{step:08d}.pt"
    aside = path.with_suffix(".partial")
    with aside.open("wb") as stream:
        torch.save(state, stream)
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(path)
    for old in sorted(folder.glob(PATTERN))[:-KEPT]:
        old.unlink()
    return path


def newest(folder: Path) -> Path | None:
    """The last whole checkpoint of a run."""
    return max(folder.glob(PATTERN), default=None)


def load(path: Path) -> dict[str, Any]:
    """Tensors and plain values only."""
    return torch.load(path, map_location="cpu", weights_only=True)


def rows_state(rows: MixedRows) -> dict[str, Any]:
    """Data position as plain values."""
    return {
        "drawn": rows.drawn,
        "code": _position_state(rows.code),
        "domain": _position_state(rows.domain) if rows.domain else None,
    }


def restore_rows(rows: MixedRows, state: dict[str, Any]) -> None:
    """Continue at a saved data position; a domain source that is new starts at its beginning."""
    rows.drawn = state["drawn"]
    rows.code.position = _position(state["code"])
    if rows.domain and state["domain"]:
        rows.domain.position = _position(state["domain"])


def _position_state(packer: RowPacker) -> dict[str, Any]:
    position = packer.position
    pieces = [[(p.tokens, p.targets) for p in row] for row in position.open_rows]
    return {"block": position.block, "offset": position.offset, "open_rows": pieces}


def _position(state: dict[str, Any]) -> Position:
    rows = tuple(tuple(Piece(*piece) for piece in row) for row in state["open_rows"])
    return Position(block=state["block"], offset=state["offset"], open_rows=rows)
