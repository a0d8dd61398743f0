package plumbguest;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Looks for calls of one method: new branches first, then what tells wrong versions from it.
 *
 * <p>An archive with a favourite for each uncovered branch, by branch distance, as in many-objective
 * search (Panichella et al., 2018).
 */
final class Search {
  private static final int ALIKE = 60;
  private static final int PATIENCE = 1500;
  private static final int WALL = 5;
  /** So many calls without a trait that is new end a search that has nothing else to find. */
  private static final int DULL = 300;
  private static final int MOST_LETTERS = 24;
  private static final int MOST_ALIKE = 3;
  private static final int MOST_OTHERS = 3;

  /** A case that was kept. */
  static final class Found {
    Case made;
    Outcome outcome;
    BitSet hit;
    final BitSet kills = new BitSet();
    BitSet traits = new BitSet();
    /** By a wrong version what must be asserted beside the outcome to notice it. */
    final Map<Integer, String> beside = new HashMap<>();
    /** What is asserted beside the outcome. */
    final Set<String> more = new HashSet<>();

    /** What a reader has to take in; results tell more than errors. */
    int size() {
      return made.size() + (outcome.raised() == null ? 0 : 4);
    }

    int worth(BitSet goals, BitSet mutants) {
      BitSet left = (BitSet) hit.clone();
      left.and(goals);
      BitSet killed = (BitSet) kills.clone();
      killed.and(mutants);
      return left.cardinality() + killed.cardinality();
    }
  }

  final Map<String, Integer> refused = new TreeMap<>();
  final BitSet covered = new BitSet();
  final BitSet alive;
  int tried;
  private final Target target;
  private final Inputs inputs;
  private final BitSet goals;
  /** Whether it has neither branches nor wrong versions: one call shows that it runs. */
  private final boolean plain;
  private final List<String> lines;
  private final String home;
  private final Worker worker = new Worker();
  private final Map<Integer, Double> nearest = new HashMap<>();
  private final Map<Integer, Double> edges = new HashMap<>();
  private final Map<Integer, Case> best = new HashMap<>();
  private final Map<String, Integer> outcomes = new HashMap<>();
  private final List<Found> kept = new ArrayList<>();
  /** Cases of which little is known but that they are not like the others. */
  private final List<Found> odd = new ArrayList<>();
  private final Map<String, Integer> traits = new HashMap<>();
  private final Map<Integer, Integer> traitsMet = new HashMap<>();
  private int since;
  private int dull;

  Search(Target target, Inputs inputs, BitSet goals, BitSet mutants, List<String> lines, String home) {
    this.target = target;
    this.inputs = inputs;
    this.goals = goals;
    this.plain = goals.isEmpty() && mutants.isEmpty();
    this.alive = (BitSet) mutants.clone();
    this.lines = lines;
    this.home = home;
  }

  Names names() {
    return new Names(home, target.overloaded);
  }

  /** The processor's time, so that a busy machine finds as much; but no more than so much longer. */
  private final class Clock {
    private final long start = processor();
    private final long wall = System.nanoTime();
    private final double span;

    Clock(double seconds) {
      span = seconds * 1e9;
    }

    boolean isBefore(double share) {
      return processor() - start < span * share && System.nanoTime() - wall < span * share * WALL;
    }
  }

  private static long processor() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
  }

  /** Search for a time, then return the fewest and smallest cases that reach as much. */
  List<Found> run(double seconds) {
    Clock clock = new Clock(seconds);
    tryBoundaries(clock);
    while (clock.isBefore(0.75) && !isDone()) {
      tryOne(next());
    }
    List<Found> chosen = fewest();
    addOthers(chosen);
    List<Found> small = new ArrayList<>(chosen);
    for (int index = 0; index < small.size(); index++) {
      if (clock.isBefore(1)) {
        small.set(index, smaller(small, index, clock));
      }
    }
    assertMore(small);
    return small;
  }

  /** Let cases assert what alone tells some wrong version from the right one. */
  private static void assertMore(List<Found> chosen) {
    BitSet plain = new BitSet();
    for (Found one : chosen) {
      one.kills.stream().filter(number -> !one.beside.containsKey(number)).forEach(plain::set);
    }
    for (Found one : chosen) {
      one.beside.forEach((number, what) -> {
        if (!plain.get(number)) {
          plain.set(number);
          one.more.add(what);
        }
      });
    }
  }

  private boolean isDone() {
    BitSet left = (BitSet) goals.clone();
    left.andNot(covered);
    if (worker.isLost() || left.isEmpty() && alive.isEmpty() && dull > DULL) {
      return true;
    }
    return since > PATIENCE * (left.isEmpty() ? 2 : 8);
  }

  /** Try each constant of the code and its neighbours for each argument of its class. */
  private void tryBoundaries(Clock clock) {
    for (int turn = 0; turn < 12; turn++) {
      tryOne(fresh());
    }
    for (Object value : inputs.constants()) {
      List<Object> values = value instanceof Integer number ? List.of(number, number - 1, number + 1) : List.of(value);
      for (int turn = 0; turn < 2; turn++) {
        Case base = fresh();
        for (int index = 0; base != null && index < base.arguments().size(); index++) {
          Object own = base.arguments().get(index).value;
          boolean fits = base.arguments().get(index).form == Recipe.Form.LITERAL && own != null && own.getClass() == value.getClass();
          for (Object one : fits ? values : List.of()) {
            if (clock.isBefore(0.3)) {
              tryOne(base.with(index, Recipe.literal(target.parameters[index], one)));
            }
          }
        }
      }
    }
  }

  private Case next() {
    double roll = inputs.choose.nextDouble();
    if (roll < 0.5 && !best.isEmpty()) {
      return vary(inputs.pick(new ArrayList<>(best.values())));
    }
    return roll < 0.75 && !kept.isEmpty() ? vary(inputs.pick(kept).made) : fresh();
  }

  private Case fresh() {
    inputs.rebind();
    List<Recipe> arguments = inputs.arguments(target.parameters, 0);
    Recipe receiver = target.isStatic() ? null : receiver();
    boolean lost = arguments == null || !target.isStatic() && receiver == null;
    if (lost) {
      refuse("no way was found to make its arguments or its object");
      since++;
      return null;
    }
    return new Case(receiver, target.isStatic() ? List.of() : history(), arguments);
  }

  private Recipe receiver() {
    if (target.owner.isEnum()) {
      return Recipe.literal(target.owner, inputs.pick(List.of(target.owner.getEnumConstants())));
    }
    return inputs.made(target.owner, 0);
  }

  private List<Case.Step> history() {
    List<Case.Step> steps = new ArrayList<>();
    int count = target.movers.isEmpty() || inputs.choose.nextInt(5) < 2 ? 0 : 1 + inputs.choose.nextInt(3);
    for (int turn = 0; turn < count; turn++) {
      Method method = inputs.pick(target.movers);
      List<Recipe> parts = inputs.arguments(method.getGenericParameterTypes(), 1);
      if (parts != null) {
        steps.add(new Case.Step(method, parts));
      }
    }
    return steps;
  }

  private List<Case.Step> longer(List<Case.Step> before) {
    List<Case.Step> steps = new ArrayList<>(before);
    if (!steps.isEmpty() && inputs.choose.nextInt(3) == 0) {
      steps.add(inputs.pick(steps));
    } else {
      steps.addAll(history());
    }
    return steps.size() > 6 ? before : steps;
  }

  private Case vary(Case one) {
    Case made = one;
    for (int turn = inputs.choose.nextInt(3); turn >= 0; turn--) {
      int roll = inputs.choose.nextInt(10);
      if (made.receiver() != null && roll < 4) {
        Recipe receiver = roll == 0 ? receiver() : roll == 3 ? made.receiver() : inputs.vary(made.receiver());
        List<Case.Step> before = roll == 1 ? made.before() : roll == 2 ? history() : longer(made.before());
        made = new Case(receiver == null ? made.receiver() : receiver, before, made.arguments());
      } else if (!made.arguments().isEmpty()) {
        int index = inputs.choose.nextInt(made.arguments().size());
        List<Recipe> twins = roll == 8 ? twins(made, index) : List.of();
        Recipe planted = roll == 7 ? planted(made, index) : null;
        Recipe other = planted != null ? planted : !twins.isEmpty() ? inputs.pick(twins) : roll == 9 ? inputs.draw(target.parameters[index]) : inputs.vary(made.arguments().get(index));
        made = other == null ? made : made.with(index, other);
      }
    }
    return made;
  }

  /** Return what else in a case fits an argument: where two things are equal, comparisons show. */
  private List<Recipe> twins(Case one, int index) {
    List<Recipe> found = new ArrayList<>();
    for (int other = 0; other < one.arguments().size(); other++) {
      if (other != index && target.parameters[other].equals(target.parameters[index])) {
        found.add(one.arguments().get(other));
      }
    }
    if (one.receiver() != null && target.executable.getParameterTypes()[index].isAssignableFrom(target.owner)) {
      found.add(one.receiver());
    }
    return found;
  }

  /** Return an argument with another one put into it, once more where it is there; null where none fits. */
  private Recipe planted(Case one, int index) {
    Recipe holder = one.arguments().get(index);
    Recipe item = inputs.pick(one.arguments());
    int most = holder.parts.size();
    if (item == holder) {
      return null;
    }
    if (holder.form == Recipe.Form.ARRAY && holder.type instanceof Class<?> array && item.type.equals(array.getComponentType())) {
      List<Recipe> parts = new ArrayList<>(holder.parts);
      parts.add(inputs.choose.nextInt(most + 1), item);
      return holder.with(parts);
    }
    boolean letters = item.value instanceof String word && !word.isEmpty() || item.value instanceof Character;
    if (letters && holder.value instanceof String text && text.length() < MOST_LETTERS) {
      int at = inputs.choose.nextInt(text.length() + 1);
      at -= at < text.length() && Character.isLowSurrogate(text.charAt(at)) && at > 0 ? 1 : 0;
      return Recipe.literal(holder.type, text.substring(0, at) + item.value + text.substring(at));
    }
    return null;
  }

  private void refuse(String why) {
    refused.merge(why, 1, Integer::sum);
  }

  private Outcome look(Case one) {
    P.reset();
    Names names = names();
    return worker.run(() -> one.run(target, names, lines));
  }

  private void tryOne(Case one) {
    if (one == null) {
      return;
    }
    tried++;
    since++;
    P.m = 0;
    Outcome outcome = look(one);
    BitSet hit = (BitSet) P.hit.clone();
    hit.and(goals);
    P.seen.forEach(inputs::learn);
    P.near.forEach((goal, distance) -> {
      if (goals.get(goal) && !covered.get(goal) && distance < nearest.getOrDefault(goal, Double.MAX_VALUE)) {
        nearest.put(goal, distance);
        best.put(goal, one);
      }
    });
    if (!outcome.isFit()) {
      refuse(outcome.unfit());
      return;
    }
    noteEdges(one);
    boolean fresh = adds(hit);
    BitSet special = traits(one, outcome);
    special.stream().forEach(trait -> traitsMet.merge(trait, 1, Integer::sum));
    boolean other = special.stream().anyMatch(trait -> traitsMet.get(trait) <= MOST_ALIKE);
    dull = other ? 0 : dull + 1;
    if (!fresh && !other && outcomes.merge(outcome.key() + hit, 1, Integer::sum) > ALIKE) {
      return;
    }
    if (!look(one).key().equals(outcome.key())) {
      refuse("its outcome changes from call to call");
      return;
    }
    keep(one, outcome, hit, fresh);
    Found last = kept.isEmpty() ? null : kept.get(kept.size() - 1);
    if (last != null && last.made == one) {
      last.traits = special;
    } else if (other) {
      Found found = new Found();
      found.made = one;
      found.outcome = outcome;
      found.hit = hit;
      found.traits = special;
      odd.add(found);
    }
  }

  /** Return the numbers of the traits of a case. */
  private BitSet traits(Case one, Outcome outcome) {
    BitSet found = new BitSet();
    P.reset();
    worker.run(() -> {
      for (String trait : Traits.of(one.given(target), outcome)) {
        found.set(traits.computeIfAbsent(trait, key -> traits.size()));
      }
      return outcome;
    });
    return found;
  }

  /** Remember who comes nearest to two equal sides of a comparison: there its bound shows. */
  private void noteEdges(Case one) {
    P.edge.forEach((number, distance) -> {
      if (goals.get(2 * number) && distance < edges.getOrDefault(number, Double.MAX_VALUE)) {
        edges.put(number, distance);
        best.put(-number, one);
        if (distance == 0) {
          best.remove(-number);
        }
      }
    });
  }

  private boolean adds(BitSet hit) {
    BitSet left = (BitSet) hit.clone();
    left.andNot(covered);
    return !left.isEmpty();
  }

  private void keep(Case one, Outcome outcome, BitSet hit, boolean fresh) {
    Found found = new Found();
    found.made = one;
    found.outcome = outcome;
    found.hit = hit;
    addKills(found, alive);
    if (fresh || !found.kills.isEmpty() || plain && kept.isEmpty()) {
      since = 0;
      covered.or(hit);
      alive.andNot(found.kills);
      hit.stream().forEach(best::remove);
      kept.add(found);
    }
  }

  /** Note which of some wrong versions behave differently on a case. */
  private void addKills(Found found, BitSet mutants) {
    for (int number = mutants.nextSetBit(0); number >= 0; number = mutants.nextSetBit(number + 1)) {
      if (!found.kills.get(number) && !worker.isLost()) {
        P.m = number;
        String what = found.outcome.differs(look(found.made));
        if (what != null) {
          found.kills.set(number);
        }
        if (what != null && !what.isEmpty()) {
          found.beside.put(number, what);
        }
      }
    }
    P.m = 0;
  }

  /** Choose greedily what reaches most, and drop what is not needed then. */
  private List<Found> fewest() {
    BitSet killed = new BitSet();
    kept.forEach(one -> killed.or(one.kills));
    kept.forEach(one -> addKills(one, killed));
    BitSet left = (BitSet) covered.clone();
    List<Found> chosen = new ArrayList<>();
    while (true) {
      Found top = null;
      for (Found one : kept) {
        int gain = one.worth(left, killed);
        boolean better = top == null || gain > top.worth(left, killed)
            || gain == top.worth(left, killed) && one.size() < top.size();
        top = better ? one : top;
      }
      if (top == null || top.worth(left, killed) == 0) {
        return plain && top != null ? List.of(top) : chosen;
      }
      chosen.add(top);
      left.andNot(top.hit);
      killed.andNot(top.kills);
    }
  }

  /** Add a few cases that are like none of the chosen: what nobody thought of may show in them. */
  private void addOthers(List<Found> chosen) {
    BitSet known = new BitSet();
    chosen.forEach(one -> known.or(one.traits));
    odd.addAll(kept);
    for (int turn = 0; !plain && turn < MOST_OTHERS; turn++) {
      Found top = null;
      double gained = 0;
      for (Found one : odd) {
        BitSet left = (BitSet) one.traits.clone();
        left.andNot(known);
        // what chance seldom brings weighs more
        double gain = left.stream().mapToDouble(trait -> Math.log((double) tried / traitsMet.getOrDefault(trait, 1))).sum();
        if (gain > gained || gain == gained && top != null && one.size() < top.size()) {
          top = one;
          gained = gain;
        }
      }
      if (top == null) {
        return;
      }
      chosen.add(top);
      known.or(top.traits);
    }
  }

  /** Return a simpler case that does what only this one of all does. */
  private Found smaller(List<Found> all, int index, Clock clock) {
    Found best = all.get(index);
    BitSet goalsOfIt = (BitSet) best.hit.clone();
    BitSet killsOfIt = (BitSet) best.kills.clone();
    BitSet traitsOfIt = (BitSet) best.traits.clone();
    for (Found other : all) {
      if (other != best) {
        goalsOfIt.andNot(other.hit);
        killsOfIt.andNot(other.kills);
        traitsOfIt.andNot(other.traits);
      }
    }
    Set<Integer> seen = new HashSet<>();
    boolean moved = true;
    while (moved) {
      moved = false;
      for (Case one : Simpler.of(best.made)) {
        if (!clock.isBefore(1) || worker.isLost()) {
          return best;
        }
        if (one.size() < best.made.size() && seen.add(text(one).hashCode())) {
          Found made = kept(one, goalsOfIt, killsOfIt, traitsOfIt);
          if (made != null) {
            best = made;
            moved = true;
            break;
          }
        }
      }
    }
    return best;
  }

  private String text(Case one) {
    Names names = names();
    StringBuilder made = new StringBuilder(Recipe.joined(names, one.arguments()));
    one.before().forEach(step -> made.append(step.method().getName()).append(Recipe.joined(names, step.arguments())));
    return one.receiver() == null ? made.toString() : made + one.receiver().source(names);
  }

  /** Return a case as found if it still reaches some goals, kills some mutants, has some traits. */
  private Found kept(Case one, BitSet goalsOfIt, BitSet killsOfIt, BitSet traitsOfIt) {
    P.m = 0;
    Outcome outcome = look(one);
    BitSet hit = (BitSet) P.hit.clone();
    hit.and(goals);
    BitSet missing = (BitSet) goalsOfIt.clone();
    missing.andNot(hit);
    if (!outcome.isFit() || !missing.isEmpty()) {
      return null;
    }
    Found found = new Found();
    found.made = one;
    found.outcome = outcome;
    found.hit = hit;
    found.traits = traits(one, outcome);
    BitSet lost = (BitSet) traitsOfIt.clone();
    lost.andNot(found.traits);
    if (!lost.isEmpty()) {
      return null;
    }
    addKills(found, killsOfIt);
    return found.kills.equals(killsOfIt) && look(one).key().equals(outcome.key()) ? found : null;
  }
}
