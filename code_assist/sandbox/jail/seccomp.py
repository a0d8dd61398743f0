"""A filter of system calls (seccomp-BPF): what no program under test needs is refused by EPERM.

The numbers are those of x86_64; elsewhere `available` is False and namespaces have to do alone.
"""

import ctypes
import os
import struct
from collections.abc import Iterable

from . import libc

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_EPERM, _ENOSYS = 1, 38
_NUMBER, _ARCHITECTURE, _FIRST = 0, 4, 16  # offsets into struct seccomp_data
_X86_64 = 0xC000003E
_NEW_NAMESPACES = 0x7E020000
_CLONE, _CLONE3, _SOCKET, _TGKILL, _PRLIMIT = 56, 435, 41, 234, 302
_AF_UNIX = 1
_SECCOMP, _SET_MODE_FILTER = 317, 1

ALWAYS = (
    # ptrace, syslog, personality, pivot_root, chroot, acct, settimeofday, mount, umount2, swapon,
    # swapoff, reboot, sethostname, setdomainname, iopl, ioperm, modules, quotactl, kexec_load
    *(101, 103, 135, 155, 161, 163, 164, 165, 166, 167, 168, 169, 170, 171, 172, 173),
    *(175, 176, 179, 246),
    # mknod, adjtimex, clock_settime, add_key, request_key, keyctl, unshare, perf_event_open,
    # handles by number, clock_adjtime, setns, process_vm_readv and _writev, kcmp, finit_module
    *(133, 159, 227, 248, 249, 250, 259, 272, 298, 303, 304, 305, 308, 310, 311, 312, 313),
    # kexec_file_load, bpf, userfaultfd, pidfd_send_signal, io_uring, the new mount calls,
    # pidfd_getfd, process_madvise, mount_setattr, quotactl_fd
    *(320, 321, 323, 424, 425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440, 442, 443),
)
"""Refused in every sandbox."""

WITHOUT_NAMESPACES = (
    # kill, rt_sigqueueinfo, tkill, rt_tgsigqueueinfo: other processes of this user are in sight
    *(62, 129, 200, 297),
    # setpgid, setsid: the group is what is killed
    *(109, 112),
    # priorities and schedulers of others; migrate_pages, move_pages
    *(141, 142, 144, 203, 251, 256, 279, 314),
    # truncate by path; modes, owners, times and attributes, which Landlock does not govern
    *(76, 90, 91, 92, 93, 94, 132, 188, 189, 190, 197, 198, 199, 235, 260, 261, 268, 280, 452),
)
"""Refused beside these where Landlock takes the place of namespaces."""


def available() -> bool:
    """Whether the numbers below are this machine's."""
    return os.uname().machine == "x86_64"


def install(*, namespaces: bool) -> None:
    """Filter the system calls of this process and of all that it starts; needs no privilege."""
    program = _program(namespaces=namespaces)
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    # struct sock_fprog: a short, padding, a pointer
    head = struct.pack("HxxxxxxP", len(program), ctypes.addressof(buffer))
    prog = ctypes.create_string_buffer(head, len(head))
    libc.syscall(_SECCOMP, ctypes.c_uint(_SET_MODE_FILTER), ctypes.c_uint(0), ctypes.byref(prog))


_Instruction = tuple[int, int, int, int]


def _program(*, namespaces: bool) -> list[_Instruction]:
    denied = ALWAYS if namespaces else (*ALWAYS, *WITHOUT_NAMESPACES)
    program: list[_Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, _X86_64),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, 0x40000000),  # the x32 calls have numbers of their own
        (_RETURN, 0, 0, _ERRNO | _EPERM),
    ]
    program += _refuse(denied, _EPERM)
    program += _refuse((_CLONE3,), _ENOSYS)  # its flags are out of sight; libraries use clone then
    program += _when(_CLONE, [(_ANY_BIT, 0, 1, _NEW_NAMESPACES), *_fail()])
    if namespaces:
        program += _when(_SOCKET, [(_EQUAL, 1, 0, _AF_UNIX), *_fail()])
    else:
        own = os.getpid() & 0xFFFFFFFF
        program += _refuse((_SOCKET,), _EPERM)
        program += _when(_TGKILL, [(_EQUAL, 1, 0, own), *_fail()])
        program += _when(_PRLIMIT, [(_EQUAL, 1, 0, 0), *_fail()])
    return [*program, (_RETURN, 0, 0, _ALLOW)]


def _refuse(numbers: Iterable[int], error: int) -> list[_Instruction]:
    rules: list[_Instruction] = []
    for number in numbers:
        rules += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | error)]
    return rules


def _fail() -> list[_Instruction]:
    return [(_RETURN, 0, 0, _ERRNO | _EPERM)]


def _when(number: int, rule: list[_Instruction]) -> list[_Instruction]:
    """Apply a rule about the first argument to one call, and allow what passes it."""
    body = [(_LOAD, 0, 0, _FIRST), *rule, (_RETURN, 0, 0, _ALLOW)]
    return [(_EQUAL, 0, len(body), number), *body]
