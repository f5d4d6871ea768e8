"""Start rnnviz from a checkout: ``python main.py``."""

from rnnviz.cli import run

if __name__ == "__main__":
    run()
