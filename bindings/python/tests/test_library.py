"""Finding and loading the C library: which file is taken, and what a failure tells."""

from __future__ import annotations

import platform
import subprocess
import sys
from _ctypes import FUNCFLAG_PYTHONAPI
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import shoutout_otp
from shoutout_otp import Client, Delivery, LibraryNotLoadedError, _library
from shoutout_otp._library import load
from shoutout_otp._native import SIGNATURES, SoError, SoSendResult, SoVerifyResult

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE = Path(shoutout_otp.__file__).parent


@pytest.fixture
def compiled(tmp_path: Path) -> Callable[..., Path]:
    """Makes a shared library of some C, linked with others."""

    def compile_it(name: str, source: str, *linked: str) -> Path:
        made = tmp_path / name
        command = ["cc", "-shared", "-fPIC", "-xc", "-", "-o", str(made), "-xnone", "-Wl,--no-as-needed", *linked]
        subprocess.run(command, input=source, text=True, check=True)
        return made

    return compile_it


def test_other_python_threads_run_during_every_call_but_the_making_of_a_client_and_reads_of_what_a_call_gave(
    library: Path,
) -> None:
    native = load(library)
    alone = {name for name in SIGNATURES if getattr(native, name)._flags_ & FUNCFLAG_PYTHONAPI}
    reads = {name for name, (_, kinds) in SIGNATURES.items() if {*kinds} & {SoSendResult, SoVerifyResult, SoError}}
    assert alone == {"so_client_new", *reads}
    assert not alone & {"so_send_otp", "so_verify_otp", "so_free_client"}, "these may wait"


@pytest.mark.parametrize(("major", "minor"), [(0, 0), (1, 1), (1, 0), (0xFFFF, 0xFFFF)])
def test_a_library_of_another_major_or_an_older_minor_abi_is_refused_before_anything_else_is_bound(
    compiled: Callable[..., Path], major: int, minor: int
) -> None:
    stub = compiled("unfit.so", f"unsigned so_abi_version(void) {{ return {major}u << 16 | {minor}u; }}")
    with pytest.raises(LibraryNotLoadedError) as refused:
        Client("test.key", library=stub)
    assert f"{stub} (the library argument): has ABI version {major}.{minor}, and" in str(refused.value)
    assert "needs 0.1 or a newer 0.x" in str(refused.value)
    assert "undefined symbol" not in str(refused.value)


@pytest.mark.parametrize("minor", [1, 2, 0xFFFF])
def test_a_library_of_a_newer_minor_abi_is_used_since_it_has_all_that_the_older_one_had(
    library: Path, compiled: Callable[..., Path], minor: int
) -> None:
    # The real one under another version: all but that is found in what it is linked with, once that is loaded.
    load(library)
    newer = compiled("newer.so", f"unsigned so_abi_version(void) {{ return 0u << 16 | {minor}u; }}", str(library))
    assert load(newer).so_abi_version() == minor
    with Client("test.key", library=newer) as client:
        assert client.library_version == "0.1.0"


def test_a_library_of_the_right_abi_that_lacks_a_function_is_refused_with_its_name(
    compiled: Callable[..., Path],
) -> None:
    stub = compiled("lacking.so", "unsigned so_abi_version(void) { return 1; }")
    with pytest.raises(LibraryNotLoadedError, match="so_version"):
        Client("test.key", library=stub)


def test_a_library_of_somebody_else_is_refused(compiled: Callable[..., Path]) -> None:
    stub = compiled("other.so", "int something_else;")
    with pytest.raises(LibraryNotLoadedError, match="so_abi_version"):
        Client("test.key", library=stub)


def test_a_named_library_that_is_missing_is_not_replaced_by_another(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = tmp_path / "missing.so"
    monkeypatch.setenv("SHOUTOUT_OTP_LIBRARY", str(library))  # would do, if it were asked
    with pytest.raises(LibraryNotLoadedError) as refused:
        Client("test.key", library=missing)
    told = str(refused.value)
    assert f"{missing} (the library argument): " in told
    assert "No such file" in told, "the loader's own words"
    assert str(library) not in told
    assert platform.machine() in told
    assert platform.python_version() in told
    assert refused.value.delivery is Delivery.NOT_SENT
    assert isinstance(refused.value, OSError)


def test_a_library_named_by_the_environment_that_is_missing_is_not_replaced_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = tmp_path / "missing.so"
    monkeypatch.setenv("SHOUTOUT_OTP_LIBRARY", str(missing))
    with pytest.raises(LibraryNotLoadedError) as refused:
        Client("test.key")
    assert f"{missing} (SHOUTOUT_OTP_LIBRARY): " in str(refused.value)
    assert str(PACKAGE) not in str(refused.value)


@pytest.mark.parametrize("environment", [None, ""], ids=["unset", "empty"])
def test_unnamed_it_is_looked_for_in_the_package_and_then_by_the_systems_loader(
    environment: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHOUTOUT_OTP_LIBRARY")
    if environment is not None:
        monkeypatch.setenv("SHOUTOUT_OTP_LIBRARY", environment)
    monkeypatch.setattr(_library, "_SHIPPED_PATH", str(PACKAGE / "not-shipped.so"))
    monkeypatch.setattr(_library, "_SYSTEM_NAME", "not-installed.so.0")
    with pytest.raises(LibraryNotLoadedError) as refused:
        Client("test.key")
    told = str(refused.value)
    shipped = told.index(f"{PACKAGE / 'not-shipped.so'} (in this package): ")
    assert shipped < told.index("not-installed.so.0 (the system's loader): ")


def test_a_library_in_the_package_is_found_without_being_named(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHOUTOUT_OTP_LIBRARY")
    monkeypatch.setattr(_library, "_SHIPPED_PATH", str(library))
    monkeypatch.setattr(_library, "_SYSTEM_NAME", "not-installed.so.0")
    Client("test.key").close()


def test_the_argument_counts_more_than_the_environment(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUTOUT_OTP_LIBRARY", "/nowhere/libshoutout_otp.so")
    Client("test.key", library=library).close()


def test_the_system_is_asked_for_the_soname(library: Path, tmp_path: Path) -> None:
    (tmp_path / "libshoutout_otp.so.0").symlink_to(library)
    told = subprocess.run(
        [sys.executable, "-c", "import shoutout_otp; print(shoutout_otp.Client('test.key').library_version)"],
        env={"LD_LIBRARY_PATH": str(tmp_path), "PYTHONPATH": str(PACKAGE.parent)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout == "0.1.0\n"


@pytest.mark.parametrize("path", ["", "with\0nul", "\ud800"], ids=ascii)
def test_a_path_that_cannot_be_one_is_refused_and_named(path: str) -> None:
    with pytest.raises(LibraryNotLoadedError, match="the library argument"):
        Client("test.key", library=path)


def test_an_empty_path_does_not_mean_the_running_program() -> None:
    with pytest.raises(LibraryNotLoadedError, match="the path is empty"):
        Client("test.key", library="")


def test_a_path_of_another_type_is_named() -> None:
    with pytest.raises(TypeError, match="library must be str"):
        Client("test.key", library=7)  # type: ignore[arg-type]


def test_a_library_is_loaded_once(library: Path) -> None:
    assert load(library) is load(str(library))


def test_a_file_that_was_missing_is_tried_again(library: Path, tmp_path: Path) -> None:
    late = tmp_path / "late.so"
    with pytest.raises(LibraryNotLoadedError):
        load(late)
    late.symlink_to(library)
    assert load(late).so_abi_version() == 1
