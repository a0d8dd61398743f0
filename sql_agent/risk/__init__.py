"""Transaction risk scores: few chosen labels, delayed feedback, calibrated, with reasons.

The public names are resolved when first asked for, so that importing this costs nothing.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

_HOMES = {
    "RiskModel": ".scoring",
    "Score": ".using",
    "Training": ".scoring",
    "load": ".scoring",
    "load_source": ".sources",
    "save": ".scoring",
    "score_source": ".using",
    "train_source": ".using",
    "write_database": ".using",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(_HOMES[name], __name__), name)
    globals()[name] = found
    return found
