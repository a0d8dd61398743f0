package plumbguest;

import java.util.Map;
import java.util.stream.Collectors;

/** Writes plain values as JSON. */
final class Json {
  private Json() {}

  static String text(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(one -> quoted(one.getKey().toString()) + ":" + text(one.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    if (value instanceof Iterable<?> items) {
      StringBuilder made = new StringBuilder("[");
      for (Object one : items) {
        made.append(made.length() > 1 ? "," : "").append(text(one));
      }
      return made.append(']').toString();
    }
    boolean bare = value == null || value instanceof Number || value instanceof Boolean;
    return bare ? String.valueOf(value) : quoted(value.toString());
  }

  private static String quoted(String text) {
    StringBuilder made = new StringBuilder("\"");
    for (char letter : text.toCharArray()) {
      boolean plain = letter >= 32 && letter < 127 && letter != '"' && letter != '\\';
      made.append(plain ? "" + letter : String.format("\\u%04x", (int) letter));
    }
    return made.append('"').toString();
  }
}
