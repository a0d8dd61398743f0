"""A solution as a script that a third party can run without our code: sympy and mpmath only.

Each proved step whose two lines are formal becomes a claim, which the script proves again by
methods of its own (`certificate_checks`, copied into it); what has no formal claim is listed. A
claim enters a certificate only after the check succeeded here, in a worker with a deadline.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from assistants import deadline
from assistants.answer import Answer, Verdict
from assistants.errors import DeadlineExceeded, InputError, WorkerCrashed

from . import worker
from .claims import Claim, claims_of, name_code
from .solution import Solution, SolutionStep

SECONDS = 10.0
DIGEST_LINE = "DIGEST = "


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The script's text, the titles of what it proves again, and of proved steps it does not."""

    text: str
    rechecked: tuple[str, ...]
    left_out: tuple[str, ...]


def certificate(
    question: str, answer: Answer[Solution], *, seconds: float = SECONDS
) -> Certificate:
    """Write the certificate of a solved question.

    Args:
        question: What was asked, for the script's heading.
        answer: What `solve` returned.
        seconds: For checking each claim once before it is written down.

    Raises:
        InputError: There is no answer, or none of its proved steps is formal.
    """
    if answer.best is None or answer.best.candidate.answer == "":
        raise InputError("there is no answer to certify", hint="solve the question first")
    solution = answer.best.candidate
    claims: list[Claim] = []
    left_out: list[str] = []
    for number, step in enumerate(solution.steps, start=1):
        if step.verdict is not Verdict.PROVED:
            continue
        found = _first(claims_of(step, solution), seconds)
        claims += [claim for claim in found if claim not in claims]
        if not found:
            left_out.append(_title(number, step))
    claims += [claim for claim in _first(_whole(solution), seconds) if claim not in claims]
    if not claims:
        raise InputError(
            "no proved step of this solution can be checked again by sympy alone",
            hint="see its steps and checks: plumb solve … --details full",
        )
    text = _script(question, solution, claims, left_out)
    return Certificate(
        text=text, rechecked=tuple(c.title for c in claims), left_out=tuple(left_out)
    )


def _first(claims: Sequence[Claim], seconds: float) -> list[Claim]:
    """Return the strongest claim that its check proves."""
    return next(([claim] for claim in claims if _succeeds(claim, seconds)), [])


def _title(number: int, step: SolutionStep) -> str:
    return f"step {number}, {step.rule}"


def _whole(solution: Solution) -> list[Claim]:
    """The first line of the solution against the answer."""
    if not solution.steps:
        return []
    step = SolutionStep(rule="the whole", before=solution.steps[0].before, after=solution.answer)
    return claims_of(step, solution)


def _succeeds(claim: Claim, seconds: float) -> bool:
    try:
        return deadline.call(worker.recheck, claim, seconds=seconds)
    except (DeadlineExceeded, WorkerCrashed, InputError):
        return False


def _script(
    question: str, solution: Solution, claims: Sequence[Claim], left_out: Sequence[str]
) -> str:
    checks = resources.files("math_solver").joinpath("certificate_checks.py").read_text("utf-8")
    checks = checks.partition('"""\n\n')[2].rstrip()
    names = sorted({name for claim in claims for name in claim.names})
    lines = [
        "#!/usr/bin/env python3",
        '"""A certificate written by plumb. Run it: exit code 0 means that every claim was proved',
        "again, by sympy and mpmath alone; 1 that one was not, or that this file was changed.",
        '"""',
        "",
        "import hashlib",
        "import sys",
        "from pathlib import Path",
        "",
        checks,
        "",
        "",
        "# --- what is claimed",
        "",
        f"QUESTION = {_literal(question)}",
        f"ANSWER = {_literal(solution.answer)}",
        f"NOT_RECHECKED = {_literal(list(left_out))}",
        *(f"{name_code(name)} = sp.Symbol({_literal(name)}, real=True)" for name in names),
        "CLAIMS = [",
        *(f"    ({_literal(c.title)}, {c.check}, ({c.code()}))," for c in claims),
        "]",
        "",
        _MAIN.strip("\n"),
        "",
    ]
    body = "\n".join(lines)
    return f'{body}\n\n{DIGEST_LINE}"{digest(body)}"\n\nif __name__ == "__main__":\n    main()\n'


def digest(text: str) -> str:
    """Return the SHA-256 of a certificate up to its digest line."""
    return hashlib.sha256(text.partition(f"\n\n{DIGEST_LINE}")[0].encode()).hexdigest()


def _literal(value: str | list[str]) -> str:
    """Write text as a Python literal of printable ASCII; no text can become code."""
    return ascii(value)


_MAIN = '''
def main():
    """Prove every claim again."""
    text = Path(__file__).read_text("utf-8").partition("\\n\\nDIGEST = ")[0]
    failed = hashlib.sha256(text.encode()).hexdigest() != DIGEST
    if failed:
        print("FAILED: this file was changed after it was written")
    print(f"{QUESTION}\\n  {ANSWER}")
    for title, check, arguments in CLAIMS:
        proved = check(*arguments) is True
        failed = failed or not proved
        print(f"{'proved' if proved else 'FAILED'}: {title}")
    for title in NOT_RECHECKED:
        print(f"not re-checked here: {title}")
    sys.exit(1 if failed else 0)
'''
