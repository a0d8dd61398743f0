"""Our values and the protocol's: the only place where positions are converted.

The protocol counts columns in UTF-8, UTF-16 or UTF-32 code units, as negotiated; we count code
points. A position outside of a document, or inside of a character, is moved to the nearest one
before it, as the protocol asks.
"""

from urllib.parse import unquote, urlparse
from urllib.request import url2pathname

from lsprotocol import types

from code_assist import Completion, Diagnostic, Position, Severity, Source, Span
from code_assist.places import Help

Encoding = types.PositionEncodingKind | str

_KINDS = {
    "class": types.CompletionItemKind.Class,
    "constant": types.CompletionItemKind.Constant,
    "enum": types.CompletionItemKind.Enum,
    "function": types.CompletionItemKind.Function,
    "instance": types.CompletionItemKind.Variable,
    "interface": types.CompletionItemKind.Interface,
    "keyword": types.CompletionItemKind.Keyword,
    "module": types.CompletionItemKind.Module,
    "namespace": types.CompletionItemKind.Module,
    "param": types.CompletionItemKind.Variable,
    "parameter": types.CompletionItemKind.Variable,
    "path": types.CompletionItemKind.File,
    "property": types.CompletionItemKind.Property,
    "statement": types.CompletionItemKind.Variable,
    "variable": types.CompletionItemKind.Variable,
}
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.HINT: types.DiagnosticSeverity.Hint,
}


def to_path(uri: str) -> str:
    """Return the path of a `file:` address, else what follows the scheme (`untitled:`)."""
    parts = urlparse(uri)
    return url2pathname(parts.path) if parts.scheme == "file" else unquote(parts.path)


def from_client(source: Source, position: types.Position, encoding: Encoding) -> Position:
    """Return our position for the client's."""
    if position.line >= source.line_count:
        return source.position(len(source.text))
    line = source.line(position.line)
    if encoding == types.PositionEncodingKind.Utf32 or line.isascii():
        return Position(position.line, min(position.character, len(line)))
    units = 0
    for column, character in enumerate(line):
        units += _units(character, encoding)
        if units > position.character:
            return Position(position.line, column)
    return Position(position.line, len(line))


def to_client(source: Source, position: Position, encoding: Encoding) -> types.Position:
    """Return the client's position for ours."""
    before = source.line(position.line)[: position.column]
    if encoding == types.PositionEncodingKind.Utf32 or before.isascii():
        return types.Position(position.line, len(before))
    return types.Position(position.line, sum(_units(one, encoding) for one in before))


def to_range(source: Source, span: Span, encoding: Encoding) -> types.Range:
    """Return the client's range for our span."""
    return types.Range(
        to_client(source, span.start, encoding), to_client(source, span.end, encoding)
    )


def _units(character: str, encoding: Encoding) -> int:
    if encoding == types.PositionEncodingKind.Utf8:
        return len(character.encode())
    return 2 if ord(character) > 0xFFFF else 1


def to_diagnostic(source: Source, found: Diagnostic, encoding: Encoding) -> types.Diagnostic:
    """Return a finding as the client shows it."""
    unused = found.code in {"unused-import", "unused-variable", "unreachable-code"}
    return types.Diagnostic(
        range=to_range(source, found.span, encoding),
        message=found.message,
        severity=_SEVERITIES[found.severity],
        code=found.code,
        source="plumb",
        tags=[types.DiagnosticTag.Unnecessary] if unused else None,
    )


def to_markup(found: Help, language: str) -> types.MarkupContent:
    """Return what a name means as the client shows it."""
    text = f"```{language}\n{found.declaration}\n```"
    if found.documentation:
        text += f"\n\n{found.documentation}"
    return types.MarkupContent(kind=types.MarkupKind.Markdown, value=text)


def to_item(
    source: Source, candidate: Completion, rank: int, encoding: Encoding, uri: str
) -> types.CompletionItem:
    """Return a candidate as a line of the popup; the client keeps the order of the ranks."""
    text = candidate.new_text
    kind = _KINDS.get(candidate.kind)
    if candidate.origin != "analysis":
        kind = types.CompletionItemKind.Snippet
    return types.CompletionItem(
        label=text.strip().split("\n", 1)[0].rstrip(),
        kind=kind,
        detail=candidate.detail or None,
        sort_text=f"{rank:05d}",
        filter_text=text.lstrip() if candidate.origin != "analysis" else None,
        text_edit=types.TextEdit(range=to_range(source, candidate.span, encoding), new_text=text),
        data=uri,
    )
