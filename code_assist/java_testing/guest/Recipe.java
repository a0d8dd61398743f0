package plumbguest;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** An input as a plan: a value can be made of it anew each time, and it has a source text. */
final class Recipe {
  enum Form { LITERAL, ARRAY, LIST, SET, MAP, OPTIONAL, CALL, FIELD, LAMBDA, FIXED }

  /** The one method of an interface, and which of its parameters it returns (-1 for none). */
  record Lambda(Method method, int given) {}

  final Form form;
  final Type type;
  final Object value;
  final List<Recipe> parts;
  private final Supplier<Object> maker;

  private Recipe(Form form, Type type, Object value, List<Recipe> parts, Supplier<Object> maker) {
    this.form = form;
    this.type = type;
    this.value = value;
    this.parts = parts;
    this.maker = maker;
  }

  static Recipe literal(Type type, Object value) {
    return new Recipe(Form.LITERAL, type, value, List.of(), null);
  }

  static Recipe of(Form form, Type type, List<Recipe> parts) {
    return new Recipe(form, type, null, parts, null);
  }

  /** A list, set or map that can be changed. */
  static Recipe open(Form form, Type type, List<Recipe> parts) {
    return new Recipe(form, type, "open", parts, null);
  }

  static Recipe call(Type type, Executable maker, List<Recipe> parts) {
    return new Recipe(Form.CALL, type, maker, parts, null);
  }

  /** A constant of a class. */
  static Recipe field(Type type, Field field) {
    return new Recipe(Form.FIELD, type, field, List.of(), null);
  }

  /** An object of an interface with one method, which returns a part, a parameter or nothing. */
  static Recipe lambda(Type type, Lambda lambda, List<Recipe> parts) {
    return new Recipe(Form.LAMBDA, type, lambda, parts, null);
  }

  /** A value with a text of its own, such as a lambda. */
  static Recipe fixed(Type type, String source, Supplier<Object> maker) {
    return new Recipe(Form.FIXED, type, source, List.of(), maker);
  }

  Recipe with(List<Recipe> others) {
    return new Recipe(form, type, value, others, maker);
  }

  Recipe with(int index, Recipe other) {
    List<Recipe> changed = new ArrayList<>(parts);
    changed.set(index, other);
    return with(changed);
  }

  /** A value by which the compiler may take one method for another; null where it does not matter. */
  Object sample() {
    try {
      return form == Form.LITERAL || form == Form.ARRAY ? make() : null;
    } catch (Throwable error) {
      return null;
    }
  }

  /** How much there is to read: cases are made as small as they can be. */
  int size() {
    int own = form == Form.LITERAL && value != null ? literalSize() : 2 + dull();
    return own + parts.stream().mapToInt(Recipe::size).sum() + ("open".equals(value) ? 1 : 0);
  }

  private int literalSize() {
    if (value instanceof String text) {
      long strange = text.chars().filter(c -> c < 32 || c > 126).count();
      return 1 + text.length() + 4 * (int) strange + few(text.length());
    }
    if (value instanceof Integer || value instanceof Long || value instanceof Double) {
      double number = ((Number) value).doubleValue();
      return Math.min(12, value.toString().length()) + (number == 0 || number == 1 ? 2 : 0);
    }
    return 1;
  }

  /** How much too plain a container is: empty and equal things notice little. */
  private int dull() {
    if (form != Form.LIST && form != Form.ARRAY && form != Form.SET && form != Form.MAP) {
      return 0;
    }
    int step = form == Form.MAP ? 2 : 1;
    Set<Object> known = new HashSet<>();
    for (int index = step - 1; index < parts.size(); index += step) {
      Recipe one = parts.get(index);
      known.add(one.form == Form.LITERAL ? String.valueOf(one.value) : one);
    }
    int count = parts.size() / step;
    return few(count) + 8 * (count - known.size());
  }

  private static int few(int count) {
    return count == 0 ? 8 : count == 1 ? 5 : 0;
  }

  Object make() throws Throwable {
    switch (form) {
      case LITERAL:
        return value;
      case FIXED:
        return maker.get();
      case ARRAY:
        return makeArray();
      case LIST:
        return makeList();
      case SET:
        return parts.size() < 2 && value == null ? Set.copyOf(made()) : new LinkedHashSet<>(made());
      case MAP:
        return makeMap();
      case OPTIONAL:
        return parts.isEmpty() ? Optional.empty() : Optional.of(parts.get(0).make());
      case FIELD:
        return ((Field) value).get(null);
      case LAMBDA:
        return makeLambda();
      default:
        return makeCall();
    }
  }

  private List<Object> made() throws Throwable {
    List<Object> found = new ArrayList<>();
    for (Recipe one : parts) {
      found.add(one.make());
    }
    return found;
  }

  private Object makeArray() throws Throwable {
    Object array = Array.newInstance(((Class<?>) type).getComponentType(), parts.size());
    for (int index = 0; index < parts.size(); index++) {
      Array.set(array, index, parts.get(index).make());
    }
    return array;
  }

  private Object makeList() throws Throwable {
    List<Object> list = made();
    if (value != null) {
      return list;
    }
    return list.contains(null) ? Arrays.asList(list.toArray()) : List.copyOf(list);
  }

  private Object makeMap() throws Throwable {
    Map<Object, Object> map = new LinkedHashMap<>();
    for (int index = 0; index + 1 < parts.size(); index += 2) {
      map.put(parts.get(index).make(), parts.get(index + 1).make());
    }
    if (value == null) {
      return map.size() < 2 ? Map.copyOf(map) : new TreeMap<>(map);
    }
    return type == LinkedHashMap.class ? map : new HashMap<>(map);
  }

  private Object makeCall() throws Throwable {
    Object[] arguments = made().toArray();
    try {
      if (value instanceof Constructor<?> constructor) {
        return constructor.newInstance(arguments);
      }
      Method method = (Method) value;
      if (Modifier.isStatic(method.getModifiers())) {
        return method.invoke(null, arguments);
      }
      return method.invoke(arguments[0], Arrays.copyOfRange(arguments, 1, arguments.length));
    } catch (InvocationTargetException error) {
      throw error.getCause();
    }
  }

  private Object makeLambda() {
    Class<?> kind = (Class<?>) type;
    int given = ((Lambda) value).given();
    ClassLoader loader = kind.getClassLoader() == null ? Recipe.class.getClassLoader() : kind.getClassLoader();
    return Proxy.newProxyInstance(loader, new Class<?>[] {kind}, (self, method, values) -> {
      if (method.getDeclaringClass() == Object.class) {
        return method.getName().equals("equals") ? self == values[0]
            : method.getName().equals("hashCode") ? (Object) System.identityHashCode(self) : "lambda@0000";
      }
      if (method.isDefault()) {
        return InvocationHandler.invokeDefault(self, method, values);
      }
      return given >= 0 ? values[given] : parts.isEmpty() ? null : parts.get(0).make();
    });
  }

  /** Return the source text; `names` gathers the classes in it. */
  String source(Names names) {
    switch (form) {
      case LITERAL:
        return names.literal(value, type);
      case FIXED:
        return names.fixed((String) value);
      case ARRAY:
        List<String> items = parts.stream().map(one -> one.source(names)).toList();
        return names.array(((Class<?>) type).getComponentType(), items);
      case LIST:
        return sourceOfList(names);
      case SET:
        boolean small = parts.size() < 2 && value == null;
        String listed = "of(" + joined(names, parts) + ")";
        return small ? names.type(Set.class) + "." + listed : opened(names, "LinkedHashSet", names.type(List.class) + "." + listed, true);
      case MAP:
        String entries = names.type(Map.class) + ".of(" + joined(names, parts) + ")";
        boolean sorted = value == null;
        String kind = sorted ? "TreeMap" : type == LinkedHashMap.class ? "LinkedHashMap" : "HashMap";
        return opened(names, kind, entries, !sorted || parts.size() > 2);
      case OPTIONAL:
        String start = names.type(Optional.class);
        return parts.isEmpty() ? start + ".empty()" : start + ".of(" + joined(names, parts) + ")";
      case FIELD:
        Field constant = (Field) value;
        return names.type(constant.getDeclaringClass()) + "." + constant.getName();
      case LAMBDA:
        return sourceOfLambda(names);
      default:
        return sourceOfCall(names);
    }
  }

  private String sourceOfList(Names names) {
    boolean holes = parts.stream().anyMatch(one -> one.form == Form.LITERAL && one.value == null);
    String start = holes ? names.type(Arrays.class) + ".asList(" : names.type(List.class) + ".of(";
    return opened(names, "ArrayList", start + joined(names, parts) + ")", value != null);
  }

  /** Sets and maps of a few are of kinds whose order is the same in every run. */
  private String opened(Names names, String container, String fixed, boolean open) {
    if (!open) {
      return fixed;
    }
    names.use("java.util." + container);
    return "new " + container + "<>(" + (parts.isEmpty() ? "" : fixed) + ")";
  }

  private String sourceOfCall(Names names) {
    Executable made = (Executable) value;
    String owner = names.type(made.getDeclaringClass());
    boolean generic = made.getDeclaringClass().getTypeParameters().length > 0;
    if (!Modifier.isStatic(made.getModifiers()) && made instanceof Method) {
      return parts.get(0).source(names) + "." + made.getName() + "(" + joined(names, parts.subList(1, parts.size())) + ")";
    }
    if (made instanceof Constructor<?>) {
      return "new " + owner + (generic ? "<>" : "") + "(" + joined(names, parts) + ")";
    }
    return owner + "." + made.getName() + "(" + joined(names, parts) + ")";
  }

  private String sourceOfLambda(Names names) {
    Lambda lambda = (Lambda) value;
    List<String> labels = List.of("x", "y", "z", "u", "v", "w").subList(0, lambda.method().getParameterCount());
    String head = labels.size() == 1 ? "x" : "(" + String.join(", ", labels) + ")";
    String body = lambda.given() >= 0 ? labels.get(lambda.given()) : parts.isEmpty() ? "{}" : parts.get(0).source(names);
    return head + " -> " + body;
  }

  /** Whether making it may throw what the compiler wants declared. */
  boolean isChecked() {
    return value instanceof Executable made && throwsChecked(made) || parts.stream().anyMatch(Recipe::isChecked);
  }

  static boolean throwsChecked(Executable made) {
    return Arrays.stream(made.getExceptionTypes()).anyMatch(one -> !RuntimeException.class.isAssignableFrom(one) && !Error.class.isAssignableFrom(one));
  }

  static String joined(Names names, List<Recipe> parts) {
    return parts.stream().map(one -> one.source(names)).collect(Collectors.joining(", "));
  }
}
