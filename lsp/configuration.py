"""Settings that the client holds: asked for at the start, and again when it says they changed."""

import asyncio
import logging

from lsprotocol import types

from . import options
from .session import Session

_LOG = logging.getLogger(__name__)
_SECTION = "plumb"


def begin(session: Session) -> None:
    """Ask for the settings, and to be told of changes, where the client can do that."""
    workspace = session.client_capabilities.workspace
    if workspace is None:
        return
    if workspace.configuration:
        session.spawn(asyncio.ensure_future(_pull(session)))
    changes = workspace.did_change_configuration
    if changes is not None and changes.dynamic_registration:
        session.spawn(asyncio.ensure_future(_subscribe(session)))


def register(session: Session) -> None:
    """Register what tells of changed settings."""

    @session.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def changed(params: types.DidChangeConfigurationParams) -> None:
        workspace = session.client_capabilities.workspace
        if workspace is not None and workspace.configuration:
            session.spawn(asyncio.ensure_future(_pull(session)))
        else:  # older clients send all settings along
            settings: object = params.settings
            _take(session, settings.get(_SECTION) if isinstance(settings, dict) else None)


async def _pull(session: Session) -> None:
    wanted = types.ConfigurationParams(items=[types.ConfigurationItem(section=_SECTION)])
    try:
        answers = await session.workspace_configuration_async(wanted)
    except Exception as error:  # noqa: BLE001  (a client may refuse in any way it likes)
        _LOG.info("the client tells no settings: %s", error)
        return
    _take(session, answers[0] if answers else None)


def _take(session: Session, raw: object) -> None:
    """Use settings over those of the start; what cannot be used is told."""
    if not raw:
        return
    chosen, complaints = options.read(raw, session.options)
    for complaint in complaints:
        message = f"plumb: {complaint}; the value before is kept"
        session.tell(message, types.MessageType.Warning)
    if chosen != session.options:
        session.change(chosen)


async def _subscribe(session: Session) -> None:
    registration = types.Registration(
        id="plumb-settings",
        method=types.WORKSPACE_DID_CHANGE_CONFIGURATION,
        register_options=types.DidChangeConfigurationRegistrationOptions(section=_SECTION),
    )
    try:
        await session.client_register_capability_async(
            types.RegistrationParams(registrations=[registration])
        )
    except Exception as error:  # noqa: BLE001  (a client may refuse in any way it likes)
        _LOG.info("the client does not tell of changed settings: %s", error)
