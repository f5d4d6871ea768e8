"""Start rnnviz from a checkout: ``python main.py``."""

import sys

from rnnviz.app import main

if __name__ == "__main__":
    sys.exit(main())
