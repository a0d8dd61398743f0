"""A nested cache of n-grams: what stood in this file and this project, mixed with a model.

Knows tokens, not languages. `Memory` holds the texts, `NgramModel` writes with nothing else.
"""

from .encoder import Encoder, settled
from .memory import Memory, Recent
from .mixing import Recollection, Texts

__all__ = ["Encoder", "Memory", "Recent", "Recollection", "Texts", "settled"]
