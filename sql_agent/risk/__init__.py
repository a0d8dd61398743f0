"""Transaction risk scores: few chosen labels, delayed feedback, calibrated, with reasons."""

from .scoring import RiskModel, Training, load, save
from .sources import load_source
from .using import Score, score_source, train_source, write_database

__all__ = [
    "RiskModel",
    "Score",
    "Training",
    "load",
    "load_source",
    "save",
    "score_source",
    "train_source",
    "write_database",
]
