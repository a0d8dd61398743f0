"""What the guest says it saw, judged before it is written into a file that a user will run.

The code under test ran in the same Java machine, so its words are foreign text: values and calls of
constructors, factories and getters are let through; what reaches the machine is not.
"""

import re

import tree_sitter

from code_assist import languages
from code_assist.parsing import walk

_NODES = frozenset(
    "program expression_statement class_literal identifier type_identifier integral_type "
    "scoped_type_identifier floating_point_type boolean_type array_type dimensions generic_type "
    "dimensions_expr type_arguments array_creation_expression array_initializer argument_list "
    "object_creation_expression method_invocation field_access cast_expression unary_expression "
    "parenthesized_expression decimal_integer_literal decimal_floating_point_literal null_literal "
    "string_literal string_fragment escape_sequence character_literal true false block "
    "lambda_expression inferred_parameters formal_parameters void_type binary_expression "
    "method_reference".split()
)
_FORBIDDEN = re.compile(
    r"\b(System|Runtime|ProcessBuilder|Class\s*\.|ClassLoader|Thread|Files|File|Socket|URL|"
    r"getClass|forName|exec|load|loadLibrary|exit|halt|reflect|Unsafe|MethodHandles)\b"
)


def is_harmless(source: str) -> bool:
    """Whether a text is one expression of plain values and of calls that make or read them."""
    plain = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', source)
    if "\n" in source or ";" in plain or _FORBIDDEN.search(plain):
        return False
    parser = tree_sitter.Parser(languages.grammar("java"))
    root = parser.parse(f"{source};".encode()).root_node
    wrapped = None
    if root.has_error or root.named_child_count != 1:  # a bare value is no statement
        wrapped = parser.parse(f"x({source});".encode()).root_node
    tree = wrapped or root
    if tree.has_error or tree.named_child_count != 1:
        return False
    return all(one.type in _NODES for one in walk(tree) if one.is_named)
