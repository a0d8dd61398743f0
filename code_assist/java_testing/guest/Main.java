package plumbguest;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.tools.Diagnostic;

/**
 * Lives in the sandbox with the class under test, and does what plumb asks: one line in, one out.
 *
 * <p>An order is words in base64: `plain` and `probed` compile the class as it is and with probes,
 * `search` looks for cases, `tests` compiles and runs a test class, `judge` runs it against every
 * wrong version. Answers are JSON.
 */
public final class Main {
  private Compiling compiling;
  private Path plain;
  private Path probed;
  private Typing right;
  private List<String> lines = List.of();

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    PrintStream out = System.out;
    PrintStream nowhere = new PrintStream(java.io.OutputStream.nullOutputStream());
    System.setOut(nowhere); // what the code under test prints is no answer of ours
    System.setErr(nowhere);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.setIn(java.io.InputStream.nullInputStream());
    Main main = new Main();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Map<String, Object> answer;
      try {
        answer = main.answer(words(line));
      } catch (Throwable error) {
        answer = Map.of("error", error.toString());
      }
      out.write((Json.text(answer) + "\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
  }

  private static List<String> words(String line) {
    List<String> found = new ArrayList<>();
    for (String one : line.split(" ", -1)) {
      found.add(new String(Base64.getDecoder().decode(one), StandardCharsets.UTF_8));
    }
    return found;
  }

  private Map<String, Object> answer(List<String> words) throws Exception {
    switch (words.get(0)) {
      case "open":
        compiling = new Compiling(words.get(1), words.get(2), words.get(3));
        return Map.of();
      case "plain":
        lines = words.get(2).lines().toList();
        Compiling.Compiled made = compiling.compile(words.get(1), words.get(2), null);
        plain = made.folder();
        right = made.typing();
        return Map.of("errors", errors(made));
      case "probed":
        Compiling.Compiled changed = compiling.compile(words.get(1), words.get(2), null);
        probed = changed.folder();
        return Map.of("errors", errors(changed), "torn", changed.isGood() ? changed.typing().torn(right) : List.of());
      case "search":
        return search(words);
      case "tests":
        return tests(words.get(1), words.get(2), words.get(3), Integer.parseInt(words.get(4)));
      case "judge":
        return judge(words.get(1), words.get(2), words.get(3), numbers(words.get(4)));
      default:
        return Map.of("error", "no such order");
    }
  }

  private static List<Object> errors(Compiling.Compiled made) {
    List<Object> found = new ArrayList<>();
    for (Diagnostic<?> one : made.errors()) {
      boolean own = one.getSource() instanceof javax.tools.SimpleJavaFileObject file && file.toUri().getScheme().equals("string");
      String text = one.getMessage(java.util.Locale.ENGLISH).lines().findFirst().orElse("");
      found.add(List.of(own ? one.getPosition() : -1L, one.getLineNumber(), text));
    }
    return found;
  }

  private static BitSet numbers(String text) {
    BitSet found = new BitSet();
    for (String one : text.split(",")) {
      if (!one.isEmpty()) {
        found.set(Integer.parseInt(one));
      }
    }
    return found;
  }

  /** Words: class, method, types, seconds, seed, goals, mutants, then constants as `kind:text`. */
  private Map<String, Object> search(List<String> words) throws Exception {
    try (URLClassLoader loader = compiling.loader(probed)) {
      Class<?> owner = Class.forName(words.get(1), true, loader);
      List<Object> constants = new ArrayList<>();
      for (String one : words.subList(8, words.size())) {
        constants.add(constant(one));
      }
      String home = owner.getPackageName();
      Inputs inputs = new Inputs(new Random(Long.parseLong(words.get(5))), constants, owner);
      List<String> types = words.get(3).isEmpty() ? List.of() : List.of(words.get(3).split(","));
      Target target = Target.find(owner, words.get(2), types, inputs);
      if (target == null) {
        return Map.of("error", "it was not found in its class");
      }
      Search search = new Search(target, inputs, numbers(words.get(6)), numbers(words.get(7)), lines, home);
      List<Object> cases = new ArrayList<>();
      for (Search.Found one : search.run(Double.parseDouble(words.get(4)))) {
        cases.add(told(one, target, search.names()));
      }
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("cases", cases);
      answer.put("tried", search.tried);
      answer.put("refused", search.refused);
      return answer;
    }
  }

  private static Object constant(String coded) {
    String text = coded.substring(2);
    switch (coded.charAt(0)) {
      case 'i':
        return Integer.valueOf(text);
      case 'l':
        return Long.valueOf(text);
      case 'd':
        return Double.valueOf(text);
      case 'c':
        return text.charAt(0);
      default:
        return text;
    }
  }

  private static Map<String, Object> told(Search.Found found, Target target, Names names) {
    Map<String, Object> row = new LinkedHashMap<>();
    Case made = found.made;
    row.put("receiver", made.receiver() == null ? "" : made.receiver().source(names));
    List<Object> before = new ArrayList<>();
    for (Case.Step step : made.before()) {
      before.add(List.of(step.method().getName(), step.arguments().stream().map(one -> one.source(names)).toList()));
    }
    row.put("before", before);
    List<String> arguments = new ArrayList<>();
    for (Recipe one : made.arguments()) {
      boolean torn = target.isTorn(arguments.size(), one.sample());
      String plain = one.source(names);
      String cast = torn ? "(" + names.type(target.executable.getParameterTypes()[arguments.size()]) + ") " : "";
      arguments.add(torn && plain.startsWith("-") ? cast + "(" + plain + ")" : cast + plain);
    }
    row.put("arguments", arguments);
    row.put("types", made.arguments().stream().map(one -> one.type instanceof Class<?> type ? names.type(type) : "").toList());
    Outcome outcome = made.run(target, names, List.of());
    row.put("raises", found.outcome.raised() == null ? "" : names.type(found.outcome.raised()));
    row.put("message", found.outcome.message());
    List<Object> checks = new ArrayList<>();
    List<Outcome.Check> told = new ArrayList<>(found.outcome.raised() == null ? outcome.checks() : List.of());
    outcome.spare().stream().filter(one -> found.more.contains(one.actual())).forEach(told::add);
    told.forEach(one -> checks.add(List.of(one.how(), one.actual(), one.expected())));
    row.put("checks", checks);
    row.put("notices", !found.kills.isEmpty());
    row.put("checked", made.isChecked(target));
    row.put("uses", List.copyOf(names.used));
    return row;
  }

  /** Compile a test class against the class as it is, and run it some times. */
  private Map<String, Object> tests(String name, String type, String text, int runs) throws Exception {
    Compiling.Compiled made = compiling.compile(name, text, plain);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("errors", errors(made));
    List<Object> rows = new ArrayList<>();
    for (int number = 0; made.isGood() && number < runs; number++) {
      try (URLClassLoader loader = compiling.loader(made.folder(), plain)) {
        rows.add(Suites.run(Class.forName(type, true, loader), number, 120));
      }
    }
    answer.put("runs", rows);
    return answer;
  }

  /** Run a test class against the right version, for what it reaches, and each wrong one. */
  private Map<String, Object> judge(String name, String type, String text, BitSet mutants) throws Exception {
    Compiling.Compiled made = compiling.compile(name, text, probed);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("errors", errors(made));
    if (!made.isGood()) {
      return answer;
    }
    P.m = 0;
    P.reset();
    P.lines.clear();
    P.steps = Long.MAX_VALUE;
    Map<String, String> wrong = failed(type, made.folder());
    answer.put("failed", wrong);
    answer.put("hit", P.hit.stream().boxed().toList());
    answer.put("lines", P.lines.stream().boxed().toList());
    List<Integer> killed = new ArrayList<>();
    for (int number = mutants.nextSetBit(0); number >= 0; number = mutants.nextSetBit(number + 1)) {
      P.m = number;
      P.steps = 20L * P.MOST_STEPS;
      if (!wrong.keySet().containsAll(failed(type, made.folder()).keySet())) { // who fails on the right one notices nothing
        killed.add(number);
      }
    }
    P.m = 0;
    answer.put("killed", killed);
    return answer;
  }

  /** Return the tests that fail, each with the complaint. */
  private Map<String, String> failed(String type, Path folder) throws Exception {
    try (URLClassLoader loader = compiling.loader(folder, probed)) {
      Map<String, String> outcomes = Suites.run(Class.forName(type, true, loader), 0, 60);
      outcomes.values().removeIf(String::isEmpty);
      return outcomes;
    }
  }
}
