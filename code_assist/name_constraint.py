"""The constraint on names at one cursor: the language's rules with what a resolver knows there."""

from .java_resolver import JavaResolver
from .java_rules import JavaRules
from .jedi_members import PATIENCE
from .name_rule import NameRule
from .python_resolver import resolver_at
from .python_rules import PythonRules
from .source import Source


def name_rule(source: Source, offset: int, *, patience: float = PATIENCE) -> NameRule | None:
    """Return the rule; None where the word before the cursor is no beginning of a known name.

    While text is judged it may wait `patience` seconds for what jedi knows about a receiver.
    """
    if source.language == "python":
        rules: PythonRules | JavaRules = PythonRules(resolver_at(source, offset, patience))
    else:
        rules = JavaRules(JavaResolver(source, offset))
    rule = NameRule(rules, source.text[:offset], source.text[offset:])
    return rule if rule.applies else None
