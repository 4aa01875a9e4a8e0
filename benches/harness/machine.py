"""On what was measured: machine, kernel and versions."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path


def machine() -> dict[str, str]:
    cpu = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    return {
        "cpu": f"{os.cpu_count()} x {cpu[1] if cpu else platform.machine()}",
        "kernel": f"{platform.system()} {platform.release()}",
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", "unknown"),
        "glibc": platform.libc_ver()[1],
    }


def versions() -> dict[str, str]:
    named = {
        "rustc": said("rustc", "--version"),
        "gcc": said("gcc", "--version"),
        "libcurl": said("curl-config", "--version"),
        "OpenSSL": said("openssl", "version"),
        "nginx": said("nginx", "-v"),
        "Python": platform.python_version(),
        "PHP": said("php", "--version"),
        "Guzzle": said("dpkg-query", "--show", "php-guzzlehttp-guzzle"),
        "valgrind": said("valgrind", "--version"),
    }
    packages = ("pycurl", "urllib3", "requests", "httpx")
    pycurls_own = said(sys.executable, "-c", "import pycurl; print(pycurl.version)")
    return {**named, **{name: metadata.version(name) for name in packages}, "pycurl's libcurl": pycurls_own}


def said(*command: str) -> str:
    """The first line that a program says of itself."""
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return (ran.stdout or ran.stderr).splitlines()[0].strip().replace("\t", " ")
