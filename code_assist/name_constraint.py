"""The constraint on names at one cursor: the language's rules with what a resolver knows there."""

from .name_rule import NameRule
from .python_resolver import PythonResolver
from .python_rules import PythonRules
from .source import Source


def name_rule(source: Source, offset: int) -> NameRule | None:
    """Return the rule; None where the word before the cursor is no beginning of a known name."""
    prefix, suffix = source.text[:offset], source.text[offset:]
    if source.language != "python":
        return None
    rules = PythonRules(PythonResolver(source, offset))
    rule = NameRule(rules, prefix, suffix)
    return rule if rule.applies else None
