"""Clinical notes: what they say, with evidence and review, and what must be taken out."""

from .findings import Finding, extract
from .identifiers import deidentify
from .review import ReviewQueue, default_queue
from .tagger import Tagger
from .tagger import load as load_tagger

__all__ = [
    "Finding",
    "ReviewQueue",
    "Tagger",
    "default_queue",
    "deidentify",
    "extract",
    "load_tagger",
]
