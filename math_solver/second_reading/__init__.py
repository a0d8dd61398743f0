"""A second reader of word problems, learned, that shares no code with the rules of wording.

It takes the numbers of a question, decides which of them matter, and joins two at a time until one
is left, each join chosen by a log-linear model over what stands round them (after Roy and Roth,
"Solving general arithmetic word problems", 2015, and "Unit dependency graph", 2017; here a number
may be joined more than once). It is trained on the training parts of GSM8K and mawps-single and on
generated stories: `python -m training.second_reader`. Beside it stand the stories of mawps-single
that were solved before, found again by their wording (`cases`).
"""

from .cases import Recalled, recalled
from .opinion import AGREED, WORTH_SHOWING, Opinion, likeliest, second_opinion
from .reader import Second, read_second

__all__ = [
    "AGREED",
    "WORTH_SHOWING",
    "Opinion",
    "Recalled",
    "Second",
    "likeliest",
    "read_second",
    "recalled",
    "second_opinion",
]
