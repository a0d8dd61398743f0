"""JUnit classes that are written: they compile, pass, notice, and what is unsafe is named."""

import re
from pathlib import Path

import pytest

from assistants.answer import Answer, Status, Verdict
from assistants.errors import InputError, SandboxUnavailable
from code_assist.java_testing import JavaProject, probing, write_java_tests
from code_assist.java_testing.alternatives import Kind
from code_assist.java_testing.expressions import is_harmless
from code_assist.java_testing.generate import judge
from code_assist.java_testing.machine import Machine
from code_assist.java_testing.rewriting import rewrite
from code_assist.java_testing.targets import at_line, methods
from code_assist.sandbox import protection
from code_assist.source import Source
from code_assist.testing import Plan, TestSuite

SHOP = """package shop;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

public class Shop {
    public enum Size { SMALL, LARGE }
    public record Item(String name, int cents) {}

    private final List<Item> items = new ArrayList<>();
    private final int limit;

    public Shop(int limit) {
        if (limit < 1) throw new IllegalArgumentException("limit must be positive");
        this.limit = limit;
    }

    public void add(Item item) {
        if (items.size() >= limit) {
            throw new IllegalStateException("full");
        }
        items.add(item);
    }

    public int size() { return items.size(); }

    public Optional<Item> cheapest() {
        Item best = null;
        for (Item one : items) {
            if (best == null || one.cents() < best.cents()) best = one;
        }
        return Optional.ofNullable(best);
    }

    public static int price(int cents, Size size, boolean member) {
        int price = switch (size) {
            case SMALL -> cents;
            case LARGE -> cents * 2;
        };
        if (member && price > 1000) {
            price -= price / 10;
        }
        return price;
    }

    public static String kind(Object thing) {
        if (thing instanceof String text && text.length() > 3) return "long text";
        return thing == null ? "nothing" : "other";
    }

    static void reverse(int[] values) {
        for (int i = 0, j = values.length - 1; i < j; i++, j--) {
            int kept = values[i];
            values[i] = values[j];
            values[j] = kept;
        }
    }

    static boolean forever(int x) {
        while (x != x + 1) { }
        return true;
    }

    static void leave() { System.exit(1); }

    private int secret() { return 1; }
}
"""


def _source() -> Source:
    return Source(text=SHOP, language="java", path="")


def _project(folder: Path) -> JavaProject:
    file = folder / "src" / "main" / "java" / "shop" / "Shop.java"
    file.parent.mkdir(parents=True)
    file.write_text(SHOP)
    (folder / "pom.xml").touch()
    try:
        return JavaProject.of(file)
    except InputError as error:
        pytest.skip(f"{error}: {error.hint}")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Answer[TestSuite]:
    try:
        protection()
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    project = _project(tmp_path_factory.mktemp("java"))
    return write_java_tests(project, plan=Plan(seconds=4.0, runs=2))


@pytest.fixture(scope="module")
def suite(written: Answer[TestSuite]) -> TestSuite:
    assert written.status is Status.ANSWERED, written.reason
    assert written.best is not None
    return written.best.candidate


def test_a_junit_class_stands_in_the_folder_of_tests(suite: TestSuite) -> None:
    assert suite.path.endswith("src/test/java/shop/ShopTest.java")
    assert suite.code.startswith("package shop;\n")
    assert "import org.junit.jupiter.api.Test;" in suite.code
    assert "class ShopTest {" in suite.code


def test_boundaries_of_a_condition_are_told_apart(suite: TestSuite) -> None:
    price = next(one for one in suite.measured if "price" in one.name)
    assert price.covered == price.branches
    assert price.killed == price.mutants


def test_an_exception_on_purpose_is_expected_with_its_message(suite: TestSuite) -> None:
    assert 'assertEquals("limit must be positive", error.getMessage());' in suite.code
    assert "NullPointerException" not in suite.code  # nobody raised that on purpose


def test_the_state_of_an_object_and_changed_arrays_are_asserted(suite: TestSuite) -> None:
    assert "assertEquals(1, shop.size());" in suite.code
    assert "assertArrayEquals(" in suite.code


def test_names_bound_by_a_type_test_stay_in_scope(suite: TestSuite) -> None:
    kind = next(one for one in suite.measured if "kind" in one.name)
    assert kind.covered == kind.branches == 6


def test_what_is_not_tested_is_named_with_the_reason(suite: TestSuite) -> None:
    reasons = {one.name: one.reason for one in suite.untested}
    assert reasons["Shop.forever(int)"] == "it does not end in time"
    assert reasons["Shop.leave()"] == "it starts or ends programs"
    assert not any("secret" in name for name in reasons)


def test_the_answer_says_that_the_tests_passed_and_is_no_proof(written: Answer[TestSuite]) -> None:
    assert written.verdict is Verdict.UNKNOWN
    assert [one.by for one in written.evidence] == [
        "JUnit",
        "branch coverage",
        "mutation score",
        "sandbox",
    ]


def test_existing_tests_are_kept_and_not_repeated(tmp_path: Path, suite: TestSuite) -> None:
    project = _project(tmp_path)
    project.test_file.parent.mkdir(parents=True)
    own = suite.code.replace("class ShopTest {", "class ShopTest {\n    // ours\n", 1)
    project.test_file.write_text(own)

    answer = write_java_tests(project, "price", plan=Plan(seconds=0.5, runs=1))

    assert answer.best is None
    assert "existing tests reach everything" in answer.reason


def test_a_file_that_does_not_compile_is_refused_with_the_words_of_javac(tmp_path: Path) -> None:
    project = _project(tmp_path)
    project.file.write_text(SHOP.replace("int price = switch", "int price = missing + switch"))

    with pytest.raises(InputError, match="cannot find symbol"):
        write_java_tests(project, "price", plan=Plan(seconds=0.5, runs=1))


def test_private_methods_are_told_and_unknown_names_refused() -> None:
    (found,) = methods(_source(), "secret")
    assert found.unfit == "it is private: tests of what calls it reach it"
    with pytest.raises(InputError, match="no method or class 'missing'"):
        methods(_source(), "missing")


def test_the_method_at_a_line_is_found() -> None:
    line = SHOP[: SHOP.index("price -= price")].count("\n") + 1
    assert at_line(SHOP, line) == "Shop.price"
    assert at_line(SHOP, 1) is None


def test_probes_leave_every_line_where_it_is() -> None:
    targets = [one for one in methods(_source(), None) if not one.unfit]
    made = rewrite(SHOP.encode(), targets, set(), {"mutant": 40, "fault": 10})
    assert made.text.count("\n") == SHOP.count("\n")
    assert {"mutant", "fault"} == {one.kind for one in made.mutants}
    begin = made.text.index("price > 1000")
    (blamed,) = made.blamed([begin], set())
    assert blamed[0] == "mutant"


def test_a_variable_stands_for_another_only_where_that_is_known() -> None:
    text = """class A {
    static int f(int low, int high) {
        int sum = low + high;
        for (int step = 0; step < high; step++) {
            sum += step;
        }
        int late = sum;
        return late;
    }
}
"""
    (found,) = methods(Source(text=text, language="java", path=""), "f")
    made = rewrite(text.encode(), [found], set(), {"unknown": 99, "mutant": 99, "fault": 99})
    before, _, rest = made.text.partition("int sum")
    first = before + rest.partition(";")[0]
    inside, _, after = rest.partition("int late")
    assert "high : low" in first
    assert "step" not in first
    assert "late" not in inside
    assert "step" not in after


def test_a_complaint_at_an_operator_is_for_its_operands_alone() -> None:
    text = "class A { boolean f(String s) { return s.length() > 1 && isOpen(s.charAt(0)); } }"
    (found,) = methods(Source(text=text, language="java", path=""), None)
    made = rewrite(text.encode(), [found], set(), {"unknown": 9})
    assert any(one.what == "call forgotten" for one in made.mutants)
    (blamed,) = made.blamed([made.text.rindex("&&")], set())
    assert blamed[0] == "mutant"
    assert text[blamed[1] : blamed[2]] == "isOpen(s.charAt(0))"


@pytest.mark.parametrize(
    ("source", "harmless"),
    [
        ('new Shop.Item("a;b", 3)', True),
        ("List.of(1, -2)", True),
        ("new int[] {1, 2}", True),
        ("xresult.getName()", True),
        ("(String) null", True),
        ('x -> "<" + x + ">"', True),
        ("() -> 7", True),
        ("() -> {}", True),
        ("() -> { System.exit(1); }", False),
        ("System.exit(1)", False),
        ("1); System.exit(1); f(", False),
        ("Runtime.getRuntime()", False),
        ('new ProcessBuilder("ls")', False),
        ("new Object() { int x = 1; }", False),
    ],
)
def test_only_values_and_what_makes_them_get_into_a_test(source: str, harmless: bool) -> None:
    assert is_harmless(source) is harmless


BOX = """package shop;

public class Box<T> {
    private T held;
    private int count;

    public T getHeld() { return held; }

    public void setHeld(T value) { held = value; }

    public int getAndCount() { return count++; }

    public int add(int more) { count += more; return count; }

    public int add(Number more) { count += more.intValue() * 10; return count; }
}
"""


def test_a_plain_setter_is_tested_and_an_overload_is_the_one_that_is_meant(tmp_path: Path) -> None:
    project = _project(tmp_path)
    (project.root / "shop" / "Box.java").write_text(BOX)
    box = JavaProject.of(project.root / "shop" / "Box.java")

    answer = write_java_tests(box, "Box", plan=Plan(seconds=2.0, runs=1))
    assert answer.best is not None
    text = answer.best.candidate.code

    assert ".setHeld(" in text
    assert "box.getHeld()" in text
    assert "(Number) " in text


PAIR = """package shop;

import java.util.function.Supplier;

public final class Pair {
    public static final Pair NONE = new Pair("", 0);
    private final String name;
    private final int count;

    private Pair(String name, int count) { this.name = name; this.count = count; }

    public static class Builder {
        private final String name;
        public Builder(String name) { this.name = name; }
        public Pair build() { return new Pair(name, 3); }
    }

    public interface Rule { boolean holds(String text, int number); }

    @Override public boolean equals(Object other) {
        if (!(other instanceof Pair)) return false;
        Pair that = (Pair) other;
        return count == that.count && name.equals(that.name);
    }

    @Override public int hashCode() { return count; }

    public boolean meets(Rule rule) { return rule.holds(name, count); }

    public static <T> int rank(T[] items) { return items == null ? -1 : items.length; }

    public static int rank(int[] items) { return items == null ? -2 : items.length * 10; }

    public static <E extends Enum<E>> int sizes(Class<E> kind) {
        return kind.getEnumConstants().length;
    }

    public static String or(String text, Supplier<String> other) {
        return text == null ? other.get() : text;
    }
}
"""


def test_objects_lambdas_classes_and_generic_overloads_are_made(tmp_path: Path) -> None:
    project = _project(tmp_path)
    (project.root / "shop" / "Pair.java").write_text(PAIR)
    pair = JavaProject.of(project.root / "shop" / "Pair.java")

    answer = write_java_tests(pair, "Pair", plan=Plan(seconds=3.0, runs=1))

    assert answer.best is not None, answer.reason
    suite = answer.best.candidate
    covered = {one.name: (one.covered, one.branches) for one in suite.measured}
    assert covered["Pair.equals(Object)"] == (6, 6)
    assert covered["Pair.rank(Object[])"] == (2, 2)
    assert covered["Pair.rank(int[])"] == (2, 2)
    assert "Pair.NONE" in suite.code or ").build()" in suite.code
    assert ".meets((x, y) -> " in suite.code
    assert "TimeUnit.class" in suite.code
    assert 'or(null, () -> "' in suite.code


def test_type_variables_are_what_the_class_file_has_for_them() -> None:
    text = (
        "class A<K extends Comparable<K>, V> {"
        " <T extends Number & Runnable, U extends T> void f(K k, V[] v, T t, U... u) {} }"
    )
    (found,) = methods(Source(text=text, language="java", path=""), None)
    assert found.types == ("Comparable", "Object[]", "Number", "Number[]")


CHECKS = """package shop;

public class Checks {
    private Checks() { }

    public static void between(long start, long end, long value) {
        if (value <= start || value >= end) {
            throw new IllegalArgumentException("not between");
        }
    }
}
"""

WORDS = """package shop;

public class Words {
    private final StringBuilder kept = new StringBuilder();

    public Words add(Object thing) {
        kept.append(thing);
        return this;
    }

    public int length() { return kept.length(); }

    @Override
    public String toString() { return kept.toString(); }
}
"""


def test_what_checks_its_arguments_is_tested_where_it_passes_as_well(tmp_path: Path) -> None:
    answer = write_java_tests(_beside(tmp_path, "Checks", CHECKS), plan=Plan(seconds=4.0, runs=1))

    assert answer.best is not None
    suite = answer.best.candidate
    (measured,) = suite.measured
    assert measured.covered == measured.branches
    assert measured.killed == measured.mutants  # both bounds from both sides
    assert "assertDoesNotThrow(() -> Checks.between(" in suite.code
    assert "assertThrows(IllegalArgumentException.class" in suite.code


def test_the_address_of_an_object_gets_into_no_test_not_even_as_a_length(tmp_path: Path) -> None:
    words = _beside(tmp_path, "Words", WORDS)

    answer = write_java_tests(words, "Words.add", plan=Plan(seconds=4.0, runs=1))

    assert answer.reason == ""  # none had to be left out
    assert answer.best is not None
    code = answer.best.candidate.code
    assert "add(" in code
    assert "new int[]" not in code
    assert "new String[]" not in code


def _beside(folder: Path, name: str, text: str) -> JavaProject:
    file = _project(folder).root / "shop" / f"{name}.java"
    file.write_text(text)
    return JavaProject.of(file)


PLACES = """package shop;

public class Places {
    static int place(String text, String part) {
        return text.indexOf(part);
    }

    static String label(String text) {
        return text.isEmpty() ? "none" : text + "!";
    }

    static void clear(int[] values) {
        if (values == null) {
            return;
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = 0;
        }
    }
}
"""


def test_inputs_differ_in_kind_so_that_mistakes_nobody_looked_for_show(tmp_path: Path) -> None:
    project = _beside(tmp_path, "Places", PLACES)
    source = Source(text=PLACES, language="java", path=str(project.file))

    answer = write_java_tests(project, plan=Plan(seconds=4.0, runs=1, seed=1))

    assert answer.best is not None
    found = methods(source, None)
    with Machine(project) as machine:
        most: dict[Kind, int] = {"unknown": 40}
        probed = probing.prepare(machine, project, source, found, seconds=60, most=most)
        numbers = [one.number for one in probed.made.mutants]
        told = judge(machine, project, answer.best.candidate.code, numbers)
    assert told["failed"] == {}
    killed = probing.numbers_of(told["killed"])
    noticed = {one.what for one in probed.made.mutants if one.number in killed}
    # a part that stands twice in a text, a text of spaces alone: the search knows of neither mistake
    assert {"lastIndexOf for indexOf", "isBlank for isEmpty"} <= noticed
    assert not re.search(r"void \w*U[0-9a-f]{4}", answer.best.candidate.code)  # no escape in a name
    # without its guard it throws: that it returns is all that can be said
    assert "assertDoesNotThrow(() -> Places.clear(null))" in answer.best.candidate.code


COPIES = """package shop;

public class Copies {
    static int[] chosen(int[] values, boolean inPlace) {
        if (values == null) {
            return null;
        }
        return inPlace ? values : values.clone();
    }
}
"""


def test_a_result_is_told_to_be_the_argument_itself_or_a_copy(tmp_path: Path) -> None:
    answer = write_java_tests(_beside(tmp_path, "Copies", COPIES), plan=Plan(seconds=4.0, runs=1))

    assert answer.best is not None
    code = answer.best.candidate.code
    assert "assertSame(values, result);" in code
    assert "assertNotSame(values, result);" in code


SPELLER = """package shop;

public class Speller {
    static String spell(String text, boolean plain, char other) {
        StringBuilder made = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            made.append(text.charAt(i));
            made.append(plain ? 0 : other);
        }
        return made.toString();
    }

    static long wide(int x) {
        return Math.abs(x);
    }
}
"""


def test_a_wrong_version_leaves_the_type_of_the_right_one_beside_it(tmp_path: Path) -> None:
    file = _project(tmp_path).file.with_name("Speller.java")
    file.write_text(SPELLER)
    project = JavaProject.of(file)
    source = Source(text=SPELLER, language="java", path=str(file))
    try:
        protection()
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    with Machine(project) as machine:
        most: dict[Kind, int] = {"mutant": 40, "fault": 40, "unknown": 40}
        probed = probing.prepare(
            machine, project, source, methods(source, None), seconds=60, most=most
        )
    made = {(one.line, one.what) for one in probed.made.mutants}
    # beside `i` the letter would be an int, and the number be appended
    assert (7, "call forgotten") not in made
    assert (7, "last argument off by one") in made
    # `0` in place of a constant makes an int of `plain ? 0 : other`
    assert (8, "0 → 1") not in made
    assert (8, "call or step dropped") in made
    assert len(probed.made.goals["Speller.spell(String, boolean, char)"]) == 4
    # what goes straight into the result is widened there in any case
    assert (14, "result dropped") in made
