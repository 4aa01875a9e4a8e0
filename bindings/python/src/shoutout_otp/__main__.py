"""``python -m shoutout_otp doctor``."""

import os
import sys

from ._doctor.command import main

# As shells say that a program ended because nobody reads what it writes.
_NOBODY_READS = 141

try:
    try:
        status = main(sys.argv[1:])
    finally:
        sys.stdout.flush()
except BrokenPipeError:
    # Whoever reads the report has read enough, such as `head`. Closing the stream must not say so once more.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    status = _NOBODY_READS
sys.exit(status)
