"""Our end of the conversation with the Java machine in the sandbox."""

import base64
import contextlib
import hashlib
import json
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Self

from assistants import settings
from assistants.answer import Json
from assistants.errors import WorkerCrashed
from assistants.model import Cancel
from code_assist.sandbox import Confined, Limits

from .project import JavaProject

_GUEST = Path(__file__).resolve().parent / "guest"
_SLOW, _GRACE = 6, 120.0  # seconds are the processor's: what a busy machine may make of them
_LIMITS = Limits(
    cpu_seconds=3600, memory_mb=1500, address_space_mb=None, processes=96, open_files=512,
    disk_mb=256,
)  # fmt: skip
_OPTIONS = ("-Xmx640m", "-Xss2m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
            "-XX:-UsePerfData", "-Djava.awt.headless=true", "-Duser.language=en")  # fmt: skip
_NUMBERED = ("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+UnlockExperimentalVMOptions",
             "-XX:hashCode=3")  # fmt: skip


class Machine:
    """A Java machine in the sandbox with a project's sources; a context manager.

    In one with `other_addresses` objects are numbered, not named at random: what depends on the
    order, or on the length, of identity hash codes comes out otherwise.
    """

    def __init__(
        self, project: JavaProject, cancel: Cancel | None = None, *, other_addresses: bool = False
    ) -> None:
        self._cancel = cancel
        guest = _compiled(project.jdk, project.junit)
        path = ":".join(map(str, (guest, *project.junit)))
        java = str(project.jdk / "bin" / "java")
        self._program = Confined(
            [
                java,
                *_OPTIONS,
                *(_NUMBERED if other_addresses else ()),
                "-cp",
                path,
                "plumbguest.Main",
            ],
            readable=[guest, *project.readable],
            environment={"TZ": "UTC"},
            limits=_LIMITS,
        )
        self.protections = self._program.protections
        libraries = ":".join(map(str, project.libraries))
        try:
            places = (str(project.root), str(project.test_root))
            self.ask("open", *places, libraries, seconds=_GRACE)
        except BaseException:
            self._program.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._program.close()

    def ask(self, *words: str, seconds: float) -> dict[str, Json]:
        """Return the guest's answer; `WorkerCrashed` or `DeadlineExceeded` where there is none."""
        line = " ".join(base64.b64encode(one.encode("utf-8", "replace")).decode() for one in words)
        said = self._program.ask(line, seconds=seconds * _SLOW + _GRACE, cancel=self._cancel)
        try:
            answer = json.loads(said)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise WorkerCrashed("the guest answered nonsense", hint="try again")
        return answer


@cache
def _compiled(jdk: Path, junit: Sequence[Path]) -> Path:
    """Return our own part as classes: compiled once for a version of it, then kept."""
    files = sorted(_GUEST.glob("*.java"))
    marks = [file.read_bytes() for file in files] + [str((jdk, *junit)).encode()]
    name = hashlib.sha256(b"\0".join(marks)).hexdigest()[:16]
    folder = settings.load().cache_dir / "java-guest" / name
    if not (folder / "plumbguest" / "Main.class").exists():
        path = ":".join(map(str, junit))
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder.parent))
        made.chmod(0o755)  # the sandbox has a user of its own
        command = [
            str(jdk / "bin" / "javac"),
            "-proc:none",
            "-nowarn",
            "-cp",
            path,
            "-d",
            str(made),
        ]
        done = subprocess.run([*command, *map(str, files)], capture_output=True, check=False)
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise WorkerCrashed(f"javac: {said[:1]}", hint="set JAVA_HOME to another JDK")
        with contextlib.suppress(OSError):  # another process was first
            made.rename(folder)
    return folder
