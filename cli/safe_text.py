"""Text from outside (database values, files, model output) made safe for a terminal.

Covered: control characters of C0 and C1 (escape sequences start with one), the line and paragraph
separators, and the marks that reverse the direction of writing. Rich markup is never parsed here,
because nothing is printed as markup. Not covered: letters that look like other letters.
"""

import json
import re

from assistants.answer import Json

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def printable(text: str) -> str:
    """Return `text` with every character that a terminal would act on written as an escape.

    Tabs and line ends stay; a carriage return before a line end is dropped.
    """
    return _CONTROL.sub(_escape, text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """Return `text` printable and on one line, for a table's cell or a message."""
    return printable(text).replace("\n", "\\n").replace("\t", " ")


def to_json(value: Json, *, indent: int | None = None) -> str:
    r"""Return JSON that is also safe to show: what a terminal acts on is written `\uXXXX`."""
    separators = (",", ": ") if indent else (",", ":")
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
    return re.sub(
        "[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]",
        lambda match: f"\\u{ord(match[0]):04x}",
        text,
    )
