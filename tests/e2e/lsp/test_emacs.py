"""The set-up of editors/emacs.md, pasted into a real Emacs with eglot."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

LAUNCH = """#!{python}
import sys
sys.path.insert(0, "{root}")
assert sys.argv[1:] == ["lsp"], sys.argv
from lsp.server import main
sys.exit(main())
"""

SCRIPT = """
(package-initialize)
(require 'eglot)
(setq eglot-connect-timeout 120 eglot-sync-connect 120 eglot-events-buffer-size 0
      flymake-no-changes-timeout 0.2 flymake-start-on-save-buffer nil)
%(block)s
(defun wait-for (test)
  (let ((left 600)) (while (and (not (funcall test)) (> left 0))
    (accept-process-output nil 0.1) (setq left (1- left)))))
(defun offered ()
  (let* ((found (eglot-completion-at-point)) (table (nth 2 found)))
    (and found (all-completions (buffer-substring (nth 0 found) (nth 1 found)) table))))
(find-file "sample.py")
(unless (eq major-mode 'python-mode) (python-mode))
(apply #'eglot (eglot--guess-contact)) ; eglot-ensure waits for a command, and a script gives none
(wait-for #'eglot-managed-p)
(princ (format "managed %%s\\n" (and (eglot-managed-p) t)))
(flymake-mode 1)
(wait-for (lambda () (> (length (flymake-diagnostics)) 1)))
(dolist (found (flymake-diagnostics))
  (princ (format "found %%d %%s\\n" (line-number-at-pos (flymake-diagnostic-beg found))
                 (flymake-diagnostic-text found))))
(goto-char (point-max))
(insert "s = \\"\\N{GRINNING FACE}\\"; math.fact")
(let (names) (wait-for (lambda () (setq names (offered)) names))
  (princ (format "factorial %%s\\n" (if (member "factorial" names) "shown" names))))
(eglot-shutdown (eglot-current-server))
(princ (format "left %%s\\n" (if (eglot-current-server) "one" "none")))
"""


def eglot_installed() -> bool:
    if shutil.which("emacs") is None:
        return False
    ask = ["emacs", "--batch", "--eval", "(package-initialize)", "--eval", "(require 'eglot)"]
    return subprocess.run(ask, capture_output=True, check=False, timeout=60).returncode == 0


@pytest.mark.skipif(shutil.which("emacs") is None, reason="no Emacs on this machine")
def test_the_documented_set_up_works(tmp_path):
    if not eglot_installed():
        pytest.skip("this Emacs has no eglot")
    text = (ROOT / "editors" / "emacs.md").read_text()
    block = re.search(r"```elisp\n(.*?)```", text, re.DOTALL).group(1)
    (tmp_path / "bin").mkdir()
    launcher = tmp_path / "bin" / "plumb"
    launcher.write_text(LAUNCH.format(python=sys.executable, root=ROOT))
    launcher.chmod(0o755)
    assert '"bundled"' in block
    script = SCRIPT % {"block": block.replace('"bundled"', '"none"')}
    (tmp_path / "test.el").write_text(script)
    sample = "import math\nimport os\ndef area(radius):\n    return missing\n"
    (tmp_path / "sample.py").write_text(sample)
    environment = {
        "HOME": str(tmp_path), "PATH": f"{launcher.parent}:/usr/bin:/bin", "LANG": "C.UTF-8",
    }  # fmt: skip
    done = subprocess.run(
        ["emacs", "--batch", "-l", "test.el"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    said = done.stdout.strip().split("\n")
    assert "managed t" in said, done.stderr
    assert "found 2 plumb [unused-import]: 'os' is imported but not used" in said, done.stderr
    assert "found 4 plumb [undefined-name]: undefined name 'missing'" in said
    assert "factorial shown" in said
    assert "left none" in said
