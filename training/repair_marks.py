"""Prompts of markers as text, for examples that are written to files."""

from assistants.model import Marked, Marker


def spelled(prompt: Marked) -> str:
    """A prompt as text, markers written out; what people wrote can spell none of them."""
    parts = (
        f"<|{part.name}|>" if isinstance(part, Marker) else part.replace("<|", "< |")
        for part in prompt.parts
    )
    return "".join(parts)
