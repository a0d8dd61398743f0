package plumbguest;

import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** javac in this process: a text in place of a file, the rest of the project from its folders. */
final class Compiling {
  private final String sources;
  private final String tests;
  private final String classes;
  private int count;

  /** Folders where packages of sources and of tests begin, and libraries. */
  Compiling(String sources, String tests, String classes) {
    this.sources = sources;
    this.tests = tests;
    this.classes = classes;
  }

  /** Where classes were written, what javac had to say, and what it took names and types for. */
  record Compiled(Path folder, List<Diagnostic<? extends JavaFileObject>> errors, Typing typing) {
    boolean isGood() {
      return errors.isEmpty();
    }
  }

  /** Compile a text that is called `name` (`pkg/Shop.java`); classes `before` come first. */
  Compiled compile(String name, String text, Path before) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
    Path folder = Files.createDirectory(Path.of("classes" + count++));
    JavaFileObject file = new SimpleJavaFileObject(URI.create("string:///" + name), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
    String path = (before == null ? "" : before + ":") + System.getProperty("java.class.path") + (classes.isEmpty() ? "" : ":" + classes);
    List<String> options = new ArrayList<>(List.of("-proc:none", "-nowarn", "-g", "-encoding", "UTF-8", "-Xmaxerrs", "2000", "-d", folder.toString(), "-classpath", path));
    options.addAll(List.of("-sourcepath", before == null || tests.equals(sources) ? sources : tests + ":" + sources));
    JavacTask task = (JavacTask) compiler.getTask(null, null, said, options, null, List.of(file));
    Typing typing = new Typing(task);
    task.addTaskListener(typing);
    boolean good = task.call();
    List<Diagnostic<? extends JavaFileObject>> errors = new ArrayList<>();
    for (Diagnostic<? extends JavaFileObject> one : said.getDiagnostics()) {
      if (one.getKind() == Diagnostic.Kind.ERROR && !good) {
        errors.add(one);
      }
    }
    return new Compiled(folder, errors, typing);
  }

  static String told(Diagnostic<? extends JavaFileObject> one) {
    return one.getMessage(Locale.ENGLISH).lines().findFirst().orElse("");
  }

  URLClassLoader loader(Path... folders) throws IOException {
    List<URL> places = new ArrayList<>();
    for (Path one : folders) {
      places.add(one.toUri().toURL());
    }
    for (String one : classes.split(":")) {
      if (!one.isEmpty()) {
        places.add(Path.of(one).toUri().toURL());
      }
    }
    return new URLClassLoader(places.toArray(new URL[0]), Compiling.class.getClassLoader());
  }
}
