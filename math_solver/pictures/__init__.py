"""Pictures of questions and answers: in a terminal, as SVG, and in a page of HTML.

    picture(question, answer)         a scene, worked out in a worker process
    to_svg(scene)                     one picture, light and dark, no script
    terminal_lines(scene, width)      the same in braille signs
    page(question, answer, scene)     one self-contained page with steps and checks

What is joined is proved to be continuous there, by ball arithmetic. See `sampling`.
"""

from assistants import deadline
from assistants.errors import DeadlineExceeded, WorkerCrashed
from assistants.model import Cancel

from .drawing import scene_of
from .page import page
from .scene import Graph, NumberLine, Scene
from .subjects import NoPicture
from .svg import to_svg
from .terminal import terminal_lines

__all__ = [
    "Graph", "NoPicture", "NumberLine", "Scene", "page", "picture", "terminal_lines", "to_svg",
]  # fmt: skip

SECONDS = 20.0
"""Wall-clock time of a picture, which is some tenths of a second on a free core."""


def picture(
    question: str, answer: str, *, seconds: float = SECONDS, cancel: Cancel | None = None
) -> Scene:
    """Return what there is to draw of a question and the text of its answer.

    Raises:
        NoPicture: There is nothing to draw, or not in this time; the message says why.
        Cancelled: `cancel` was raised.
    """
    deadline.warm([scene_of.__module__])
    try:
        return deadline.call(scene_of, question, answer, seconds=seconds, cancel=cancel)
    except (DeadlineExceeded, WorkerCrashed) as error:
        raise NoPicture(f"the picture was not finished: {error}", hint=error.hint) from error
