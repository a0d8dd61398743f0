"""Compiles the engine's kernel into the wheel where there is a C compiler; else plumb runs without.

Called by hatchling when a wheel is built, editable ones too.
"""

import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = "assistants/engine/native"
FLAGS = ("-std=gnu11", "-O3", "-ffp-contract=fast", "-shared", "-fPIC", "-pthread")
SECONDS = 120


class CustomBuildHook(BuildHookInterface[Any]):
    """Adds the kernel to a wheel, which then belongs to this platform."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Compile before the wheel is put together."""
        made = compiled(Path(self.root) / FOLDER)
        if made is None:
            self.app.display_warning("no C compiler: the model will run on onnxruntime alone")
            return
        tag = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{tag}"
        build_data["artifacts"].append(f"/{FOLDER}/{made.name}")


def compiled(folder: Path) -> Path | None:
    """Compile `kernel.c` beside itself; None where that does not work."""
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if compiler is None:
        return None
    target = folder / ("kernel.dylib" if sys.platform == "darwin" else "kernel.so")
    partial = target.with_suffix(".part")
    # AVX2 and FMA, as processors have had since 2015; the library says at run time if they are not.
    native = ("-march=x86-64-v3",) if platform.machine() in {"x86_64", "AMD64"} else ()
    command = [compiler, *FLAGS, *native, str(folder / "kernel.c"), "-o", str(partial), "-lm"]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    except (OSError, subprocess.SubprocessError):
        partial.unlink(missing_ok=True)
        return None
    partial.replace(target)
    return target


if __name__ == "__main__":
    sys.exit(0 if compiled(Path(__file__).parent / FOLDER) else "the kernel was not compiled")
