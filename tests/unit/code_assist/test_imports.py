"""A name that is not known here and defined in another file of the project can be imported."""

import pytest

from code_assist import Source, Workspace, diagnose
from code_assist.fixes import fixes
from code_assist.imports import modules


@pytest.fixture
def project(tmp_path):
    files = {
        "src/shop/__init__.py": "",
        "src/shop/prices.py": "RATE = 2\n\nclass Price:\n    def total(self): ...\n",
        "src/shop/stock/__init__.py": "def count_items(): ...\n",
        "src/shop/stock/lists.py": "def count_items(): ...\n\ndef _hidden(): ...\n",
        "tools.py": "def clean_up(): ...\n",
        "loose/script.py": "def far_away(): ...\n",
        "not-a-name.py": "def odd_one(): ...\n",
        "Shop.java": "class Shop {}\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    workspace = Workspace([tmp_path])
    workspace.fill()
    return workspace


def here(project, text, name="src/shop/orders.py"):
    return Source(text=text, language="python", path=str(project.roots[0] / name))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Price", ("shop.prices",)),
        ("RATE", ("shop.prices",)),
        ("count_items", ("shop.stock", "shop.stock.lists")),
        ("clean_up", ("tools",)),
        ("total", ()),  # a method
        ("_hidden", ()),
        ("far_away", ()),  # its folder is on nobody's path
        ("odd_one", ()),
        ("Shop", ()),
    ],
)
def test_what_another_file_defines_at_its_top(project, name, found):
    assert modules(here(project, ""), name, project) == found


def test_a_file_beside_is_imported_by_its_name(project):
    assert modules(here(project, "", "loose/main.py"), "far_away", project) == ("script",)


def test_a_file_does_not_import_itself(project):
    assert modules(here(project, "", "src/shop/prices.py"), "Price", project) == ()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_fix_takes_the_finding_away(project, end):
    source = here(project, end.join(["import os", "", "print(os.name, Price())", ""]))
    (finding,) = diagnose(source)
    assert fixes(source, finding) == ()
    (fix,) = fixes(source, finding, workspace=project)
    assert fix.title == "Import 'Price' from shop.prices"
    edited = source.replace(fix.span, fix.new_text)
    assert edited.text.startswith(f"from shop.prices import Price{end}import os{end}")
    assert diagnose(edited) == ()
