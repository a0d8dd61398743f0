"""Writes unit tests for Java: inputs found by search, expectations observed, both checked.

`write_java_tests` answers with a JUnit 5 class that compiled and was run: every test passed each
time, in two Java machines, and each takes a branch or notices a wrong version that the others do
not. Code under test runs in the sandbox and nowhere else. Needs a JDK (17 or newer) and JUnit 5.
"""

from .generate import write_java_tests
from .project import JavaProject

__all__ = ["JavaProject", "write_java_tests"]
