package plumbguest;

import java.util.ArrayList;
import java.util.List;

/** Cases with something left out or made plainer. */
final class Simpler {
  private Simpler() {}

  static List<Case> of(Case one) {
    List<Case> found = new ArrayList<>();
    for (int index = 0; index < one.before().size(); index++) {
      List<Case.Step> rest = new ArrayList<>(one.before());
      rest.remove(index);
      found.add(new Case(one.receiver(), rest, one.arguments()));
    }
    for (int index = 0; index < one.before().size(); index++) {
      Case.Step step = one.before().get(index);
      for (int part = 0; part < step.arguments().size(); part++) {
        for (Recipe plain : plainer(step.arguments().get(part))) {
          List<Recipe> parts = new ArrayList<>(step.arguments());
          parts.set(part, plain);
          List<Case.Step> steps = new ArrayList<>(one.before());
          steps.set(index, new Case.Step(step.method(), parts));
          found.add(new Case(one.receiver(), steps, one.arguments()));
        }
      }
    }
    for (int index = 0; index < one.arguments().size(); index++) {
      for (Recipe plain : plainer(one.arguments().get(index))) {
        found.add(one.with(index, plain));
      }
    }
    if (one.receiver() != null) {
      for (Recipe plain : plainer(one.receiver())) {
        found.add(new Case(plain, one.before(), one.arguments()));
      }
    }
    return found;
  }

  private static List<Recipe> plainer(Recipe recipe) {
    List<Recipe> found = new ArrayList<>();
    if (recipe.form == Recipe.Form.LITERAL) {
      for (Object value : values(recipe.value)) {
        found.add(Recipe.literal(recipe.type, value));
      }
      return found;
    }
    boolean container = switch (recipe.form) {
      case CALL, FIELD, LAMBDA, FIXED -> false;
      default -> true;
    };
    int step = recipe.form == Recipe.Form.MAP ? 2 : 1;
    if (container && "open".equals(recipe.value)) {
      found.add(Recipe.of(recipe.form, recipe.type, recipe.parts));
    }
    for (int index = 0; container && index + step <= recipe.parts.size(); index += step) {
      List<Recipe> rest = new ArrayList<>(recipe.parts);
      rest.subList(index, index + step).clear();
      found.add(recipe.with(rest));
    }
    for (int index = 0; index < recipe.parts.size(); index++) {
      for (Recipe plain : plainer(recipe.parts.get(index))) {
        found.add(recipe.with(index, plain));
      }
    }
    return found;
  }

  private static List<Object> values(Object value) {
    List<Object> found = new ArrayList<>();
    if (value instanceof String text && !text.isEmpty()) {
      found.addAll(List.of("", "a", "abc", text.substring(0, text.length() / 2), text.substring(1), text.substring(0, text.length() - 1)));
      for (int at = 0; at < text.length() && at < 12; at++) {
        char letter = text.charAt(at);
        if (letter < 32 || letter > 126) {
          found.add(text.substring(0, at) + "a" + text.substring(at + 1));
        }
        found.add(text.substring(0, at) + text.substring(at + 1));
      }
    } else if (value instanceof Integer number) {
      for (int one : new int[] {0, 1, 2, 3, 5, 10, -1, number / 2, number / 10}) {
        found.add(one);
      }
    } else if (value instanceof Long number) {
      for (long one : new long[] {0, 1, 2, 10, -1, number / 2, number / 10}) {
        found.add(one);
      }
    } else if (value instanceof Double number) {
      for (double one : new double[] {0, 1, 2, 0.5, Math.rint(number)}) {
        found.add(one);
      }
    }
    return found;
  }
}
