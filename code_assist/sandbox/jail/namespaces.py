"""A world of its own: an empty root with a few read-only folders, no network, its own processes."""

import contextlib
import os

from . import libc

DEVICES = ("null", "zero", "full", "random", "urandom")
_SYSTEM = libc.MS_NOSUID | libc.MS_NODEV


def leave(*, own_user: bool) -> None:
    """Enter new namespaces; without root's privileges by way of a new user namespace."""
    kinds = libc.CLONE_NEWNS | libc.CLONE_NEWPID | libc.CLONE_NEWNET
    kinds |= libc.CLONE_NEWIPC | libc.CLONE_NEWUTS
    user, group = os.getuid(), os.getgid()
    libc.unshare(kinds | (libc.CLONE_NEWUSER if own_user else 0))
    if own_user:
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} {user} 1")
        _write("/proc/self/gid_map", f"{group} {group} 1")


def build_root(folder: str, readable: list[str], files: dict[str, str], disk: int) -> None:
    """Make a root in memory: `readable` read-only at its paths, `/plumb-work` with `files`, `/tmp`.

    `disk` bounds the bytes of everything that is written in it.
    """
    libc.mount("none", "/", "none", libc.MS_REC | libc.MS_PRIVATE)
    libc.mount("plumb", folder, "tmpfs", _SYSTEM, f"size={disk},nr_inodes=20000,mode=755")
    for path in sorted(readable):
        _show(path, folder + path)
    for name in ("plumb-work", "tmp", "proc", "dev"):
        os.makedirs(f"{folder}/{name}", exist_ok=True)
    for name in DEVICES:
        _write(f"{folder}/dev/{name}", "")
        libc.mount(f"/dev/{name}", f"{folder}/dev/{name}", "none", libc.MS_BIND)
    for name, text in files.items():
        os.makedirs(os.path.dirname(f"{folder}/plumb-work/{name}"), exist_ok=True)
        _write(f"{folder}/plumb-work/{name}", text)
    for name in ("plumb-work", "tmp"):
        os.chmod(f"{folder}/{name}", 0o777)
    for above, folders, names in os.walk(f"{folder}/plumb-work"):
        for name in (*folders, *names):
            os.chmod(os.path.join(above, name), 0o777)
    libc.change_root(folder)
    with contextlib.suppress(OSError):  # a container may forbid it, and few programs need it
        libc.mount("proc", "/proc", "proc", _SYSTEM | libc.MS_NOEXEC)


def _show(path: str, target: str) -> None:
    """Show one file or folder of the machine; a link stays a link."""
    above = os.path.dirname(target)
    if not os.path.lexists(path) or os.path.lexists(target):
        return
    os.makedirs(above, exist_ok=True)
    if os.path.islink(path):
        os.symlink(os.readlink(path), target)
        return
    if os.path.isdir(path):
        os.makedirs(target, exist_ok=True)
    else:
        _write(target, "")
    libc.bind_read_only(path, target)


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
