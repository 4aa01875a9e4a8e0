"""The command ``shoutout-sandbox`` of an installed wheel.

The program itself stays in the package: there the tests find it, wherever pip puts commands and whatever the PATH is.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from ._program import SHIPPED_PATH


def main() -> NoReturn:
    """Becomes the program, with the same arguments, streams and process id."""
    try:
        os.execv(SHIPPED_PATH, [SHIPPED_PATH, *sys.argv[1:]])
    except OSError as error:
        sys.exit(f"shoutout-sandbox: {SHIPPED_PATH} cannot be run: {error}")
