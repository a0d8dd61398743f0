"""The half of test generation that runs the code under test, always inside the sandbox.

Standard library only, and imported by the project's own interpreter: this folder alone is put on
its path. It searches for inputs and says what it saw, as JSON lines; whatever it says was said in
the same process as code that nobody vouches for, so plumb checks it before use.
"""
