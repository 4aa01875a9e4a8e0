"""Finding and loading the C library."""

from __future__ import annotations

import ctypes
import functools
import os
import platform
import sys
from pathlib import Path
from typing import NamedTuple, Union

from ._errors import LibraryNotLoadedError
from ._native import ABI_MAJOR, ABI_MINOR, Functions, declared
from ._status import Delivery, Status

LibraryPath = Union[str, "os.PathLike[str]"]

ENVIRONMENT_VARIABLE = "SHOUTOUT_OTP_LIBRARY"

# (file shipped beside this module, name for the system's loader); Linux where nothing else fits
_NAMES = {
    "darwin": ("libshoutout_otp.dylib", "libshoutout_otp.0.dylib"),
    "win32": ("shoutout_otp.dll", "shoutout_otp.dll"),
}
_SHIPPED_NAME, _SYSTEM_NAME = _NAMES.get(sys.platform, ("libshoutout_otp.so", "libshoutout_otp.so.0"))
_SHIPPED_PATH = str(Path(__file__).with_name(_SHIPPED_NAME))


class Loaded(NamedTuple):
    """The C library, every function declared, and how it was found."""

    native: Functions
    candidate: str
    """What the system's loader was asked for: a path, or a name."""
    origin: str
    """Where that comes from, in words."""


def load(path: LibraryPath | None = None) -> Functions:
    """The C library that :func:`locate` finds."""
    return locate(path).native


def locate(path: LibraryPath | None = None) -> Loaded:
    """Finds the C library and loads it.

    Looked for at ``path``, then at ``SHOUTOUT_OTP_LIBRARY``, then in this package, then by the
    system's loader. A library that somebody named, in either of the first two ways, is the only
    one tried: falling back from a typing error to some other library would hide the error. A name
    without a slash is left to the system's loader.

    Raises :class:`LibraryNotLoadedError` with every path tried and the loader's words on each.
    """
    tried = []
    for candidate, origin in _candidates(path):
        try:
            return Loaded(_bind(candidate), candidate, origin)
        except (OSError, ValueError) as error:
            tried.append(f"  {candidate} ({origin}): {error}")
    raise LibraryNotLoadedError(
        "\n".join(
            [
                "the C library could not be loaded. Tried:",
                *tried,
                f"on {this_platform()}.",
                f"A wheel made for this platform has it inside. Without one, name the file in {ENVIRONMENT_VARIABLE}.",
            ]
        ),
        status=Status.INTERNAL_ERROR,
        delivery=Delivery.NOT_SENT,
    )


def version_of(native: Functions) -> str:
    """The library's own version, such as ``0.1.0``."""
    version: bytes = native.so_version()
    return version.decode()


def abi_of(native: Functions) -> str:
    """The version of the library's ABI, such as ``0.1``."""
    version: int = native.so_abi_version()
    return f"{version >> 16}.{version & 0xFFFF}"


def _candidates(path: LibraryPath | None) -> list[tuple[str, str]]:
    """(path, where it comes from), in the order to try."""
    if path is not None:
        named = os.fspath(path) if isinstance(path, os.PathLike) else path
        if not isinstance(named, str):
            raise TypeError(f"library must be str or os.PathLike[str], not {type(path).__name__}")
        return [(named, "the library argument")]
    named = os.environ.get(ENVIRONMENT_VARIABLE, "")
    if named:
        return [(named, ENVIRONMENT_VARIABLE)]
    return [
        (_SHIPPED_PATH, "in this package"),
        (_SYSTEM_NAME, "the system's loader"),
    ]


@functools.cache
def _bind(path: str) -> Functions:
    """Loads one file in two steps: its ABI version first, and the rest only if that fits.

    Otherwise a missing function would be all that anybody learns about an unfit library.
    """
    if not path:
        raise OSError("the path is empty")  # dlopen would give this program itself
    # CDLL and not PyDLL: other Python threads run during a call.
    native = ctypes.CDLL(path)
    try:
        _require_abi(declared(native, "so_abi_version")())
        return Functions(native)
    except AttributeError as error:
        raise OSError(str(error)) from None


def _require_abi(version: int) -> None:
    """A minor version only adds functions, so any newer one of the same major version has what is needed here."""
    major, minor = version >> 16, version & 0xFFFF
    if major != ABI_MAJOR or minor < ABI_MINOR:
        raise OSError(
            f"has ABI version {major}.{minor}, and this package needs {ABI_MAJOR}.{ABI_MINOR} or a newer {ABI_MAJOR}.x"
        )


def this_platform() -> str:
    """What decides whether a library fits: system, machine, its C library, and the Python."""
    libc = " ".join(platform.libc_ver()).strip() or "unknown libc"
    return (
        f"{platform.system()} {platform.machine()}, {libc}, "
        f"{platform.python_implementation()} {platform.python_version()}"
    )
