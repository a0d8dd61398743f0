"""The OpenAI-compatible server: knows models only; what else it serves, its caller hands in."""

from .app import Options, create_app, for_many
from .server import listen, run

__all__ = ["Options", "create_app", "for_many", "listen", "run"]
