"""Start plumb without being shadowed by the folder that it is started in.

plumb's packages have short names (`cli`, `lsp`, `assistants`), and it runs inside other people's
projects, which have folders of those names too. The console script does not put the working
folder on the import path, but PYTHONPATH does (editors set it from `.env` files): its entries are
dropped before the first import of ours. Child processes still inherit the variable, as they should.
"""

import os
import sys
from pathlib import Path


def main() -> None:
    """Run the command line with PYTHONPATH's entries removed from the import path."""
    entries = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    dropped = {Path(entry).resolve() for entry in entries if entry}
    sys.path[:] = [entry for entry in sys.path if entry and Path(entry).resolve() not in dropped]
    from cli.app import main as run  # only now is the path ours

    run()


if __name__ == "__main__":
    main()
