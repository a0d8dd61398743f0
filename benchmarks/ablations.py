"""Which choices of the recipe pay, small and honest: `python benchmarks/ablations.py`.

Every variant changes one thing of the base recipe and trains from scratch, three seeds each, on the
training corpus and the task examples, for the same number of tokens. Measured in bits per byte, so
that tokenizers can be compared: on held-out packages, and on the completions of task examples that
no run has seen. Finished runs are kept in `--work`, so the benchmark may be stopped and goes on.
"""

import argparse
import json
import math
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch
from _ablation_losses import Distilled, PlanConstrained
from _record import record
from tokenizers import Tokenizer
from torch import Tensor

from training import machine, math_examples, sql_examples, tokenizer
from training.corpus import read_split
from training.model import MoeTransformer, Shape, summed_loss
from training.pretrain import Loss, Recipe, Trainer, as_batch
from training.schedule import Schedule
from training.stream import Examples, MixedRows, RowPacker, code_rows, domain_rows

ROOT = Path(__file__).resolve().parent.parent
SEEDS = 3
STEPS, ROWS = 250, 16
LENGTH = 256
UNSEEN = 10_000_000
"""Seed of the task examples that are measured on: far from any that training reaches."""
HELD_OUT_BYTES = 120_000
SHAPE = Shape(width=128, layers=4, heads=2, kv_heads=1, experts=8, chosen=2, expert_width=128)
BASE = Recipe(
    shape=SHAPE,
    optimizer="muon",
    length=LENGTH,
    rows_a_step=ROWS,
    rows_a_pass=ROWS // 2,
    domain_share=0.45,
    schedule=Schedule(warmup_steps=10),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One recipe; `loss` is `plain`, `constrained` (plans only) or `distilled`."""

    recipe: Recipe = BASE
    vocabulary: int = SHAPE.vocabulary
    generators: tuple[Examples, ...] = (math_examples.examples, sql_examples.examples)
    loss: str = "plain"


def shaped(**changes: int) -> Variant:
    """The base recipe with another shape."""
    return Variant(recipe=replace(BASE, shape=replace(SHAPE, **changes)))


def long(length: int) -> Variant:
    """The base recipe with rows of another length, as many tokens a step."""
    rows = ROWS * LENGTH // length
    return Variant(
        recipe=replace(BASE, length=length, rows_a_step=rows, rows_a_pass=max(1, rows // 2))
    )


def vocabulary(size: int) -> Variant:
    """The base recipe with a tokenizer of another size, trained on the same texts."""
    shape = replace(SHAPE, vocabulary=size)
    return Variant(recipe=replace(BASE, shape=shape), vocabulary=size)


PLANS = (math_examples.examples,)
VARIANTS: dict[str, Variant] = {
    "base": Variant(),
    "dense, equal active": shaped(experts=0, shared=3),
    "dense, equal total": shaped(experts=0, shared=9),
    "no shared expert": shaped(shared=0, chosen=3),
    "AdamW": Variant(recipe=replace(BASE, optimizer="adamw")),
    "vocabulary 4096": vocabulary(4_096),
    "vocabulary 16384": vocabulary(16_384),
    "rows of 128": long(128),
    "rows of 512": long(512),
    "tasks 20 %": Variant(recipe=replace(BASE, domain_share=0.2)),
    "tasks 70 %": Variant(recipe=replace(BASE, domain_share=0.7)),
    "plans only": Variant(generators=PLANS),
    "plans only, loss under the mask": Variant(generators=PLANS, loss="constrained"),
    "distilled from three": Variant(loss="distilled"),
}


@dataclass(slots=True)
class Bits:
    """A sum of nats over some bytes of text."""

    nats: float = 0.0
    bytes: int = 0

    def a_byte(self) -> float:
        """Bits per byte."""
        return round(self.nats / math.log(2) / max(self.bytes, 1), 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What all runs share: where they lie, how long they are."""

    work: Path
    steps: int
    held_out_bytes: int = HELD_OUT_BYTES
    examples: int = 200
    folder: str = "ablations"
    documents: list[dict[str, str]] = field(default_factory=list)

    def place(self, name: str, seed: int) -> Path:
        """Where a finished run's numbers lie; its weights beside them."""
        stem = "".join(c if c.isalnum() else "-" for c in name)
        return self.work / self.folder / f"{stem}-{self.steps}-{seed}.json"


def tokenizer_of(setting: Setting, size: int) -> Tokenizer:
    """The shipped tokenizer, or one of another size over the corpus, made once."""
    if size == SHAPE.vocabulary:
        return Tokenizer.from_file(str(ROOT / "assistants/data/tokenizer.json"))
    path = setting.work / setting.folder / f"tokenizer-{size}.json"
    if not path.exists():
        texts = tokenizer.code_texts(setting.work / "corpus/train.jsonl", 20_000_000, seed=0)
        made = tokenizer.train(texts, size)
        path.parent.mkdir(parents=True, exist_ok=True)
        made.save(str(path))
    return Tokenizer.from_file(str(path))


def run(setting: Setting, name: str, seed: int) -> dict[str, float]:
    """Train one variant with one seed and measure it, or read what an earlier call measured."""
    place = setting.place(name, seed)
    if place.exists():
        return json.loads(place.read_text())
    variant = VARIANTS[name]
    words = tokenizer_of(setting, variant.vocabulary)
    recipe = replace(variant.recipe, seed=seed)
    rows = MixedRows(
        code_rows(words, setting.documents, recipe.length, seed),
        domain_rows(words, variant.generators, recipe.length, seed),
        seed,
    )
    device = machine.inspect("cpu", "float32")
    trainer = Trainer(recipe, rows, device, loss_of(setting, variant, words))
    seconds = 0.0
    load: list[float] = []
    for step in range(setting.steps):
        line = trainer.step(step / setting.steps)
        seconds = line["seconds"]
        load = line["expert_load_max_over_mean"]
    found = measured(setting, variant, trainer.model.eval(), words)
    found |= {"seconds": seconds, "expert_load": max(load, default=1.0)}
    place.parent.mkdir(parents=True, exist_ok=True)
    if name == "base":  # the teachers of the distilled variant
        torch.save(trainer.model.state_dict(), place.with_suffix(".pt"))
    place.write_text(json.dumps(found))
    return found


def loss_of(setting: Setting, variant: Variant, words: Tokenizer) -> Loss:
    """The loss that a variant trains with."""
    if variant.loss == "constrained":
        return PlanConstrained(words)
    if variant.loss == "distilled":
        teachers: list[MoeTransformer] = []
        for seed in range(SEEDS):
            run(setting, "base", seed)
            teacher = MoeTransformer(SHAPE)
            weights = torch.load(setting.place("base", seed).with_suffix(".pt"), weights_only=True)
            teacher.load_state_dict(weights)
            teachers.append(teacher.eval())
        return Distilled(tuple(teachers))
    return summed_loss


def measured(
    setting: Setting, variant: Variant, model: MoeTransformer, words: Tokenizer
) -> dict[str, float]:
    """Bits per byte on held-out code, and on completions of unseen task examples."""
    found = {"code": code_bits(setting, model, words, variant.recipe.length).a_byte()}
    tasks = {"plans": math_examples.examples, "queries": sql_examples.examples}
    for name, examples in tasks.items():
        packer = domain_rows(words, [examples], variant.recipe.length, UNSEEN)
        assert packer is not None
        pairs = list(examples(UNSEEN, setting.examples))
        a_token = sum(len(completion.encode()) for _, completion in pairs) / sum(
            len(words.encode(completion, add_special_tokens=False).ids) for _, completion in pairs
        )
        found[name] = task_bits(setting, model, packer, a_token, summed_loss).a_byte()
        if name == "plans":
            under = task_bits(setting, model, packer, a_token, PlanConstrained(words))
            found["plans_under_the_mask"] = under.a_byte()
    return found


@torch.no_grad()
def task_bits(
    setting: Setting, model: MoeTransformer, packer: RowPacker, a_token: float, loss: Loss
) -> Bits:
    """Completions packed into rows; `a_token` is how many bytes a completion's token has."""
    bits = Bits()
    counted = 0
    while counted < setting.examples * 20:
        row = packer.row()
        nats, _ = loss(model, *as_batch([row], "cpu"))
        counted += row.counted()
        bits.nats += float(nats)
    bits.bytes = round(counted * a_token)
    return bits


@torch.no_grad()
def code_bits(setting: Setting, model: MoeTransformer, words: Tokenizer, length: int) -> Bits:
    """Held-out files in windows of a row; the first token of a window is not scored."""
    bits = Bits()
    for tokens in windows(setting, words, length):
        marked = torch.ones_like(tokens, dtype=torch.bool)
        nats, _ = summed_loss(model, tokens, marked, torch.zeros_like(tokens))
        bits.nats += float(nats)
        bits.bytes += len(words.decode(tokens[0, 1:].tolist()).encode())
    return bits


def windows(setting: Setting, words: Tokenizer, length: int) -> Iterator[Tensor]:
    """Whole windows of (1, length + 1) tokens of held-out files, both languages alike."""
    rows = read_split(setting.work / "corpus/held-out.jsonl")
    random.Random(0).shuffle(rows)
    for language in ("python", "java"):
        left = setting.held_out_bytes // 2
        head = words.token_to_id(f"<|{language}|>")
        for row in rows:
            if row["language"] != language or left <= 0:
                continue
            text = row["text"][:left]
            left -= len(text)
            ids = words.encode(text, add_special_tokens=False).ids
            for start in range(0, len(ids), length):
                yield torch.tensor([[head, *ids[start : start + length]]])


def summary(runs: Sequence[dict[str, float]]) -> dict[str, float]:
    """Mean and spread over the seeds."""
    found: dict[str, float] = {"seeds": len(runs)}
    for key in runs[0]:
        values = [one[key] for one in runs]
        found[key] = round(fmean(values), 4)
        if len(values) > 1 and key in {"code", "plans", "queries"}:
            found[f"{key}_spread"] = round(stdev(values), 4)
    return found


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """All variants; or, quickly, two of them for a few steps."""
    quick = arguments.quick
    setting = Setting(
        work=arguments.work,
        steps=6 if quick else arguments.steps,
        held_out_bytes=8_000 if quick else HELD_OUT_BYTES,
        examples=10 if quick else 200,
        folder="ablations-quick" if quick else "ablations",
        documents=read_split(arguments.work / "corpus/train.jsonl"),
    )
    names = ["base", "dense, equal active"] if quick else (arguments.only or list(VARIANTS))
    seeds = range(1 if quick else arguments.seeds)
    found = {name: summary([run(setting, name, seed) for seed in seeds]) for name in names}
    return {"tokens_a_run": setting.steps * ROWS * LENGTH, "variants": found}


def options(parser: argparse.ArgumentParser) -> None:
    """What this benchmark takes besides."""
    parser.add_argument("--work", type=Path, default=Path(".training"), help="the corpus's folder")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--only", nargs="*", choices=list(VARIANTS), metavar="NAME")


if __name__ == "__main__":
    record("ablations", measure, options=options)
