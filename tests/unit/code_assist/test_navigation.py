"""Where names lead, in both languages; what cannot be verified is not renamed."""

import pytest

from assistants.errors import InputError
from code_assist import Position, Source, Span, Workspace, navigation
from code_assist.java_scopes import local_of, span_of, uses

JAVA = """package p;

/** Adds things up. */
class Sum {
  private int total;

  /**
   * Adds one thing.
   * @param more what to add
   */
  void add(int more, String... names) {
    int before = total;
    for (int i = 0; i < more; i++) { total = before + i; }
    for (String name : names) { name.length(); }
    try (R r = open(more)) { r.go(); } catch (E e) { log(e); }
    Run q = () -> use(before);
    F g = (u, v) -> u + v;
    F h = w -> w;
    if (q instanceof String t && t.isEmpty()) { use(t); }
    new Object() { int before; int k() { return before + more; } };
    this.total = reset(1, 2);
  }

  private int reset(int a, int b) { int before = 3; return before; }
}
"""


def at(text, marked):
    """The offset of `|` in a part of a text."""
    return text.index(marked.replace("|", "")) + marked.index("|")


def java(tmp_path, text=JAVA, name="Sum.java"):
    path = tmp_path / name
    path.write_text(text)
    return Source(text=text, language="java", path=str(path))


def filled(tmp_path):
    workspace = Workspace([tmp_path])
    workspace.fill()
    return workspace


def read(path):
    return Source.read(path)


def words(source, places):
    """The lines and columns, one-based, of places that must all be in one file."""
    assert {place.path for place in places} <= {source.path}
    return sorted((p.span.start.line + 1, p.span.start.column + 1) for p in places)


def resolved(name):
    source = Source(text=JAVA, language="java")
    return {
        (node_start.line + 1, node_start.column + 1): local and span_of(source, local.name).start
        for node in uses(source, name)
        for node_start, local in [(span_of(source, node).start, local_of(node))]
    }


def spot(marked):
    """The line and column, one-based, of a place in the Java file."""
    position = Source(text=JAVA, language="java").position(at(JAVA, marked))
    return position.line + 1, position.column + 1


def test_local_names_of_java_are_resolved_by_their_scopes():
    before = resolved("before")
    first, second = Position(11, 8), Position(23, 40)
    assert before[spot("int |before = total")] == first
    assert before[spot("= |before + i")] == before[spot("use(|before)")] == first
    assert before[spot("int |before; int k")] is None, "a field of the anonymous class"
    assert before[spot("return |before + more")] is None
    assert before[spot("int |before = 3")] == before[spot("return |before;")] == second
    assert set(resolved("more").values()) == {Position(10, 15)}
    assert set(resolved("i").values()) == {Position(12, 13)}
    assert set(resolved("total").values()) == {None}


@pytest.mark.parametrize("name", ["r", "e", "u", "v", "w", "t", "name"])
def test_each_way_to_declare_a_local_name(name):
    found = resolved(name)
    (declared,) = set(found.values())
    assert declared is not None
    assert (declared.line + 1, declared.column + 1) in found


def test_java_definitions_go_to_members_types_and_other_files(tmp_path):
    source = java(tmp_path)
    text = "package p;\nclass User {\n  void f(Sum sum) { sum.add(1); Sum.of(); other(); }\n}\n"
    user = java(tmp_path, text, "User.java")
    workspace = filled(tmp_path)
    place = navigation.definitions(user, user.position(at(text, "sum.a|dd")), workspace)
    assert [(p.path, p.span.start.line) for p in place] == [(source.path, 10)]
    place = navigation.definitions(user, user.position(at(text, "(S|um")), workspace)
    assert [(p.path, p.span.start) for p in place] == [(source.path, Position(3, 6))]
    assert navigation.definitions(user, user.position(at(text, "oth|er")), workspace) == ()
    place = navigation.definitions(source, source.position(at(JAVA, "this.to|tal")), workspace)
    assert words(source, place) == [(5, 15)]


def test_the_import_decides_between_types_of_one_name(tmp_path):
    for package in ("one", "two"):
        (tmp_path / package).mkdir()
        java(tmp_path / package, f"package {package};\npublic class Same {{}}\n", "Same.java")
    (tmp_path / "here").mkdir()
    text = "package here;\nimport two.Same;\nclass User { Same same; }\n"
    user = java(tmp_path / "here", text, "User.java")
    place = navigation.definitions(user, user.position(at(text, "{ Sa|me")), filled(tmp_path))
    assert place[0].path.endswith("two/Same.java")


def test_java_references_reach_other_files(tmp_path):
    source = java(tmp_path)
    text = "package p;\nclass User {\n  void f(Sum sum) { sum.add(1); }\n}\n"
    user = java(tmp_path, text, "User.java")
    other = "package p;\nclass Other { void add() {} void g() { add(); } }\n"
    java(tmp_path, other, "Other.java")
    found = navigation.references(
        source, source.position(at(JAVA, "void ad|d")), filled(tmp_path), read
    )
    places = {(p.path, p.span.start.line) for p in found}
    assert places == {(source.path, 10), (user.path, 2)}


def test_java_help_shows_header_and_comment(tmp_path):
    source = java(tmp_path)
    found = navigation.help_at(
        source, source.position(at(JAVA, "void ad|d")), filled(tmp_path), read
    )
    assert found.declaration == "void add(int more, String... names)"
    assert found.documentation == "Adds one thing.\n@param more what to add"
    assert found.span == Span(Position(10, 7), Position(10, 10))


def test_java_signatures_know_the_current_parameter(tmp_path):
    text = JAVA.replace("reset(1, 2)", "reset(1, )")
    source = java(tmp_path, text)
    (found,) = navigation.signatures(
        source, source.position(at(text, "reset(1, |)")), filled(tmp_path), read
    )
    assert found.label == "private int reset(int a, int b)"
    assert found.parameters == ("int a", "int b")
    assert found.current == 1


def renamed(source, marked, new_name):
    position = source.position(at(source.text, marked))
    found = navigation.rename(source, position, new_name, read)
    edited = source
    for span in sorted(found.spans[source.path], key=lambda one: one.start, reverse=True):
        edited = edited.replace(span, new_name)
    return edited.text


def test_a_java_local_is_renamed_in_its_scope_only(tmp_path):
    text = renamed(java(tmp_path), "int bef|ore = total", "earlier")
    assert text.count("earlier") == 3
    assert "int before; int k() { return before + more; }" in text
    assert "int before = 3; return before;" in text


def test_a_private_member_is_renamed(tmp_path):
    text = renamed(java(tmp_path), "private int tot|al", "amount")
    assert text.count("amount") == 4
    assert "total" not in text
    text = renamed(java(tmp_path), "= res|et(1", "restart")
    assert text.count("restart") == 2


@pytest.mark.parametrize(
    ("marked", "new_name", "reason"),
    [
        ("int bef|ore = total", "more", "means something else"),
        ("int bef|ore = total", "total", "means something else"),
        ("int bef|ore = total", "class", "no Java name"),
        ("int bef|ore = total", "a b", "no Java name"),
        ("void ad|d(", "put", "not private"),
        ("|package", "x", "no name here"),
        ("private int tot|al", "more", "means something else"),
    ],
)
def test_a_java_name_that_would_change_a_meaning_is_refused(tmp_path, marked, new_name, reason):
    with pytest.raises(InputError, match=reason):
        renamed(java(tmp_path), marked, new_name)


PYTHON = '''import shop

def total(prices, tax=0.2):
    """Add prices up."""
    amount = sum(prices)
    return amount * (1 + tax)

def other(amount):
    return total(amount, 0.1)
'''
SHOP = "from main import total\n\ndef pay(cart):\n    return total(cart)\n"


@pytest.fixture
def python(tmp_path):
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "main.py").write_text(PYTHON)
    (tmp_path / "shop.py").write_text(SHOP)
    return Source(text=PYTHON, language="python", path=str(tmp_path / "main.py"))


def place_of(source, marked):
    return source.position(at(source.text, marked))


def test_python_definitions_follow_imports(python, tmp_path):
    shop = Source.read(tmp_path / "shop.py")
    (place,) = navigation.definitions(shop, place_of(shop, "return tot|al"), Workspace())
    assert place.path == python.path
    assert place.span == Span(Position(2, 4), Position(2, 9))


def test_python_references_are_those_of_the_project(python, tmp_path):
    found = navigation.references(python, place_of(python, "def tot|al"), Workspace(), read)
    places = sorted((p.path.rpartition("/")[2], p.span.start.line) for p in found)
    assert places == [("main.py", 2), ("main.py", 8), ("shop.py", 0), ("shop.py", 3)]


def test_python_help_and_signatures(python):
    found = navigation.help_at(python, place_of(python, "return tot|al"), Workspace(), read)
    assert found.declaration == "def total(prices, tax=0.2)"
    assert found.documentation == "Add prices up."
    assert found.span == Span(Position(8, 11), Position(8, 16))
    (signature,) = navigation.signatures(
        python, place_of(python, "total(amount, |0.1"), Workspace(), read
    )
    assert signature.parameters == ("prices", "tax=0.2")
    assert signature.current == 1


def test_a_python_function_is_renamed_in_all_files(python, tmp_path):
    found = navigation.rename(python, place_of(python, "def tot|al"), "add_up", read)
    assert {path.rpartition("/")[2]: len(spans) for path, spans in found.spans.items()} == {
        "main.py": 2,
        "shop.py": 2,
    }


def test_a_python_local_is_renamed_in_its_function(python):
    found = navigation.rename(python, place_of(python, "amou|nt = sum"), "result", read)
    lines = [span.start.line for span in found.spans[python.path]]
    assert lines == [4, 5]


@pytest.mark.parametrize(
    ("marked", "new_name", "reason"),
    [
        ("amou|nt = sum", "prices", "'prices' is used"),
        ("def tot|al", "other", "'other' is used"),
        ("def tot|al", "if", "no Python name"),
        ("amount = su|m(", "add", "only names that the project itself defines"),
    ],
)
def test_a_python_name_that_cannot_be_renamed_safely_is_refused(python, marked, new_name, reason):
    with pytest.raises(InputError) as refused:
        navigation.rename(python, place_of(python, marked), new_name, read)
    assert reason in f"{refused.value} {refused.value.hint}"


def test_files_that_are_not_saved_are_not_renamed(python, tmp_path):
    def read_unsaved(path):
        source = Source.read(path)
        return source.insert(0, 0, "\n")

    with pytest.raises(InputError, match="on disk is not as it is shown"):
        navigation.rename(python, place_of(python, "def tot|al"), "add_up", read_unsaved)
