"""Where a Java file belongs: its sources, its libraries, JUnit, the JDK, and the place of tests."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from assistants.errors import InputError
from code_assist import jdk
from code_assist.source import Source

from .junit import find_junit
from .targets import package_of

_MARKS = ("pom.xml", "build.gradle", "build.gradle.kts", "settings.gradle", "build.xml", ".git")
_LIBRARIES = ("lib", "libs", "target/dependency", "build/libs")
LEAST_JDK = 17


@dataclass(frozen=True, slots=True, kw_only=True)
class JavaProject:
    """The surroundings of one Java file: `root` is where its packages begin."""

    file: Path
    package: str
    root: Path
    home: Path
    jdk: Path
    junit: tuple[Path, ...]
    libraries: tuple[Path, ...]
    test_class: str

    @classmethod
    def of(cls, file: Path) -> "JavaProject":
        """Return the surroundings of a file.

        Raises `InputError` where it cannot be read, or where the JDK or JUnit 5 are missing: the
        hint names the package.
        """
        file = file.resolve()
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{file.name}: {error}", hint="check the path") from error
        package = package_of(Source(text=text, language="java", path=str(file)))
        root = _root(file.parent, package)
        home = _home(root)
        return cls(
            file=file,
            package=package,
            root=root,
            home=home,
            jdk=_jdk(),
            junit=find_junit([home / one for one in _LIBRARIES]),
            libraries=_libraries(home),
            test_class=f"{file.stem}Test",
        )

    def beside(self, test_class: str) -> "JavaProject":
        """Return the same surroundings with another class for the tests."""
        return replace(self, test_class=test_class)

    @property
    def inner_name(self) -> str:
        """The file as javac calls it: `shop/Cart.java`."""
        folder = self.package.replace(".", "/")
        return f"{folder}/{self.file.name}" if folder else self.file.name

    @property
    def test_name(self) -> str:
        """The test class with its package: `shop.CartTest`."""
        return f"{self.package}.{self.test_class}" if self.package else self.test_class

    @property
    def inner_test_name(self) -> str:
        """The test file as javac calls it: `shop/CartTest.java`."""
        return self.test_name.replace(".", "/") + ".java"

    @property
    def test_root(self) -> Path:
        """Where packages of tests begin: `src/test/java` where the sources are in main."""
        if self.root.parts[-3:] == ("src", "main", "java"):
            return self.root.parents[1] / "test" / "java"
        places = (self.home / one for one in ("test", "tests"))
        return next((one for one in places if one.is_dir()), self.root)

    @property
    def test_file(self) -> Path:
        """Where the tests are, or belong."""
        return self.test_root / self.inner_test_name

    @property
    def readable(self) -> tuple[Path, ...]:
        """What the sandbox must show beside the JDK's own folder."""
        settings = (self.jdk / "conf" / "security").resolve()  # Debian keeps it below /etc
        return (self.root, self.test_root, *self.junit, *self.libraries, settings.parents[0])


def _root(folder: Path, package: str) -> Path:
    for part in reversed(package.split(".") if package else []):
        if folder.name != part:
            raise InputError(
                f"package {package} does not lie in a folder of that name",
                hint=f"move the file below {package.replace('.', '/')}",
            )
        folder = folder.parent
    return folder


def _home(folder: Path) -> Path:
    for above in (folder, *folder.parents):
        if any((above / mark).exists() for mark in _MARKS):
            return above
    return folder


def _jdk() -> Path:
    for home in jdk.homes():
        release = home / "release"
        if (home / "bin" / "javac").exists() and release.is_file():
            for line in release.read_text("utf-8", "replace").splitlines():
                name, _, value = line.partition("=")
                major = value.strip('"').partition(".")[0]
                if name == "JAVA_VERSION" and major.isdigit() and int(major) >= LEAST_JDK:
                    return home
    raise InputError(
        f"tests of Java code need a JDK, {LEAST_JDK} or newer",
        hint="apt install openjdk-17-jdk-headless, or set JAVA_HOME",
    )


def _libraries(home: Path) -> tuple[Path, ...]:
    """Return the libraries that the project has beside its sources, and those of CLASSPATH."""
    named = [
        Path(one) for one in os.environ.get("CLASSPATH", "").split(":") if one.endswith(".jar")
    ]
    found = [jar for one in _LIBRARIES for jar in sorted((home / one).glob("*.jar"))]
    return tuple(one.resolve() for one in (*named, *found) if one.is_file())
