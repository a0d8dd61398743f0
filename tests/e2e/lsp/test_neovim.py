"""The set-up of editors/neovim.md, pasted into a real Neovim."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

TEST = """
vim.g.plumb_command = { '%(python)s', '-c',
  'import sys; sys.path.insert(0, "%(root)s"); from lsp.server import main; sys.exit(main())' }
vim.g.plumb_model = '%(model)s'
%(block)s
vim.cmd('edit sample.py')
vim.cmd('set filetype=python')
local function client() return vim.lsp.get_active_clients()[1] end
vim.wait(60000, function() return client() and client().initialized end)
vim.wait(60000, function() return #vim.diagnostic.get(0) > 1 end)
for _, found in ipairs(vim.diagnostic.get(0)) do print('found', found.lnum + 1, found.message) end
local function ask(line, character, wanted)
  local params = vim.lsp.util.make_position_params(0)
  params.position = { line = line, character = character }
  local answers = vim.lsp.buf_request_sync(0, 'textDocument/completion', params, 60000)
  local _, answer = next(answers or {})
  for place, item in ipairs(answer and answer.result and answer.result.items or {}) do
    if item.textEdit.newText == wanted then return place end
  end
end
vim.api.nvim_buf_set_lines(0, 4, 5, false, { 's = "😀"; math.fact' })
local shown
for _ = 1, 100 do
  shown = shown or ask(4, 19, 'factorial')
  if not shown then vim.wait(100) end
end
print('factorial', shown and 'shown')
vim.api.nvim_buf_set_lines(0, 4, 5, false, { 'y = ' })
local place
for _ = 1, 100 do
  place = ask(4, 4, 'area(1)')
  if place == 1 then break end
  vim.wait(100)
end
print('area(1)', place)
vim.lsp.stop_client(vim.lsp.get_active_clients())
vim.wait(60000, function() return client() == nil end)
print('left', #vim.lsp.get_active_clients())
vim.cmd('qa!')
"""


@pytest.mark.skipif(shutil.which("nvim") is None, reason="no Neovim on this machine")
def test_the_documented_set_up_works(tmp_path):
    text = (ROOT / "editors" / "neovim.md").read_text()
    block = re.search(r"## Neovim 0\.7.*?```lua\n(.*?)```", text, re.DOTALL).group(1)
    (tmp_path / "script.txt").write_text("\n\n".join(["area(1)"] * 9))
    sample = "import math\nimport os\ndef area(radius):\n    return missing\nx = 1\n"
    (tmp_path / "sample.py").write_text(sample)
    values = {
        "python": sys.executable,
        "root": ROOT,
        "model": f"scripted:{tmp_path / 'script.txt'}",
        "block": block,
    }
    (tmp_path / "test.lua").write_text(TEST % values)
    done = subprocess.run(
        ["nvim", "--headless", "-u", "NONE", "-i", "NONE", "-c", "luafile test.lua"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    said = (done.stdout + done.stderr).replace("\r", "").strip().split("\n")
    assert "found 2 'os' is imported but not used" in said
    assert "found 4 undefined name 'missing'" in said
    assert "factorial shown" in said
    assert said[-2:] == ["area(1) 1", "left 0"]
