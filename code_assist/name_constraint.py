"""The constraint on names at one cursor: the language's rules with what a resolver knows there."""

from .java_resolver import JavaResolver
from .java_rules import JavaRules
from .name_rule import NameRule
from .python_resolver import PythonResolver
from .python_rules import PythonRules
from .source import Source


def name_rule(source: Source, offset: int) -> NameRule | None:
    """Return the rule; None where the word before the cursor is no beginning of a known name."""
    if source.language == "python":
        rules: PythonRules | JavaRules = PythonRules(PythonResolver(source, offset))
    else:
        rules = JavaRules(JavaResolver(source, offset))
    rule = NameRule(rules, source.text[:offset], source.text[offset:])
    return rule if rule.applies else None
