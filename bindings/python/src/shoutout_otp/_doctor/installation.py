"""What is installed: the package, the C library, the sandbox, and what the environment says about them."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from shoutout_otp import __version__
from shoutout_otp._errors import LibraryNotLoadedError
from shoutout_otp._library import ENVIRONMENT_VARIABLE as LIBRARY_VARIABLE
from shoutout_otp._library import abi_of, locate, this_platform, version_of
from shoutout_otp.testing._errors import SandboxNotFoundError
from shoutout_otp.testing._program import ENVIRONMENT_VARIABLE as SANDBOX_VARIABLE
from shoutout_otp.testing._program import find

from .finding import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shoutout_otp._native import Functions

PATIENCE = 10.0
"""Seconds after which a program counts as stuck that has only its version to tell."""

_UNREAD = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "SSL_CERT_FILE")
"""What other clients obey, so that somebody may count on it here."""


def package() -> Finding:
    """Which of the packages on this machine this is."""
    return Finding(Verdict.FACT, "shoutout_otp", f"{__version__}, in {Path(__file__).parents[1]}")


def python() -> Finding:
    """What it runs on."""
    return Finding(Verdict.FACT, "Python", f"{sys.executable}, on {this_platform()}")


def library() -> Finding:
    """The C library that a client would use."""
    try:
        native, candidate, origin = locate()
    except LibraryNotLoadedError as error:
        return Finding(Verdict.FAULT, "C library", str(error))
    text = f"{version_of(native)}, ABI {abi_of(native)}, {_file_of(native) or candidate} ({origin})"
    return Finding(Verdict.OK, "C library", text)


def sandbox() -> Finding:
    """The sandbox that a test would start. Only tests need one: it may be missing, but not where somebody named it."""
    try:
        program = find()
    except SandboxNotFoundError as error:
        verdict = Verdict.FAULT if os.environ.get(SANDBOX_VARIABLE) else Verdict.FACT
        return Finding(verdict, "sandbox", f"{error}\nOnly tests need it.")
    try:
        told = subprocess.run(
            [program, "--version"], capture_output=True, text=True, errors="replace", timeout=PATIENCE, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        return Finding(Verdict.FAULT, "sandbox", f"{program} cannot be run here: {error}")
    return Finding(Verdict.OK, "sandbox", f"{told.stdout.strip()}, {program}")


def environment() -> Iterator[Finding]:
    """The variables that are set, and are ours or might be taken for ours. No value is shown that may hold a secret."""
    ours = sorted(name for name in os.environ if name.upper().startswith("SHOUTOUT_"))
    for name in (*ours, *(name for name in _UNREAD if os.environ.get(name))):
        yield Finding(Verdict.FACT, "environment", f"{name} {_shown(name, os.environ[name])}")


def _shown(name: str, value: str) -> str:
    if not value:
        return "is empty, which counts as not set"
    if name == "SHOUTOUT_BASE_URL":
        return f"is {without_secrets(value)}"
    if name in (LIBRARY_VARIABLE, SANDBOX_VARIABLE):
        return f"is {value!r}"
    return f"is set{_remark(name)}"


def _remark(name: str) -> str:
    if name == "SHOUTOUT_API_KEY":
        return ""
    if name.startswith("SHOUTOUT_SANDBOX_"):
        return ", for the sandbox"
    if name in _UNREAD:
        return ", and not read here: a client has the arguments proxy and ca_file instead"
    return ", and nothing here reads a variable of that name"


def without_secrets(url: str) -> str:
    """The parts of an URL that no password or token can be in."""
    try:
        parts = urlsplit(url)
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return "no http:// or https:// URL (and so not shown)"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{port}{parts.path}"


class _DlInfo(ctypes.Structure):
    """``Dl_info`` of ``dlfcn.h``."""

    _fields_ = (
        ("dli_fname", ctypes.c_char_p),
        ("dli_fbase", ctypes.c_void_p),
        ("dli_sname", ctypes.c_char_p),
        ("dli_saddr", ctypes.c_void_p),
    )


def _file_of(native: Functions) -> str | None:
    """The file that the system's loader took, where the system can tell."""
    try:
        dladdr = ctypes.CDLL(None).dladdr
    except (AttributeError, OSError, TypeError):  # TypeError: on Windows
        return None
    info = _DlInfo()
    found = dladdr(ctypes.cast(native.so_abi_version, ctypes.c_void_p), ctypes.byref(info))
    return os.path.realpath(os.fsdecode(info.dli_fname)) if found and info.dli_fname else None
