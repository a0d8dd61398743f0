"""Train the bundled model: `python -m training.pretrain --work DIR --until HH:MM`.

The program resumes from the newest checkpoint of its run by itself, exactly: weights, optimizer
state, data position and counters. Started again with `--domain`, the run goes on with domain
examples mixed in. `--curriculum` leads it through the stages of `training.curriculum`.
"""

import argparse
import json
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Timer
from typing import Any, TextIO

import torch
from torch import Tensor

from training import checkpoint, machine, parts
from training.balance import load_of, settle
from training.curriculum import CURRICULUM, Stage, schedule_of, stage_at
from training.export import export
from training.loaders import LoadedRows, Part, Sources
from training.machine import Machine
from training.model import MoeTransformer, Route, Shape, summed_loss
from training.optimizer import Rates, optimizers
from training.schedule import Budget, Schedule, deadline_of
from training.stream import Row, Rows, Shares
from training.weight_file import model_of_file

Loss = Callable[[MoeTransformer, Tensor, Tensor, Tensor], tuple[Tensor, list[Route]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that shapes a run besides its data and its end."""

    shape: Shape = field(default_factory=Shape)
    rates: Rates = field(default_factory=Rates)
    schedule: Schedule = field(default_factory=Schedule)
    length: int = 512
    optimizer: str = "adamw"
    rows_a_step: int = 6
    rows_a_pass: int = 2  # 2,100 tokens/s on two cores; one row 1,540, four 1,800
    balancing: float = 0.5  # share of the way to the bias that balances this step; 0 is off
    domain_share: float = 0.4
    stages: tuple[Stage, ...] = ()
    domain_weight: float = 2.0  # of a domain target: their rows hold a fifth of code rows' targets
    seed: int = 0

    def stage(self, progress: float) -> Stage:
        """What is read at a share of the run, and how experts are chosen."""
        if self.stages:
            return stage_at(self.stages, progress)
        return Stage(name="all", share=1.0, shares=Shares(domain=self.domain_share))


@dataclass(slots=True, kw_only=True)
class Progress:
    """Counters of a run."""

    step: int = 0
    tokens: int = 0
    flop: float = 0.0
    seconds: float = 0.0


class Trainer:
    """A model with its optimizers and data, one step at a time."""

    def __init__(
        self, recipe: Recipe, rows: Rows, device: Machine, loss: Loss = summed_loss
    ) -> None:
        torch.manual_seed(recipe.seed)
        self._loss = loss
        self.recipe, self.rows, self.machine = recipe, rows, device
        self.model = MoeTransformer(recipe.shape, device.dtype)
        self.model.initialise(recipe.seed)
        self.model.to(device.device)
        self._working = self.model
        if device.dtype != torch.float32:
            self._working = self.model.working_copy()
        self.progress = Progress()
        # The main thread, too, computes on as many threads as a worker.
        torch.set_num_threads(device.threads_a_worker)
        self.workers = ThreadPoolExecutor(
            device.workers, initializer=torch.set_num_threads, initargs=(device.threads_a_worker,)
        )
        self.optimizers = optimizers(
            self.model, recipe.rates, recipe.optimizer, self.workers.map, device.dtype
        )

    def step(self, progress: float) -> dict[str, Any]:
        """One update; `progress` in [0, 1] sets the learning rate. Returns what to log."""
        began = time.perf_counter()
        recipe = self.recipe
        factor = recipe.schedule.factor(self.progress.step, progress)
        stage = recipe.stage(progress)
        # Training mode means balanced routing and nothing else: there is no dropout.
        self.model.train(bool(recipe.balancing) and stage.balancing == "pass")
        if self._working is not self.model:
            self.model.refresh(self._working)
        rows = self.rows.rows(recipe.rows_a_step, stage.shares)
        results = self._gradients(rows)
        for optimizer in self.optimizers:
            optimizer.step(factor)
        self.model.zero_grad(set_to_none=True)
        load = self._balance([result.routes for result in results], stage)
        seconds = time.perf_counter() - began
        return {
            **self._account(len(rows), seconds),
            **losses(results),
            "stage": stage.name,
            "learning_rate_factor": round(factor, 4),
            "expert_load_max_over_mean": [round(ratio, 3) for ratio in load],
            "dropped_share": 0.0,
        }

    def _gradients(self, rows: list[Row]) -> "list[PassResult]":
        """Leave the weighted mean gradient in the parameters.

        On a CPU several passes run at once, one core each: no core waits for another inside an
        operation, which matters where other programs share the cores. Sums are taken in the order
        of the passes, so the result does not depend on the timing.
        """
        size = self.recipe.rows_a_pass
        kinds = ([row for row in rows if not row.domain], [row for row in rows if row.domain])
        batches = [
            kind[start : start + size] for kind in kinds for start in range(0, len(kind), size)
        ]
        weight = sum(row.counted() * self._weight(row) for row in rows)
        results: list[PassResult] = []
        for result, gradients in self.workers.map(self._pass, batches):
            results.append(result)
            share = (self.recipe.domain_weight if result.domain else 1.0) / weight
            for parameter, gradient in zip(self.model.parameters(), gradients, strict=True):
                if parameter.grad is None:
                    parameter.grad = gradient.float().mul_(share)
                else:
                    parameter.grad.add_(gradient, alpha=share)
        return results

    def _weight(self, row: Row) -> float:
        return self.recipe.domain_weight if row.domain else 1.0

    def _pass(self, rows: list[Row]) -> "tuple[PassResult, tuple[Tensor, ...]]":
        loss, routes = self._loss(self._working, *as_batch(rows, self.machine.device))
        gradients = torch.autograd.grad(
            loss, list(self._working.parameters()), allow_unused=True, materialize_grads=True
        )
        result = PassResult(
            loss=float(loss.detach()),
            counted=sum(row.counted() for row in rows),
            domain=rows[0].domain,
            routes=routes,
        )
        return result, gradients

    @torch.no_grad()
    def _balance(self, routes: list[list[Route]], stage: Stage) -> list[float]:
        """Move the stored biases; returns maximum over mean load a layer.

        The load is the one that the stored bias gives, as at inference: the balance of the
        training passes themselves is exact by construction and would say nothing.
        """
        ratios: list[float] = []
        for mixture, passes in zip(self.model.mixtures(), zip(*routes, strict=True), strict=True):
            bias, scores = mixture.gate.e_score_correction_bias, [one.scores for one in passes]
            ratios.append(load_of(torch.cat(scores), bias, self.recipe.shape.chosen))
            if stage.balancing == "pass":
                target = torch.stack([route.bias for route in passes]).mean(dim=0)
                bias.lerp_(target, self.recipe.balancing)
            elif self.recipe.balancing:
                settle(torch.cat(scores), bias, self.recipe.shape.chosen)
        return ratios

    def _account(self, rows: int, seconds: float) -> dict[str, Any]:
        processed = rows * self.recipe.length
        flop = processed * self.recipe.shape.training_flop_per_token(self.recipe.length)
        done = self.progress
        done.step += 1
        done.tokens += processed
        done.flop += flop
        done.seconds += seconds
        return {
            "step": done.step,
            "tokens": done.tokens,
            "tokens_per_second": round(processed / seconds, 1),
            "flop": done.flop,
            "model_flop_utilisation": round(flop / seconds / self.machine.matmul_rate, 4),
            "seconds": round(done.seconds, 1),
        }

    def state(self) -> dict[str, Any]:
        """Everything that the next step depends on."""
        return {
            "shape": self.recipe.shape.as_dict(),
            "model": self.model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "rows": self.rows.state(),
            "progress": {
                "step": self.progress.step,
                "tokens": self.progress.tokens,
                "flop": self.progress.flop,
                "seconds": self.progress.seconds,
            },
            "random": torch.get_rng_state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue where `state` was taken."""
        self.model.load_state_dict(state["model"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        self.rows.restore(state["rows"])
        self.progress = Progress(**state["progress"])
        torch.set_rng_state(state["random"])


@dataclass(frozen=True, slots=True, kw_only=True)
class PassResult:
    """Summed loss of one pass over code rows or over domain rows, and its routing."""

    loss: float
    counted: int
    domain: bool
    routes: list[Route]


def losses(results: Sequence[PassResult]) -> dict[str, float]:
    """Nats a counted token: of all, and of code and domain rows apart."""
    found: dict[str, float] = {}
    kinds = {"loss": (False, True), "loss_code": (False,), "loss_domain": (True,)}
    for name, kind in kinds.items():
        parts = [result for result in results if result.domain in kind]
        if parts:
            mean = sum(part.loss for part in parts) / sum(part.counted for part in parts)
            found[name] = round(mean, 5)
    return found


def as_batch(rows: Sequence[Row], device: str) -> tuple[Tensor, Tensor, Tensor]:
    """Tokens, targets and segments, each (rows, length + 1)."""
    return (
        torch.stack([torch.from_numpy(row.tokens) for row in rows]).long().to(device),
        torch.stack([torch.from_numpy(row.targets) for row in rows]).to(device),
        torch.stack([torch.from_numpy(row.segments) for row in rows]).to(device),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A training run in a folder: its log, its checkpoints, its exports."""

    folder: Path
    budget: Budget
    tokenizer_folder: Path
    checkpoint_minutes: float = 4.0
    export_folder: Path | None = None
    stop: Event = field(default_factory=Event)

    def go(self, trainer: Trainer) -> None:
        """Train until the budget is spent or `stop` is set; then a checkpoint and an export."""
        self.folder.mkdir(parents=True, exist_ok=True)
        last = checkpoint.newest(self.folder)
        if last is not None:
            trainer.restore(checkpoint.load(last))
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as log:
            write_line(log, start_line(trainer, last))
            saved = time.monotonic()
            while not self._is_over(trainer):
                done = trainer.progress
                share = self.budget.progress(step=done.step, spent=done.seconds, now=time.time())
                write_line(log, trainer.step(share))
                if time.monotonic() - saved > 60 * self.checkpoint_minutes:
                    self._save(trainer)
                    saved = time.monotonic()
            self._save(trainer)

    def _is_over(self, trainer: Trainer) -> bool:
        spent = self.budget.is_spent(step=trainer.progress.step, now=time.time())
        return spent or self.stop.is_set()

    def _save(self, trainer: Trainer) -> None:
        checkpoint.save(trainer.state(), self.folder, trainer.progress.step)
        if self.export_folder is not None:
            export(trainer.model, self.tokenizer_folder, self.export_folder)


def start_line(trainer: Trainer, resumed_from: Path | None) -> dict[str, Any]:
    """First log line of a start: machine and model."""
    shape = trainer.recipe.shape
    return {
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "resumed_from": resumed_from.name if resumed_from else None,
        "device": trainer.machine.device,
        "dtype": str(trainer.machine.dtype).removeprefix("torch."),
        "matmul_flop_per_second": trainer.machine.matmul_rate,
        "allocator": trainer.machine.allocator,
        "workers": trainer.machine.workers,
        "shape": shape.as_dict(),
        "parameters": sum(p.numel() for p in trainer.model.parameters()),
        "active_parameters": shape.active_matrix_parameters(),
        "domain": trainer.rows.has_examples,
        "domain_share": trainer.recipe.domain_share,
        "stages": [stage.name for stage in trainer.recipe.stages],
        "optimizer": trainer.recipe.optimizer,
        "rows_a_step": trainer.recipe.rows_a_step,
    }


def write_line(log: TextIO, line: dict[str, Any]) -> None:
    """Append one line and flush: a killed run keeps its log."""
    log.write(json.dumps(line) + "\n")
    log.flush()


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path(".training"))
    parser.add_argument("--run", default="release", help="name of the run's folder")
    parser.add_argument("--until", metavar="HH:MM", help="end of the run, UTC")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument(
        "--pause-after", type=float, metavar="MINUTES", help="stop then, to go on later"
    )
    parser.add_argument("--domain", nargs="*", default=[], metavar="MODULE-OR-FILE")
    parser.add_argument("--domain-share", type=float, default=0.4)
    parser.add_argument("--repair", nargs="*", default=[], metavar="MODULE-OR-FILE")
    parser.add_argument(
        "--curriculum", action="store_true", help="three stages; --domain-share is left aside"
    )
    parser.add_argument("--weights", type=Path, help="begin with these: parts or a weight file")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--dtype", default="auto", choices=["auto", "float32", "bfloat16"])
    parser.add_argument("--allocator", default="system", choices=["jemalloc", "system"])
    parser.add_argument("--workers", type=int, help="passes at once; default: one a core")
    parser.add_argument("--rows", type=int, default=6, help="rows a step")
    parser.add_argument("--rows-a-pass", type=int, default=Recipe().rows_a_pass)
    parser.add_argument(
        "--loaders", type=int, default=0, help="processes that prepare rows; 0: none apart"
    )
    parser.add_argument("--optimizer", default="adamw", choices=["adamw", "muon"])
    parser.add_argument("--layers", type=int, default=Shape().layers)
    parser.add_argument("--export", type=Path, help="refresh this Hugging Face folder")
    return parser.parse_args()


def begin_with(model: MoeTransformer, weights: Path) -> None:
    """Take the weights that a folder of parts or a weight file holds, as the shipped one is."""
    if weights.is_dir():
        parts.restore(model, weights)
    else:
        model.load_state_dict(model_of_file(weights)[0].state_dict())


def main() -> None:
    """Train until the budget is spent."""
    options = arguments()
    if options.allocator == "jemalloc" and options.device == "cpu":
        machine.preload_jemalloc()
    stages = CURRICULUM if options.curriculum else ()
    recipe = Recipe(
        shape=Shape(layers=options.layers),
        optimizer=options.optimizer,
        rows_a_step=options.rows,
        rows_a_pass=options.rows_a_pass,
        domain_share=options.domain_share,
        stages=stages,
        schedule=schedule_of(stages) if stages else Schedule(),
    )
    sources = Sources(
        work=options.work,
        domain=tuple(options.domain),
        repair=tuple(options.repair),
        asked=options.curriculum,
        length=recipe.length,
    )
    rows = (
        LoadedRows(sources.mixed, options.loaders, has_examples=bool(options.domain))
        if options.loaders
        else sources.mixed(Part(seed=recipe.seed))
    )
    trainer = Trainer(recipe, rows, machine.inspect(options.device, options.dtype, options.workers))
    if options.weights is not None:
        begin_with(trainer.model, options.weights)
    deadline = deadline_of(options.until, options.minutes, datetime.now(UTC))
    run = Run(
        folder=options.work / "runs" / options.run,
        budget=Budget(steps=options.steps, deadline=deadline),
        tokenizer_folder=options.work / "tokenizer",
        export_folder=options.export,
    )
    signal.signal(signal.SIGTERM, lambda *_: run.stop.set())
    if options.pause_after is not None:
        pause = Timer(60 * options.pause_after, run.stop.set)
        pause.daemon = True
        pause.start()
    run.go(trainer)


if __name__ == "__main__":
    main()
