"""Proofs in plane geometry: from school wording or from JGEX, checked apart from the prover.

    facts          statements about points, measured in a figure
    constructions  problems in the notation of JGEX
    wording        problems in sentences
    figures        random figures in which given facts hold
    yuclid         the deduction engine (of the extra `geometry`)
    replay         the independent check of its proofs
    auxiliary      points that may be added
    prove          all of it in order
    answering      a question and its answer

Figures need numpy: drawing, proving and what they use are imported only where they are used.
"""

from .answering import asks_for_proof, proof_answer, read_geometry
from .constructions import Problem, read_problem
from .facts import Fact

__all__ = ["Fact", "Problem", "asks_for_proof", "proof_answer", "read_geometry", "read_problem"]
