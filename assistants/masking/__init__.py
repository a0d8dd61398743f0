"""From a constraint to a mask over one model's tokens. Home of llguidance."""

from .compiler import MASKABLE, choice_pattern, compile_mask
from .vocabulary import Vocabulary

__all__ = ["MASKABLE", "Vocabulary", "choice_pattern", "compile_mask"]
