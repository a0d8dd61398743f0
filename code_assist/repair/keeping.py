"""Whether a changed file still passes the tests that it passed before."""

from collections.abc import Sequence
from pathlib import Path

from assistants.answer import Check, Verdict
from assistants.errors import DeadlineExceeded, WorkerCrashed
from assistants.model import Cancel
from code_assist.testing import Project
from code_assist.testing.guest import Guest

from .bench import Bench, Tested, test_files
from .patches import Patch


class StillPass:
    """Verifies, in the sandbox, that the tests which pass now pass after a change as well."""

    def __init__(
        self, project: Project, tests: Sequence[Path], *, cancel: Cancel | None = None
    ) -> None:
        self._project, self._paths, self._cancel = project, test_files(tests), cancel

    def check(self, candidate: Patch) -> Check:
        """Return the first test that no longer passes, or that all still do.

        Raises:
            InputError: There is no pytest.
            SandboxUnavailable: The machine cannot confine the code; nothing was run.
        """
        readable = [one.parent for one in self._paths]
        with Guest(self._project, self._cancel, imports=False, readable=readable) as guest:
            bench = Bench(guest, self._project, [str(one) for one in self._paths])
            try:
                before = bench.run(candidate.before, trace=True)
                after = bench.run(candidate.after, trace=True)
            except (DeadlineExceeded, WorkerCrashed) as error:
                return Check(by="tests", verdict=Verdict.UNKNOWN, detail=str(error))
        return _told(before, after)


def _told(before: dict[str, Tested], after: dict[str, Tested]) -> Check:
    good = [name for name, one in before.items() if one.passed]
    lost = [name for name in good if name not in after or not after[name].passed]
    if lost:
        said = after[lost[0]].said.strip() if lost[0] in after else "it is not run any more"
        detail = f"{lost[0]} passed before, and now: {said or 'it fails'}"
        return Check(by="tests", verdict=Verdict.REFUTED, detail=detail[:300])
    if not good:
        return Check(by="tests", verdict=Verdict.UNKNOWN, detail="no test passed before")
    failing = len(before) - len(good)
    others = f"; {failing} others failed before" if failing else ""
    detail = f"all {len(good)} tests that passed before still do{others}"
    return Check(by="tests", verdict=Verdict.PROVED, detail=detail)
