package plumbguest;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Date;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.BaseStream;

/**
 * Values as expectations: an expression that is equal to a value, or else what its getters tell.
 *
 * <p>`{result}`, `{object}` and `{0}`, `{1}` … stand for names that the test gives.
 */
final class Views {
  /** That a call returns: all that can be said of what checks its arguments. */
  private static final String RETURNS = "returns";
  private static final int LONGEST = 160;
  private static final int MOST_ITEMS = 12;
  private static final int MOST_GETTERS = 4;
  private static final int MOST_SEEN = 16;
  private static final int MOST_CHANGED = 2;
  private static final Pattern ADDRESS = Pattern.compile("@[0-9a-f]{4,}");

  private final Target target;
  private final Names names;

  Views(Target target, Names names) {
    this.target = target;
    this.names = names;
  }

  List<Outcome.Check> ofArguments(Object[] values) {
    List<Outcome.Check> found = new ArrayList<>();
    for (int index = 0; index < values.length; index++) {
      Object one = values[index];
      boolean open = one != null && (one.getClass().isArray() || one instanceof Collection<?> || one instanceof Map<?, ?> || one instanceof Appendable || one instanceof java.io.OutputStream);
      List<Outcome.Check> checks = open ? of(one, "{" + index + "}", 1) : null;
      if (checks != null) {
        found.addAll(checks);
      }
    }
    return found;
  }

  List<Outcome.Check> ofState(Object object) {
    List<Outcome.Check> found = new ArrayList<>();
    for (Method one : object == null ? List.<Method>of() : target.observers) {
      boolean same = one.equals(target.executable) || one.getName().equals("iterator");
      List<Outcome.Check> checks = same ? null : told(object, one, "{object}", 1);
      if (checks != null) {
        found.addAll(checks);
      }
    }
    return found;
  }

  /** Return what is to be asserted of a call that returned. */
  Outcome ofReturn(Object result, Object object, Object[] values, List<Outcome.Check> argumentsBefore, List<Outcome.Check> stateBefore) {
    if (object != null && holdsAddress(object)) {
      return Outcome.unfit("what it makes holds the address of an object");
    }
    List<Outcome.Check> found = new ArrayList<>();
    List<Outcome.Check> spare = new ArrayList<>();
    boolean silent = target.executable instanceof Method method && method.getReturnType() == void.class;
    boolean fluent = result == object && object != null;
    if (fluent) {
      found.add(new Outcome.Check("same", "{result}", "{object}"));
    } else if (!silent) {
      List<Outcome.Check> checks = of(result, "{result}", 0);
      if (checks == null) {
        return Outcome.unfit("its result cannot be written down");
      }
      found.addAll(checks.subList(0, Math.min(checks.size(), MOST_GETTERS)));
      spare.addAll(checks.subList(found.size(), checks.size()));
      addIdentity(found, result, values);
    }
    List<Outcome.Check> state = ofState(object);
    addChanged(found, spare, argumentsBefore, ofArguments(values));
    addChanged(found, spare, stateBefore, state);
    if (found.isEmpty() && !state.isEmpty()) {
      found.add(state.get(0));
    }
    if (found.isEmpty() && silent && object == null) {
      found.add(new Outcome.Check(RETURNS, "{call}", ""));
    }
    return found.isEmpty() ? Outcome.unfit("what it does cannot be seen from outside") : Outcome.of(found, spare);
  }

  /** Add whether a result is an argument itself, or a copy: who changes one changes the other or not. */
  private static void addIdentity(List<Outcome.Check> found, Object result, Object[] values) {
    for (int index = 0; index < values.length; index++) {
      boolean holds = result instanceof Collection<?> many && !many.isEmpty() || result instanceof Map<?, ?> map && !map.isEmpty()
          || result != null && result.getClass().isArray() && Array.getLength(result) > 0;
      if (holds && java.util.Objects.deepEquals(result, values[index])) {
        found.add(new Outcome.Check(result == values[index] ? "same" : "other", "{result}", "{" + index + "}"));
        return;
      }
    }
  }

  /** Whether an object's own words hold another's address: its length, too, then goes by chance. */
  private static boolean holdsAddress(Object object) {
    try {
      boolean own = object.getClass().getMethod("toString").getDeclaringClass() != Object.class;
      return own && ADDRESS.matcher(object.toString()).find();
    } catch (ReflectiveOperationException | RuntimeException error) {
      return false;
    }
  }

  /** Add a few of those that changed to what is asserted, all others to what may be. */
  private static void addChanged(List<Outcome.Check> found, List<Outcome.Check> spare, List<Outcome.Check> before, List<Outcome.Check> after) {
    int most = MOST_CHANGED;
    for (Outcome.Check one : after) {
      boolean shown = most > 0 && !before.contains(one);
      (shown ? found : spare).add(one);
      most -= shown ? 1 : 0;
    }
  }

  /** Return what tells a value; null where nothing does. */
  private List<Outcome.Check> of(Object value, String actual, int depth) {
    String expression = expression(value, 0);
    if (expression != null) {
      return expression.length() > LONGEST ? null : List.of(new Outcome.Check(how(value), actual, expression));
    }
    if (value instanceof String) {
      return null; // too long, or with an address in it
    }
    boolean told = value instanceof CharSequence || value instanceof java.io.Writer || value instanceof TemporalAccessor
        || value instanceof TemporalAmount || value instanceof Charset || value instanceof Locale || value instanceof UUID
        || value instanceof BitSet || value instanceof Pattern || value instanceof ZoneId || value instanceof Path
        || value instanceof Number && value.getClass().getName().startsWith("java.");
    if (told) {
      return of(value.toString(), actual + ".toString()", depth);
    }
    if (value instanceof java.io.ByteArrayOutputStream bytes) {
      return of(bytes.toByteArray(), actual + ".toByteArray()", depth);
    }
    if (value instanceof Optional<?> optional) {
      return of(optional.get(), actual + ".get()", depth);
    }
    if (value instanceof Iterator<?> || value instanceof BaseStream<?, ?>) {
      names.use("java.util.Iterator");
      Iterator<?> items = value instanceof Iterator<?> one ? one : ((BaseStream<?, ?>) value).iterator();
      return ofItems(items, "listOf(" + actual + (value instanceof Iterator<?> ? ")" : ".iterator())"));
    }
    if (value instanceof Collection<?> many) {
      names.use("java.util.ArrayList");
      return ofItems(many.iterator(), "new ArrayList<>(" + actual + ")");
    }
    if (value instanceof Throwable error) {
      return of(error.getMessage(), actual + ".getMessage()", depth);
    }
    return depth > 1 ? null : ofObject(value, actual, depth);
  }

  private List<Outcome.Check> ofItems(Iterator<?> items, String actual) {
    List<Object> found = new ArrayList<>();
    while (items.hasNext() && found.size() <= MOST_ITEMS) {
      found.add(items.next());
    }
    String expression = expression(found, 0);
    if (expression == null || expression.length() > LONGEST) {
      return null;
    }
    return List.of(new Outcome.Check("equal", actual, expression));
  }

  private List<Outcome.Check> ofObject(Object value, String actual, int depth) {
    Class<?> type = value.getClass();
    if (type.getName().startsWith("java.") || type.isSynthetic() || type.isHidden()) {
      return null;
    }
    List<Outcome.Check> found = new ArrayList<>();
    for (Method one : type.getMethods()) {
      if (found.size() < MOST_SEEN && Target.isObserver(one) && isNamed(one)) {
        List<Outcome.Check> checks = told(value, one, actual, depth + 1);
        if (checks != null) {
          found.addAll(checks);
        }
      }
    }
    found.sort(java.util.Comparator.comparing(Outcome.Check::actual));
    return found.isEmpty() ? null : found;
  }

  private static boolean isNamed(Method one) {
    Class<?> owner = one.getDeclaringClass();
    return owner != Object.class && Modifier.isPublic(owner.getModifiers()) && !owner.getName().startsWith("java.");
  }

  private List<Outcome.Check> told(Object object, Method observer, String actual, int depth) {
    try {
      observer.setAccessible(true);
      return of(observer.invoke(object), actual + "." + observer.getName() + "()", depth);
    } catch (InvocationTargetException | IllegalAccessException | RuntimeException error) {
      return null;
    }
  }

  private static String how(Object value) {
    if (value == null) {
      return "null";
    }
    if (value instanceof Boolean truth) {
      return truth ? "true" : "false";
    }
    if (value instanceof Double || value instanceof Float) {
      return value.toString().length() > 8 && Double.isFinite(((Number) value).doubleValue()) ? "near" : "equal";
    }
    return value.getClass().isArray() ? "array" : "equal";
  }

  /** Return an expression that is equal to a value; null where there is none. */
  private String expression(Object value, int depth) {
    if (value instanceof String text) {
      return text.length() > LONGEST || ADDRESS.matcher(text).find() ? null : Names.quoted(text);
    }
    boolean plain = value == null || Values.isPlain(value.getClass()) || value instanceof Enum<?> || value instanceof Class<?>;
    if (plain) {
      boolean hidden = value instanceof Enum<?> one && one.getDeclaringClass().getCanonicalName() == null
          || value instanceof Class<?> type && type.getCanonicalName() == null;
      return hidden ? null : names.literal(value, null);
    }
    if (value instanceof BigInteger || value instanceof BigDecimal) {
      return "new " + names.type(value.getClass()) + "(\"" + value + "\")";
    }
    if (value.getClass() == Date.class) {
      return "new " + names.type(Date.class) + "(" + ((Date) value).getTime() + "L)";
    }
    if (depth > 3) {
      return null;
    }
    if (value.getClass().isArray()) {
      return array(value, depth);
    }
    if (value instanceof List<?> list) {
      String items = items(list, depth);
      boolean holes = items != null && hasNull(list);
      return items == null ? null : names.type(holes ? java.util.Arrays.class : List.class) + (holes ? ".asList(" : ".of(") + items + ")";
    }
    if (value instanceof Set<?> set) {
      String items = hasNull(set) ? null : items(sorted(set), depth);
      return items == null ? null : names.type(Set.class) + ".of(" + items + ")";
    }
    if (value instanceof Map<?, ?> map) {
      return map(map, depth);
    }
    if (value instanceof Optional<?> optional) {
      String inner = optional.isEmpty() ? "" : expression(optional.get(), depth + 1);
      String start = names.type(Optional.class);
      return inner == null ? null : optional.isEmpty() ? start + ".empty()" : start + ".of(" + inner + ")";
    }
    return value instanceof Record one ? record(one, depth) : null;
  }

  private static boolean hasNull(Collection<?> items) {
    return items.stream().anyMatch(one -> one == null); // contains(null) throws for fixed ones
  }

  private static List<Object> sorted(Collection<?> items) {
    List<Object> found = new ArrayList<>(items);
    found.sort(java.util.Comparator.comparing(String::valueOf));
    return found;
  }

  private String items(Collection<?> items, int depth) {
    if (items.size() > MOST_ITEMS) {
      return null;
    }
    List<String> found = new ArrayList<>();
    for (Object one : items) {
      String text = one != null && one.getClass().isArray() ? null : expression(one, depth + 1);
      if (text == null) {
        return null;
      }
      found.add(text);
    }
    return String.join(", ", found);
  }

  private String array(Object value, int depth) {
    int length = Array.getLength(value);
    List<String> found = new ArrayList<>();
    for (int index = 0; index < length && length <= MOST_ITEMS; index++) {
      String text = expression(Array.get(value, index), depth + 1);
      if (text == null) {
        return null;
      }
      found.add(text);
    }
    Class<?> inner = value.getClass().getComponentType();
    boolean named = inner.getCanonicalName() != null;
    return length > MOST_ITEMS || !named ? null : names.array(inner, found);
  }

  private String map(Map<?, ?> map, int depth) {
    List<String> found = new ArrayList<>();
    for (Object key : map.size() > 8 || hasNull(map.keySet()) ? List.of() : sorted(map.keySet())) {
      Object value = map.get(key);
      String left = expression(key, depth + 1);
      String right = value == null || value.getClass().isArray() ? null : expression(value, depth + 1);
      if (left == null || right == null) {
        return null;
      }
      found.add(left + ", " + right);
    }
    return found.size() < map.size() ? null : names.type(Map.class) + ".of(" + String.join(", ", found) + ")";
  }

  private String record(Record value, int depth) {
    List<String> found = new ArrayList<>();
    for (RecordComponent one : value.getClass().getRecordComponents()) {
      try {
        one.getAccessor().setAccessible(true);
        Object part = one.getAccessor().invoke(value);
        String text = part != null && part.getClass().isArray() ? null : expression(part, depth + 1);
        if (text == null) {
          return null;
        }
        found.add(text);
      } catch (ReflectiveOperationException | RuntimeException error) {
        return null;
      }
    }
    boolean generic = value.getClass().getTypeParameters().length > 0;
    return "new " + names.type(value.getClass()) + (generic ? "<>" : "") + "(" + String.join(", ", found) + ")";
  }
}
