"""``python -m shoutout_otp doctor``."""

import sys

from ._doctor.command import main

sys.exit(main(sys.argv[1:]))
