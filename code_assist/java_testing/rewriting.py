"""A class with probes and with all its wrong versions at once, as a text for javac.

Each wrong version stands beside the right one, behind a number that is switched on at run time
(mutant schemata: Untch, Offutt and Harrold, 1993), so that one compilation serves them all.
What the compiler does not like is left out, by the place of its complaint, and the text is made
anew. Lines stay where they are.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TypeAlias

import tree_sitter

from code_assist.parsing import walk

from .alternatives import Alternative, Kind, binds, has_pattern, is_exempt, of_expression, of_result
from .targets import Method

Key: TypeAlias = tuple[str, int, int, int]
"""What was put in: its sort, the bytes it stands for, which one of several."""

_COMPARE = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}
_LOOPS = frozenset({"while_statement", "do_statement", "for_statement", "enhanced_for_statement"})
_NO_STATEMENT = frozenset({"explicit_constructor_invocation", "class_declaration", "block",
                           "record_declaration", "enum_declaration", "switch_label",
                           "interface_declaration", "line_comment", "block_comment"})  # fmt: skip
_LEAVES = frozenset(
    {"return_statement", "throw_statement", "continue_statement", "break_statement"}
)
_NO_LINE = frozenset({"//", '""'})
_P = "plumbguest.P"
_NEAR = 4  # letters between an operator and its operand


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A wrong version: its number, its method, its line (from 1), and what it is in words."""

    number: int
    method: str
    line: int
    what: str
    kind: Kind


@dataclass(slots=True)
class Rewritten:
    """The text, where in it each thing stands, and the numbers of goals, lines and mutants."""

    text: str = ""
    spans: list[tuple[int, int, Key]] = field(default_factory=list)
    goals: dict[str, set[int]] = field(default_factory=dict)
    lines: dict[str, set[int]] = field(default_factory=dict)
    mutants: list[Mutant] = field(default_factory=list)

    def blamed(self, places: Sequence[int], dropped: AbstractSet[Key]) -> set[Key]:
        """Return what is to be left out for complaints at some offsets of the text.

        That is the innermost thing at each. Where a whole method is all that is around, and
        nothing else is to blame, all of its wrong versions go first, then it stays as it is.
        """
        found: set[Key] = set()
        for at in places:
            around = [one for one in self.spans if one[0] <= at <= one[1]]
            key = min(around, key=lambda one: one[1] - one[0])[2] if around else None
            beside = set[Key]() if key is None or key[0] == "mutant" else self._beside(at)
            if key is not None:
                found |= beside or {key}
        small = {key for key in found if key[0] != "method"}
        if small or not found:
            return small
        mutants = {("mutants", *key[1:]) for key in found}
        return found if mutants <= dropped else mutants

    def _beside(self, at: int) -> set[Key]:
        """Return the wrong versions of the operands of an operator at an offset.

        The compiler points at the operator where an operand is of a wrong type.
        """
        sites = {
            key[1:3]
            for start, end, key in self.spans
            if key[0] == "site" and (0 < start - at <= _NEAR or 0 <= at - end <= _NEAR)
        }
        return {key for _, _, key in self.spans if key[0] == "mutant" and key[1:3] in sites}


def rewrite(
    data: bytes, methods: Sequence[Method], dropped: AbstractSet[Key], most: Mapping[Kind, int]
) -> Rewritten:
    """Return a class with probes in some methods, without what was dropped.

    Each method has at most so many wrong versions of each kind, spread over it evenly.
    """
    return _Writer(data, methods, dropped, most).write()


class _Writer:
    def __init__(
        self,
        data: bytes,
        methods: Sequence[Method],
        dropped: AbstractSet[Key],
        most: Mapping[Kind, int],
    ) -> None:
        self._data, self._methods, self._dropped, self._most = data, methods, dropped, most
        self._made = Rewritten()
        self._pieces: list[str] = []
        self._length = 0
        self._probes = 0
        self._mutants = 0
        self._now: Method = methods[0]
        self._variables: Sequence[_Variable] = ()
        self._chosen: set[Key] = set()

    def write(self) -> Rewritten:
        """Return the whole file."""
        at = 0
        for one in sorted(self._methods, key=lambda method: method.node.start_byte):
            body = one.node.child_by_field_name("body")
            if body is None or body.start_byte < at:
                continue
            self._put(self._data[at : body.start_byte].decode())
            self._now = one
            self._variables = _variables(one.node)
            self._made.goals[one.name], self._made.lines[one.name] = set(), set()
            self._chosen = self._choose(body)
            start = self._length
            if self._is_dropped("method", one.node):
                self._put(_text(body))
            else:
                self._node(body)
            self._mark(start, ("method", one.node.start_byte, one.node.end_byte, 0))
            at = body.end_byte
        self._put(self._data[at:].decode())
        self._made.text = "".join(self._pieces)
        return self._made

    def _choose(self, body: tree_sitter.Node) -> set[Key]:
        """Return the mutants and faults that are put into a method: so many, spread evenly."""
        found: dict[Kind, list[Key]] = {"mutant": [], "fault": [], "unknown": []}
        if self._is_dropped("mutants", self._now.node):
            return set()
        for node in _changeable(body):
            for number, one in self._alternatives(node):
                key = ("mutant", node.start_byte, node.end_byte, number)
                if key not in self._dropped and not self._is_dropped("site", node):
                    found[one.kind].append(key)
        return {key for kind in found for key in _spread(found[kind], self._most.get(kind, 0))}

    def _put(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text.encode("utf-16-le")) // 2  # javac counts in UTF-16

    def _mark(self, start: int, key: Key) -> None:
        self._made.spans.append((start, self._length, key))

    def _is_dropped(self, sort: str, node: tree_sitter.Node) -> bool:
        return (sort, node.start_byte, node.end_byte, 0) in self._dropped

    def _probe(self, outcomes: int) -> int:
        self._probes += 1
        goals = self._made.goals[self._now.name]
        goals |= {2 * self._probes + one for one in range(outcomes)}
        return self._probes

    def _alternatives(self, node: tree_sitter.Node) -> Iterator[tuple[int, Alternative]]:
        found = list(of_expression(node, _known_at(self._variables, node.start_byte)))
        parent = node.parent
        if parent is not None and parent.type == "return_statement":
            declared = self._now.node.child_by_field_name("type")
            own = not any(one.type == "lambda_expression" for one in _above(node, self._now.node))
            dropped = of_result(node, _text(declared)) if own else None
            found += [dropped] if dropped is not None else []
        if _is_condition(node) and not has_pattern(node):
            found.append(Alternative(f"!({_text(node)})", "condition negated"))
            if _guards(node):
                found.append(Alternative("false", "guard missing", "fault"))
        # what does not fit on one line would move the lines behind it
        return ((n, one) for n, one in enumerate(found) if not _NO_LINE & {*_pairs(one.text)})

    def _node(self, node: tree_sitter.Node) -> None:
        """Write a node, with what belongs in its place."""
        if is_exempt(node) or (not node.children and not node.is_named):
            self._put(_text(node))
            return
        chosen = [
            (number, one)
            for number, one in self._alternatives(node)
            if ("mutant", node.start_byte, node.end_byte, number) in self._chosen
        ]
        if not chosen or not _is_expression(node):
            self._plain(node)
            return
        start = self._length
        self._put("(")
        for number, one in chosen:
            self._mutants += 1
            begin = self._length
            text = " ".join(line.strip() for line in one.text.splitlines())
            self._put(f"{_P}.m == {self._mutants} ? {text} : ")
            self._mark(begin, ("mutant", node.start_byte, node.end_byte, number))
            self._note(node, one)
        self._plain(node)
        self._put(")")
        self._mark(start, ("site", node.start_byte, node.end_byte, 0))

    def _note(self, node: tree_sitter.Node, one: Alternative) -> None:
        self._made.mutants.append(
            Mutant(
                number=self._mutants,
                method=self._now.name,
                line=node.start_point[0] + 1,
                what=one.what,
                kind=one.kind,
            )
        )

    def _plain(self, node: tree_sitter.Node) -> None:
        """Write the right version of a node."""
        if _is_leaf(node) and not self._is_dropped("probe", node):
            self._condition(node)
        elif node.type == "expression_statement" and _is_droppable(node):
            self._statement_call(node)
        elif node.type in {"block", "constructor_body", "switch_block_statement_group"}:
            self._block(node)
        elif node.type in _LOOPS:
            self._loop(node)
        elif node.type == "switch_rule":
            self._rule(node)
        else:
            self._children(node)

    def _children(self, node: tree_sitter.Node) -> None:
        at = node.start_byte
        for child in node.children:
            self._put(self._data[at : child.start_byte].decode())
            self._node(child)
            at = child.end_byte
        self._put(self._data[at : node.end_byte].decode())

    def _condition(self, node: tree_sitter.Node) -> None:
        start = self._length
        key: Key = ("probe", node.start_byte, node.end_byte, 0)
        if node.type == "instanceof_expression" and binds(node):
            self._type_test(node, start, key)
            return
        number = self._probe(2)
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = _text(node.child_by_field_name("operator"))
        near = left is not None and right is not None and operator in _COMPARE
        if near and left is not None and right is not None and not self._is_dropped("near", node):
            self._put(f"{_P}.{_COMPARE[operator]}({number}, ")
            self._node(left)
            self._put(", ")
            self._node(right)
            self._put(")")
            self._mark(start, ("near", node.start_byte, node.end_byte, 0))
        elif self._is_equals(node) and not self._is_dropped("near", node):
            self._equals(node, number)
            self._mark(start, ("near", node.start_byte, node.end_byte, 0))
        else:
            self._put(f"{_P}.b({number}, ")
            self._children(node)
            self._put(")")
            self._mark(start, key)

    def _is_equals(self, node: tree_sitter.Node) -> bool:
        given = node.child_by_field_name("arguments")
        return (
            node.type == "method_invocation"
            and _text(node.child_by_field_name("name")) == "equals"
            and node.child_by_field_name("object") is not None
            and given is not None
            and len(given.named_children) == 1
        )

    def _equals(self, node: tree_sitter.Node, number: int) -> None:
        owner, given = node.child_by_field_name("object"), node.child_by_field_name("arguments")
        self._put(f"{_P}.same({number}, ")
        if owner is not None and given is not None:
            self._node(owner)
            self._put(", ")
            self._node(given.named_children[0])
        self._put(")")

    def _type_test(self, node: tree_sitter.Node, start: int, key: Key) -> None:
        left = node.child_by_field_name("left")
        right = node.child_by_field_name("right") or node.child_by_field_name("pattern")
        if left is None or right is None:
            self._children(node)
            return
        kind = right.named_children[0] if right.type == "record_pattern" else right
        raw = _text(kind).partition("<")[0]
        self._put(f"{_P}.is({self._probe(2)}, {_text(left)}, {raw}.class)")
        self._put(self._data[left.end_byte : node.end_byte].decode())
        self._mark(start, key)

    def _statement_call(self, node: tree_sitter.Node) -> None:
        """Write a call whose result nobody takes, and the version without it."""
        key: Key = ("mutant", node.start_byte, node.end_byte, 0)
        if key in self._dropped or self._is_dropped("mutants", self._now.node):
            self._children(node)
            return
        start = self._length
        self._mutants += 1
        self._put(f"{{ if ({_P}.m != {self._mutants}) ")
        self._note(node, Alternative("", "call or step dropped"))
        self._children(node)
        self._put(" }")
        self._mark(start, key)

    def _block(self, node: tree_sitter.Node) -> None:
        """Write statements, each behind a note of its line."""
        at = node.start_byte
        for child in node.children:
            self._put(self._data[at : child.start_byte].decode())
            if (
                child.is_named
                and child.type not in _NO_STATEMENT
                and not self._is_dropped("line", child)
            ):
                line, start = child.start_point[0] + 1, self._length
                self._made.lines[self._now.name].add(line)
                self._put(f"{_P}.l({line}); ")
                self._mark(start, ("line", child.start_byte, child.end_byte, 0))
            self._node(child)
            if child.type == "enhanced_for_statement":
                self._put(f" {_P}.h({self._probe(1)});")
            at = child.end_byte
            first = child.type == "{" and node.parent is not None
            if (first and node.parent is not None and node.parent.type == "catch_clause") or (
                child.type == ":" and node.type == "switch_block_statement_group"
                and child.next_sibling is not None and child.next_sibling.type != "switch_label"
            ):  # fmt: skip
                self._put(f" {_P}.h({self._probe(1)});")
        self._put(self._data[at : node.end_byte].decode())

    def _loop(self, node: tree_sitter.Node) -> None:
        """Write a loop that counts its turns."""
        at = node.start_byte
        body = node.child_by_field_name("body")
        for child in node.children:
            self._put(self._data[at : child.start_byte].decode())
            at = child.end_byte
            if child != body:
                self._node(child)
                continue
            entered = f"{_P}.h({self._probe(1)}); " if node.type == "enhanced_for_statement" else ""
            self._put(f"{{ {_P}.s(); {entered}")
            self._node(child)
            self._put(" }")
        self._put(self._data[at : node.end_byte].decode())

    def _rule(self, node: tree_sitter.Node) -> None:
        """Write a case of a new switch: its value or its block behind a probe."""
        at = node.start_byte
        for child in node.children:
            self._put(self._data[at : child.start_byte].decode())
            at = child.end_byte
            start, key = self._length, ("rule", child.start_byte, child.end_byte, 0)
            if child.type == "block":
                self._put(f"{{ {_P}.h({self._probe(1)}); ")
                self._node(child)
                self._put(" }")
            elif child.type == "expression_statement" and key not in self._dropped:
                inner = child.named_children[0]
                self._put(f"{_P}.v({self._probe(1)}, ")
                self._node(inner)
                self._put(");")
                self._mark(start, key)
            elif child.type == "expression_statement":
                self._children(child)
            else:
                self._node(child)
        self._put(self._data[at : node.end_byte].decode())


def _is_expression(node: tree_sitter.Node) -> bool:
    """Whether a node is a value that another expression may stand for."""
    parent = node.parent
    if parent is None or not node.is_named:
        return False
    if node.type == "identifier":
        return _is_read(node, parent)
    return parent.type not in {"expression_statement", "dimensions_expr", "switch_label"}


def _is_read(node: tree_sitter.Node, parent: tree_sitter.Node) -> bool:
    """Whether a name is the value of a variable: not declared, called, assigned or a field's."""
    match parent.type:
        case "binary_expression" | "argument_list" | "return_statement" | "array_access":
            return True
        case "parenthesized_expression" | "ternary_expression":
            return True
        case "method_invocation":
            return node == parent.child_by_field_name("object")
        case "assignment_expression":
            return node == parent.child_by_field_name("right")
        case "variable_declarator":
            return node == parent.child_by_field_name("value")
        case _:
            return False


def _is_condition(node: tree_sitter.Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "parenthesized_expression" and parent.parent is not None:
        return parent.parent.type in {"if_statement", "while_statement"} and node.is_named
    return parent.type == "ternary_expression" and node == parent.child_by_field_name("condition")


def _is_leaf(node: tree_sitter.Node) -> bool:
    """Whether a node is a condition that is no combination of others."""
    inner = node.type in {"parenthesized_expression", "true", "false"} or not node.is_named
    operator = _text(node.child_by_field_name("operator"))
    if inner or (operator in {"&&", "||", "!"} and node.type != "update_expression"):
        return False
    above, below = node.parent, node
    while above is not None and (
        above.type == "parenthesized_expression"
        or (above.type == "unary_expression" and _text(above).startswith("!"))
    ):
        above, below = above.parent, above
    if above is None:
        return False
    if above.type == "binary_expression":
        return _text(above.child_by_field_name("operator")) in {"&&", "||"}
    if above.type in {"if_statement", "while_statement", "do_statement", "for_statement"}:
        return below == above.child_by_field_name("condition")
    return above.type == "ternary_expression" and below == above.child_by_field_name("condition")


def _is_droppable(node: tree_sitter.Node) -> bool:
    inner = node.named_children[0] if node.named_children else None
    if inner is None or node.parent is None or node.parent.type == "switch_rule":
        return False
    if inner.type == "assignment_expression":
        return _text(inner.child_by_field_name("operator")) != "="
    return inner.type in {"method_invocation", "update_expression"}


def _changeable(body: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    stack = [body]
    while stack:
        node = stack.pop()
        if is_exempt(node):
            continue
        if _is_expression(node):
            yield node
        stack.extend(reversed(node.children))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Variable:
    """A variable of a method: its type as written, and the bytes between which it is known."""

    name: str
    type: str
    start: int
    end: int


_SCOPES = frozenset({
    "block", "constructor_body", "switch_block", "for_statement", "enhanced_for_statement",
    "try_with_resources_statement", "catch_clause", "lambda_expression", "method_declaration",
    "constructor_declaration",
})  # fmt: skip


def _variables(node: tree_sitter.Node) -> list[_Variable]:
    """Return the parameters and variables of a method."""
    found: list[_Variable] = []
    for one in walk(node):
        if one.type in {"formal_parameter", "variable_declarator", "enhanced_for_statement"}:
            holder = one.parent if one.type == "variable_declarator" else one
            kind = holder.child_by_field_name("type") if holder is not None else None
            brackets = _text(one.child_by_field_name("dimensions"))
            loop = one.type == "enhanced_for_statement"
            around = next((up for up in _above(one, None) if up.type in _SCOPES), node)
            body = one.child_by_field_name("body") if loop else None
            found.append(
                _Variable(
                    name=_text(one.child_by_field_name("name")),
                    type=_text(kind) + brackets,
                    start=body.start_byte if body is not None else one.end_byte,
                    end=one.end_byte if loop else around.end_byte,
                )
            )
    return found


def _known_at(variables: Sequence[_Variable], at: int) -> dict[str, list[str]]:
    """Return for each variable that is known at a place those of the same type."""
    known = [one for one in variables if one.start <= at < one.end]
    return {one.name: [two.name for two in known if two.type == one.type] for one in known}


def _above(node: tree_sitter.Node, top: tree_sitter.Node | None) -> Iterator[tree_sitter.Node]:
    above = node.parent
    while above is not None and above != top:
        yield above
        above = above.parent


def _spread(keys: list[Key], most: int) -> list[Key]:
    """Return at most so many, evenly over all."""
    if len(keys) <= most:
        return keys
    return [keys[number * len(keys) // most] for number in range(most)]


def _pairs(text: str) -> Iterator[str]:
    return (text[at : at + 2] for at in range(len(text) - 1))


def _guards(node: tree_sitter.Node) -> bool:
    """Whether a condition is all of an `if` that leaves and has no `else`."""
    above = node.parent.parent if node.parent is not None else None
    if above is None or above.type != "if_statement":
        return False
    last = above.child_by_field_name("consequence")
    while last is not None and last.type == "block" and last.named_children:
        last = last.named_children[-1]
    leaves = last is not None and last.type in _LEAVES
    return leaves and above.child_by_field_name("alternative") is None


def _text(node: tree_sitter.Node | None) -> str:
    return (node.text or b"").decode() if node is not None else ""
