"""Training checkpoints: written aside and renamed, the newest two kept."""

import os
from pathlib import Path
from typing import Any

import torch

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
