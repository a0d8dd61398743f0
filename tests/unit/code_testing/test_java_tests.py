"""JUnit classes that are written: they compile, pass, notice, and what is unsafe is named."""

from pathlib import Path

import pytest

from assistants.answer import Answer, Status, Verdict
from assistants.errors import InputError, SandboxUnavailable
from code_assist.java_testing import JavaProject, write_java_tests
from code_assist.java_testing.expressions import is_harmless
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
    return write_java_tests(project, plan=Plan(seconds=1.5, runs=2))


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


@pytest.mark.parametrize(
    ("source", "harmless"),
    [
        ('new Shop.Item("a;b", 3)', True),
        ("List.of(1, -2)", True),
        ("new int[] {1, 2}", True),
        ("xresult.getName()", True),
        ("(String) null", True),
        ('x -> "<" + x + ">"', True),
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

    text = write_java_tests(box, "Box", plan=Plan(seconds=0.7, runs=1)).best.candidate.code

    assert ".setHeld(" in text
    assert "box.getHeld()" in text
    assert "(Number) " in text
