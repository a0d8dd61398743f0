package plumbguest;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Date;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Plain values by class: usual ones, small changes, and ready-made ones of common library types. */
final class Values {
  private static final Map<Class<?>, Class<?>> BOXES = Map.of(
      int.class, Integer.class, long.class, Long.class, double.class, Double.class,
      float.class, Float.class, char.class, Character.class, boolean.class, Boolean.class,
      byte.class, Byte.class, short.class, Short.class);
  private static final List<String> WORDS = List.of(
      "", "a", "abc", " ", "Hello", "a b", "hello world", "A", "1", "42", "-7", "x,y", "  ab ", "aa",
      "ABC", "3.5", "a\nb", "é", "a\uD83D\uDE00b", "\uD83D\uDE00\uD83D\uDE01");
  private static final String LETTERS = "abAZ019 .,-_/:\t\uD83D\uDE00";

  static final List<Class<?>> CLASSES = List.of(
      String.class, Integer.class, int.class, boolean.class, Object.class, int[].class, String[].class,
      TimeUnit.class, Runnable.class, List.class, Map.Entry.class, Double.class, void.class);

  private Values() {}

  static Class<?> boxed(Class<?> type) {
    return type == CharSequence.class ? String.class : type == Number.class ? Integer.class : BOXES.getOrDefault(type, type);
  }

  static boolean isPlain(Class<?> type) {
    Class<?> boxed = boxed(type);
    return BOXES.containsValue(boxed) || boxed == String.class;
  }

  /** Return a usual value of a plain class; null for other classes. */
  static Object draw(Class<?> type, Random choose, List<Object> mined) {
    switch (type.getSimpleName()) {
      case "Integer":
        return number(choose);
      case "Long":
        return choose.nextInt(8) == 0 ? choose.nextLong() >> choose.nextInt(60) : (Object) (long) number(choose);
      case "Short":
        return (short) number(choose);
      case "Byte":
        return (byte) number(choose);
      case "Double":
        return real(choose);
      case "Float":
        return (float) real(choose);
      case "Boolean":
        return choose.nextBoolean();
      case "Character":
        return LETTERS.charAt(choose.nextInt(LETTERS.length()));
      case "String":
        return word(choose, mined);
      default:
        return null;
    }
  }

  private static int number(Random choose) {
    int[] usual = {0, 1, 2, 3, 5, 7, 10, 12, 100, -1, -2, -5};
    switch (choose.nextInt(14)) {
      case 0:
        return choose.nextBoolean() ? Integer.MAX_VALUE : Integer.MIN_VALUE;
      case 1:
        return choose.nextInt() >> choose.nextInt(28);
      case 2:
      case 3:
        return choose.nextInt(40) - 10;
      default:
        return usual[choose.nextInt(usual.length)];
    }
  }

  private static double real(Random choose) {
    double[] usual = {0, 1, 2, -1, 0.5, 1.5, -2.5, 10, 100, 3.25, Double.NaN, Double.POSITIVE_INFINITY, 1e10};
    return choose.nextInt(5) == 0 ? (choose.nextInt(400) - 100) / 4.0 : usual[choose.nextInt(usual.length)];
  }

  private static String word(Random choose, List<Object> mined) {
    if (choose.nextInt(3) > 0) {
      return WORDS.get(choose.nextInt(WORDS.size()));
    }
    StringBuilder made = new StringBuilder();
    for (int count = choose.nextInt(6); count >= 0; count--) {
      boolean own = !mined.isEmpty() && choose.nextInt(3) == 0;
      made.append(own ? mined.get(choose.nextInt(mined.size())) : LETTERS.charAt(choose.nextInt(LETTERS.length())));
    }
    return made.toString();
  }

  /** Return a value, or at times a neighbour of it. */
  static Object near(Object value, Random choose) {
    int step = choose.nextInt(4) - 1;
    if (value instanceof Integer number && step < 2) {
      return number + step;
    }
    if (value instanceof Long number && step < 2) {
      return number + step;
    }
    return value;
  }

  static Object vary(Object value, Random choose, List<Object> words) {
    int step = new int[] {1, -1, 1, -1, 2, 10, -10, 100}[choose.nextInt(8)];
    if (value instanceof Boolean truth) {
      return !truth;
    }
    if (value instanceof Integer number) {
      return choose.nextInt(8) == 0 ? -number : number + step;
    }
    if (value instanceof Long number) {
      return choose.nextInt(8) == 0 ? -number : number + step;
    }
    if (value instanceof Double number) {
      return List.of(number + 1, number - 1, -number, number / 2, number * 2, 0.0).get(choose.nextInt(6));
    }
    if (value instanceof Float number) {
      return choose.nextBoolean() ? number + 1 : -number;
    }
    if (value instanceof Short number) {
      return (short) (number + step);
    }
    if (value instanceof Byte number) {
      return (byte) (number + step);
    }
    if (value instanceof Character letter) {
      return choose.nextBoolean() ? (char) Math.max(0, Math.min(65535, letter + step)) : LETTERS.charAt(choose.nextInt(LETTERS.length()));
    }
    return value instanceof String text ? varyText(text, choose, words) : value;
  }

  private static String varyText(String text, Random choose, List<Object> words) {
    int at = choose.nextInt(text.length() + 1);
    String head = text.substring(0, at);
    String tail = text.substring(at);
    int roll = choose.nextInt(20);
    if (!words.isEmpty() && roll < 8) {
      String word = (String) words.get(choose.nextInt(words.size()));
      return roll < 4 ? word : head + word + tail;
    }
    if (!tail.isEmpty() && roll < 12) {
      return head + tail.substring(1);
    }
    if (roll < 14) {
      return choose.nextBoolean() ? text.toUpperCase(Locale.ROOT) : text.length() > 20 ? text : text + text;
    }
    return head + LETTERS.charAt(choose.nextInt(LETTERS.length())) + tail;
  }

  /** Return ready-made inputs of a common library type; none for others. */
  static List<Recipe> ready(Class<?> type, Inputs inputs) {
    List<Recipe> found = new ArrayList<>();
    String text = WORDS.get(inputs.choose.nextInt(WORDS.size()));
    int number = inputs.choose.nextInt(20) - 5;
    offer(found, type, StringBuilder.class, "", "new StringBuilder(" + Names.quoted(text) + ")", () -> new StringBuilder(text));
    offer(found, type, StringBuffer.class, "", "new StringBuffer(" + Names.quoted(text) + ")", () -> new StringBuffer(text));
    offer(found, type, BigInteger.class, "java.math.BigInteger", "BigInteger.valueOf(" + number + ")", () -> BigInteger.valueOf(number));
    offer(found, type, BigDecimal.class, "java.math.BigDecimal", "new BigDecimal(\"" + number + ".50\")", () -> new BigDecimal(number + ".50"));
    offer(found, type, Locale.class, "java.util.Locale", "Locale.ROOT", () -> Locale.ROOT);
    offer(found, type, Locale.class, "java.util.Locale", "Locale.GERMANY", () -> Locale.GERMANY);
    offer(found, type, Charset.class, "java.nio.charset.StandardCharsets", "StandardCharsets.UTF_8", () -> StandardCharsets.UTF_8);
    offer(found, type, Charset.class, "java.nio.charset.StandardCharsets", "StandardCharsets.US_ASCII", () -> StandardCharsets.US_ASCII);
    offer(found, type, TimeUnit.class, "java.util.concurrent.TimeUnit", "TimeUnit.SECONDS", () -> TimeUnit.SECONDS);
    offer(found, type, Duration.class, "java.time.Duration", "Duration.ofSeconds(" + number + ")", () -> Duration.ofSeconds(number));
    offer(found, type, LocalDate.class, "java.time.LocalDate", "LocalDate.of(2024, 2, " + (Math.abs(number) + 10) + ")", () -> LocalDate.of(2024, 2, Math.abs(number) + 10));
    offer(found, type, LocalDateTime.class, "java.time.LocalDateTime", "LocalDateTime.of(2024, 2, 28, 23, 30)", () -> LocalDateTime.of(2024, 2, 28, 23, 30));
    offer(found, type, Instant.class, "java.time.Instant", "Instant.ofEpochSecond(" + number + ")", () -> Instant.ofEpochSecond(number));
    offer(found, type, Pattern.class, "java.util.regex.Pattern", "Pattern.compile(\"[a-c]+\")", () -> Pattern.compile("[a-c]+"));
    offer(found, type, Throwable.class, "", "new IllegalStateException(\"no\")", () -> new IllegalStateException("no"));
    offer(found, type, Exception.class, "", "new IllegalStateException(\"no\")", () -> new IllegalStateException("no"));
    offer(found, type, Random.class, "java.util.Random", "new Random(" + number + ")", () -> new Random(number));
    offer(found, type, Date.class, "java.util.Date", "new Date(" + number + "000L)", () -> new Date(number * 1000L));
    offer(found, type, TimeZone.class, "java.util.TimeZone", "TimeZone.getTimeZone(\"UTC\")", () -> TimeZone.getTimeZone("UTC"));
    offer(found, type, ZoneId.class, "java.time.ZoneId", "ZoneId.of(\"UTC\")", () -> ZoneId.of("UTC"));
    offer(found, type, LocalTime.class, "java.time.LocalTime", "LocalTime.of(23, 30)", () -> LocalTime.of(23, 30));
    offer(found, type, UUID.class, "java.util.UUID", "new UUID(1L, 2L)", () -> new UUID(1L, 2L));
    offer(found, type, BitSet.class, "java.util.BitSet", "new BitSet()", BitSet::new);
    offer(found, type, Matcher.class, "java.util.regex.Pattern", "Pattern.compile(\"[a-c]+\").matcher(" + Names.quoted(text) + ")", () -> Pattern.compile("[a-c]+").matcher(text));
    addStreams(found, type, text);
    addLambdas(found, type, number);
    return found;
  }

  private static void addStreams(List<Recipe> found, Class<?> type, String text) {
    offer(found, type, java.io.Reader.class, "java.io.StringReader", "new StringReader(" + Names.quoted(text) + ")", () -> new java.io.StringReader(text));
    offer(found, type, Readable.class, "java.io.StringReader", "new StringReader(" + Names.quoted(text) + ")", () -> new java.io.StringReader(text));
    offer(found, type, java.io.InputStream.class, "java.io.ByteArrayInputStream", "new ByteArrayInputStream(new byte[] {1, 2, 3})", () -> new java.io.ByteArrayInputStream(new byte[] {1, 2, 3}));
    offer(found, type, java.io.OutputStream.class, "java.io.ByteArrayOutputStream", "new ByteArrayOutputStream()", java.io.ByteArrayOutputStream::new);
    offer(found, type, java.io.Writer.class, "java.io.StringWriter", "new StringWriter()", java.io.StringWriter::new);
    offer(found, type, Appendable.class, "", "new StringBuilder()", StringBuilder::new);
    offer(found, type, Iterator.class, "java.util.List", "List.of(3, 1, 2).iterator()", () -> List.of(3, 1, 2).iterator());
    offer(found, type, Iterator.class, "java.util.List", "List.of().iterator()", () -> List.of().iterator());
  }

  private static void addLambdas(List<Recipe> found, Class<?> type, int number) {
    offer(found, type, Function.class, "java.util.function.Function", "Function.identity()", Function::identity);
    offer(found, type, Function.class, "", "x -> \"<\" + x + \">\"", () -> (Function<Object, Object>) x -> "<" + x + ">");
    offer(found, type, UnaryOperator.class, "", "x -> x", () -> (UnaryOperator<Object>) x -> x);
    offer(found, type, BinaryOperator.class, "", "(x, y) -> y", () -> (BinaryOperator<Object>) (x, y) -> y);
    offer(found, type, BiFunction.class, "", "(x, y) -> x + \"/\" + y", () -> (BiFunction<Object, Object, Object>) (x, y) -> x + "/" + y);
    offer(found, type, Predicate.class, "", "x -> true", () -> (Predicate<Object>) x -> true);
    offer(found, type, Predicate.class, "", "x -> false", () -> (Predicate<Object>) x -> false);
    offer(found, type, Supplier.class, "", "() -> " + number, () -> (Supplier<Object>) () -> number);
    offer(found, type, Supplier.class, "", "() -> \"made\"", () -> (Supplier<Object>) () -> "made");
    offer(found, type, Consumer.class, "", "x -> {}", () -> (Consumer<Object>) x -> {});
    offer(found, type, Runnable.class, "", "() -> {}", () -> (Runnable) () -> {});
    offer(found, type, ToIntFunction.class, "", "Object::hashCode", () -> (ToIntFunction<Object>) Object::hashCode);
    offer(found, type, Comparator.class, "java.util.Comparator", "Comparator.naturalOrder()", Comparator::naturalOrder);
    offer(found, type, Comparator.class, "java.util.Comparator", "Comparator.reverseOrder()", Comparator::reverseOrder);
  }

  private static void offer(List<Recipe> found, Class<?> wanted, Class<?> type, String uses, String source, java.util.function.Supplier<Object> maker) {
    if (wanted == type) {
      found.add(Recipe.fixed(type, uses + "|" + source, maker));
    }
  }
}
