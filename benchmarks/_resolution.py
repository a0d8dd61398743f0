"""Who decides whether a stretch of a file uses a name that nothing defines.

Python: our own search for undefined names, which the constraint does not use. Java: javac's
attribution of the file among the sources of its package ("cannot find symbol" and the like); what
is missing in the true file as well, such as other libraries, does not count.
"""

import base64
import re
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from code_assist import Source
from code_assist.python_module import offsets
from code_assist.python_names import find
from code_assist.python_syntax import judge

_JAVAC = """
import com.sun.source.util.*;
import java.net.URI; import java.util.*; import javax.tools.*;
public class Names {
  static String text(String coded) throws Exception {
    return new String(Base64.getDecoder().decode(coded), "UTF-8"); }
  public static void main(String[] a) throws Exception {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var in = new java.io.BufferedReader(new java.io.InputStreamReader(System.in));
    for (String line; (line = in.readLine()) != null; ) {
      String[] parts = line.split(" ");
      String source = text(parts[2]);
      var found = new DiagnosticCollector<JavaFileObject>();
      var file = new SimpleJavaFileObject(new java.io.File(text(parts[1])).toURI(),
          JavaFileObject.Kind.SOURCE) {
        public CharSequence getCharContent(boolean b) { return source; } };
      var options = List.of("-proc:none", "-Xlint:none", "-implicit:none", "-Xmaxerrs", "10000",
          "-sourcepath", text(parts[0]));
      var said = new StringBuilder();
      try {
        var task = (JavacTask) compiler.getTask(null, null, found, options, null, List.of(file));
        task.parse();
        boolean broken = !found.getDiagnostics().isEmpty();
        if (!broken) task.analyze();
        for (var one : found.getDiagnostics())
          if (one.getCode().contains("cant.resolve") || one.getCode().contains("doesnt.exist"))
            if (one.getSource() == null || one.getSource().toUri().equals(file.toUri()))
              said.append(one.getPosition()).append(' ');
      } catch (Throwable crash) { said.append("crash"); }
      System.out.println(said.toString().trim()); System.out.flush();
    } } }
"""


class Resolution:
    """Asks for one file after the other; holds a Java program if there is a JDK."""

    def __init__(self, java: subprocess.Popen[bytes] | None) -> None:
        """Take the running Java program."""
        self._java = java

    def undefined(self, source: Source, start: int, end: int) -> bool | None:
        """Whether a name between two offsets is defined nowhere; None where nothing can tell."""
        if source.language == "python":
            return any(start <= at < end for at in _python(source))
        return None if self._java is None else any(start <= at < end for at in self._ask(source))

    def _ask(self, source: Source) -> Iterator[int]:
        assert self._java is not None
        assert self._java.stdin is not None
        assert self._java.stdout is not None
        path = Path(source.path)
        package = re.search(r"^\s*package\s+([\w.]+)", source.text, re.MULTILINE)
        depth = len(package[1].split(".")) if package else 0
        parts = (str(path.parents[depth]), str(path), source.text)
        line = " ".join(base64.b64encode(part.encode()).decode() for part in parts)
        self._java.stdin.write(line.encode() + b"\n")
        self._java.stdin.flush()
        for word in self._java.stdout.readline().decode().split():
            if word.isdigit():
                yield int(word)


def _python(source: Source) -> Iterator[int]:
    module = judge(source).module
    for one in find(module, source.text) if module is not None else ():
        if one.kind == "undefined-name":
            yield offsets(source, one.piece, one.at)[0]


@contextmanager
def resolution() -> "Generator[Resolution]":
    """Yield the judge of names; without a JDK it cannot tell for Java."""
    compiler, java = shutil.which("javac"), shutil.which("java")
    if not compiler or not java:
        yield Resolution(None)
        return
    with tempfile.TemporaryDirectory() as classes:
        file = Path(classes, "Names.java")
        file.write_text(_JAVAC, "utf-8")
        subprocess.run([compiler, "-d", classes, file], check=True)
        command = [java, "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classes]
        process = subprocess.Popen(
            [*command, "Names"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        try:
            yield Resolution(process)
        finally:
            process.kill()
            process.wait()
