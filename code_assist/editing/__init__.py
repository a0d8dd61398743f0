"""Changes a selection as told, and says what a selection does.

Mechanical edits of Python (a docstring, type hints, a guard, a rename, an extraction) are made by
rules; anything else by a model that chats. Either way the file must parse as well as before and
show no new finding, or the edit is refused.
"""

from .edit import edit
from .explain import Explanation, explain

__all__ = ["Explanation", "edit", "explain"]
