"""Files that `plumb demo` works on; they are read, never imported."""
