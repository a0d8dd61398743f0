"""VS Code's editor core in a headless browser: popup and ghost text of `plumb lsp` together."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "editors" / "monaco"
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
SERVER = """
import sys
sys.path.insert(0, sys.argv[1])
from assistants.settings import Settings
from lsp.server import main
sys.exit(main(Settings(model=sys.argv[2])))
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine")
@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
@pytest.mark.skipif(
    not (PAGE / "node_modules").is_dir(), reason="monaco: npm install in editors/monaco"
)
def test_popup_and_ghost_text_show_together_and_tab_takes_the_ghost(tmp_path: Path) -> None:
    script = tmp_path / "script.txt"
    script.write_text("\n\n".join([", height) * depth"] * 30))
    command = [sys.executable, "-c", SERVER, str(ROOT), f"scripted:{script}"]
    done = subprocess.run(
        ["node", "check.mjs", str(tmp_path / "shown.png")],
        cwd=PAGE, capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "PLUMB": json.dumps(command), "CHROMIUM": str(BROWSER)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    shown, taken = (json.loads(line) for line in done.stdout.splitlines())
    assert shown["both"]
    assert shown["popup"] == "width"
    assert shown["asked"]["selected"] == "width"  # the ghost text extends what the popup has chosen
    assert shown["ghost"] == "idth, height) * depth"
    assert taken["accepted"] == "    return area(width, height) * depth"
    assert (tmp_path / "shown.png").read_bytes().startswith(b"\x89PNG")
