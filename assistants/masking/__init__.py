"""From a constraint to a mask over one model's tokens. Home of llguidance and of our grammars."""

from .budget import Ending
from .compiler import MASKABLE, choice_pattern, compile_mask
from .healed import HealedMask
from .program import Insertion, begins_program, first_error, has_place, warm
from .vocabulary import Vocabulary

__all__ = [
    "MASKABLE",
    "Ending",
    "HealedMask",
    "Insertion",
    "Vocabulary",
    "begins_program",
    "choice_pattern",
    "compile_mask",
    "first_error",
    "has_place",
    "warm",
]
