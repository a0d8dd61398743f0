"""The decoding engine of the bundled model. It knows token ids only, no text and no tokenizer."""

from .decode import Drawn, Engine, Request, choose
from .sampling import Sampler, log_probability
from .session import Metadata, Session

__all__ = [
    "Drawn",
    "Engine",
    "Metadata",
    "Request",
    "Sampler",
    "Session",
    "choose",
    "log_probability",
]
