package plumbguest;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What instrumented code calls: notes branches and lines, how far a comparison was from its other
 * outcome, and which wrong version is switched on. Its name is short because it stands everywhere.
 */
public final class P {
  /** The number of the wrong version that runs; 0 is the right one. */
  public static int m;

  static final BitSet hit = new BitSet();
  static final BitSet lines = new BitSet();
  static final Map<Integer, Double> near = new HashMap<>();
  static final Map<Integer, Double> edge = new HashMap<>();
  static final List<Object> seen = new ArrayList<>();
  static volatile Thread stuck;
  static long steps;

  static final int MOST_STEPS = 100_000;
  private static final int MOST_SEEN = 32;

  private P() {}

  /** A call that takes too many steps; an error, so that few handlers catch it. */
  static final class Late extends Error {
    private static final long serialVersionUID = 1L;

    Late() {
      super("too many steps", null, false, false);
    }
  }

  static void reset() {
    hit.clear();
    near.clear();
    edge.clear();
    seen.clear();
    steps = MOST_STEPS;
  }

  /** One turn of a loop. */
  public static void s() {
    if (--steps < 0 || Thread.currentThread() == stuck) {
      throw new Late();
    }
  }

  /** One entry of a method: a recursion without end counts as a loop without end. */
  public static void l(int line) {
    lines.set(line);
  }

  /** A place that is reached. */
  public static void h(int number) {
    hit.set(2 * number);
  }

  /** A value that is reached. */
  public static <T> T v(int number, T value) {
    hit.set(2 * number);
    return value;
  }

  /** A condition. */
  public static boolean b(int number, boolean outcome) {
    hit.set(2 * number + (outcome ? 0 : 1));
    return outcome;
  }

  /** The operand of an instanceof with a pattern. */
  public static <T> T is(int number, T value, Class<?> type) {
    b(number, type.isInstance(value));
    return value;
  }

  private static boolean far(int number, boolean outcome, double distance) {
    near.merge(2 * number + (outcome ? 1 : 0), distance, Math::min);
    edge.merge(number, distance, Math::min);
    return b(number, outcome);
  }

  private static void learn(Object a, Object b) {
    if (seen.size() < MOST_SEEN) {
      seen.add(a);
      seen.add(b);
    }
  }

  public static boolean lt(int n, long a, long b) {
    learn(a, b);
    return far(n, a < b, Math.abs((double) a - b));
  }

  public static boolean le(int n, long a, long b) {
    learn(a, b);
    return far(n, a <= b, Math.abs((double) a - b));
  }

  public static boolean gt(int n, long a, long b) {
    learn(a, b);
    return far(n, a > b, Math.abs((double) a - b));
  }

  public static boolean ge(int n, long a, long b) {
    learn(a, b);
    return far(n, a >= b, Math.abs((double) a - b));
  }

  public static boolean eq(int n, long a, long b) {
    learn(a, b);
    return far(n, a == b, Math.abs((double) a - b));
  }

  public static boolean ne(int n, long a, long b) {
    learn(a, b);
    return far(n, a != b, Math.abs((double) a - b));
  }

  public static boolean lt(int n, double a, double b) {
    learn(a, b);
    return far(n, a < b, Math.abs(a - b));
  }

  public static boolean le(int n, double a, double b) {
    learn(a, b);
    return far(n, a <= b, Math.abs(a - b));
  }

  public static boolean gt(int n, double a, double b) {
    learn(a, b);
    return far(n, a > b, Math.abs(a - b));
  }

  public static boolean ge(int n, double a, double b) {
    learn(a, b);
    return far(n, a >= b, Math.abs(a - b));
  }

  public static boolean eq(int n, double a, double b) {
    learn(a, b);
    return far(n, a == b, Math.abs(a - b));
  }

  public static boolean ne(int n, double a, double b) {
    learn(a, b);
    return far(n, a != b, Math.abs(a - b));
  }

  public static boolean eq(int n, boolean a, boolean b) {
    return b(n, a == b);
  }

  public static boolean ne(int n, boolean a, boolean b) {
    return b(n, a != b);
  }

  public static boolean eq(int n, Object a, Object b) {
    return b(n, a == b);
  }

  public static boolean ne(int n, Object a, Object b) {
    return b(n, a != b);
  }

  /** A call of equals. */
  public static boolean same(int n, Object a, Object b) {
    boolean outcome = a.equals(b);
    if (a instanceof String || b instanceof String) {
      learn(a, b);
    }
    return b(n, outcome);
  }
}
