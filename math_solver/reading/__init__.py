"""Reading: from what a person types to masked questions and expression trees."""

from .mask import Question, read_question
from .tree import Binary, Call, Name, Negate, Number, Relation, Tree, letters, spell

__all__ = [
    "Binary",
    "Call",
    "Name",
    "Negate",
    "Number",
    "Question",
    "Relation",
    "Tree",
    "letters",
    "read_question",
    "spell",
]
