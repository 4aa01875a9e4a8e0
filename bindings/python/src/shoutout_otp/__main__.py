"""``python -m shoutout_otp doctor``."""

import os
import signal
import sys

from ._doctor.command import main

try:
    status = main(sys.argv[1:])
except BrokenPipeError:
    # Whoever reads the report has read enough, such as `head`. Closing the stream must not say so once more.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    status = 128 + signal.SIGPIPE
sys.exit(status)
