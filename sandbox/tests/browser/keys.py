"""Keys that nobody was ever given."""

from __future__ import annotations


def like_a_real_key(number: int = 0) -> str:
    """The shape of a real one, and nothing of its content."""
    return f"{'eyJh-_' * 6}.{'b' * 60}.{number:043}"
