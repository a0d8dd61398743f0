"""Every error that plumb raises on purpose.

    PlumbError                        exit code   retryable
    ├─ SettingsError                  2           no     a setting, a flag or a settings file
    ├─ InputError                     2           no     a question, file or row that cannot be read
    ├─ ConstraintError                2           no     a constraint that does not compile: where
    ├─ OutputError                    1           no     a result that could not be written
    ├─ ModelError                     3           no
    │  ├─ ModelNotFound               3           no     no model of that name or at that path
    │  ├─ ModelCorrupt                3           no     weights or tokenizer that do not load
    │  ├─ ModelUnavailable            3           yes    a server that does not answer, or too late
    │  └─ Unsupported                 3           no     asked of a back end what it cannot do
    ├─ DatabaseError                  4           no
    │  ├─ DatabaseNotFound            4           no     no such file, or the server is not reached
    │  ├─ QueryRefused                4           no     the guard's word: which part of the query
    │  └─ QueryFailed                 4           no     the engine's word
    ├─ DeadlineExceeded               1           yes    a check or a query that took too long
    ├─ WorkerCrashed                  1           yes    a worker process that died under its task
    ├─ SandboxUnavailable             1           no     a machine that cannot confine foreign code
    └─ Cancelled                      130         yes    the user stopped it

A wrong, refuted or missing answer is no error: it is an `Answer`. Foreign exceptions are converted
once, in the package that owns the library. `hint` is the next thing to do, in one line.
"""

from typing import ClassVar


class PlumbError(Exception):
    """Root of the tree. `str(error)` is one line; `hint` says what to do next."""

    exit_code: ClassVar[int] = 70
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class SettingsError(PlumbError):
    """A setting, a flag or a settings file is wrong."""

    exit_code = 2


class InputError(PlumbError):
    """A question, a file or a row cannot be read."""

    exit_code = 2


class ConstraintError(PlumbError):
    """A constraint does not compile; the message says where."""

    exit_code = 2


class OutputError(PlumbError):
    """A result could not be written (disk full, no permission, in use)."""

    exit_code = 1


class ModelError(PlumbError):
    """A model cannot be used."""

    exit_code = 3


class ModelNotFound(ModelError):
    """There is no model of that name or at that path."""


class ModelCorrupt(ModelError):
    """Weights or tokenizer are there but do not load."""


class ModelUnavailable(ModelError):
    """A model server does not answer, or answers too late."""

    retryable = True


class Unsupported(ModelError):
    """The back end cannot do what was asked of it; the message names it."""


class DatabaseError(PlumbError):
    """A database cannot be used."""

    exit_code = 4


class DatabaseNotFound(DatabaseError):
    """No such file, or the server is not reached."""


class QueryRefused(DatabaseError):
    """The guard refused a query; the message names the part."""


class QueryFailed(DatabaseError):
    """The engine could not run a query."""


class DeadlineExceeded(PlumbError):
    """A piece of work took longer than it was given."""

    exit_code = 1
    retryable = True


class WorkerCrashed(PlumbError):
    """A worker process died under its task (out of memory, killed)."""

    exit_code = 1
    retryable = True


class SandboxUnavailable(PlumbError):
    """The machine cannot confine code that nobody vouches for; nothing was run."""

    exit_code = 1


class Cancelled(PlumbError):
    """The user stopped it."""

    exit_code = 130
    retryable = True
