"""What is done for a selection on request: unit tests, edits, an explanation.

Code actions of the kind `refactor.rewrite` offer what rules can do here; longer work is a command:

    plumb.writeTests   [uri, line]             writes tests of the function at a line
    plumb.edit         [uri, first, last, instruction]
    plumb.explain      [uri, first, last]      returns the explanation

Lines count from 0. Commands return the answer's row; changes go through `workspace/applyEdit`, so
that the user sees and can undo them. Tests are run in the sandbox, on the file as it is on disk.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from lsprotocol import types

from assistants.answer import Answer, Json, Status
from assistants.errors import PlumbError
from assistants.model import Cancel
from code_assist import java_testing, testing
from code_assist.editing import edit, explain
from code_assist.java_testing.targets import at_line as java_at_line
from code_assist.repair import Patch
from code_assist.testing import TestSuite
from code_assist.testing.targets import at_line

from . import cells, code_actions
from .documents import Document, readable
from .session import Session

WRITE_TESTS, EDIT, EXPLAIN = "plumb.writeTests", "plumb.edit", "plumb.explain"
_KIND = types.CodeActionKind.RefactorRewrite
OPTIONS = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix, _KIND])
_BY_RULE = (("Add a docstring", "add a docstring"), ("Add type hints", "add type hints"))
_END = types.Position(2**31 - 1, 0)

Row = dict[str, Json]


def register(session: Session) -> None:
    """Register the commands."""
    executor = ThreadPoolExecutor(1, thread_name_prefix="tasks")
    tasks = _Tasks(session, executor)
    # pygls writes attributes to what it registers: plain functions, not methods.

    @session.command(WRITE_TESTS)
    async def write(uri: str, line: int) -> object:
        return await tasks.write_tests(uri, line)

    @session.command(EDIT)
    async def change(uri: str, first: int, last: int, instruction: str) -> object:
        return await tasks.edit(uri, first, last, instruction)

    @session.command(EXPLAIN)
    async def tell(uri: str, first: int, last: int) -> object:
        return await tasks.explain(uri, first, last)

    del write, change, tell


async def offered(
    session: Session, params: types.CodeActionParams
) -> list[types.CodeAction] | None:
    """Return quick-fixes, and what can be done for the selection."""
    fixes = await code_actions.code_actions(session, params)
    document = readable(session.documents.get(params.text_document.uri))
    only = params.context.only
    wanted = not only or any(_KIND.value.startswith(kind) for kind in only)
    if document is None or not wanted or cells.is_cell(document.uri):
        return fixes
    first, last = params.range.start.line + 1, params.range.end.line + 1
    made = await session.work.run(
        ("rewrites", document.uri),
        session.analysis,
        lambda cancel: _rewrites(document, first, last, cancel),
    )
    return [*(fixes or []), *(made or [])]


def _rewrites(document: Document, first: int, last: int, cancel: Cancel) -> list[types.CodeAction]:
    """Return the edits that rules make here, and the command that writes tests."""
    source, found = document.source, list[types.CodeAction]()
    python = source.language == "python"
    try:
        name = at_line(source.text, first) if python else java_at_line(source.text, first)
        for title, instruction in _BY_RULE if python and name is not None else ():
            answer = edit(source, first, last, instruction, cancel=cancel)
            if answer.best is not None:
                change = _change(document, answer.best.candidate)
                found.append(types.CodeAction(title=title, kind=_KIND, edit=change))
    except PlumbError:
        return []  # a file that does not parse has other worries
    if name is not None and source.path:
        command = types.Command(
            title=f"Write tests of {name}",
            command=WRITE_TESTS,
            arguments=[document.uri, first - 1],
        )
        found.append(types.CodeAction(title=command.title, kind=_KIND, command=command))
    return found


def _change(document: Document, patch: Patch) -> types.WorkspaceEdit:
    whole = types.Range(types.Position(0, 0), _END)
    return types.WorkspaceEdit(changes={document.uri: [types.TextEdit(whole, patch.after)]})


class _Tasks:
    """The commands of one session; one of them runs at a time."""

    def __init__(self, session: Session, executor: ThreadPoolExecutor) -> None:
        self._session, self._executor = session, executor

    async def write_tests(self, uri: str, line: int) -> Row | None:
        """Write tests of the function at a line into the project's test file."""
        document = self._document(uri)
        if document is None:
            return None
        source = document.source
        path = Path(source.path)

        def work(cancel: Cancel) -> Answer[TestSuite]:
            if not path.is_file() or path.read_text(encoding="utf-8-sig") != source.text:
                return Answer(status=Status.ABSTAINED, reason="save the file first")
            if source.language == "java":
                name = java_at_line(source.text, line + 1)
                project = java_testing.JavaProject.of(path)
                return java_testing.write_java_tests(project, name, cancel=cancel)
            name = at_line(source.text, line + 1)
            return testing.write_tests(testing.Project.of(path), name, cancel=cancel)

        answer = await self._run(("tests", uri), work)
        if answer is not None and answer.best is not None:
            suite = answer.best.candidate
            self._apply(Path(suite.path).as_uri(), suite.code, "plumb: tests", create=True)
        return self._told(answer)

    async def edit(self, uri: str, first: int, last: int, instruction: str) -> Row | None:
        """Change a selection as told."""
        document = self._document(uri)
        if document is None:
            return None
        model = await self._session.model.wait()
        answer = await self._run(
            ("edit", uri),
            lambda cancel: edit(
                document.source, first + 1, last + 1, instruction, model=model, cancel=cancel
            ),
        )
        if answer is not None and answer.best is not None:
            if not self._session.documents.is_current(document):
                self._say("the file has changed meanwhile: ask again")
                return None
            self._apply(uri, answer.best.candidate.after, "plumb: edit", create=False)
        return self._told(answer)

    async def explain(self, uri: str, first: int, last: int) -> Row | None:
        """Say what a selection does."""
        document = self._document(uri)
        if document is None:
            return None
        model = await self._session.model.wait()
        answer = await self._run(
            ("explain", uri),
            lambda cancel: explain(
                document.source, first + 1, last + 1, model=model, cancel=cancel
            ),
        )
        return self._told(answer)

    async def _run(
        self, purpose: tuple[str, ...], work: "Callable[[Cancel], Answer[Any]]"
    ) -> "Answer[Any] | None":
        try:
            return await self._session.work.run(purpose, self._executor, work)
        except PlumbError as error:
            hint = f" ({error.hint})" if error.hint else ""
            return Answer(status=Status.FAILED, reason=f"{error}{hint}")

    def _document(self, uri: str) -> Document | None:
        document = readable(self._session.documents.get(uri))
        if document is None:
            self._say("open the file first")
        return document

    def _told(self, answer: "Answer[Any] | None") -> Row | None:
        """Return an answer's row; tell the user why there is no answer."""
        if answer is None:
            return None
        if answer.status is not Status.ANSWERED:
            self._say(answer.reason)
        return answer.to_dict()

    def _say(self, text: str) -> None:
        self._session.tell(f"plumb: {text}", types.MessageType.Warning)

    def _apply(self, uri: str, text: str, label: str, *, create: bool) -> None:
        """Have the client put a text in place of a file's, creating it where that is wanted."""
        whole = types.TextEdit(types.Range(types.Position(0, 0), _END), text)
        workspace = self._session.client_capabilities.workspace
        able = workspace.workspace_edit if workspace is not None else None
        if create and able is not None and able.document_changes:
            place = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=None)
            change = types.WorkspaceEdit(
                document_changes=[
                    types.CreateFile(
                        uri=uri, options=types.CreateFileOptions(ignore_if_exists=True)
                    ),
                    types.TextDocumentEdit(text_document=place, edits=[whole]),
                ]
            )
        else:
            change = types.WorkspaceEdit(changes={uri: [whole]})
        params = types.ApplyWorkspaceEditParams(edit=change, label=label)
        self._session.workspace_apply_edit(params, self._applied)  # nobody need wait for the user

    def _applied(self, result: types.ApplyWorkspaceEditResult) -> None:
        if not result.applied:
            self._say(f"the change was not applied: {result.failure_reason or 'refused'}")
