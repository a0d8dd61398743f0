"""Low-rank adapters for Hugging Face models (Hu et al. 2021, arXiv 2106.09685), through peft.

The checkpoint's own weights stay as they are; `hf:PATH?adapter=FOLDER` runs it with the adapter.
Experts are adapted through their fused parameters, where peft allows neither dropout nor bias.
"""

import math
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from assistants.errors import ModelCorrupt, ModelError, ModelNotFound, OutputError
from training import tuning_data
from training.tune_bundled import general_texts
from training.tuning import Effort, Scores

RATE = 2e-4
RANK, ALPHA = 16, 32
ROWS = 4
LENGTH = 512
ATTENTION = re.compile(r"(q|k|v|o|qkv|c_attn|query_key_value|out)_?(proj)?")
EXPERTS = ("mlp.experts.gate_up_proj", "mlp.experts.down_proj")
IGNORED = -100


@dataclass(frozen=True, slots=True)
class Window:
    """Tokens, and from which place on they count."""

    tokens: list[int]
    start: int = 1


class Adapted:
    """A checkpoint with an adapter and data to learn from (see `tuning.Subject`)."""

    def __init__(self, path: str, texts: tuning_data.Texts, effort: Effort) -> None:
        """Load the checkpoint and put an untrained adapter, which changes nothing, into it."""
        self._model, self._tokenizer = load(path)
        self._model = with_adapter(self._model)
        self._device = next(self._model.parameters()).device
        self._learn = [one for item in texts.train for one in self._encoded(item)]
        self._held_out = bounded(
            [one for item in texts.held_out for one in self._encoded(item)],
            tuning_data.SCORED_TOKENS,
        )
        self._general = [one for text in general_texts() for one in self._windows(text)]
        self._pairs = texts.kind == "pairs"
        self._rate = effort.rate or RATE
        wanted = [p for p in self._model.parameters() if p.requires_grad]
        self._optimizer = torch.optim.AdamW(wanted, lr=self._rate, weight_decay=0.0)
        self._random = torch.Generator().manual_seed(effort.seed)
        self._order: list[int] = []
        self._kept: dict[str, Tensor] = {}
        self.learned, self.held_out, self.tokens = len(texts.train), len(texts.held_out), 0

    def _encoded(self, item: tuning_data.Item) -> list[Window]:
        """A file in windows; a pair as a chat where the model knows one, else as plain text."""
        if isinstance(item, tuning_data.Document):
            return self._windows(item.text)
        end = [self._tokenizer.eos_token_id]
        if self._tokenizer.chat_template:
            turn = [{"role": "user", "content": item.prompt}]
            before = self._tokenizer.apply_chat_template(
                turn, add_generation_prompt=True, return_dict=False
            )
        else:
            before = self._ids(item.prompt)
        after = self._ids(item.completion) + end
        before = list(before)[-(LENGTH // 2) :]
        return [Window([*before, *after][: LENGTH + 1], max(1, len(before)))]

    def _windows(self, text: str) -> list[Window]:
        ids = self._ids(text)
        cuts = range(0, max(1, len(ids) - 1), LENGTH)
        return [Window(ids[start : start + LENGTH + 1]) for start in cuts]

    def _ids(self, text: str) -> list[int]:
        return list(
            self._tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]
        )

    def step(self, progress: float) -> float:
        """Learn from one batch."""
        if len(self._order) < ROWS:
            self._order = torch.randperm(len(self._learn), generator=self._random).tolist()
        chosen, self._order = self._order[:ROWS], self._order[ROWS:]
        batch = [self._learn[index] for index in chosen]
        for group in self._optimizer.param_groups:
            group["lr"] = self._rate * min(1.0, (1 - progress) / 0.8)
        tokens, labels = padded(batch)
        self._model.train()
        logits = self._model(input_ids=tokens.to(self._device)).logits[:, :-1]
        loss = functional.cross_entropy(
            logits.float().flatten(0, 1), labels[:, 1:].flatten().to(self._device),
            ignore_index=IGNORED,
        )  # fmt: skip
        loss.backward()
        self._optimizer.step()
        self._optimizer.zero_grad()
        self.tokens += sum(len(one.tokens) for one in batch)
        return float(loss.detach())

    def own_scores(self) -> Scores:
        """Score the held-out data."""
        return self._scores(self._held_out, pairs=self._pairs)

    def general_scores(self) -> Scores:
        """Score files of Python's own library."""
        return self._scores(self._general, pairs=False)

    @torch.no_grad()
    def _scores(self, sequences: Sequence[Window], *, pairs: bool) -> Scores:
        self._model.eval()
        nats, right, count, size, exact = 0.0, 0, 0, 0, 0
        for one in sequences:
            tokens = torch.tensor([one.tokens], device=self._device)
            logits = self._model(input_ids=tokens).logits[0, one.start - 1 : -1].float()
            goals = tokens[0, one.start :]
            nats += float(functional.cross_entropy(logits, goals, reduction="sum"))
            hits = logits.argmax(-1) == goals
            right += int(hits.sum())
            exact += bool(hits.all())
            count += len(goals)
            size += len(self._tokenizer.decode(goals, skip_special_tokens=False).encode())
        return Scores(
            bits_per_byte=nats / math.log(2) / max(size, 1),
            next_token=right / max(count, 1),
            exact=exact / max(len(sequences), 1) if pairs else None,
        )

    def keep(self) -> None:
        """Remember the adapter as it is."""
        named = self._model.named_parameters()
        self._kept = {name: p.detach().clone() for name, p in named if p.requires_grad}

    @torch.no_grad()
    def recall(self) -> None:
        """Return to the adapter last remembered."""
        for name, parameter in self._model.named_parameters():
            if name in self._kept:
                parameter.copy_(self._kept[name])

    def save(self, folder: Path) -> Path:
        """Write the adapter in peft's layout."""
        try:
            self._model.save_pretrained(folder)
        except OSError as error:
            raise OutputError(f"{folder} cannot be written: {error}") from error
        return folder


def load(path: str) -> tuple[Any, Any]:
    """A checkpoint's model in single precision on a CPU, as it is on a GPU, and its tokenizer."""
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging as their_logging

    their_logging.disable_progress_bar()
    gpu = torch.cuda.is_available()
    try:
        tokenizer = AutoTokenizer.from_pretrained(path)
        model: Any = AutoModelForCausalLM.from_pretrained(path, dtype="auto" if gpu else "float32")
    except OSError as error:
        raise ModelNotFound(
            f"no Hugging Face model at {path}", hint="give a checkpoint folder or a cached id"
        ) from error
    except Exception as error:  # whatever a broken checkpoint makes transformers raise
        raise ModelCorrupt(f"the checkpoint {path} does not load: {error}") from error
    return model.to("cuda" if gpu else "cpu"), tokenizer


def with_adapter(model: Any) -> Any:  # noqa: ANN401 - peft wraps any model
    """The model with adapters in its attention and, where they are fused, in its experts."""
    try:
        from peft import LoraConfig, get_peft_model
    except ImportError as error:
        raise ModelError(
            "adapters need the package peft", hint="pip install 'plumb[tune]'"
        ) from error
    attention = {
        name.rpartition(".")[2]
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and ATTENTION.fullmatch(name.rpartition(".")[2])
    }
    if not attention:
        raise ModelError(
            f"no attention layers of {type(model).__name__} are known",
            hint="tune it with peft itself",
        )
    fused = [e for e in EXPERTS if any(name.endswith(e) for name, _ in model.named_parameters())]
    config = LoraConfig(
        r=RANK,
        lora_alpha=ALPHA,
        lora_dropout=0.0,
        target_modules=sorted(attention),
        target_parameters=fused or None,
        task_type="CAUSAL_LM",
    )
    with warnings.catch_warnings():  # peft asks transformers by a name that is on its way out
        warnings.simplefilter("ignore", FutureWarning)
        return get_peft_model(model, config)


def padded(batch: Sequence[Window]) -> tuple[Tensor, Tensor]:
    """Tokens and labels (rows, longest); what does not count is marked in the labels."""
    longest = max(len(one.tokens) for one in batch)
    tokens = torch.zeros(len(batch), longest, dtype=torch.long)
    labels = torch.full((len(batch), longest), IGNORED)
    for row, one in enumerate(batch):
        ids = torch.tensor(one.tokens)
        tokens[row, : len(ids)] = ids
        labels[row, one.start : len(ids)] = ids[one.start :]
    return tokens, labels


def bounded(sequences: Sequence[Window], most: int) -> list[Window]:
    """The first sequences of so many tokens together, at least one."""
    kept: list[Window] = []
    for one in sequences:
        if kept and most < len(one.tokens):
            break
        if len(one.tokens) > one.start:
            kept.append(one)
            most -= len(one.tokens)
    return kept
