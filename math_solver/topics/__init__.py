"""Topics that are carried out in exact arithmetic of our own, without a symbolic engine.

`statements` reads a question as a chain of definitions and one request; `chain` carries it out.
Each topic is a module: numbers, comparison, units, bases, letters drawn at random, sequences.
"""
