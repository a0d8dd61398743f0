"""The decoding engine of the bundled model. It knows token ids only, no text and no tokenizer."""

from .decode import Drawn, Engine, Request
from .session import Metadata, Session

__all__ = ["Drawn", "Engine", "Metadata", "Request", "Session"]
