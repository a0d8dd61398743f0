"""How good scores are: area under the ROC curve, average precision, calibration, drift."""

import numpy as np

from .transactions import Floats, Integers


def area_under_curve(labels: Integers, scores: Floats) -> float:
    """Return the chance that a fraud scores higher than another transaction; ties count half."""
    order = np.argsort(scores, kind="stable")
    ordered = scores[order]
    _, start, count = np.unique(ordered, return_index=True, return_counts=True)
    ranks = np.repeat(start + (count + 1) / 2, count)
    positive = labels[order] == 1
    frauds, others = int(positive.sum()), int((~positive).sum())
    if not frauds or not others:
        return float("nan")
    return float((ranks[positive].sum() - frauds * (frauds + 1) / 2) / (frauds * others))


def average_precision(labels: Integers, scores: Floats) -> float:
    """Return the mean of the precision at each fraud, by falling score; ties as one step."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[order] == 1)
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    found = hits[ends]
    gained = np.diff(found, prepend=0)
    return float((found / (ends + 1) * gained).sum() / hits[-1]) if hits[-1] else float("nan")


def calibration_error(labels: Integers, chances: Floats, bins: int = 10) -> float:
    """Return the mean distance between foretold and seen frequency over bins of equal size."""
    order = np.argsort(chances, kind="stable")
    parts = zip(
        np.array_split(chances[order], bins), np.array_split(labels[order], bins), strict=True
    )
    return float(sum(len(c) * abs(c.mean() - t.mean()) for c, t in parts if len(c)) / len(labels))


def stability(before: Floats, now: Floats, bins: int = 10) -> float:
    """Return the population stability index of one feature; above 0.25 it has drifted."""
    edges = np.unique(np.quantile(before, np.linspace(0, 1, bins + 1)[1:-1]))
    first = np.bincount(np.searchsorted(edges, before), minlength=len(edges) + 1) + 0.5
    second = np.bincount(np.searchsorted(edges, now), minlength=len(edges) + 1) + 0.5
    p, q = first / first.sum(), second / second.sum()
    return float(((q - p) * np.log(q / p)).sum())
