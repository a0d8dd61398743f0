"""A second reader of word problems, learned, that shares no code with the rules of wording.

It takes the numbers of a question, decides which of them matter, and joins two at a time until one
is left, each join chosen by a log-linear model over what stands round them (after Roy and Roth,
"Solving general arithmetic word problems", 2015, and "Unit dependency graph", 2017; here a number
may be joined more than once). It is trained on GSM8K's training part and on generated stories:
`python -m training.second_reader`.
"""

from .opinion import WORTH_SHOWING, Opinion, agreed, second_opinion
from .reader import Second, read_second

__all__ = ["WORTH_SHOWING", "Opinion", "Second", "agreed", "read_second", "second_opinion"]
