"""Trying out the claims of a certificate before it is written."""

import logging
from collections.abc import Sequence

from sympy.polys.polyerrors import BasePolynomialError

from math_solver import certificate_checks
from math_solver.claims import Claim
from math_solver.lines import Case

from . import Expression
from .build import build

logger = logging.getLogger(__name__)


def recheck(claim: Claim) -> bool:
    """Return whether a claim is proved by its check, and can be written as code."""
    claim.code()
    try:
        return _proved(claim)
    except (
        BasePolynomialError,
        ArithmeticError,
        AttributeError,
        NotImplementedError,
        TypeError,
        ValueError,
    ) as error:
        logger.debug("a claim of a certificate was not proved: %s", error)
        return False  # sympy has many ways to say that it cannot


def _proved(claim: Claim) -> bool:
    arguments = [
        _cases(argument) if isinstance(argument, tuple) else build(argument)
        for argument in claim.arguments
    ]
    return getattr(certificate_checks, claim.check)(*arguments) is True


def _cases(cases: Sequence[Case]) -> list[list[tuple[str, Expression, Expression]]]:
    return [[(r.operator, build(r.left), build(r.right)) for r in case] for case in cases]
