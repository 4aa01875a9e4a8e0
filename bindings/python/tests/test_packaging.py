"""What packaging/python.sh makes of a bundle: these hold no programs, and tests/install/python.sh has a real one."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from typing import TYPE_CHECKING, Callable

import pytest

from servers import ROOT

if TYPE_CHECKING:
    from email.message import Message
    from pathlib import Path

MakeBundle = Callable[..., "Path"]

CONTENT = {"libshoutout_otp.so": "library", "shoutout-sandbox": "sandbox", "THIRD-PARTY-LICENSES.txt": "of others"}


@pytest.fixture
def make_bundle(tmp_path: Path) -> MakeBundle:
    """Makes a bundle for a platform, without some of its files."""

    def make(platform: str = "linux-x86_64-gnu", without: str = "") -> Path:
        folder = tmp_path / platform
        folder.mkdir()
        for name, text in CONTENT.items():
            if name != without:
                (folder / name).write_text(text)
                (folder / name).chmod(0o700)
        return folder

    return make


def package(bundle: Path, out: Path, umask: int = 0o022, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "packaging" / "python.sh", bundle, out],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
        umask=umask,
    )


def packaged(bundle: Path, out: Path) -> tuple[Path, Path]:
    """The wheel and the source package."""
    made = package(bundle, out)
    assert made.returncode == 0, made.stdout + made.stderr
    wheel, source = sorted(out.iterdir(), key=lambda path: path.suffix, reverse=True)
    return wheel, source


def metadata(wheel: Path, name: str = "METADATA") -> Message:
    with zipfile.ZipFile(wheel) as archive:
        return message_from_bytes(archive.read(f"shoutout_otp-0.1.0.dist-info/{name}"))


@pytest.mark.parametrize(
    ("platform", "tag"),
    [
        ("linux-x86_64-gnu", "manylinux_2_17_x86_64"),
        ("linux-aarch64-gnu", "manylinux_2_17_aarch64"),
        ("linux-x86_64-musl", "musllinux_1_2_x86_64"),
        ("linux-aarch64-musl", "musllinux_1_2_aarch64"),
    ],
)
def test_the_wheel_is_for_the_bundles_platform(
    make_bundle: MakeBundle, tmp_path: Path, platform: str, tag: str
) -> None:
    wheel, _ = packaged(make_bundle(platform), tmp_path / "dist")
    assert wheel.name == f"shoutout_otp-0.1.0-py3-none-{tag}.whl"
    assert metadata(wheel, "WHEEL").get_all("Tag") == [f"py3-none-{tag}"]
    assert metadata(wheel, "WHEEL")["Root-Is-Purelib"] == "false"


def test_the_wheel_has_library_sandbox_and_all_licences_and_the_sandbox_can_be_run(
    make_bundle: MakeBundle, tmp_path: Path
) -> None:
    wheel, _ = packaged(make_bundle(), tmp_path / "dist")
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read("shoutout_otp/libshoutout_otp.so") == b"library"
        assert archive.read("shoutout_otp/shoutout-sandbox") == b"sandbox"
        assert archive.getinfo("shoutout_otp/shoutout-sandbox").external_attr >> 16 & 0o777 == 0o755
        assert archive.read("shoutout_otp-0.1.0.dist-info/licenses/THIRD-PARTY-LICENSES.txt") == b"of others"
        for name in ("LICENSE", "LICENSE-APACHE", "LICENSE-MIT"):
            assert archive.read(f"shoutout_otp-0.1.0.dist-info/licenses/{name}") == (ROOT / name).read_bytes()
    assert metadata(wheel).get_all("License-File") == [
        "LICENSE",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "THIRD-PARTY-LICENSES.txt",
    ]


def test_the_same_inputs_give_the_same_bytes_whoever_packs_them(make_bundle: MakeBundle, tmp_path: Path) -> None:
    bundle = make_bundle()
    first = packaged(bundle, tmp_path / "first")
    (bundle / "libshoutout_otp.so").touch()
    elsewhere = {"TZ": "Asia/Colombo", "PYTHONHASHSEED": "7", "HOME": str(tmp_path), "LC_ALL": "C"}
    assert package(bundle, tmp_path / "second", umask=0o077, **elsewhere).returncode == 0
    for one in first:
        assert (tmp_path / "second" / one.name).read_bytes() == one.read_bytes()


def test_every_file_has_the_date_that_the_packer_names(make_bundle: MakeBundle, tmp_path: Path) -> None:
    assert package(make_bundle(), tmp_path / "dist", SOURCE_DATE_EPOCH="1000000000").returncode == 0
    [source] = (tmp_path / "dist").glob("*.tar.gz")
    with tarfile.open(source) as archive:
        assert {member.mtime for member in archive} == {1_000_000_000}
    [wheel] = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as zipped:
        assert {member.date_time for member in zipped.infolist()} == {(2001, 9, 9, 1, 46, 40)}


@pytest.mark.parametrize("missing", CONTENT)
def test_a_bundle_that_lacks_a_file_gives_nothing_and_the_file_is_named(
    make_bundle: MakeBundle, tmp_path: Path, missing: str
) -> None:
    made = package(make_bundle(without=missing), tmp_path / "dist")
    assert made.returncode != 0
    told = made.stdout + made.stderr
    assert missing in told
    assert "packaging/bundle.sh makes" in told
    assert list((tmp_path / "dist").iterdir()) == []


@pytest.mark.parametrize("platform", ["linux-x86_64-uclibc", "darwin-arm64-gnu", "linux-gnu", "x86_64"])
def test_a_bundle_for_a_platform_that_no_wheel_is_known_for_is_refused_by_its_name(
    make_bundle: MakeBundle, tmp_path: Path, platform: str
) -> None:
    made = package(make_bundle(platform), tmp_path / "dist")
    assert made.returncode != 0
    assert f"{platform!r}, and no wheel is known for that platform" in made.stdout + made.stderr


def test_without_a_bundle_the_source_package_gives_a_pure_wheel_without_the_command(
    make_bundle: MakeBundle, tmp_path: Path
) -> None:
    _, source = packaged(make_bundle(), tmp_path / "dist")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    options = ["--no-index", "--no-build-isolation", "--no-deps", "--wheel-dir", str(tmp_path / "pure")]
    subprocess.run([*pip, "wheel", *options, str(source)], check=True)
    [wheel] = (tmp_path / "pure").iterdir()
    assert wheel.name == "shoutout_otp-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        assert not [name for name in archive.namelist() if name.endswith((".so", "shoutout-sandbox"))]
        entry_points = archive.read("shoutout_otp-0.1.0.dist-info/entry_points.txt").decode()
    assert "pytest11" in entry_points
    assert "shoutout-sandbox" not in entry_points
