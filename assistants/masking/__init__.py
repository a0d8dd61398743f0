"""From a constraint to a mask over one model's tokens. Home of llguidance and of our grammars."""

from .compiler import MASKABLE, choice_pattern, compile_mask
from .healed import HealedMask
from .program import begins_program
from .vocabulary import Vocabulary

__all__ = [
    "MASKABLE",
    "HealedMask",
    "Vocabulary",
    "begins_program",
    "choice_pattern",
    "compile_mask",
]
