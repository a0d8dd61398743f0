"""The language server: the code assistant in every editor."""
