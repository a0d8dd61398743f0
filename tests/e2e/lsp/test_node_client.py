"""The server as VS Code's own protocol library sees it: vscode-languageserver-protocol under node."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent / "node"
SERVER = """
import sys
sys.path.insert(0, sys.argv[1])
from assistants.settings import Settings
from lsp.server import main
sys.exit(main(Settings(model=sys.argv[2])))
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine")
@pytest.mark.skipif(
    not (HERE / "node_modules").is_dir(), reason="vscode-languageserver-protocol: make system"
)
def test_a_session_of_the_protocol_library(tmp_path):
    (tmp_path / "script.txt").write_text("\n\n".join(["area(1)"] * 9))
    done = subprocess.run(
        [
            "node", "client.js", sys.executable, "-c", SERVER, str(ROOT),
            f"scripted:{tmp_path / 'script.txt'}",
        ],
        cwd=HERE, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    said = [(line["name"], line["value"]) for line in lines]
    once = dict(said)
    assert done.returncode == 0, (said, done.stderr)
    assert "error" not in once
    assert {"completionProvider", "inlineCompletionProvider", "diagnosticProvider"} <= set(
        once["capabilities"]
    )
    assert ("progress", "begin") in said
    assert ("progress", "end") in said
    assert once["ghost"] == ["area(1)"]
    found = [value for name, value in said if name == "found"]
    assert [0, 23, "'os' is imported but not used"] in found  # UTF-16: the smiley counts two
    assert [3, 11, "undefined name 'mth'"] in found
    assert any("math" in title for title in once["actions"])
    assert once["popup"].startswith("factorial")
    assert "factorial" in once["documentation"]
    assert "area" in once["hover"]
    assert '"newText":"r"' in once["rename"]
    assert once["cancelled"] in ("cancelled", "answered")
    assert once["unknown"] == "not found"
    assert once["exit"] == 0
