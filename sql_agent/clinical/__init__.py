"""Clinical notes: what they say, with evidence and review, and what must be taken out."""

from .findings import Finding, extract
from .identifiers import deidentify
from .review import ReviewQueue, default_queue
from .tagger import Tagger

__all__ = ["Finding", "ReviewQueue", "Tagger", "default_queue", "deidentify", "extract"]
