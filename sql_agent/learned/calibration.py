"""How probable a guess is to be right: fitted on guesses for pairs that were held out."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from sql_agent.words import STOP

from .classifier import Floats
from .templates import form_of, template_of

Part = Literal["asked", "learned", "left out"]
_WORDINGS = 0.3
"""The part of wordings that is held out."""
_TEMPLATES = 0.22
"""The part of templates that is taken away: people ask for what nobody taught."""
_VARIED = 60
"""Fewer wordings are too alike to hold out whole ones; so it is with templates."""
_RIDGE = 5.0


def held_out(
    pairs: Sequence[tuple[str, str]],
    values: Mapping[str, tuple[str, ...]],
    keys: frozenset[str],
    *,
    periods: bool,
    fold: int,
) -> list[Part]:
    """Return what is done with each pair in a fold.

    Whole wordings are held out, since people seldom ask twice in the same words, and of some
    templates all pairs are taken away, a part of which is asked.
    """
    forms = [form_of(question, values, keys, periods=periods) for question, _ in pairs]
    templates = [
        template_of(sql, form.items) or "" for form, (_, sql) in zip(forms, pairs, strict=True)
    ]
    wordings = [
        " ".join(sorted({w for w in form.words if w.isalpha() and w not in STOP})) for form in forms
    ]
    if len(set(wordings)) < _VARIED:
        wordings = [question for question, _ in pairs]
    strange = _TEMPLATES if len(set(templates)) >= _VARIED else 0.0
    found: list[Part] = []
    for wording, template in zip(wordings, templates, strict=True):
        unknown = bool(template) and _place(f"{fold} template {template}") < strange
        share = _WORDINGS * (1 + _TEMPLATES) if unknown else _WORDINGS
        asked = _place(f"{fold} wording {wording}") < share
        found.append("asked" if asked else "left out" if unknown else "learned")
    return found


def _place(text: str) -> float:
    """Return a number from 0 to 1 that is always the same for a text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) / 2**32


def best_threshold(chances: Sequence[float], good: Sequence[bool], penalty: float) -> float:
    """Return the probability from which on answers gain most, a wrong one costing `penalty`."""
    best, gain, threshold = 0.0, 0.0, 1.01
    for chance, right_one in sorted(zip(chances, good, strict=True), reverse=True):
        gain += 1.0 if right_one else -penalty
        if gain > best:
            best, threshold = gain, chance
    return threshold


def calibrated(seen: Sequence[tuple[Sequence[float], bool]], size: int) -> Floats:
    """Return the weights of logistic regression over a constant and the evidence.

    By Newton's method with a ridge on evidence of one scale; `size` is that of the weights.
    """
    if not seen:
        return np.zeros(size, np.float32)
    raw = np.stack([np.asarray(evidence, np.float64) for evidence, _ in seen])
    middle, scale = raw.mean(axis=0), raw.std(axis=0) + 1e-6
    inputs = np.hstack([np.ones((len(raw), 1)), (raw - middle) / scale])
    targets = np.asarray([good for _, good in seen], np.float64)
    ridge = np.full(size, _RIDGE)
    ridge[0] = 1e-2
    weights = np.zeros(size)
    for _ in range(25):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        slope = inputs.T @ (targets - chance) - ridge * weights
        curve = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + np.diag(ridge)
        weights += np.linalg.solve(curve, slope)
    own = weights[1:] / scale
    return np.asarray([weights[0] - own @ middle, *own], np.float32)
