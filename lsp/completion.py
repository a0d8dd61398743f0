"""textDocument/completion: names from static analysis, led by the ghost text of the same place."""

from lsprotocol import types

from code_assist import names

from . import convert
from .documents import readable
from .session import Session

OPTIONS = types.CompletionOptions(trigger_characters=["."])


async def completion(
    session: Session, params: types.CompletionParams
) -> types.CompletionList | None:
    """Return the popup's lines; None where there are none or the document has moved on."""
    uri = params.text_document.uri
    document = readable(session.documents.get(uri))
    if document is None:
        return None
    source = document.source
    position = convert.from_client(source, params.position, session.encoding)
    found = await session.work.run(
        ("popup", uri), session.analysis, lambda _cancel: names(source, position)
    )
    if found is None or not session.documents.is_current(document):
        return None
    ghost = session.ghosts.rest(uri, source, source.offset(position))
    candidates = ([ghost] if ghost is not None else []) + list(found)
    items = [
        convert.to_item(source, one, rank, session.encoding) for rank, one in enumerate(candidates)
    ]
    return types.CompletionList(is_incomplete=False, items=items)
