"""``python -m rnnviz``."""

import sys

from rnnviz.app import main

if __name__ == "__main__":
    sys.exit(main())
