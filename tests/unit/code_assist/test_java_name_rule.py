"""Which names the constraint lets a model write in Java."""

import struct

import pytest

from code_assist import Source, jdk
from code_assist.name_constraint import name_rule

METHOD = (
    "package demo;\nimport java.util.List;\n"
    "final class Shelf {\n"
    "  enum Kind { BOOK, DISC }\n"
    "  private final String title = null;\n"
    "  private List<String> items;\n"
    "  int size(int most) { return most; }\n"
    "  void run(String name, byte[] data, Foreign other, Object... rest) {\n"
    "    for (int number = 0; number < 3; number++) {\n"
    "      |\n"
    "    }\n"
    "  }\n"
    "}\n"
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "demo").mkdir()
    base = "package demo;\nclass Base { protected int inherited; static void make() {} }\n"
    (tmp_path / "demo" / "Base.java").write_text(base)
    foreign = "package demo;\nclass Foreign extends org.unknown.Thing { }\n"
    (tmp_path / "demo" / "Foreign.java").write_text(foreign)
    return tmp_path / "demo"


def judge(marked, text, path=""):
    """Return what of a text is refused, or nothing; `(open)` where it may not end like that."""
    at = marked.index("|")
    if path:
        (path / "Shelf.java").write_text(marked.replace("|", "", 1))
    source = Source(
        text=marked.replace("|", "", 1),
        language="java",
        path=str(path / "Shelf.java") if path else "",
    )
    rule = name_rule(source, at)
    state = rule.start()
    for number, char in enumerate(text):
        after = rule.feed(state, char.encode())
        if after is None:
            return text[number:]
        state = after
    return "" if rule.may_stop(state) else "(open)"


@pytest.mark.parametrize(
    "text",
    [
        "int sum = number + size(number);",
        "final List<String> found = items;",
        "String[] parts = name.split(title);",
        "for (String one : items) { one.trim(); }",
        "this.items = null;",
        "this.size(data.length);",
        "Runnable task = () -> run(name, data, other);",
        "items.forEach(one -> one.length());",
        "items.sort((left, right) -> left.compareTo(right));",
        "try { size(3); } catch (RuntimeException | Error failure) { throw failure; }",
        "if (other instanceof Foreign known) { known.anything(); }",
        "other.whatever(rest);",
        "Kind kind = Kind.BOOK;",
        "switch (number) { case 1: break; default: return; }",
        "java.util.Map<String, Kind> map = null;",
        "boolean less = number < 3 && number > 1;",
        "@SuppressWarnings(value = name) int x = 1;",
        "<T> T",
    ],
)
def test_what_a_right_program_needs_is_allowed(text, folder):
    assert judge(METHOD, text, folder) == ""


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("size(nmber);", ");"),
        ("titel.trim();", "el.trim();"),
        ("this.itmes = null;", "mes = null;"),
        ("data.size();", "ize();"),
        ("number = data.lenght;", "ht;"),
        ("number = most;", ";"),
        ("(left, right) + 1", "+ 1"),
    ],
)
def test_what_cannot_be_meant_is_refused(text, refused, folder):
    assert judge(METHOD, text, folder) == refused


@pytest.mark.parametrize("declared", ["List<String>[] all", "byte all[]", "int[][] all"])
def test_arrays_have_a_length_and_no_members_of_their_elements(declared, folder):
    marked = METHOD.replace("byte[] data", declared)
    assert judge(marked, "number = all.length;", folder) == ""
    assert judge(marked, "all.add(name);", folder) == "add(name);"


def test_inherited_members_come_from_files_beside_it(folder):
    marked = METHOD.replace("class Shelf", "class Shelf extends Base")
    assert judge(marked, "this.inherited = 1; make(); Base.make();", folder) == ""
    assert judge(marked, "this.inherted = 1;", folder) == "ted = 1;"


def test_an_unknown_superclass_makes_all_values_possible(folder):
    marked = METHOD.replace("class Shelf", "class Shelf extends Elsewhere")
    assert judge(marked, "this.anything = somewhere;", folder) == ""


def test_types_are_known_only_with_the_folder(folder):
    if not jdk.packages():
        pytest.skip("no JDK on this machine")
    assert judge(METHOD, "Unheard x;") == ""
    assert judge(METHOD, "Base x; Iterable<Base> y; List<Kind> z;", folder) == ""
    assert judge(METHOD, "Unheard x;", folder).endswith(" x;")


def test_members_of_library_types(folder):
    if not jdk.packages():
        pytest.skip("no JDK on this machine")
    assert judge(METHOD, "items.addAll(items); System.out.println(name.isEmpty());", folder) == ""
    assert judge(METHOD, "items.addAl();", folder) == "();"
    assert judge(METHOD, "System.out.prntln();", folder) == "ntln();"


def test_constants_of_an_enumeration_are_new_names(folder):
    marked = "package demo;\nenum Shelf {\n  FIRST(1),\n  |\n  LAST(9);\n  Shelf(int n) {}\n}\n"
    assert judge(marked, "MIDDLE(5),", folder) == ""


def test_a_class_file_says_what_it_declares():
    texts = [
        "demo/Thing",
        "java/lang/Object",
        "count",
        "Ldemo/Inner;",
        "work",
        "()V",
        "java/lang/Runnable",
    ]
    pool = b"".join(b"\x01" + struct.pack(">H", len(t)) + t.encode() for t in texts)
    pool += b"".join(b"\x07" + struct.pack(">H", n) for n in (1, 2, 7)) + b"\x05" + bytes(8)
    head = struct.pack(">IHHH", 0xCAFEBABE, 0, 61, len(texts) + 3 + 2 + 1)
    body = struct.pack(">HHHHH", 0x21, 8, 9, 1, 10)
    field = struct.pack(">HHHHH", 1, 1, 3, 4, 1) + struct.pack(">HI", 3, 2) + b"??"
    method = struct.pack(">HHHHH", 1, 1, 5, 6, 0)
    found = jdk.parse_class(head + pool + body + field + method)
    assert found.members == {"count", "work"}
    assert found.fields == {"count": "demo.Inner"}
    assert found.supers == ("java.lang.Object", "java.lang.Runnable")
