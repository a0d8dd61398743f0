"""Tuning of all weights of the bundled kind, on a CPU or a GPU."""

import copy
import json
import math
import sysconfig
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from assistants.errors import OutputError
from training import machine, onnx_export, tuning_data
from training.export import export
from training.model import MoeTransformer
from training.optimizer import Rates
from training.pretrain import Recipe, Trainer
from training.schedule import Schedule
from training.stream import MixedRows, Piece, RowPacker, token_of
from training.tokenizer import FIM_PAD, write_configuration
from training.tuning import Effort, Scores
from training.weight_file import model_of_file

RATE = 3e-4
"""A sixth of pretraining's: the weights are rounded and far along."""
ROWS = 8
GENERAL = ("textwrap.py", "shlex.py", "heapq.py", "fractions.py")
GENERAL_BYTES = 4_000


class Bundled:
    """A weight file of the bundled kind with data to learn from (see `tuning.Subject`)."""

    def __init__(self, weights: Path, texts: tuning_data.Texts, effort: Effort) -> None:
        """Read the weights; `tokenizer.json` stands beside them."""
        model, self._properties = model_of_file(weights)
        self._tokenizer_file = weights.with_name("tokenizer.json")
        self._words = tuning_data.literal(Tokenizer.from_file(str(self._tokenizer_file)))
        length = int(self._properties["trained_length"])
        self._held_out = tuning_data.held_out_pieces(texts, self._words, length)
        self._pairs = texts.kind == "pairs"
        self._general = general_pieces(self._words, length)
        self._trainer = trainer_of(model, texts, self._words, length, effort)
        self._kept: dict[str, Tensor] = {}
        self.learned, self.held_out = len(texts.train), len(texts.held_out)

    @property
    def tokens(self) -> int:
        """How many tokens were learned from."""
        return self._trainer.progress.tokens

    def step(self, progress: float) -> float:
        """Learn from one batch."""
        return float(self._trainer.step(progress)["loss"])

    def own_scores(self) -> Scores:
        """Score the held-out data."""
        return scored(self._trainer.model, self._words, self._held_out, pairs=self._pairs)

    def general_scores(self) -> Scores:
        """Score files of Python's own library."""
        return scored(self._trainer.model, self._words, self._general, pairs=False)

    def keep(self) -> None:
        """Remember the weights as they are."""
        self._kept = copy.deepcopy(self._trainer.model.state_dict())

    def recall(self) -> None:
        """Return to the weights last remembered."""
        self._trainer.model.load_state_dict(self._kept)

    def save(self, folder: Path) -> Path:
        """Write `plumb.onnx` in the precision that was read, and `tokenizer.json` beside it."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory() as place:
                self._export(Path(place), folder / "plumb.onnx")
            text = self._tokenizer_file.read_bytes()
            (folder / "tokenizer.json").write_bytes(text)
        except OSError as error:
            raise OutputError(f"{folder} cannot be written: {error}") from error
        return folder / "plumb.onnx"

    def _export(self, place: Path, out: Path) -> None:
        (place / "tokenizer.json").write_bytes(self._tokenizer_file.read_bytes())
        write_configuration(place)
        export(self._trainer.model, place, place / "hf")
        onnx_export.export(place / "hf", out, **export_options(self._properties))


def export_options(properties: Mapping[str, str]) -> dict[str, Any]:
    """What a new file says about itself as the old one did."""
    return {
        "precision": properties["precision"],
        "context": int(properties["context_length"]),
        "trained_length": int(properties["trained_length"]),
        "markers": json.loads(properties["markers"]),
        "suffix_first": properties["suffix_first"] == "1",
        "release": f"{properties['release']}, tuned",
    }


def trainer_of(
    model: MoeTransformer,
    texts: tuning_data.Texts,
    words: Tokenizer,
    length: int,
    effort: Effort,
) -> Trainer:
    """A trainer that goes on from the model's weights; its experts stay as balanced as they are."""
    rate = effort.rate or RATE
    recipe = Recipe(
        shape=model.shape,
        rates=Rates(
            adamw=rate, embedding=rate, norm=rate, router=0.0, matrix_decay=0.0, embedding_decay=0.0
        ),
        schedule=Schedule(warmup_steps=10, cooldown=0.8),
        length=length,
        rows_a_step=ROWS,
        rows_a_pass=ROWS // 2,
        balancing=0.0,
        seed=effort.seed,
    )
    source = tuning_data.training_pieces(texts, words, length, effort.seed)
    rows = MixedRows(RowPacker(source, length, token_of(words, FIM_PAD)), None, effort.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    trainer = Trainer(recipe, rows, machine.inspect(device, "float32"))
    trainer.model.load_state_dict(model.state_dict())
    return trainer


def general_texts() -> list[str]:
    """The beginnings of files that every Python has."""
    library = Path(sysconfig.get_path("stdlib"))
    files = [library / name for name in GENERAL]
    return [file.read_text(encoding="utf-8")[:GENERAL_BYTES] for file in files if file.exists()]


def general_pieces(words: Tokenizer, length: int) -> tuple[Piece, ...]:
    """Windows of these."""
    found = [tuning_data.Document("python", text) for text in general_texts()]
    return tuple(piece for item in found for piece in tuning_data.code_windows(item, words, length))


@torch.no_grad()
def scored(
    model: MoeTransformer, words: Tokenizer, pieces: Sequence[Piece], *, pairs: bool
) -> Scores:
    """Teacher-forced scores. A completion is exact where every token of it is the likeliest."""
    nats, right, count, size, exact = 0.0, 0, 0, 0, 0
    for piece in pieces:
        tokens = torch.tensor([piece.tokens], device=model.embed_tokens.weight.device)
        hidden = model(tokens[:, :-1])[0]
        marked = torch.tensor(piece.targets[1:], device=hidden.device)
        goals = tokens[0, 1:][marked]
        scores = functional.linear(hidden[marked], model.embed_tokens.weight).float()
        nats += float(functional.cross_entropy(scores, goals, reduction="sum"))
        hits = scores.argmax(-1) == goals
        right += int(hits.sum())
        exact += bool(hits.all())
        count += len(goals)
        size += len(words.decode(goals.tolist(), skip_special_tokens=False).encode())
    return Scores(
        bits_per_byte=nats / math.log(2) / max(size, 1),
        next_token=right / max(count, 1),
        exact=exact / max(len(pieces), 1) if pairs else None,
    )
