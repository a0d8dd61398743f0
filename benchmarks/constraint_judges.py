"""Who decides whether a text is a program: CPython's `compile`, and javac's parser.

One rule of the Java Language Specification's syntax that javac leaves to a later phase is added to
javac's parser: left of an assignment stands a variable (section 15.26). A judge returns nothing for
a program, else the complaint. Nothing that is judged is ever run.
"""

import base64
import re
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

Judge: TypeAlias = Callable[[str], str]

_JAVAC = """
import com.sun.source.tree.*; import com.sun.source.util.*;
import java.net.URI; import java.util.*; import javax.tools.*;
public class Judge {
  public static void main(String[] a) throws Exception {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var in = new java.io.BufferedReader(new java.io.InputStreamReader(System.in));
    for (String line; (line = in.readLine()) != null; ) {
      String source = new String(Base64.getDecoder().decode(line), "UTF-8");
      var found = new DiagnosticCollector<JavaFileObject>();
      var uri = URI.create("string:///A.java");
      var file = new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
        public CharSequence getCharContent(boolean b) { return source; } };
      var options = List.of("-proc:none", "-Xlint:none");
      String said = "";
      try {
        var task = (JavacTask) compiler.getTask(null, null, found, options, null, List.of(file));
        var units = task.parse();
        for (var one : found.getDiagnostics())
          if (one.getKind() == Diagnostic.Kind.ERROR) {
            said = one.getCode() + " " + one.getMessage(Locale.ENGLISH).replace('\\n', ' ');
            break; }
        if (said.isEmpty()) for (var unit : units) if (Assigned.wrongly(unit)) said = "jls.15.26";
      } catch (Throwable crash) { said = "crash " + crash.getClass().getName(); }
      System.out.println(said); System.out.flush();
    } }
  static class Assigned extends TreeScanner<Boolean, Void> {
    static boolean wrongly(Tree tree) { return new Assigned().scan(tree, null) == Boolean.TRUE; }
    static boolean variable(ExpressionTree tree) {
      if (tree instanceof ParenthesizedTree inner) return variable(inner.getExpression());
      if (tree instanceof IdentifierTree name) return !name.getName().contentEquals("this");
      return tree instanceof MemberSelectTree || tree instanceof ArrayAccessTree; }
    public Boolean reduce(Boolean a, Boolean b) { return a == Boolean.TRUE || b == Boolean.TRUE; }
    Boolean judge(ExpressionTree left, Boolean within) {
      return !variable(left) || within == Boolean.TRUE; }
    public Boolean visitAnnotation(AnnotationTree tree, Void none) {
      boolean wrong = false;
      for (var one : tree.getArguments())
        wrong |= one instanceof AssignmentTree pair
            ? scan(pair.getExpression(), none) == Boolean.TRUE : scan(one, none) == Boolean.TRUE;
      return wrong; }
    public Boolean visitAssignment(AssignmentTree tree, Void none) {
      return judge(tree.getVariable(), super.visitAssignment(tree, none)); }
    public Boolean visitCompoundAssignment(CompoundAssignmentTree tree, Void none) {
      return judge(tree.getVariable(), super.visitCompoundAssignment(tree, none)); }
  } }
"""

_PYTHON = """
import base64, sys, warnings
warnings.simplefilter("ignore")
for line in sys.stdin:
    try:
        compile(base64.b64decode(line).decode(), "text", "exec", dont_inherit=True)
        said = ""
    except (SyntaxError, ValueError, MemoryError, RecursionError, OverflowError) as error:
        said = (getattr(error, "msg", None) or str(error) or type(error).__name__)
    print(" ".join(said.split()), flush=True)
"""


def cpython(text: str) -> str:
    """Judge by the running interpreter's whole compiler, as the issue's bar asks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "text", "exec", dont_inherit=True)
        except SyntaxError as error:
            return error.msg or "error"
        except (ValueError, MemoryError, RecursionError, OverflowError) as error:
            return str(error) or type(error).__name__
    return ""


@contextmanager
def python(interpreter: str) -> Iterator[Judge]:
    """Yield a judge that asks another interpreter's compiler in one running process."""
    with _asking([interpreter, "-c", _PYTHON]) as judge:
        yield judge


@contextmanager
def javac(home: Path | None = None) -> Iterator[Judge | None]:
    """Yield a judge that asks the parser of one JDK, or None without any."""
    folder = str(home / "bin") if home else None
    compiler = shutil.which("javac", path=folder)
    if not compiler:
        yield None
        return
    with tempfile.TemporaryDirectory() as classes:
        source = Path(classes, "Judge.java")
        source.write_text(_JAVAC, "utf-8")
        subprocess.run([compiler, "-d", classes, source], check=True)
        java = shutil.which("java", path=folder) or "java"
        with _asking([java, "-Xmx512m", "-XX:+UseSerialGC", "-cp", classes, "Judge"]) as judge:
            yield judge


def javac_version(home: Path | None = None) -> str:
    """Return what the compiler says about itself, or nothing."""
    compiler = shutil.which("javac", path=str(home / "bin") if home else None)
    if not compiler:
        return ""
    done = subprocess.run([compiler, "-version"], capture_output=True, text=True, check=False)
    return done.stdout.strip()


@contextmanager
def _asking(command: Sequence[str]) -> Iterator[Judge]:
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def judge(text: str) -> str:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(base64.b64encode(text.encode()) + b"\n")
        process.stdin.flush()
        return process.stdout.readline().decode().strip()

    try:
        yield judge
    finally:
        process.kill()
        process.wait()


def cause(complaint: str) -> str:
    """Return a complaint without names and numbers, so that equal causes count together."""
    first = complaint.split(" ", 1)
    if first[0].startswith("compiler.err"):
        return first[0].removeprefix("compiler.err.")
    return re.sub(r"'[^']*'|\d+", "…", complaint)[:80]
