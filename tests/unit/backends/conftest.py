"""A small mixture of experts, trained for a few seconds, as a checkpoint and as ONNX files."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest

LINES = (
    "def add(a, b):\n    return a + b\n",
    "def mul(a, b):\n    return a * b\n",
    "for i in range(10):\n    print(i)\n",
)


@dataclass(frozen=True)
class Small:
    checkpoint: Path
    int8: Path
    fp32: Path
    tokenizer: Path


def small_configuration(**changes):
    from transformers import Glm4MoeConfig

    values = {
        "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2,
        "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 32,
        "moe_intermediate_size": 32, "num_experts_per_tok": 2, "n_routed_experts": 4,
        "n_shared_experts": 1, "first_k_dense_replace": 0, "max_position_embeddings": 320,
        "tie_word_embeddings": True, "num_mtp_layers": 0, "eos_token_id": 0, "pad_token_id": 4,
        "rope_parameters": {
            "rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 1.0,
        },
    }  # fmt: skip
    return Glm4MoeConfig(**(values | changes))


@pytest.fixture(scope="session")
def configuration():
    """A function from changes to a small Glm4MoeConfig."""
    return small_configuration


def spread_out(model):
    """Give a fresh model router biases that matter and weights larger than at initialisation."""
    import torch

    with torch.no_grad():
        for name, value in model.named_parameters():
            if "norm" not in name:
                value.mul_(4)
        for name, value in model.named_buffers():
            if name.endswith("e_score_correction_bias"):
                value.normal_(0, 0.2)


@pytest.fixture(scope="session")
def spread():
    """A function that makes a fresh model's weights matter."""
    return spread_out


@pytest.fixture(scope="session")
def small(tmp_path_factory) -> Small:
    torch = pytest.importorskip("torch", reason="needs the torch extra")
    pytest.importorskip("onnx", reason="needs the torch extra")
    from tokenizers import Tokenizer
    from transformers import Glm4MoeForCausalLM

    from training import onnx_export, tokenizer

    folder = tmp_path_factory.mktemp("small")
    tokenizer.save(tokenizer.train(iter(LINES * 20)), folder)
    tokens = Tokenizer.from_file(str(folder / "tokenizer.json"))
    torch.set_num_threads(1)
    torch.manual_seed(1)
    model = Glm4MoeForCausalLM(small_configuration(vocab_size=tokens.get_vocab_size()))
    fit(model, torch.tensor(tokens.encode("".join(LINES) * 40).ids))
    model.save_pretrained(folder)
    paths = {}
    for precision in ("int8", "fp32"):
        paths[precision] = folder / f"{precision}.onnx"
        onnx_export.export(
            folder, paths[precision], precision=precision,
            markers=("python", "java", "math", "question", "plan"),
        )  # fmt: skip
    return Small(folder, paths["int8"], paths["fp32"], folder / "tokenizer.json")


def fit(model, ids, steps=60):
    """Train on windows of one text until the loss is well below that of guessing."""
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    generator = torch.Generator().manual_seed(0)
    for _ in range(steps):
        starts = torch.randint(0, len(ids) - 33, (8,), generator=generator)
        batch = torch.stack([ids[start : start + 32] for start in starts])
        loss = model(batch, labels=batch).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    assert loss.item() < 1.5


@pytest.fixture(scope="session")
def reference(small):
    """The same weights in transformers, in single precision."""
    import torch
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(small.checkpoint, dtype=torch.float32).eval()


@pytest.fixture(scope="session")
def sha256(small) -> str:
    return hashlib.sha256(small.tokenizer.read_bytes()).hexdigest()
