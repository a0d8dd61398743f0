"""The open folders: the index follows what is edited, saved, moved, added and taken away."""

import asyncio
import logging
from pathlib import Path

from lsprotocol import types

from . import convert
from .documents import Document, readable
from .session import Session

_LOG = logging.getLogger(__name__)
_SETTLED = 1.0  # seconds without a change before a text is indexed again
_WATCHED = "**/*.{py,pyi,pyw,java}"
_IGNORE_FILE = "**/.gitignore"


def roots(params: types.InitializeParams) -> tuple[Path, ...]:
    """Return the folders that the client opened."""
    uris = [folder.uri for folder in params.workspace_folders or ()]
    if not uris and params.root_uri:
        uris = [params.root_uri]
    return _paths(uris)


def begin(session: Session) -> None:
    """Index the folders, and ask the client to tell what changes in them."""
    if not session.options.index:
        return
    _fill(session)
    watching = session.client_capabilities.workspace
    watched = watching.did_change_watched_files if watching is not None else None
    if session.roots and watched is not None and watched.dynamic_registration:
        session.spawn(asyncio.ensure_future(_watch(session)))


def register(session: Session) -> None:
    """Register what tells of folders and of files on disk."""

    @session.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders_changed(params: types.DidChangeWorkspaceFoldersParams) -> None:
        gone = set(_paths([folder.uri for folder in params.event.removed]))
        added = _paths([folder.uri for folder in params.event.added])
        kept = [root for root in session.roots if root not in gone]
        session.roots = (*kept, *(root for root in added if root not in kept))
        if session.options.index:
            _fill(session)

    @session.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(params: types.DidChangeWatchedFilesParams) -> None:
        paths = [Path(convert.to_path(event.uri)) for event in params.changes]
        if any(path.name == ".gitignore" for path in paths) and session.options.index:
            _fill(session)
            return
        for event, path in zip(params.changes, paths, strict=True):
            if session.documents.get(event.uri) is None:  # what is open counts as it is shown
                session.index.reread(path)


def edited(session: Session, document: Document | None) -> None:
    """Index a document again once it has been left alone for a moment."""
    if session.freed.due:  # also while nobody pauses: half an hour of keys without one doubles it
        session.indexing.submit(session.freed.give_back)
    if readable(document) is not None and document is not None and session.options.index:
        session.spawn(asyncio.ensure_future(_settle(session, document)))


def closed(session: Session, uri: str) -> None:
    """From now on the file counts as it is on disk."""
    if session.documents.get(uri) is not None and session.options.index:
        session.index.reread(Path(convert.to_path(uri)))


async def _settle(session: Session, document: Document) -> None:
    await asyncio.sleep(_SETTLED)
    if session.documents.is_current(document) and not session.asked_to_stop:
        session.index.update(document.source)


def _fill(session: Session) -> None:
    work = session.index.fill(session.roots, session.documents.sources())
    session.spawn(asyncio.ensure_future(work))


async def _watch(session: Session) -> None:
    watchers = [types.FileSystemWatcher(glob_pattern=glob) for glob in (_WATCHED, _IGNORE_FILE)]
    registration = types.Registration(
        id="plumb-files",
        method=types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
        register_options=types.DidChangeWatchedFilesRegistrationOptions(watchers=watchers),
    )
    try:
        await session.client_register_capability_async(
            types.RegistrationParams(registrations=[registration])
        )
    except Exception as error:  # noqa: BLE001  (a client may refuse in any way it likes)
        _LOG.info("the client watches no files: %s", error)


def _paths(uris: "list[str]") -> tuple[Path, ...]:
    found = (Path(convert.to_path(uri)) for uri in uris if uri.startswith("file:"))
    return tuple(dict.fromkeys(path for path in found if path.is_dir()))
