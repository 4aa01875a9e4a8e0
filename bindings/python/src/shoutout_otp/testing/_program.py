"""Finding the sandbox's program."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Union

from ._errors import SandboxNotFoundError

ProgramPath = Union[str, "os.PathLike[str]"]

ENVIRONMENT_VARIABLE = "SHOUTOUT_SANDBOX_BIN"

_NAME = "shoutout-sandbox.exe" if sys.platform == "win32" else "shoutout-sandbox"
SHIPPED_PATH = str(Path(__file__).parent.with_name(_NAME))


def find(path: ProgramPath | None = None) -> str:
    """The path of the program.

    Looked for at ``path``, then at ``SHOUTOUT_SANDBOX_BIN``, then in this package, then on the
    ``PATH``. As with the C library, one that somebody named is the only one tried.

    Raises :class:`SandboxNotFoundError` with every place tried.
    """
    if path is not None:
        return _named(os.fspath(path), "the binary argument")
    named = os.environ.get(ENVIRONMENT_VARIABLE, "")
    if named:
        return _named(named, ENVIRONMENT_VARIABLE)
    found = shutil.which(SHIPPED_PATH) or shutil.which(_NAME)
    if found:
        return found
    raise _not_found(
        f"{ENVIRONMENT_VARIABLE}: not set",
        f"{SHIPPED_PATH} (in this package): {_fault_of(SHIPPED_PATH)}",
        f"{_NAME} (on the PATH): not found in {os.environ.get('PATH', os.defpath)}",
    )


def _named(path: str, origin: str) -> str:
    # By its absolute path: which() would look for a bare name on the PATH.
    found = shutil.which(str(Path(path).absolute()))
    if found:
        return found
    raise _not_found(f"{path} ({origin}): {_fault_of(path)}")


def _fault_of(path: str) -> str:
    return "not an executable file" if Path(path).exists() else "no such file"


def _not_found(*tried: str) -> SandboxNotFoundError:
    places = "\n".join(f"  {place}" for place in tried)
    return SandboxNotFoundError(
        f"there is no sandbox to test against. Tried:\n{places}\n"
        "A wheel made for this platform has it inside. Without one, name the program shoutout-sandbox in "
        f"{ENVIRONMENT_VARIABLE}; in a clone of the project, "
        "`cargo build --locked --release --package shoutout-sandbox` makes it, in target/release."
    )
