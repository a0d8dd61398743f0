"""The recipe that makes the bundled model: corpus, tokenizer, pretraining, export.

Nothing in the application imports this package; it needs the `torch` extra.
"""
