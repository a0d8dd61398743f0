package plumbguest;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The method or constructor that is tested, and the members of its class that help with it. */
final class Target {
  final Class<?> owner;
  final Executable executable;
  final Type[] parameters;
  final List<Method> observers = new ArrayList<>();
  final List<Method> movers = new ArrayList<>();
  final boolean overloaded;
  private final List<Executable> twins = new ArrayList<>();

  private Target(Class<?> owner, Executable executable) {
    this.owner = owner;
    this.executable = executable;
    executable.setAccessible(true);
    parameters = executable.getGenericParameterTypes().length == executable.getParameterCount()
        ? executable.getGenericParameterTypes() : executable.getParameterTypes();
    boolean constructs = executable instanceof Constructor<?>;
    for (Executable one : constructs ? owner.getDeclaredConstructors() : owner.getDeclaredMethods()) {
      boolean named = constructs || one.getName().equals(executable.getName());
      if (named && one.getParameterCount() == executable.getParameterCount() && !one.equals(executable)) {
        twins.add(one);
      }
    }
    overloaded = !twins.isEmpty() || constructs && owner.getDeclaredConstructors().length > 1;
  }

  /** Whether the compiler would take another method for a plain value: it needs a cast then. */
  boolean isTorn(int index, Object value) {
    Class<?> own = executable.getParameterTypes()[index];
    if (own.isPrimitive() || value == null) {
      return false;
    }
    for (Executable one : twins) {
      Class<?> other = one.getParameterTypes()[index];
      boolean unboxed = other.isPrimitive() && !(value instanceof String);
      if (other != own && (unboxed || other.isInstance(value) && own.isAssignableFrom(other))) {
        return true;
      }
    }
    return false;
  }

  boolean isStatic() {
    return executable instanceof Constructor<?> || Modifier.isStatic(executable.getModifiers());
  }

  /** Find a member by the simple names of its parameters' types as the source has them. */
  static Target find(Class<?> owner, String name, List<String> types, Inputs inputs) {
    Executable best = null;
    int most = -1;
    List<Executable> all = new ArrayList<>(List.of(owner.getDeclaredMethods()));
    if (name.equals("<init>")) {
      all = new ArrayList<>(List.of(owner.getDeclaredConstructors()));
    }
    for (Executable one : all) {
      boolean fits = name.equals("<init>") || one.getName().equals(name) && !one.isSynthetic();
      if (fits && one.getParameterCount() == types.size()) {
        int same = 0;
        for (int index = 0; index < types.size(); index++) {
          same += one.getParameterTypes()[index].getSimpleName().equals(types.get(index)) ? 1 : 0;
        }
        if (same > most) {
          most = same;
          best = one;
        }
      }
    }
    if (best == null) {
      return null;
    }
    Target target = new Target(owner, best);
    target.gather(inputs);
    return target;
  }

  private void gather(Inputs inputs) {
    for (Class<?> at = owner; at != null && at != Object.class; at = at.getSuperclass()) {
      for (Method one : at.getDeclaredMethods()) {
        boolean usable = inputs.isOpen(one) && !Modifier.isStatic(one.getModifiers()) && !one.isSynthetic();
        if (!usable || at.getName().startsWith("java.")) {
          continue;
        }
        one.setAccessible(true);
        if (isObserver(one)) {
          observers.add(one);
        } else if (at == owner && !one.getName().matches("equals|wait|notify|close|finalize")) {
          movers.add(one);
        }
      }
    }
    observers.sort(Comparator.comparing(Method::getName));
    movers.sort(Comparator.comparing(Method::toGenericString));
  }

  /** Whether a method tells something of an object and changes nothing, going by its name. */
  static boolean isObserver(Method one) {
    if (one.getParameterCount() > 0 || one.getReturnType() == void.class || Modifier.isStatic(one.getModifiers())) {
      return false;
    }
    Class<?> owner = one.getDeclaringClass();
    boolean named = !one.getName().contains("getAnd") && one.getName().matches("(get|is|has|to)[A-Z].*|size|length|count|name|value|first|last|peek|isEmpty|toString");
    return (named && !one.getName().equals("getClass")) || owner.isRecord();
  }
}
