"""The decoding engine of the bundled model. It knows token ids only, no text and no tokenizer."""

from .decode import Drawn, Engine, Request, choose
from .sampling import Sampler, log_probability
from .search import Bounds, Found
from .session import Metadata, Session

__all__ = [
    "Bounds",
    "Drawn",
    "Engine",
    "Found",
    "Metadata",
    "Request",
    "Sampler",
    "Session",
    "choose",
    "log_probability",
]
