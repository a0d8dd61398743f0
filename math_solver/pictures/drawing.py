"""From a question and its answer to a scene: what runs in a worker process."""

from assistants.errors import InputError
from math_solver.geometry.answering import asks_for_proof

from .curves import functions_graph
from .figures import number_line, shape_figure, terms_graph
from .planes import relations_graph
from .proofs import proof_figure
from .scene import Scene
from .subjects import Functions, Intervals, NoPicture, Relations, Shape, Terms, subject_of


def scene_of(question: str, answer: str) -> Scene:
    """Return what there is to draw. Raises `NoPicture`."""
    title = " ".join(question.split())[:120]
    if asks_for_proof(question):
        return proof_figure(question, title)
    try:
        subject = subject_of(question, answer)
    except NoPicture:
        raise
    except InputError as error:
        raise NoPicture(f"it cannot be drawn: {error}") from error
    match subject:
        case Functions():
            return functions_graph(subject, title)
        case Relations():
            return relations_graph(subject, title)
        case Intervals():
            return number_line(subject, title)
        case Terms():
            return terms_graph(subject, title)
        case Shape():
            return shape_figure(subject, title)
