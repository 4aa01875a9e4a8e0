"""Who is measured: for each language, ours and what is at hand there."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = "shoutout_otp"
SCHEMES = ("plain", "tls")


@dataclass(frozen=True)
class Peer:
    """A program that sends so often and says in JSON what it cost:  PROGRAM… NAME BASE_URL CA_FILE SENDS."""

    language: str
    name: str
    program: tuple[str, ...]
    sends: int

    def command(self, base_url: str, ca_file: Path, sends: int) -> list[str]:
        return [*self.program, self.name, base_url, str(ca_file), str(sends)]


def all_peers(build_dir: Path, sends: int) -> list[Peer]:
    """In the order in which they run and are shown. Those that are slow send less often."""
    c = (str(build_dir / "send"),)
    python = (sys.executable, str(ROOT / "benches/python/send.py"))
    php = ("php", str(ROOT / "benches/php/send.php"))
    fewer, few = sends // 2, sends // 10
    return [
        Peer("C", OURS, c, sends),
        Peer("C", "libcurl", c, sends),
        Peer("C", "socket", c, sends),
        Peer("Python", OURS, python, sends),
        Peer("Python", f"{OURS}, every value", python, sends),
        Peer("Python", "pycurl", python, sends),
        Peer("Python", "urllib3", python, fewer),
        Peer("Python", "httpx", python, fewer),
        Peer("Python", "requests", python, fewer),
        Peer("PHP", OURS, php, sends),
        Peer("PHP", f"{OURS}, new client", php, sends),
        Peer("PHP", "curl, reused handle", php, sends),
        Peer("PHP", "guzzle", php, fewer),
        Peer("PHP", "curl, new handle", php, few),
    ]


def environment(library: Path) -> dict[str, str]:
    """What the wrappers need to find the library, and nothing that could send a peer through a proxy."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {
        **kept,
        "PYTHONPATH": str(ROOT / "bindings/python/src"),
        "SHOUTOUT_OTP_LIBRARY": str(library),
        "LC_ALL": "C",
    }
