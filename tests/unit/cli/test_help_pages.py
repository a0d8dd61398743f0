import re
from pathlib import Path

import pytest

from cli.app import run
from cli.help_pages import help_pages, page

DOCS = Path(__file__).resolve().parents[3] / "docs" / "cli.md"


def test_the_page_in_docs_is_what_the_commands_say():
    assert DOCS.read_text(encoding="utf-8") == page(), "python -m cli.help_pages > docs/cli.md"


def test_every_example_names_a_command_that_exists():
    known = {title for title, _ in help_pages()}
    for title, text in help_pages():
        for line in re.findall(r"^  .*?\bplumb ([a-z]+)", text, flags=re.MULTILINE):
            assert f"plumb {line}" in known, f"{title}: plumb {line}"


@pytest.mark.parametrize("title", [title for title, _ in help_pages()])
def test_every_page_says_what_the_command_does(title: str, capsys):
    assert run([*title.split()[1:], "--help"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"Usage: {title}")
    assert re.search(r"^  [A-Z].*\.", out, flags=re.MULTILINE), "a sentence about it"
