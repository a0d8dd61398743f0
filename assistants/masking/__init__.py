"""From a constraint to a mask over one model's tokens. Home of llguidance."""

from .compiler import MASKABLE, compile_mask
from .vocabulary import Vocabulary

__all__ = ["MASKABLE", "Vocabulary", "compile_mask"]
