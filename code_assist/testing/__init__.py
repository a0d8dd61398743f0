"""Writes unit tests for Python: inputs found by search, expectations observed, both checked.

`write_tests` answers with a test file that was run: every test passed repeatedly, under several
hash seeds and orders, and each covers a branch or notices a mutant that the others do not. Code
under test runs in the sandbox and nowhere else.
"""

from .generate import Plan, write_tests
from .project import Project
from .suite import TestSuite, Untested

__all__ = ["Plan", "Project", "TestSuite", "Untested", "write_tests"]
