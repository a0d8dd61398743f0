"""Learning from confirmed pairs of question and query on one database.

`items` finds what a question names that its query holds as a literal, `templates` takes both apart
and puts them together again, `classifier` is a linear model in numpy, `memory` the whole with its
calibrated probability and one threshold, `stored` its file.
"""

from .folding import Fold, find_folds
from .memory import NOTHING, Guess, Memory, learn, right
from .stored import Stored, load, save
from .templates import form_of, template_of

__all__ = [
    "NOTHING",
    "Fold",
    "Guess",
    "Memory",
    "Stored",
    "find_folds",
    "form_of",
    "learn",
    "load",
    "right",
    "save",
    "template_of",
]
