from code_assist import Source, names


def labels(marked, language="python"):
    offset = marked.index("|")
    source = Source(text=marked.replace("|", "", 1), language=language)
    return [one.new_text for one in names(source, source.position(offset), seconds=20)]


def test_python_members_come_from_jedi():
    found = labels("import math\nmath.fac|\n")
    assert found[0] == "factorial"
    assert all(name.lower().startswith("fac") for name in found)


def test_python_parameters_are_offered_in_a_function_without_a_body():
    assert labels("def area(radius, height):\n    return rad|\n")[0] == "radius"


def test_the_last_used_name_comes_first():
    found = labels("value_one = 1\nvalue_two = 2\nprint(value_one)\nval|\n")
    assert found.index("value_one") < found.index("value_two")


def test_private_names_come_last_unless_typed():
    found = labels("class A:\n    def _hidden(self): ...\n    def shown(self): ...\nA().|\n")
    assert found.index("shown") < found.index("_hidden")


def test_nothing_in_comments_strings_and_numbers():
    assert labels("import os\n# os|\n") == []
    assert labels("import os\nx = 'os|'\n") == []
    assert labels("x = 12|\n") == []


JAVA = """import java.util.ArrayList;
class Shop {{
  private int total;
  int countItems(int first) {{
    int second = first;
    for (String name : names) {{ }}
    {}
  }}
  static void other(int hidden) {{ int inside = 1; }}
}}
"""


def test_java_names_in_scope():
    found = labels(JAVA.format("|"), "java")
    assert {"total", "countItems", "first", "second", "Shop", "ArrayList", "other"} <= set(found)
    assert "return" in found
    assert not {"hidden", "inside"} & set(found)


def test_java_members_of_this_and_of_a_declared_type():
    assert set(labels(JAVA.format("this.|"), "java")) == {"total", "countItems", "other"}
    assert "countItems" in labels(JAVA.format("Shop shop = null; shop.cou|"), "java")


def test_java_members_seen_after_the_same_receiver():
    text = "class A { void f() { list.add(1); list.isEmpty(); list.| } }"
    assert {"add", "isEmpty"} <= set(labels(text, "java"))


def test_the_span_is_the_word_typed_so_far():
    source = Source(text="import math\nmath.fac", language="python")
    best = names(source, source.position(len(source.text)), seconds=20)[0]
    assert source.replace(best.span, best.new_text).text == "import math\nmath.factorial"


def test_attributes_of_self_are_offered_and_locals_of_methods_are_not():
    found = set(
        labels(
            "class Box(Unknown):\n    LIMIT = 3\n\n    def __init__(self):\n"
            "        self.width = 1\n        total = 2\n\n    def area(self):\n"
            "        spare = 1\n        return self.|\n"
        )
    )
    assert {"width", "LIMIT", "area"} <= found
    assert not found & {"total", "spare"}


def test_what_stands_on_the_next_line_is_no_attribute():
    found = labels("def f(self):\n    self.\n    def g(): pass\n    self.|\n")
    assert "def" not in found
