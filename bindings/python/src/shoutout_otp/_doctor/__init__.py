"""``python -m shoutout_otp doctor``: what is installed here, and whether it reaches the service."""
