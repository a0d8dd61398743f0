"""Losses that the ablations compare with the plain one; each has its signature."""

import random

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from assistants.masking import Vocabulary, compile_mask
from math_solver.plan import grammar
from training.model import MoeTransformer, Route
from training.tasks import unmasked
from training.tokenizer import END

Outcome = tuple[Tensor, list[Route]]


class Distilled:
    """Half of the loss against the text, half against the mean of teachers (Hinton et al. 2015)."""

    def __init__(self, teachers: tuple[MoeTransformer, ...]) -> None:
        self._teachers = teachers

    def __call__(
        self, model: MoeTransformer, tokens: Tensor, targets: Tensor, segments: Tensor
    ) -> Outcome:
        """Summed loss over the marked positions, and the routing."""
        routes: list[Route] = []
        inputs, parts, counted = tokens[:, :-1], segments[:, :-1], targets[:, 1:]
        scores = scores_of(model, model(inputs, parts, routes)[counted])
        with torch.no_grad():
            taught = torch.stack(
                [scores_of(t, t(inputs, parts)[counted]).softmax(-1) for t in self._teachers]
            ).mean(dim=0)
        goals = tokens[:, 1:][counted].long()
        plain = functional.cross_entropy(scores, goals, reduction="sum")
        soft = -(taught * scores.log_softmax(-1)).sum()
        return 0.5 * plain + 0.5 * soft, routes


class PlanConstrained:
    """Cross-entropy over the tokens that the plan grammar allows, where a plan is written.

    At run time the mask takes all other tokens away, so nothing need be learned about them. A plan
    that the grammar does not read (its letters stand in formulas that a masked question no longer
    shows) is scored without a mask, as is everything that is no plan.
    """

    def __init__(self, words: Tokenizer) -> None:
        self._words = words
        end = words.token_to_id(END)
        self._size = words.get_vocab_size()
        self._vocabulary = Vocabulary(words.to_str(), size=self._size, end=(end,))
        self._plan, self._end = words.token_to_id("<|plan|>"), end
        self._question = words.token_to_id("<|question|>")

    def __call__(
        self, model: MoeTransformer, tokens: Tensor, targets: Tensor, segments: Tensor
    ) -> Outcome:
        """Summed loss over the marked positions, and the routing."""
        routes: list[Route] = []
        counted = targets[:, 1:]
        scores = scores_of(model, model(tokens[:, :-1], segments[:, :-1], routes)[counted])
        masks = np.stack([self._allowed(row.tolist()) for row in tokens])
        allowed = torch.from_numpy(masks)[:, 1:][counted]
        scores = scores.masked_fill(~allowed, -torch.inf)
        goals = tokens[:, 1:][counted].long()
        return functional.cross_entropy(scores, goals, reduction="sum"), routes

    def _allowed(self, row: list[int]) -> "np.ndarray[tuple[int, int], np.dtype[np.bool_]]":
        """What may stand at each place of a row: (length, vocabulary)."""
        allowed = np.ones((len(row), self._size), np.bool_)
        asked = 0
        for place, token in enumerate(row):
            if token == self._question:
                asked = place + 1
            elif token == self._plan and self._end in row[place:]:
                stop = row.index(self._end, place)
                question = self._words.decode(row[asked:place])
                self._mark(allowed[place + 1 : stop + 1], question, row[place + 1 : stop + 1])
        return allowed

    def _mark(
        self,
        allowed: "np.ndarray[tuple[int, int], np.dtype[np.bool_]]",
        question: str,
        plan: list[int],
    ) -> None:
        mask = compile_mask(grammar(unmasked(question, random.Random(0))), self._vocabulary)
        if mask.validate(plan[:-1]) < len(plan) - 1:
            return
        for place, token in enumerate(plan):
            bits = mask.allowed().view(np.uint8)
            unpacked = np.unpackbits(bits, bitorder="little")[: self._size].astype(np.bool_)
            if unpacked[token]:
                allowed[place] = unpacked
            mask.accept([token])


def scores_of(model: MoeTransformer, hidden: Tensor) -> Tensor:
    """Logits of hidden states."""
    return functional.linear(hidden, model.embed_tokens.weight.to(hidden.dtype))
