"""The decoding engine of the bundled model. It knows token ids only, no text and no tokenizer."""

from .decode import Counters, Engine
from .loading import load
from .sampling import Sampler, log_probability
from .search import Bounds, Found
from .session import Metadata, Session
from .streams import Drawn, Request, choose

__all__ = [
    "Bounds",
    "Counters",
    "Drawn",
    "Engine",
    "Found",
    "Metadata",
    "Request",
    "Sampler",
    "Session",
    "choose",
    "load",
    "log_probability",
]
