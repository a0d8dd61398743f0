package plumbguest;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One call to be tested: how its object is made, what happens to it before, the arguments. */
record Case(Recipe receiver, List<Step> before, List<Recipe> arguments) {
  private static final int ALIKE = 6;
  private static final int MOST_TOLD = 4;

  /** A call of another method before the one that is tested. */
  record Step(Method method, List<Recipe> arguments) {}

  int size() {
    int steps = before.stream().mapToInt(one -> 3 + one.arguments().stream().mapToInt(Recipe::size).sum()).sum();
    int given = arguments.stream().mapToInt(Recipe::size).sum() + ALIKE * alike();
    return steps + (receiver == null ? 0 : receiver.size()) + given;
  }

  /** How many arguments are equal to another: such a case does not notice which one is used. */
  private int alike() {
    Set<Object> seen = new HashSet<>();
    int count = 0;
    for (Recipe one : arguments) {
      count += one.form == Recipe.Form.LITERAL && !(one.value instanceof Boolean) && !seen.add(String.valueOf(one.value)) ? 1 : 0;
    }
    return count;
  }

  /** Whether a test of it has to declare exceptions. */
  boolean isChecked(Target target) {
    return Recipe.throwsChecked(target.executable)
        || receiver != null && receiver.isChecked()
        || arguments.stream().anyMatch(Recipe::isChecked)
        || before.stream().anyMatch(step -> Recipe.throwsChecked(step.method()) || step.arguments().stream().anyMatch(Recipe::isChecked));
  }

  Case with(int index, Recipe other) {
    List<Recipe> changed = new ArrayList<>(arguments);
    changed.set(index, other);
    return new Case(receiver, before, changed);
  }

  /** Carry it out and look at what comes of it. */
  Outcome run(Target target, Names names, List<String> lines) {
    Object object = null;
    Object[] values = new Object[arguments.size()];
    Views views = new Views(target, names);
    try {
      object = receiver == null ? null : receiver.make();
      for (Step step : before) {
        call(step.method(), object, step.arguments());
      }
      for (int index = 0; index < values.length; index++) {
        values[index] = arguments.get(index).make();
      }
    } catch (P.Late | VirtualMachineError error) {
      return Outcome.unfit("it does not end in time");
    } catch (Throwable error) {
      return Outcome.unfit("no fitting object was made");
    }
    List<Outcome.Check> argumentsBefore = views.ofArguments(values);
    List<Outcome.Check> stateBefore = views.ofState(object);
    try {
      Object result = invoke(target, object, values);
      return views.ofReturn(result, object, values, argumentsBefore, stateBefore);
    } catch (P.Late error) {
      return Outcome.unfit("it does not end in time");
    } catch (Throwable error) {
      return Outcome.raised(error, target.owner, lines);
    }
  }

  /** Return what goes into the call: what the object tells of itself, then the arguments. */
  List<Object> given(Target target) {
    List<Object> found = new ArrayList<>();
    try {
      Object object = receiver == null ? null : receiver.make();
      for (Step step : before) {
        call(step.method(), object, step.arguments());
      }
      for (int index = 0; object != null && index < Math.min(MOST_TOLD, target.observers.size()); index++) {
        found.add(target.observers.get(index).invoke(object));
      }
      for (Recipe one : arguments) {
        found.add(one.make());
      }
    } catch (Throwable error) {
      return List.of();
    }
    return found;
  }

  private static Object invoke(Target target, Object object, Object[] values) throws Throwable {
    try {
      if (target.executable instanceof Constructor<?> constructor) {
        return constructor.newInstance(values);
      }
      return ((Method) target.executable).invoke(object, values);
    } catch (InvocationTargetException error) {
      throw error.getCause();
    }
  }

  private static void call(Method method, Object object, List<Recipe> parts) throws Throwable {
    Object[] values = new Object[parts.size()];
    for (int index = 0; index < values.length; index++) {
      values[index] = parts.get(index).make();
    }
    try {
      method.invoke(object, values);
    } catch (InvocationTargetException error) {
      throw error.getCause();
    }
  }
}
