"""How evenly a trained mixture's experts are used: `python benchmarks/expert_load.py --work DIR`.

Largest over mean load of an expert, by layer, at rows that the last stage of training mixes: with
the stored biases of a checkpoint, and with biases that balance other rows exactly. And what
each does to the loss, beside the routing of training passes, which balances each pass by itself.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch
from _record import record

from training import checkpoint
from training.balance import load_of
from training.curriculum import CURRICULUM
from training.export import model_of
from training.loaders import Part, Sources
from training.model import MoeTransformer, Route, balanced_bias, summed_loss
from training.pretrain import as_batch
from training.stream import Row

MODULES = ("training.math_examples", "training.sql_examples")
SEEDS = (4_000_000, 4_100_000)
"""Of the rows that biases are set on, and of those that are measured; no training reads either."""
PASS, ROUNDS = 4, 48


@torch.no_grad()
def passes(
    model: MoeTransformer, rows: Sequence[Row], *, balanced: bool
) -> tuple[float, list[float]]:
    """Nats a target, and the load of each layer by the stored bias."""
    model.train(balanced)
    total, counted = 0.0, 0
    scores: list[list[torch.Tensor]] = [[] for _ in model.mixtures()]
    for start in range(0, len(rows), PASS):
        batch = as_batch(rows[start : start + PASS], "cpu")
        loss, routes = summed_loss(model, *batch)
        written = batch[2][:, :-1].reshape(-1) >= 0
        total += float(loss)
        counted += sum(row.counted() for row in rows[start : start + PASS])
        collect(scores, routes, written)
    chosen = model.shape.chosen
    loads = [
        load_of(torch.cat(layer), mixture.gate.e_score_correction_bias, chosen)
        for layer, mixture in zip(scores, model.mixtures(), strict=True)
    ]
    return total / counted, loads


def collect(
    scores: list[list[torch.Tensor]], routes: Sequence[Route], written: torch.Tensor
) -> None:
    """Keep the scores of positions that hold text."""
    for layer, route in zip(scores, routes, strict=True):
        layer.append(route.scores[written])


@torch.no_grad()
def calibrate(model: MoeTransformer, rows: Sequence[Row]) -> None:
    """Set all stored biases to those that balance these rows."""
    model.eval()
    scores: list[list[torch.Tensor]] = [[] for _ in model.mixtures()]
    for start in range(0, len(rows), PASS):
        tokens, _, segments = as_batch(rows[start : start + PASS], "cpu")
        routes: list[Route] = []
        model(tokens[:, :-1], segments[:, :-1], routes)
        collect(scores, routes, segments[:, :-1].reshape(-1) >= 0)
    for mixture, layer in zip(model.mixtures(), scores, strict=True):
        bias = mixture.gate.e_score_correction_bias
        bias.copy_(balanced_bias(torch.cat(layer), bias, model.shape.chosen, rounds=ROUNDS))


def told(loss: float, loads: Sequence[float]) -> dict[str, Any]:
    """One way of routing, for the row."""
    return {
        "loss": round(loss, 4),
        "load_worst_layer": round(max(loads), 3),
        "load_mean_of_layers": round(fmean(loads), 3),
    }


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Before and after."""
    torch.set_num_threads(1)
    path = arguments.checkpoint or checkpoint.newest(arguments.work / "runs" / arguments.run)
    if path is None:
        raise SystemExit(f"no checkpoint in {arguments.work}")
    model = model_of(checkpoint.load(path))
    count = 8 if arguments.quick else arguments.rows
    sources = Sources(work=arguments.work, domain=MODULES, asked=True)
    drawn = [sources.mixed(Part(seed=seed)).rows(count, CURRICULUM[-1].shares) for seed in SEEDS]
    found = {
        "step": int(path.stem.rpartition("-")[2]),
        "rows": count,
        "balanced_by_pass": told(*passes(model, drawn[1], balanced=True)),
        "stored": told(*passes(model, drawn[1], balanced=False)),
    }
    calibrate(model, drawn[0])
    return {**found, "calibrated": told(*passes(model, drawn[1], balanced=False))}


def options(parser: argparse.ArgumentParser) -> None:
    """What this benchmark takes besides."""
    parser.add_argument("--work", type=Path, default=Path(".training"))
    parser.add_argument("--run", default="release")
    parser.add_argument("--checkpoint", type=Path, help="default: the newest of the run")
    parser.add_argument("--rows", type=int, default=96)


if __name__ == "__main__":
    record("expert_load", measure, options=options)
