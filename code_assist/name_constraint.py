"""The constraint on names at one cursor: the language's rules with what a resolver knows there."""

from functools import lru_cache

from . import java_resolver, python_resolver
from .java_resolver import JavaResolver
from .java_rules import JavaRules
from .jedi_members import PATIENCE
from .name_rule import NameRule
from .python_resolver import PythonResolver
from .python_rules import PythonRules
from .source import Source


def name_rule(source: Source, offset: int, *, patience: float = PATIENCE) -> NameRule | None:
    """Return the rule; None where the word before the cursor is no beginning of a known name.

    While text is judged it may wait `patience` seconds for what jedi knows about a receiver.
    """
    if source.language == "python":
        rules = _python(python_resolver.resolver_at(source, offset, patience))
    else:
        rules = _java(java_resolver.resolver_at(source, offset))
    rule = NameRule(rules, source.text[:offset], source.text[offset:])
    return rule if rule.applies else None


@lru_cache(maxsize=8)
def _python(resolver: PythonResolver) -> PythonRules | JavaRules:
    return PythonRules(resolver)


@lru_cache(maxsize=8)
def _java(resolver: JavaResolver) -> PythonRules | JavaRules:
    return JavaRules(resolver)
