"""The text-to-SQL agent: governed, read-only answers from databases, or a reason why not."""
