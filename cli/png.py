"""SVG to PNG: the home of resvg, an extra of about 1.4 MB that needs nothing else."""

from functools import cache

from assistants.errors import OutputError, SettingsError

ZOOM = 2.0
"""Pixels of the picture for each of the drawing, so that it is sharp on today's screens."""
FAMILIES = (
    "DejaVu Sans", "Liberation Sans", "Arial", "Helvetica", "Noto Sans", "Segoe UI", "Verdana",
    "Roboto", "Ubuntu", "Cantarell", "FreeSans",
)  # fmt: skip
_PROBE = '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24">{}</svg>'


def check_png() -> None:
    """Refuse PNG files where they cannot be made, before anything is solved or asked.

    Raises:
        SettingsError: The extra is not installed.
        OutputError: This machine has no font to write with.
    """
    try:
        import resvg_py
    except ImportError as error:
        raise SettingsError(
            "pictures as .png need resvg", hint="pip install 'plumb[png]', or name an .svg file"
        ) from error
    del resvg_py
    if not _family():
        raise OutputError(
            "this machine has no font to write a .png with",
            hint="install one (Debian: fonts-dejavu-core), or name an .svg file",
        )


def png_of(svg: str) -> bytes:
    """Return a drawing of ours as PNG. Raises what `check_png` raises."""
    check_png()
    import resvg_py

    family = _family()
    return resvg_py.svg_to_bytes(
        svg_string=svg, zoom=ZOOM, font_family=family, sans_serif_family=family
    )


@cache
def _family() -> str:
    """Return a family of letters that is installed; without one resvg leaves text out silently."""
    import resvg_py

    empty = resvg_py.svg_to_bytes(svg_string=_PROBE.format(""))
    for name in FAMILIES:
        text = f'<text x="2" y="18" font-family="{name}">A</text>'
        if resvg_py.svg_to_bytes(svg_string=_PROBE.format(text)) != empty:
            return name
    return ""
