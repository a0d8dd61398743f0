"""What the shell completes after Tab: names of databases and of models."""

from assistants.errors import PlumbError

DATABASES = ("finance", "medical")


def databases(incomplete: str) -> list[str]:
    """Return the names of databases that begin so: the bundled ones and those of the settings."""
    from assistants import settings

    try:
        listed = tuple(settings.load().databases)
    except PlumbError:  # a broken settings file must not break the shell
        listed = ()
    return [name for name in (*DATABASES, *listed) if name.startswith(incomplete)]


def models(incomplete: str) -> list[str]:
    """Return the models that can be named without more, and the schemes of the others."""
    from assistants import registry

    names = [item.name for item in registry.describe() if item.available]
    known = [name if ":" not in name else f"{name.partition(':')[0]}:" for name in names]
    return [name for name in dict.fromkeys(known) if name.startswith(incomplete)]
