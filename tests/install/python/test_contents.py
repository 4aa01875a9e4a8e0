"""What is in the wheels and the source package, file by file. Run in the tree, with which they are compared."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ROOT / "bindings" / "python" / "src"
DIST = Path(os.environ["SHOUTOUT_TEST_DIST"])

WHEELS = sorted(DIST.glob("*.whl"))
SOURCE_PACKAGES = sorted(DIST.glob("*.tar.gz"))

VERSION = re.search(r'^__version__ = "(.+)"$', (SOURCES / "shoutout_otp/__init__.py").read_text("utf-8"), re.MULTILINE)
assert VERSION is not None
NAME = f"shoutout_otp-{VERSION[1]}"

MODULES = {
    str(path.relative_to(SOURCES)) for path in SOURCES.rglob("*") if path.suffix == ".py" or path.name == "py.typed"
}
LICENSES = {"LICENSE", "LICENSE-APACHE", "LICENSE-MIT"}


class File(NamedTuple):
    content: bytes
    mode: int


def files_of(package: Path) -> dict[str, File]:
    if package.suffix == ".whl":
        with zipfile.ZipFile(package) as wheel:
            return {
                member.filename: File(wheel.read(member), member.external_attr >> 16 & 0o777)
                for member in wheel.infolist()
            }
    with tarfile.open(package) as source:
        return {
            member.name: File(content.read(), member.mode)
            for member in source
            if (content := source.extractfile(member)) is not None
        }


def by_name(package: Path) -> str:
    return package.name


@pytest.mark.parametrize("wheel", WHEELS, ids=by_name)
def test_a_wheel_holds_the_modules_library_sandbox_and_licences_and_nothing_else(wheel: Path) -> None:
    info = f"{NAME}.dist-info"
    assert set(files_of(wheel)) == {
        *MODULES,
        "shoutout_otp/libshoutout_otp.so",
        "shoutout_otp/shoutout-sandbox",
        *(f"{info}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt")),
        *(f"{info}/licenses/{name}" for name in (*LICENSES, "THIRD-PARTY-LICENSES.txt")),
    }


@pytest.mark.parametrize("source_package", SOURCE_PACKAGES, ids=by_name)
def test_the_source_package_holds_what_a_wheel_is_built_from_and_nothing_else(source_package: Path) -> None:
    assert set(files_of(source_package)) == {
        *(f"{NAME}/src/{name}" for name in MODULES),
        *(f"{NAME}/{name}" for name in ("PKG-INFO", "README.md", "hatch_build.py", "pyproject.toml", *LICENSES)),
    }


@pytest.mark.parametrize("package", [*WHEELS, *SOURCE_PACKAGES], ids=by_name)
def test_the_modules_are_those_of_this_tree(package: Path) -> None:
    folder = "" if package in WHEELS else f"{NAME}/src/"
    files = files_of(package)
    assert [name for name in MODULES if files[folder + name].content != (SOURCES / name).read_bytes()] == []


@pytest.mark.parametrize("wheel", WHEELS, ids=by_name)
def test_in_a_wheel_only_the_programs_can_be_run(wheel: Path) -> None:
    executable = {name for name, file in files_of(wheel).items() if file.mode == 0o755}
    assert executable == {"shoutout_otp/libshoutout_otp.so", "shoutout_otp/shoutout-sandbox"}
    assert {file.mode for file in files_of(wheel).values()} == {0o755, 0o644}


@pytest.mark.parametrize("package", [*WHEELS, *SOURCE_PACKAGES], ids=by_name)
def test_nothing_tells_where_it_was_built(package: Path) -> None:
    here = {str(ROOT).encode(), str(Path.home()).encode() + b"/"}
    telling = {
        f"{name}: {path.decode()}" for name, file in files_of(package).items() for path in here if path in file.content
    }
    assert telling == set()


@pytest.mark.parametrize("wheel", WHEELS, ids=by_name)
def test_auditwheel_agrees_with_the_platform_in_the_name(wheel: Path) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "auditwheel", "show", wheel], capture_output=True, text=True, check=False
    )
    verdict = " ".join(shown.stdout.split())
    platform = wheel.stem.rpartition("-")[2]
    assert f'is consistent with the following platform tag: "{platform}"' in verdict, verdict + shown.stderr


@pytest.mark.parametrize("wheel", WHEELS, ids=by_name)
def test_the_licences_of_others_are_those_of_what_the_binaries_are_made_of(wheel: Path) -> None:
    licences = files_of(wheel)[f"{NAME}.dist-info/licenses/THIRD-PARTY-LICENSES.txt"].content.decode()
    for crate in ("ring", "rustls", "ureq", "axum"):
        assert re.search(rf"^  {crate} \d", licences, re.MULTILINE), crate
    library = files_of(wheel)["shoutout_otp/libshoutout_otp.so"].content
    assert (b"libunwind: " in library) == ("LLVM libunwind" in licences)


@pytest.mark.parametrize("package", [*WHEELS, *SOURCE_PACKAGES], ids=by_name)
def test_every_module_can_be_read_by_the_oldest_python_that_is_supported(package: Path) -> None:
    for name, file in files_of(package).items():
        if name.endswith(".py"):
            ast.parse(file.content, name, feature_version=(3, 9))
