package plumbguest;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Draws inputs by type: constants of the code and of its comparisons, usual ones, made objects. */
final class Inputs {
  private static final int DEEPEST = 3;
  private static final int MOST_LEARNED = 60;

  final Random choose;
  private final Map<Class<?>, List<Object>> pool = new HashMap<>();
  private final Map<Class<?>, Set<Object>> learned = new HashMap<>();
  private final Map<TypeVariable<?>, Class<?>> bound = new HashMap<>();
  private final Map<Class<?>, List<Member>> makers = new HashMap<>();
  private final String home;
  private final Class<?> owner;

  /** Constants of the code come as values of their class; the tests are in the owner's package. */
  Inputs(Random choose, List<Object> constants, Class<?> owner) {
    this.choose = choose;
    this.owner = owner;
    this.home = owner.getPackageName();
    for (Object one : constants) {
      pool.computeIfAbsent(one.getClass(), key -> new ArrayList<>()).add(one);
      if (one instanceof String text && text.length() == 1) {
        pool.computeIfAbsent(Character.class, key -> new ArrayList<>()).add(text.charAt(0));
      }
      if (one instanceof Character letter) {
        pool.computeIfAbsent(String.class, key -> new ArrayList<>()).add(letter.toString());
      }
    }
  }

  /** Type variables stand for other classes from the next input on. */
  void rebind() {
    bound.clear();
  }

  /** Take a value that the code compared with. */
  void learn(Object value) {
    Object kept = value instanceof Long number && (int) (long) number == number ? (Object) (int) (long) number : value;
    if (kept instanceof Integer || kept instanceof Long || kept instanceof Double || kept instanceof String) {
      Set<Object> known = learned.computeIfAbsent(kept.getClass(), key -> new LinkedHashSet<>());
      if (known.size() < MOST_LEARNED && !(kept instanceof String text && text.length() > 40)) {
        known.add(kept);
      }
    }
  }

  List<Object> constants() {
    List<Object> found = new ArrayList<>();
    pool.values().forEach(found::addAll);
    return found;
  }

  <T> T pick(List<T> options) {
    return options.get(choose.nextInt(options.size()));
  }

  /** Return an input of a type; null where none can be made. */
  Recipe draw(Type type) {
    return draw(type, 0);
  }

  private Recipe draw(Type type, int depth) {
    if (type instanceof Class<?> known) {
      return drawClass(known, depth);
    }
    if (type instanceof TypeVariable<?> variable) {
      return drawClass(boundTo(variable), depth);
    }
    if (type instanceof WildcardType wild) {
      return draw(wild.getLowerBounds().length > 0 ? wild.getLowerBounds()[0] : wild.getUpperBounds()[0], depth);
    }
    if (type instanceof GenericArrayType array) {
      Class<?> inner = erased(array.getGenericComponentType());
      return drawArray(Array.newInstance(inner, 0).getClass(), array.getGenericComponentType(), depth);
    }
    ParameterizedType generic = (ParameterizedType) type;
    Class<?> raw = (Class<?>) generic.getRawType();
    if (raw == Class.class) {
      return drawToken(generic, generic.getActualTypeArguments()[0]);
    }
    Recipe container = drawContainer(raw, generic.getActualTypeArguments(), depth);
    Recipe lambda = container == null && raw.isInterface() && choose.nextInt(4) > 0 ? lambda(raw, generic.getActualTypeArguments(), depth) : null;
    return container != null ? container : lambda != null ? lambda : drawClass(raw, depth);
  }

  private Class<?> boundTo(TypeVariable<?> variable) {
    Class<?> known = bound.get(variable);
    if (known == null) {
      Type limit = variable.getBounds()[0];
      Class<?> least = limit instanceof Class<?> one ? one
          : limit instanceof ParameterizedType many ? (Class<?>) many.getRawType() : Object.class;
      List<Class<?>> fitting = new ArrayList<>();
      for (Class<?> one : List.of(Integer.class, String.class, TimeUnit.class)) {
        if (least.isAssignableFrom(one) && (one != TimeUnit.class || least == Enum.class)) {
          fitting.add(one);
        }
      }
      known = fitting.isEmpty() ? least : pick(fitting);
      bound.put(variable, known);
    }
    return known;
  }

  private Class<?> erased(Type type) {
    if (type instanceof Class<?> known) {
      return known;
    }
    if (type instanceof TypeVariable<?> variable) {
      return boundTo(variable);
    }
    if (type instanceof GenericArrayType array) {
      return Array.newInstance(erased(array.getGenericComponentType()), 0).getClass();
    }
    return type instanceof ParameterizedType many ? (Class<?>) many.getRawType() : Object.class;
  }

  private Recipe drawContainer(Class<?> raw, Type[] inner, int depth) {
    if (raw == Optional.class) {
      return Recipe.of(Recipe.Form.OPTIONAL, raw, items(inner[0], depth, 2));
    }
    boolean list = raw.isAssignableFrom(ArrayList.class) && Iterable.class.isAssignableFrom(raw);
    boolean set = raw == Set.class || raw == LinkedHashSet.class;
    boolean map = raw == Map.class || raw == LinkedHashMap.class;
    Recipe.Form form = list ? Recipe.Form.LIST : set ? Recipe.Form.SET : map ? Recipe.Form.MAP : null;
    if (form == null) {
      return null;
    }
    if (choose.nextInt(16) == 0) {
      return Recipe.literal(raw, null);
    }
    List<Recipe> parts = map ? pairs(inner, depth) : items(inner[0], depth, 5);
    if (parts == null) {
      return null;
    }
    parts = list ? parts : distinct(parts, map ? 2 : 1);
    boolean open = !raw.isInterface() || choose.nextInt(4) == 0;
    return open ? Recipe.open(form, raw, parts) : Recipe.of(form, raw, parts);
  }

  private List<Recipe> items(Type inner, int depth, int most) {
    List<Recipe> found = new ArrayList<>();
    int count = depth > 1 ? choose.nextInt(2) : choose.nextInt(most);
    for (int index = 0; index < count; index++) {
      Recipe one = !found.isEmpty() && choose.nextInt(5) == 0 ? pick(found) : draw(inner, depth + 1);
      if (one != null && !(one.form == Recipe.Form.LITERAL && one.value == null)) {
        found.add(one);
      }
    }
    return found;
  }

  private List<Recipe> pairs(Type[] inner, int depth) {
    List<Recipe> found = new ArrayList<>();
    List<Recipe> keys = items(inner[0], depth, 4);
    for (Recipe key : keys) {
      Recipe value = draw(inner[1], depth + 1);
      if (value != null && !(value.form == Recipe.Form.LITERAL && value.value == null)) {
        found.add(key);
        found.add(value);
      }
    }
    return found;
  }

  private static List<Recipe> distinct(List<Recipe> parts, int step) {
    Map<String, List<Recipe>> known = new LinkedHashMap<>();
    for (int index = 0; index + step <= parts.size(); index += step) {
      known.putIfAbsent(parts.get(index).source(new Names("", false)), parts.subList(index, index + step));
    }
    List<Recipe> found = new ArrayList<>();
    known.values().forEach(found::addAll);
    return found;
  }

  private Recipe drawArray(Class<?> array, Type inner, int depth) {
    if (depth > 0 ? choose.nextInt(30) == 0 : choose.nextInt(12) == 0) {
      return Recipe.literal(array, null);
    }
    return Recipe.of(Recipe.Form.ARRAY, array, items(inner, depth, 5));
  }

  /** Return a class, as `String.class`, within the bound of a type argument. */
  private Recipe drawToken(Type type, Type wanted) {
    if (choose.nextInt(16) == 0) {
      return Recipe.literal(type, null);
    }
    if (wanted instanceof TypeVariable<?> variable) {
      return Recipe.literal(type, boundTo(variable));
    }
    Class<?> limit = erased(wanted instanceof WildcardType wild ? wild.getUpperBounds()[0] : wanted);
    List<Class<?>> fitting = Values.CLASSES.stream().filter(one -> limit == Object.class || limit.isAssignableFrom(one)).toList();
    return Recipe.literal(type, fitting.isEmpty() ? limit : pick(fitting));
  }

  /** Something for a type that says little: mostly a number or a text, at times one of its own kind. */
  private Recipe drawAnything(Class<?> type, int depth) {
    if (choose.nextInt(12) == 0) {
      return Recipe.literal(type, null);
    }
    List<Class<?>> others = new ArrayList<>(List.of(owner, owner, Double.class, Character.class, Long.class, Boolean.class, int[].class, String[].class, List.class));
    others.removeIf(one -> !type.isAssignableFrom(one));
    boolean plain = depth > 1 || others.isEmpty() || choose.nextInt(5) < 3;
    Recipe one = plain ? null : drawClass(pick(others), depth + 1);
    return one != null ? one : drawClass(choose.nextBoolean() ? Integer.class : String.class, depth);
  }

  private Recipe drawClass(Class<?> type, int depth) {
    if (type.isArray()) {
      return drawArray(type, type.getComponentType(), depth);
    }
    if (type == Object.class || type == Comparable.class || type == java.io.Serializable.class) {
      return drawAnything(type, depth);
    }
    if (type == Class.class) {
      return drawToken(type, Object.class);
    }
    Recipe container = drawContainer(type, new Type[] {Object.class, Object.class}, depth);
    if (container != null) {
      return container;
    }
    Object plain = Values.isPlain(type) ? value(Values.boxed(type)) : null;
    if (plain != null) {
      boolean none = !type.isPrimitive() && choose.nextInt(type == String.class || type == CharSequence.class ? 14 : 20) == 0;
      return Recipe.literal(type, none ? null : plain);
    }
    if (type.isEnum()) {
      return type.getEnumConstants().length == 0 ? null
          : Recipe.literal(type, choose.nextInt(20) == 0 ? null : pick(List.of(type.getEnumConstants())));
    }
    List<Recipe> ready = Values.ready(type, this);
    if (!ready.isEmpty()) {
      return depth == 0 && choose.nextInt(14) == 0 ? Recipe.literal(type, null) : pick(ready);
    }
    return choose.nextInt(20) == 0 && depth == 0 ? Recipe.literal(type, null) : made(type, depth);
  }

  /** Return an object that a constructor or a factory makes; null where there is none. */
  Recipe made(Class<?> type, int depth) {
    List<Member> ways = makers.computeIfAbsent(type, this::waysTo);
    if (ways.isEmpty() && type.isInterface()) {
      return lambda(type, new Type[0], depth);
    }
    for (int turn = 0; depth <= DEEPEST && !ways.isEmpty() && turn < 4; turn++) {
      Member member = pick(ways);
      if (member instanceof Field constant) {
        return Recipe.field(type, constant);
      }
      Executable way = (Executable) member;
      List<Type> types = new ArrayList<>(List.of(way.getGenericParameterTypes()));
      if (way instanceof Method && !Modifier.isStatic(way.getModifiers())) {
        types.add(0, way.getDeclaringClass());
      }
      List<Recipe> parts = arguments(types.toArray(new Type[0]), depth + 1);
      if (parts != null) {
        return Recipe.call(type, way, parts);
      }
    }
    return null;
  }

  List<Recipe> arguments(Type[] types, int depth) {
    List<Recipe> parts = new ArrayList<>();
    for (Type one : types) {
      Recipe part = draw(one, depth);
      if (part == null) {
        return null;
      }
      parts.add(part);
    }
    return parts;
  }

  /** Return an object of an interface with one method, for its type arguments; null where it has more. */
  private Recipe lambda(Class<?> type, Type[] inner, int depth) {
    List<Method> open = new ArrayList<>(List.of(type.getMethods()));
    open.removeIf(one -> !Modifier.isAbstract(one.getModifiers()) || isOfObject(one));
    if (open.size() != 1 || open.get(0).getParameterCount() > 6 || depth > DEEPEST || type.isSealed()) {
      return null;
    }
    Method only = open.get(0);
    if (only.getReturnType() == void.class) {
      return Recipe.lambda(type, new Recipe.Lambda(only, -1), List.of());
    }
    int same = List.of(only.getGenericParameterTypes()).indexOf(only.getGenericReturnType());
    if (same >= 0 && choose.nextInt(3) > 0) {
      return Recipe.lambda(type, new Recipe.Lambda(only, same), List.of());
    }
    int variable = List.of(type.getTypeParameters()).indexOf(only.getGenericReturnType());
    if (inner.length > 0 && variable < 0) {
      return null; // its result is of one type whatever the arguments are
    }
    Recipe result = variable >= 0 && variable < inner.length ? draw(inner[variable], depth + 1) : drawClass(only.getReturnType(), depth + 1);
    return result == null ? null : Recipe.lambda(type, new Recipe.Lambda(only, -1), List.of(result));
  }

  private static boolean isOfObject(Method one) {
    return List.of("equals", "hashCode", "toString").contains(one.getName())
        && one.getParameterCount() == (one.getName().equals("equals") ? 1 : 0);
  }

  /** Constructors, factories, constants, and methods of its builders. */
  private List<Member> waysTo(Class<?> type) {
    List<Member> found = new ArrayList<>();
    if (!Modifier.isAbstract(type.getModifiers()) && (type.getEnclosingClass() == null || Modifier.isStatic(type.getModifiers()))) {
      for (Constructor<?> one : type.getDeclaredConstructors()) {
        addIfOpen(found, one);
      }
    }
    for (Method one : type.getDeclaredMethods()) {
      if (Modifier.isStatic(one.getModifiers()) && one.getReturnType() == type && !one.isSynthetic()) {
        addIfOpen(found, one);
      }
    }
    for (Class<?> inner : type.getDeclaredClasses()) {
      for (Method one : inner.getDeclaredMethods()) {
        if (!Modifier.isStatic(one.getModifiers()) && one.getReturnType() == type && Modifier.isStatic(inner.getModifiers()) && !Modifier.isAbstract(inner.getModifiers())) {
          addIfOpen(found, one);
        }
      }
    }
    found.removeIf(one -> List.of(((Executable) one).getParameterTypes()).contains(type) && found.size() > 1);
    addConstants(found, type);
    found.sort(java.util.Comparator.comparing(Object::toString));
    return found;
  }

  private void addConstants(List<Member> found, Class<?> type) {
    for (Class<?> holder : type == owner ? List.of(type) : List.of(type, owner)) {
      for (Field one : holder.getDeclaredFields()) {
        int how = one.getModifiers();
        boolean constant = Modifier.isStatic(how) && Modifier.isFinal(how) && type.isAssignableFrom(one.getType());
        if (constant && !one.isSynthetic() && !one.isAnnotationPresent(Deprecated.class) && isOpen(one)) {
          one.setAccessible(true);
          found.add(one);
        }
      }
    }
  }

  private void addIfOpen(List<Member> found, Executable one) {
    if (isOpen(one) && !one.isSynthetic() && !one.isAnnotationPresent(Deprecated.class)) {
      one.setAccessible(true);
      found.add(one);
    }
  }

  /** Whether a test in the home package may name a member and its class. */
  boolean isOpen(Member one) {
    Class<?> owner = one.getDeclaringClass();
    boolean near = owner.getPackageName().equals(home);
    int most = one.getModifiers();
    for (Class<?> at = owner; at != null; at = at.getEnclosingClass()) {
      if (Modifier.isPrivate(at.getModifiers()) || !(near || Modifier.isPublic(at.getModifiers()))) {
        return false;
      }
    }
    return near ? !Modifier.isPrivate(most) : Modifier.isPublic(most) && !owner.getName().startsWith("sun.");
  }

  private Object value(Class<?> type) {
    List<Object> mined = pool.getOrDefault(type, Collections.emptyList());
    Collection<Object> met = learned.getOrDefault(type, Set.of());
    int roll = choose.nextInt(10);
    if (roll < 3 && !mined.isEmpty()) {
      return Values.near(pick(mined), choose);
    }
    if (roll < 5 && !met.isEmpty()) {
      return Values.near(pick(new ArrayList<>(met)), choose);
    }
    return Values.draw(type, choose, pool.getOrDefault(String.class, List.of()));
  }

  /** Return an input that differs in one place. */
  Recipe vary(Recipe recipe) {
    switch (recipe.form) {
      case LITERAL:
        return varyLiteral(recipe);
      case LIST:
      case ARRAY:
        return varyItems(recipe);
      default:
        if (recipe.parts.isEmpty()) {
          Recipe fresh = draw(recipe.type);
          return fresh == null ? recipe : fresh;
        }
        int index = choose.nextInt(recipe.parts.size());
        Recipe changed = recipe.with(index, vary(recipe.parts.get(index)));
        int step = recipe.form == Recipe.Form.MAP ? 2 : 1;
        boolean keyed = recipe.form == Recipe.Form.MAP || recipe.form == Recipe.Form.SET;
        return keyed ? changed.with(distinct(changed.parts, step)) : changed;
    }
  }

  private Recipe varyLiteral(Recipe recipe) {
    boolean enumerated = recipe.value instanceof Enum<?> || recipe.value instanceof Class<?> || recipe.value == null;
    if (enumerated || choose.nextInt(6) == 0) {
      Recipe fresh = draw(recipe.type);
      return fresh == null ? recipe : fresh;
    }
    List<Object> words = new ArrayList<>(pool.getOrDefault(String.class, List.of()));
    return Recipe.literal(recipe.type, Values.vary(recipe.value, choose, words));
  }

  private Recipe varyItems(Recipe recipe) {
    List<Recipe> parts = new ArrayList<>(recipe.parts);
    int roll = choose.nextInt(10);
    if (!parts.isEmpty() && roll < 4) {
      int index = choose.nextInt(parts.size());
      parts.set(index, vary(parts.get(index)));
    } else if (!parts.isEmpty() && roll < 6) {
      parts.remove(choose.nextInt(parts.size()));
    } else if (!parts.isEmpty() && roll < 8) {
      parts.add(choose.nextInt(parts.size() + 1), pick(parts));
    } else if (!parts.isEmpty()) {
      Collections.shuffle(parts, choose);
    } else {
      Recipe fresh = draw(recipe.type);
      return fresh == null ? recipe : fresh;
    }
    return recipe.with(parts);
  }
}
