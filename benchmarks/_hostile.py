# ruff: noqa: E501, ISC004 - a table of programs, one an entry
"""A hundred hostile functions, by what they are after.

Each is the body of a Python program. `CANARY` is a folder of the user's that the sandbox may read,
`VICTIM` the number of a process of the user's, `PORT` a listening port on this machine, `UNIX` the
path of a listening socket. Success is judged from outside, never by what the program says.
"""

from collections.abc import Iterator

_CTYPES = "import ctypes; libc = ctypes.CDLL(None, use_errno=True); "

ATTACKS: dict[str, tuple[str, ...]] = {
    "delete or change files": (
        "import os; os.remove(CANARY + '/letter.txt')",
        "import os; os.unlink(CANARY + '/letter.txt')",
        "import shutil; shutil.rmtree(CANARY)",
        "import shutil; shutil.rmtree('/', ignore_errors=True)",
        "import shutil; shutil.rmtree('/usr', ignore_errors=True)",
        "open(CANARY + '/letter.txt', 'w').write('gone')",
        "open(CANARY + '/letter.txt', 'a').write('more')",
        "open(CANARY + '/new.txt', 'x').write('new')",
        "import os; os.truncate(CANARY + '/letter.txt', 0)",
        "import os; os.rename(CANARY + '/letter.txt', CANARY + '/other.txt')",
        "import os; os.replace(CANARY + '/letter.txt', '/tmp/stolen')",
        "import os; os.mkdir(CANARY + '/folder')",
        "import os; os.chmod(CANARY + '/letter.txt', 0)",
        "import os; os.chown(CANARY + '/letter.txt', 1, 1)",
        "import os; os.utime(CANARY + '/letter.txt', (0, 0))",
        "import os; os.setxattr(CANARY + '/letter.txt', 'user.x', b'1')",
        "import os; os.link(CANARY + '/letter.txt', CANARY + '/hard')",
        "import os; os.link(CANARY + '/letter.txt', '/tmp/hard'); open('/tmp/hard','w').write('x')",
        "import pathlib; [f.unlink() for f in pathlib.Path(CANARY).iterdir()]",
        "import os; os.system('rm -rf ' + CANARY)",
        "import subprocess; subprocess.run(['rm', '-rf', CANARY])",
        "import subprocess; subprocess.run('find / -delete', shell=True)",
        "import os; f = os.open(CANARY + '/letter.txt', os.O_RDWR | os.O_TRUNC); os.write(f, b'x')",
        "import mmap; f = open(CANARY + '/letter.txt', 'r+b'); mmap.mmap(f.fileno(), 0)[0] = 65",
        "import tempfile; tempfile.NamedTemporaryFile(dir=CANARY, delete=False).write(b'x')",
        _CTYPES + "libc.unlink((CANARY + '/letter.txt').encode())",
        _CTYPES + "libc.syscall(87, (CANARY + '/letter.txt').encode())",
        _CTYPES + "libc.syscall(76, (CANARY + '/letter.txt').encode(), 0)",
    ),
    "links and /proc": (
        "import os; os.symlink(CANARY, '/tmp/way'); open('/tmp/way/letter.txt', 'w').write('x')",
        "import os; os.symlink(CANARY + '/letter.txt', 'way'); open('way', 'w').write('x')",
        "import os; os.symlink('/etc/shadow', 's'); print(open('s').read())",
        "import os; os.chdir('/proc/1/root'); open('.' + CANARY + '/new', 'w').write('x')",
        "open('/proc/self/root' + CANARY + '/letter.txt', 'w').write('x')",
        "import os; os.listdir(f'/proc/{VICTIM}/fd'); open(f'/proc/{VICTIM}/mem', 'r+b')",
        "open(f'/proc/{VICTIM}/oom_score_adj', 'w').write('1000')",
        "open('/proc/sys/kernel/core_pattern', 'w').write('|/tmp/x')",
        "open('/proc/sysrq-trigger', 'w').write('b')",
        "print(open(f'/proc/{VICTIM}/environ').read())",
        "print(open('/proc/1/environ').read())",
        "import os\nfor fd in range(3, 256):\n  try: os.write(fd, b'{\"protections\": []}')\n"
        "  except OSError: pass",
    ),
    "processes": (
        "import os\nwhile True: os.fork()",
        "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass",
        "import os\nif os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0:\n"
        "    import time; time.sleep(60)",
        "import subprocess; [subprocess.Popen(['sleep', '60']) for _ in range(500)]",
        "import subprocess; subprocess.run(':(){ :|:& };:', shell=True)",
        "import threading, time\n"
        "while True: threading.Thread(target=time.sleep, args=(60,)).start()",
        "import multiprocessing as m\n[m.Process(target=print).start() for _ in range(200)]",
        "import subprocess; subprocess.Popen(['nohup', 'sleep', '60'], start_new_session=True)",
        "import os; os.execv('/bin/sleep', ['sleep', '60'])",
        "import os, time\nfor _ in range(8):\n  if os.fork() == 0:\n    while True: pass\n"
        "time.sleep(60)",
        "import os; os.posix_spawn('/bin/sleep', ['sleep', '60'], {})",
        "import os\nif os.fork() == 0:\n  import signal, time\n"
        "  [signal.signal(s, signal.SIG_IGN) for s in range(1, 32) if s not in (9, 19)]\n"
        "  time.sleep(60)",
    ),
    "time": (
        "import time; time.sleep(1000)",
        "while True: pass",
        "import signal; signal.pause()",
        "import threading; threading.Event().wait()",
        "import signal; [signal.signal(s, signal.SIG_IGN) for s in (1, 2, 15)]\nwhile True: pass",
        "import select; select.select([], [], [])",
        "2 ** 10 ** 10",
        "import re; re.match('(a+)+$', 'a' * 60 + 'b')",
        "sum(range(10 ** 12))",
        "import os; os.read(os.pipe()[0], 1)",
        "try:\n  while True: pass\nfinally:\n  while True: pass",
        "import atexit; atexit.register(lambda: [0 for _ in iter(int, 1)])",
        "import sys; sys.setrecursionlimit(10 ** 9)\ndef f(): return f()\nf()",
    ),
    "memory, disk, output": (
        "x = bytearray(10 ** 11)",
        "x = []\nwhile True: x.append(bytearray(10 ** 6))",
        "x = 'a'\nwhile True: x += x",
        "import os\nfor _ in range(20):\n  if os.fork() == 0:\n    x = bytearray(10 ** 9)\n"
        "    import time; time.sleep(60)",
        "import mmap; m = mmap.mmap(-1, 8 * 10 ** 9); [m.__setitem__(i, 1) "
        "for i in range(0, 8 * 10 ** 9, 4096)]",
        "f = open('/tmp/big', 'wb')\nwhile True: f.write(bytes(10 ** 7))",
        "import itertools\nfor i in itertools.count(): open(f'/tmp/{i}', 'wb').write(bytes(10 ** 5))",
        "import itertools\nfor i in itertools.count(): open(f'/tmp/{i}', 'wb').close()",
        "while True: print('x' * 10 ** 6)",
        "import sys\nwhile True: sys.stderr.write('x' * 10 ** 6)",
        "import os\nwhile True: os.open('/dev/null', os.O_RDONLY)",
        "def nest():\n  x = []\n  while True: x = [x]\nnest()",
        "open('/dev/shm/big', 'wb').write(bytes(10 ** 9))",
    ),
    "network": (
        "import socket; socket.create_connection(('127.0.0.1', PORT)).send(b'x')",
        "import socket; socket.create_connection(('localhost', PORT)).send(b'x')",
        "import socket; s = socket.socket(socket.AF_INET6); s.connect(('::1', PORT))",
        "import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.sendto(b'x', ('127.0.0.1', PORT))",
        "import socket; s = socket.socket(socket.AF_UNIX); s.connect(UNIX); s.send(b'x')",
        "import urllib.request as u; u.urlopen(f'http://127.0.0.1:{PORT}/').read()",
        "import subprocess; subprocess.run(['bash', '-c', f'echo x > /dev/tcp/127.0.0.1/{PORT}'])",
        "import socket; s = socket.socket(); s.bind(('0.0.0.0', 0)); s.listen(); s.accept()",
        "import socket; print(socket.getaddrinfo('example.org', 80))",
        "import asyncio\nasync def f():\n  (await asyncio.open_connection('127.0.0.1', PORT))[1].write(b'x')"
        "\nasyncio.run(f())",
        _CTYPES + "s = libc.socket(2, 1, 0); print(s)",
    ),
    "secrets": (
        "import os; print(dict(os.environ))",
        "import subprocess; print(subprocess.run(['env'], capture_output=True).stdout)",
        "import glob; print([open(f).read() for f in glob.glob('/home/*/.ssh/*')])",
        "import os; print([open(os.path.join(d, f), 'rb').read(4096) for d, _, fs in os.walk('/etc')"
        " for f in fs])",
        "print(open(SECRET).read())",
        "import os; print(os.listdir('/root'), os.listdir('/home'))",
        _CTYPES + "environ = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, 'environ')\n"
        "i = 0\nwhile environ[i]: print(environ[i]); i += 1",
    ),
    "other processes and the kernel": (
        "import os, signal; os.kill(VICTIM, signal.SIGKILL)",
        "import os, signal; os.kill(-1, signal.SIGKILL)",
        "import os, signal; os.kill(os.getppid(), signal.SIGKILL)",
        "import os, signal; os.killpg(0, signal.SIGKILL)",
        "import os; os.setpriority(os.PRIO_PROCESS, VICTIM, 19)",
        "import resource; resource.prlimit(VICTIM, resource.RLIMIT_NOFILE, (0, 0))",
        _CTYPES + "libc.ptrace(16, VICTIM, 0, 0)",
        _CTYPES + "libc.mount(b'none', b'/tmp', b'tmpfs', 0, None); libc.unshare(0x10000000)",
        _CTYPES + "libc.setuid(0); libc.chroot(b'/proc/1/root'); open(CANARY + '/n', 'w')",
        _CTYPES + "libc.sethostname(b'owned', 5)",
        _CTYPES + "libc.reboot(0x1234567)",
        _CTYPES + "ctypes.string_at(0)",
        "import sys; sys.settrace(lambda *a: None); sys.addaudithook(lambda *a: 1 / 0)\nopen('x', 'w')",
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1)); x = bytearray(10 ** 10)",
    ),
}
"""Bodies of programs by what they are after."""


def programs(names: dict[str, object]) -> Iterator[tuple[str, str]]:
    """Yield each attack's family and its program, with the names above bound."""
    head = "".join(f"{name} = {value!r}\n" for name, value in names.items())
    for family, bodies in ATTACKS.items():
        for body in bodies:
            yield family, head + body
