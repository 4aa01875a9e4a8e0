"""Makes the wheel one for its platform, with the C library and the sandbox inside.

Both come from a bundle: a folder that the environment variable SHOUTOUT_OTP_BUNDLE names, called after its platform,
such as ``linux-x86_64-gnu``. Without one the wheel is pure, and finds the library by SHOUTOUT_OTP_LIBRARY or the
system's loader: that is for distributors, who package the library by itself.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

ENVIRONMENT_VARIABLE = "SHOUTOUT_OTP_BUNDLE"

LIBRARY = "libshoutout_otp.so"
SANDBOX = "shoutout-sandbox"

LIBC_TAGS = {"gnu": "manylinux_2_17", "musl": "musllinux_1_2"}
"""By a platform's last part: the oldest C library that bundles are built for, as wheels call it.

For glibc it is GLIBC_FLOOR of packaging/targets.sh; should that rise, auditwheel says so in tests/install/python.sh.
"""


class BundleInWheel(BuildHookInterface[Any]):
    """Puts the bundle's files beside the modules, where these look first."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before the wheel is built; an editable one is for work on this package, and stays as it is."""
        bundle = the_bundle()
        if bundle is None or version == "editable":
            return
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform_tag(bundle.name)}"
        for name in (LIBRARY, SANDBOX):
            build_data["force_include"][str(bundle / name)] = f"shoutout_otp/{name}"


class SandboxCommand(MetadataHookInterface):
    """Declares the command ``shoutout-sandbox``, where the wheel has the program that it runs.

    A pure wheel must not: its command would stand on the PATH in front of the program that somebody installed.
    """

    def update(self, metadata: dict[str, Any]) -> None:
        """Called before the metadata are read."""
        metadata["scripts"] = {} if the_bundle() is None else {SANDBOX: "shoutout_otp.testing._command:main"}


def the_bundle() -> Path | None:
    """The folder that the environment names, with all that a wheel needs of it; ``None`` if it names none."""
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    if not named:
        return None
    bundle = Path(named).resolve()
    missing = [name for name in (LIBRARY, SANDBOX) if not (bundle / name).is_file()]
    if missing:
        raise FileNotFoundError(
            f"{ENVIRONMENT_VARIABLE} names {bundle}, which lacks {' and '.join(missing)}; "
            "packaging/bundle.sh makes such a folder. Unset the variable for a wheel without them."
        )
    return bundle


def platform_tag(platform: str) -> str:
    """What wheels call a bundle's platform: ``linux-x86_64-gnu`` is ``manylinux_2_17_x86_64``."""
    system, _, rest = platform.partition("-")
    machine, _, libc = rest.rpartition("-")
    if system != "linux" or not machine or libc not in LIBC_TAGS:
        raise ValueError(
            f"{ENVIRONMENT_VARIABLE} names a folder called {platform!r}, and no wheel is known for that platform; "
            f"it must be linux-MACHINE-LIBC, with one of these for LIBC: {', '.join(LIBC_TAGS)}"
        )
    return f"{LIBC_TAGS[libc]}_{machine}"
