"""A model and a corpus that train in seconds."""

import torch
from tokenizers import Tokenizer

from training.machine import Machine
from training.model import Shape
from training.pretrain import Recipe, Trainer
from training.schedule import Schedule
from training.stream import Examples, MixedRows, code_rows, domain_rows
from training.tokenizer import train

SHAPE = Shape(
    vocabulary=512, width=32, layers=2, heads=2, kv_heads=1, head_size=16, expert_width=32
)
MACHINE = Machine(
    device="cpu", dtype=torch.float32, matmul_rate=1e11, allocator="system", workers=2
)


def documents() -> list[dict[str, str]]:
    """Small but varied Python and Java files."""
    rows: list[dict[str, str]] = []
    for number in range(40):
        python = "".join(
            f"def area_{number}_{k}(width, height):\n    return width * height + {k}\n\n"
            for k in range(12)
        )
        java = "".join(
            f"class Box{number}{k} {{\n  int size() {{\n    return {k} + {number};\n  }}\n}}\n"
            for k in range(8)
        )
        rows.append({"package": "p", "path": f"{number}.py", "language": "python", "text": python})
        rows.append({"package": "j", "path": f"{number}.java", "language": "java", "text": java})
    return rows


def tokenizer() -> Tokenizer:
    """A tokenizer of 512 entries with the real special tokens."""
    return train((row["text"] for row in documents()), vocabulary=SHAPE.vocabulary)


def sums(seed: int, count: int):
    """A domain generator in the form of `training.math_examples`."""
    for number in range(count):
        a, b = (seed + number) % 7, number % 5
        yield f"<|math|><|question|>{a} plus {b}<|plan|>", f"{a}+{b}<|endoftext|>"


def trainer(
    generators: tuple[Examples, ...] = (), device: Machine = MACHINE, **recipe: object
) -> Trainer:
    """A trainer on the tiny corpus."""
    torch.set_num_threads(1)
    settings: dict[str, object] = {
        "shape": SHAPE,
        "length": 64,
        "rows_a_step": 8,
        "rows_a_pass": 4,
        "schedule": Schedule(warmup_steps=2),
        **recipe,
    }
    plan = Recipe(**settings)
    words = tokenizer()
    rows = MixedRows(
        code_rows(words, documents(), plan.length, plan.seed),
        domain_rows(words, generators, plan.length, plan.seed),
        plan.seed,
    )
    return Trainer(plan, rows, device)
