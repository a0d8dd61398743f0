package plumbguest;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is special about the inputs of a call, together with what came of it.
 *
 * <p>Tests whose inputs and results differ in kind notice mistakes that nobody thought of (Alshahwan
 * and Harman, 2014): a text that is blank and not empty, a value that stands twice in an array, two
 * numbers of which now one and now the other is the larger.
 */
final class Traits {
  private static final int MOST_ITEMS = 40;

  private final Set<String> found = new HashSet<>();
  private final String outcome;

  private Traits(String outcome) {
    this.outcome = outcome;
  }

  /** Return the traits of a call; none where it ended in an exception, which hides what differs. */
  static Set<String> of(List<Object> values, Outcome outcome) {
    Traits traits = new Traits(kind(outcome));
    for (int index = 0; outcome.raised() == null && index < values.size(); index++) {
      traits.addOwn(index, values.get(index));
      for (int other = 0; other < values.size(); other++) {
        if (other != index) {
          traits.addPair(index, other, values.get(index), values.get(other));
        }
      }
    }
    return traits.found;
  }

  /** What came of it, roughly. */
  private static String kind(Outcome outcome) {
    if (outcome.checks().isEmpty()) {
      return "";
    }
    Outcome.Check first = outcome.checks().get(0);
    String expected = first.expected();
    boolean empty = List.of("0", "0L", "\"\"", "List.of()", "Set.of()", "Map.of()").contains(expected) || expected.endsWith("{}");
    return first.how() + (empty ? " empty" : expected.startsWith("-") ? " below" : "");
  }

  private void add(Object where, String what) {
    found.add(where + " " + what + " " + outcome);
  }

  private void addOwn(int index, Object value) {
    List<?> items = items(value);
    if (value == null || value instanceof Boolean || value instanceof Enum<?>) {
      add(index, String.valueOf(value));
    } else if (value instanceof Number number) {
      double size = number.doubleValue();
      add(index, size == 0 ? "zero" : size < 0 ? "below" : size == 1 ? "one" : "above");
    } else if (value instanceof Character letter) {
      addLetters(index, letter.toString());
    } else if (items != null) {
      add(index, "holds " + Math.min(2, items.size()));
      Set<Object> different = new HashSet<>(items);
      if (different.size() < items.size()) {
        add(index, "repeats");
      }
      if (value instanceof CharSequence text) {
        addLetters(index, text.toString());
      } else if (different.contains(null)) {
        add(index, "holes");
      }
    }
  }

  private void addLetters(int index, String text) {
    if (!text.isEmpty() && text.isBlank()) {
      add(index, "blank");
    } else if (!text.strip().equals(text)) {
      add(index, "padded");
    }
    if (text.codePoints().anyMatch(Character::isUpperCase) && text.codePoints().anyMatch(Character::isLowerCase)) {
      add(index, "of both cases");
    }
    if (text.codePoints().anyMatch(letter -> letter > 0xffff)) {
      add(index, "far");
    }
  }

  private void addPair(int index, int other, Object one, Object two) {
    String where = index + ":" + other;
    if (one == null || two == null) {
      return;
    }
    List<?> items = items(one);
    if (one instanceof CharSequence && two instanceof CharSequence) {
      addTexts(where, one.toString(), two.toString());
    } else if (items != null && !(one instanceof CharSequence && two instanceof Number)) {
      long count = items.stream().filter(two::equals).count();
      add(where, "among " + Math.min(2, count));
      if (count == 1) {
        add(where, "at " + (items.indexOf(two) == 0) + (items.indexOf(two) == items.size() - 1));
      }
    }
    if (one instanceof Number left && two instanceof Number right && index < other) {
      add(where, "compared " + (int) Math.signum(Double.compare(left.doubleValue(), right.doubleValue())));
    } else if (items != null && two instanceof Number right) {
      double at = right.doubleValue();
      add(where, at < 0 ? "before" : at == 0 ? "first" : at < items.size() ? "inside" : at == items.size() ? "end" : "behind");
    }
  }

  private void addTexts(String where, String one, String two) {
    int at = two.isEmpty() ? -1 : one.indexOf(two);
    if (one.equalsIgnoreCase(two)) {
      add(where, one.equals(two) ? "same" : "same but for case");
    } else if (at >= 0) {
      add(where, one.indexOf(two, at + 1) > 0 ? "twice" : at == 0 ? "starts" : one.endsWith(two) ? "ends" : "middle");
    } else if (!two.isEmpty() && one.toLowerCase(java.util.Locale.ROOT).contains(two.toLowerCase(java.util.Locale.ROOT))) {
      add(where, "within but for case");
    } else if (two.chars().anyMatch(letter -> one.indexOf(letter) >= 0)) {
      add(where, "shares a letter");
    }
  }

  /** Return what an array, a collection, a map or a text holds; null for other things. */
  private static List<?> items(Object value) {
    if (value instanceof CharSequence text) {
      return text.chars().limit(MOST_ITEMS).mapToObj(letter -> (char) letter).toList();
    }
    if (value instanceof Map<?, ?> map) {
      return new ArrayList<>(map.values());
    }
    if (value instanceof Collection<?> many) {
      return new ArrayList<>(many);
    }
    if (value == null || !value.getClass().isArray()) {
      return null;
    }
    Object[] made = new Object[Math.min(MOST_ITEMS, Array.getLength(value))];
    Arrays.setAll(made, index -> Array.get(value, index));
    return Arrays.asList(made);
  }
}
