"""Weights in pieces of a size that can be carried: `python -m training.parts split|join`.

A machine that is lent for minutes gives back few small files. Half precision keeps eleven bits of
each weight, more than the eight that the shipped file has; optimizer state is left behind, which
costs a run that goes on from them some twenty steps.

    python -m training.parts split runs/NAME/step-….pt OUT      eight files of at most 15 MiB
    python -m training.pretrain --weights OUT …                  begin a run with them
    python -m training.parts join OUT HF --tokenizer tokenizer/  a Hugging Face folder
"""

import argparse
import hashlib
import json
import math
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from training import checkpoint
from training.export import export
from training.model import MoeTransformer, Shape

PART_BYTES = 15 << 20
INDEX = "weights.json"


def split(source: Path, folder: Path, part_bytes: int = PART_BYTES) -> list[Path]:
    """Write a checkpoint's weights in parts, each tensor whole or cut along its first axis."""
    state: dict[str, Any] = checkpoint.load(source)
    folder.mkdir(parents=True, exist_ok=True)
    parts: list[dict[str, Tensor]] = [{}]
    left = part_bytes
    for name, tensor in state["model"].items():
        kept = tensor.half() if tensor.dim() > 1 else tensor.float()
        if not torch.isfinite(kept).all():
            raise ValueError(f"{name} does not fit half precision")
        for number, piece in enumerate(kept.split(rows_of(kept, part_bytes))):
            size = piece.numel() * piece.element_size()
            if size > left:
                parts.append({})
                left = part_bytes
            parts[-1][f"{name}|{number}"] = piece.clone()
            left -= size
    written: list[Path] = []
    for number, part in enumerate(parts):
        written.append(folder / f"weights-{number}.safetensors")
        save_file(part, written[-1])
    index = {
        "shape": state["shape"],
        "progress": state["progress"],
        "sha256": {path.name: digest(path) for path in written},
    }
    (folder / INDEX).write_text(json.dumps(index))
    return [*written, folder / INDEX]


def rows_of(tensor: Tensor, part_bytes: int) -> int:
    """How many rows of a tensor fit a quarter of a part, so that parts are filled well."""
    row = tensor.element_size() * math.prod(tensor.shape[1:])
    return max(1, min(len(tensor), part_bytes // 4 // row))


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def joined(folder: Path) -> tuple[Shape, dict[str, Tensor]]:
    """The shape and the weights, in single precision, of a folder that `split` wrote.

    Raises:
        ValueError: a part is missing or is not the one that was written.
    """
    index = json.loads((folder / INDEX).read_text())
    pieces: dict[str, dict[int, Tensor]] = {}
    for name, known in index["sha256"].items():
        if not (folder / name).exists() or digest(folder / name) != known:
            raise ValueError(f"{name} is missing or is another one")
        for key, tensor in load_file(folder / name).items():
            whole, _, number = key.rpartition("|")
            pieces.setdefault(whole, {})[int(number)] = tensor
    weights = {
        name: torch.cat([found[number] for number in sorted(found)]).float()
        for name, found in pieces.items()
    }
    return Shape(**index["shape"]), weights


def restore(model: MoeTransformer, folder: Path) -> None:
    """Put the weights of a folder into a model of the same shape."""
    model.load_state_dict(joined(folder)[1])


def main() -> None:
    """Split or join."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=("split", "join"))
    parser.add_argument("source", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tokenizer", type=Path, help="folder of tokenizer.json, for join")
    options = parser.parse_args()
    if options.what == "split":
        newest = options.source
        if not newest.is_file():
            newest = checkpoint.newest(options.source)
        if newest is None:
            parser.error(f"no checkpoint in {options.source}")
        print(*split(newest, options.folder), sep="\n")
        return
    shape, weights = joined(options.source)
    model = MoeTransformer(shape)
    model.load_state_dict(weights)
    export(model, options.tokenizer or options.source, options.folder)


if __name__ == "__main__":
    main()
