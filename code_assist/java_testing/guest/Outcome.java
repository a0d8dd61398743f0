package plumbguest;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What came of a call: checks of a value, an exception, or a reason why it is no test.
 *
 * <p>`spare` can be seen as well (what stayed as it was): a test asserts it where it has to.
 */
record Outcome(List<Check> checks, List<Check> spare, Class<?> raised, String message, String unfit) {

  /** One thing to assert: how, of which expression, and what is expected. */
  record Check(String how, String actual, String expected) {
    String told() {
      return how + " " + expected;
    }

    /** What it looks at: that a value is the very object of another is no part of the value. */
    String subject() {
      return (how.equals("same") || how.equals("other") ? "identity of " : "") + actual;
    }
  }

  private static final List<Class<? extends Throwable>> MISUSE = List.of(
      NullPointerException.class, ClassCastException.class, ArrayStoreException.class,
      NegativeArraySizeException.class, IndexOutOfBoundsException.class, AssertionError.class, LinkageError.class, VirtualMachineError.class);
  private static final Pattern THROWS = Pattern.compile("\\bthrow\\b");
  private static final Pattern PLAIN = Pattern.compile("[ -~&&[^/\\\\]]{1,60}");
  private static final Pattern ADDRESS = Pattern.compile("@[0-9a-f]{4}");

  static Outcome of(List<Check> checks, List<Check> spare) {
    return new Outcome(checks, spare, null, "", "");
  }

  static Outcome unfit(String why) {
    return new Outcome(List.of(), List.of(), null, "", why);
  }

  /** An exception: on purpose, or because the input was nonsense. */
  static Outcome raised(Throwable error, Class<?> owner, List<String> lines) {
    if (error instanceof VirtualMachineError) {
      return unfit("it does not end in time");
    }
    StackTraceElement[] frames = error.getStackTrace();
    boolean own = false;
    boolean library = true;
    String plain = frames.length == 0 ? "" : frames[0].getClassName();
    for (StackTraceElement frame : frames) {
      if (frame.getClassName().equals("java.util.Objects")) {
        continue;
      }
      library = frame.getClassName().startsWith("java.");
      own = !library && (plain.equals("java.util.Objects") || throwsThere(frame, owner, lines));
      break;
    }
    if (!own && MISUSE.stream().anyMatch(one -> one.isInstance(error))) {
      return unfit("no fitting input was found");
    }
    if (error instanceof UnsupportedOperationException && plain.startsWith("java.util.ImmutableCollections")) {
      return unfit("it changes what cannot be changed");
    }
    Class<?> type = named(error.getClass());
    String said = own && error.getMessage() != null ? error.getMessage() : "";
    boolean shown = PLAIN.matcher(said).matches() && !ADDRESS.matcher(said).find();
    return new Outcome(List.of(), List.of(), type, shown ? said : "", "");
  }

  private static boolean throwsThere(StackTraceElement frame, Class<?> owner, List<String> lines) {
    boolean here = frame.getClassName().equals(owner.getName()) || frame.getClassName().startsWith(owner.getName() + "$");
    if (!here) {
      return !frame.getClassName().startsWith("plumbguest.");
    }
    int line = frame.getLineNumber();
    return line > 0 && line <= lines.size() && THROWS.matcher(lines.get(line - 1)).find();
  }

  /** The nearest class that a test can name. */
  private static Class<?> named(Class<?> type) {
    Class<?> at = type;
    while (at.getCanonicalName() == null || !java.lang.reflect.Modifier.isPublic(at.getModifiers())) {
      at = at.getSuperclass();
    }
    return at;
  }

  boolean isFit() {
    return unfit.isEmpty();
  }

  /** What tells two outcomes apart. */
  String key() {
    if (!isFit()) {
      return "?" + unfit;
    }
    return raised != null ? raised.getName() + ":" + message
        : checks.stream().map(one -> one.actual() + "=" + one.told()).collect(Collectors.joining(";"));
  }

  /**
   * What must be asserted beside the checks to tell another outcome: nothing (an empty text) where
   * they tell it, null where nothing does.
   */
  String differs(Outcome other) {
    if (!isFit() || !other.isFit() || raised != null || other.raised != null) {
      return key().equals(other.key()) ? null : "";
    }
    Map<String, String> there = new HashMap<>();
    other.spare.forEach(one -> there.put(one.subject(), one.told()));
    other.checks.forEach(one -> there.put(one.subject(), one.told()));
    for (Check one : checks) {
      if (!one.told().equals(there.get(one.subject()))) {
        return "";
      }
    }
    for (Check one : spare) {
      if (there.containsKey(one.subject()) && !one.told().equals(there.get(one.subject()))) {
        return one.actual();
      }
    }
    return null;
  }
}
