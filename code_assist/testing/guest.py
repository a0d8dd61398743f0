"""Our end of the conversation with the guest: started in the sandbox, asked, replaced when dead."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from assistants.answer import Json
from assistants.errors import InputError, WorkerCrashed
from assistants.model import Cancel
from code_assist.sandbox import Confined, Limits

from .project import Project

_HERE = Path(__file__).resolve().parent
_SLOW, _GRACE = 6, 30.0  # seconds are the processor's: what a busy machine may make of them
_CODE = (
    f"import sys; sys.path.insert(0, {str(_HERE)!r}); "
    "from plumb_guest.serve import main; del sys.path[0]; main()"
)
_LIMITS = Limits(cpu_seconds=3600, memory_mb=1500, address_space_mb=2048, processes=24)


class Guest:
    """A process in the sandbox with the module under test; a context manager.

    Without `imports` the module is left alone, for running tests against changed texts of it.
    """

    def __init__(
        self,
        project: Project,
        cancel: Cancel | None = None,
        *,
        imports: bool = True,
        readable: Sequence[Path] = (),
    ) -> None:
        self._project, self._cancel = project, cancel
        self._program = Confined(
            [project.python, "-B", "-c", _CODE],
            readable=[_HERE, project.root, project.home, *readable],
            environment={"PYTHONHASHSEED": "0", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            limits=_LIMITS,
        )
        self.protections = self._program.protections
        try:
            if imports:
                self._open()
            else:
                self._prepare()
        except BaseException:
            self._program.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._program.close()

    def ask(self, order: Mapping[str, Json], *, seconds: float) -> dict[str, Json]:
        """Return the guest's answer; `WorkerCrashed` or `DeadlineExceeded` where there is none."""
        line = json.dumps({**order, "file": str(self._project.file)})
        said = self._program.ask(line, seconds=seconds * _SLOW + _GRACE, cancel=self._cancel)
        try:
            answer = json.loads(said)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise WorkerCrashed("the guest answered nonsense", hint="see its module for prints")
        return answer

    def _prepare(self) -> None:
        roots = list(dict.fromkeys([str(self._project.root), str(self._project.home)]))
        answer = self.ask({"do": "prepare", "roots": roots}, seconds=30)
        if "error" in answer:
            raise InputError(
                f"{self._project.python} has no pytest", hint="install it there, or use --python"
            )

    def _open(self) -> None:
        order = {
            "do": "open",
            "module": self._project.module,
            "roots": [str(self._project.root)],
        }
        answer = self.ask(order, seconds=30)
        if "error" in answer:
            raise InputError(
                f"{self._project.file.name} cannot be imported: {answer['error']}",
                hint="is this the project's Python? --python names another",
            )


def texts(value: Json) -> list[str]:
    """Return the texts of a list that was said."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [one for one in value if isinstance(one, str)]
