from code_assist import Source
from code_assist.context import CHARACTERS_PER_TOKEN, around


def test_a_short_file_is_shown_whole():
    source = Source(text="a = 1\nb = 2\n", language="python")
    shown = around(source, 6, tokens=100)
    assert (shown.prefix, shown.suffix) == ("a = 1\n", "b = 2\n")


def test_a_long_file_keeps_imports_headers_and_the_nearest_lines():
    filler = "".join(f"    value_{n} = {n}\n" for n in range(400))
    text = (
        f"import os\nfrom a import b\n\nclass Shop(Base):\n{filler}"
        f"    def price(self, item):\n{filler.replace('    v', '        v')}        return CUR\n{filler}"
    )
    offset = text.index("CUR")
    source = Source(text=text.replace("CUR", ""), language="python")
    shown = around(source, offset, tokens=400)
    assert shown.prefix.startswith("import os\nfrom a import b\nclass Shop(Base):\n")
    assert "    def price(self, item):\n" in shown.prefix
    assert shown.prefix.endswith("        value_399 = 399\n        return ")
    assert shown.suffix.startswith("\n    value_0 = 0\n")
    assert shown.suffix.endswith("\n")
    assert len(shown.prefix) + len(shown.suffix) <= 400 * CHARACTERS_PER_TOKEN


def test_java_headers_are_kept():
    filler = "    int x = 1;\n" * 500
    text = f"import java.util.List;\nclass A extends B {{\n  void f(int y) {{\n{filler}    CUR\n  }}\n}}\n"
    offset = text.index("CUR")
    shown = around(Source(text=text.replace("CUR", ""), language="java"), offset, tokens=300)
    assert shown.prefix.startswith(
        "import java.util.List;\nclass A extends B {\n  void f(int y) {\n"
    )


def test_one_endless_line_is_cut_to_the_budget():
    source = Source(text="x = [" + "1, " * 300_000, language="python")
    shown = around(source, 400_000, tokens=200)
    assert 0 < len(shown.prefix) + len(shown.suffix) <= 200 * CHARACTERS_PER_TOKEN
    assert source.text[:400_000].endswith(shown.prefix[-50:])
