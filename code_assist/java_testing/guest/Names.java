package plumbguest;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Texts of values and types as a test in a package writes them, and the classes to import. */
final class Names {
  final Set<String> used = new TreeSet<>();
  private final String home;
  private final boolean casts;

  /** In tests of a package; with `casts` a null tells its type, because methods share a name. */
  Names(String home, boolean casts) {
    this.home = home;
    this.casts = casts;
  }

  void use(String qualified) {
    used.add(qualified);
  }

  String type(Class<?> type) {
    if (type.isArray()) {
      return type(type.getComponentType()) + "[]";
    }
    String full = type.getCanonicalName();
    if (type.isPrimitive() || full == null) {
      return type.getSimpleName();
    }
    Class<?> outer = type;
    while (outer.getEnclosingClass() != null) {
      outer = outer.getEnclosingClass();
    }
    String place = outer.getPackageName();
    if (!place.equals(home) && !place.equals("java.lang")) {
      used.add(outer.getName());
    }
    return place.isEmpty() ? full : full.substring(place.length() + 1);
  }

  /** An array of some items; small numbers need no casts in it. */
  String array(Class<?> inner, List<String> items) {
    String joined = String.join(", ", items);
    boolean small = inner == byte.class || inner == short.class;
    return "new " + type(inner) + "[] {" + (small ? joined.replaceAll("\\(\\w+\\) ", "") : joined) + "}";
  }

  /** A fixed text begins with the classes that it uses: `java.util.Locale|Locale.ROOT`. */
  String fixed(String coded) {
    String[] parts = coded.split("\\|", 2);
    for (String one : parts[0].split(",")) {
      if (!one.isEmpty()) {
        used.add(one);
      }
    }
    return parts[1];
  }

  /** A value without parts; `declared` decides casts that the compiler wants. */
  String literal(Object value, Type declared) {
    if (value == null) {
      Type raw = declared instanceof ParameterizedType generic ? generic.getRawType() : declared;
      return casts && raw instanceof Class<?> type ? "(" + type(type) + ") null" : "null";
    }
    if (value instanceof String text) {
      return quoted(text);
    }
    if (value instanceof Character letter) {
      return letter == '"' ? "'\"'" : "'" + escaped(letter, '\'') + "'";
    }
    if (value instanceof Long) {
      return limit(value, Long.MIN_VALUE, Long.MAX_VALUE, "Long", value + "L");
    }
    if (value instanceof Integer) {
      return limit(value, Integer.MIN_VALUE, Integer.MAX_VALUE, "Integer", value.toString());
    }
    if (value instanceof Byte || value instanceof Short) {
      return "(" + value.getClass().getSimpleName().toLowerCase(Locale.ROOT) + ") " + value;
    }
    if (value instanceof Float number) {
      return real(number, "Float", number + "f");
    }
    if (value instanceof Double number) {
      return real(number, "Double", number.toString());
    }
    if (value instanceof Enum<?> constant) {
      return type(constant.getDeclaringClass()) + "." + constant.name();
    }
    if (value instanceof Class<?> type) {
      return type(type) + ".class";
    }
    return value.toString();
  }

  private static String limit(Object value, Object least, Object most, String name, String plain) {
    return value.equals(most) ? name + ".MAX_VALUE" : value.equals(least) ? name + ".MIN_VALUE" : plain;
  }

  private static String real(double value, String name, String plain) {
    if (Double.isNaN(value)) {
      return name + ".NaN";
    }
    if (Double.isInfinite(value)) {
      return name + (value > 0 ? ".POSITIVE_INFINITY" : ".NEGATIVE_INFINITY");
    }
    return plain;
  }

  static String quoted(String text) {
    StringBuilder made = new StringBuilder("\"");
    text.chars().forEach(c -> made.append(escaped((char) c, '"')));
    return made.append('"').toString();
  }

  private static String escaped(char letter, char quote) {
    switch (letter) {
      case '\n':
        return "\\n";
      case '\t':
        return "\\t";
      case '\r':
        return "\\r";
      case '\\':
        return "\\\\";
      default:
        if (letter == quote) {
          return "\\" + letter;
        }
        return letter < 32 || letter > 126 ? String.format("\\u%04x", (int) letter) : "" + letter;
    }
  }
}
