"""Learning from confirmed pairs of question and query on one database.

`items` finds what a question names that its query holds as a literal, in other letters too
(`likeness`); `templates` takes both apart and puts them together again. Plain queries are also
known by their clauses (`clauses`), so that parts of several make a new one (`heads`, `composer`).
`classifier` is a linear model in numpy, `memory` the whole with its calibrated probability and one
threshold, `stored` its file.
"""

from .clauses import take_apart
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
    "take_apart",
    "template_of",
]
