"""`python -m jntui`."""

import sys

from jntui.cli import main

if __name__ == "__main__":
    sys.exit(main())
