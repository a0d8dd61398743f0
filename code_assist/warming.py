"""Reading a file when it is opened, so that the first key need not wait for that."""

from assistants.errors import PlumbError
from assistants.masking import warm as warm_mask

from .parsing import parse
from .python_syntax import judge
from .source import Source

_LONGEST = 300_000
"""Characters; a longer file is read when it is needed."""


def warm(source: Source) -> None:
    """Parse a file, find what it says about names, and read it by the constraint's automaton."""
    if len(source.text) > _LONGEST:
        return
    parse(source)
    if source.language == "python":
        judge(source)
    try:
        warm_mask(source.language, source.text)
    except PlumbError:  # no automaton for it: completing goes without
        return
