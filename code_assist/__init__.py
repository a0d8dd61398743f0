"""The code assistant: Python and Java, completion and diagnostics that keep a file parsing."""
