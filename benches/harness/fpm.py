"""What a web application pays: a request in PHP-FPM that sends one OTP over TLS, for each way to set FFI up.

PHP forgets everything between two requests, a curl handle and its connection included. The library stays mapped, and
keeps its own. So the peer is curl with a new handle, in the same worker, in turn with ours. Both trust the benchmark's
authority; and once more with the distribution's bundle around it, as curl does by default.
"""

from __future__ import annotations

import contextlib
import getpass
import http.client
import json
import os
import shutil
import statistics
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from .peers import OURS, ROOT
from .rounds import ON_THE_SERVERS_CORE, Costs, ratio, summary
from .server import PAGES, PATIENCE_SECONDS, stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .server import Server

PACKAGE = "bindings/php"
PEER = "curl, new handle"
ROUNDS = 9
# The first opens the connection, and those after it bring code and caches to where they stay.
WARM_UP = 20
COLUMNS = ("cpu_us", "wall_us")

# How many of each a round has, by whom they trust: curl reads the bundle each time, which takes it 18 ms.
ONE, ALL = "one authority", "the distribution's"
REQUESTS = {ONE: 100, ALL: 25}
# Where Debian and its kin have it.
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
# The library takes a file as one that does not change when it is older than 3 s.
SETTLED_SECONDS = 4.0

# Whoever runs this may have named a library of their own.
CLEAN_ENVIRONMENT = {"PATH": os.environ["PATH"]}

# By whom they trust, then recipe, peer and column: median, minimum and maximum of the rounds; and ours / the peer's.
Requests = dict[str, dict[str, dict[str, dict[str, dict[str, float]]]]]


def requests_in_fpm(server: Server, library: Path) -> Requests:
    print("PHP-FPM", flush=True)
    install(server.folder, library)
    ca_files = settled_ca_files(server)
    measured: Requests = {authorities: {} for authorities in ca_files}
    for recipe, ini in recipes(server.folder).items():
        for authorities, ca_file in ca_files.items():
            with worker(server, ini):
                measured[authorities][recipe] = as_data(*rounds(server, ca_file, REQUESTS[authorities]))
    return measured


def settled_ca_files(server: Server) -> dict[str, Path]:
    """With the benchmark's authority only, and with the distribution's, too; as old as a file in use."""
    bundle = server.folder / "bundle.pem"
    bundle.write_bytes(server.ca_file.read_bytes() + BUNDLE.read_bytes())
    while time.time() - bundle.stat().st_ctime < SETTLED_SECONDS:
        time.sleep(0.1)
    return {ONE: server.ca_file, ALL: bundle}


def install(folder: Path, library: Path) -> None:
    """The pages, and the package as users have it, with the library inside and nothing to say where that is."""
    package = folder / PACKAGE
    shutil.copytree(ROOT / PACKAGE, package, ignore=shutil.ignore_patterns("tests", ".*"))
    shutil.copytree(ROOT / PAGES, folder / PAGES)
    where = php("-r", "require $argv[1]; echo ShoutoutOtp\\Internal\\Platform::library();", f"{package}/autoload.php")
    Path(where).parent.mkdir(parents=True)
    shutil.copy(library, where)


def recipes(folder: Path) -> dict[str, str]:
    """By name, what docs/install-php.md has for a php.ini, as the package writes it."""
    command = str(folder / PACKAGE / "bin/shoutout-otp")
    preload = php(command, "preload-ini", getpass.getuser())
    header = folder / "shoutout_otp.h"
    header.write_text(php(command, "preload-header"))
    return {
        "`ffi.enable=true`": "ffi.enable=true\n",
        "`preload.php`": preload,
        "`preload.php` and `ffi.preload`": f"{preload}ffi.preload={header}\n",
    }


def php(*arguments: str) -> str:
    ran = subprocess.run(["php", *arguments], env=CLEAN_ENVIRONMENT, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise RuntimeError(f"php {' '.join(arguments)} ended with {ran.returncode}; it said:\n{ran.stdout}{ran.stderr}")
    return ran.stdout


@contextlib.contextmanager
def worker(server: Server, ini: str) -> Iterator[None]:
    """A PHP-FPM with one worker, of whoever runs this, on the core of the others."""
    folder, user = server.folder, getpass.getuser()
    (folder / "php.d").mkdir(exist_ok=True)
    (folder / "php.d/recipe.ini").write_text(ini)
    lines = (
        "[global]",
        f"error_log = {folder}/fpm.log",
        "[www]",
        f"user = {user}",
        f"listen = {server.fpm_socket}",
        "pm = static",
        "pm.max_children = 1",
    )
    (folder / "fpm.conf").write_text("\n".join(lines) + "\n")
    version = php("-r", 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;')
    program = f"php-fpm{version}"
    # A user's PATH may lack the folders of what is for administrators.
    program = shutil.which(program) or shutil.which(program, path="/usr/local/sbin:/usr/sbin") or program
    command = [program, "--nodaemonize", "--allow-to-run-as-root", "-y", f"{folder}/fpm.conf"]
    # The empty name stands for the folder that PHP scans otherwise.
    settings = {**CLEAN_ENVIRONMENT, "PHP_INI_SCAN_DIR": f":{folder}/php.d"}
    with (folder / "fpm.log").open("wb") as log:
        fpm = subprocess.Popen([*ON_THE_SERVERS_CORE, *command], env=settings, stdout=log, stderr=log)
        try:
            wait_for(server.fpm_socket, fpm, folder / "fpm.log")
            yield
        finally:
            stop(fpm)
            server.fpm_socket.unlink(missing_ok=True)


def wait_for(socket: Path, fpm: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not socket.exists():
        if fpm.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PHP-FPM did not come up; it said:\n{log.read_text(errors='replace')}")
        time.sleep(0.01)


def rounds(server: Server, ca_file: Path, requests: int) -> tuple[Costs, Costs]:
    """Ours and the peer's, a median for each round, within which they take turns."""
    parts = urlsplit(server.plain)
    with contextlib.closing(http.client.HTTPConnection(parts.netloc, timeout=PATIENCE_SECONDS)) as browser:
        for _ in range(WARM_UP):
            request(browser, server, ca_file, OURS)
            request(browser, server, ca_file, PEER)
        ours, theirs = {column: [] for column in COLUMNS}, {column: [] for column in COLUMNS}
        for _ in range(ROUNDS):
            pairs = [
                (request(browser, server, ca_file, OURS), request(browser, server, ca_file, PEER))
                for _ in range(requests)
            ]
            for column in COLUMNS:
                ours[column].append(statistics.median(our[column] for our, _ in pairs))
                theirs[column].append(statistics.median(their[column] for _, their in pairs))
    return ours, theirs


def request(browser: http.client.HTTPConnection, server: Server, ca_file: Path, peer: str) -> dict[str, float]:
    query = urlencode({"peer": peer, "base_url": server.tls, "ca_file": str(ca_file)})
    browser.request("GET", f"/page?{query}")
    answer = browser.getresponse()
    said = answer.read()
    try:
        costs: dict[str, float] = json.loads(said)
    except ValueError:
        costs = {}
    if answer.status != http.client.OK or not costs.get("reference_id"):
        raise RuntimeError(f"the page of {peer} failed with {answer.status}; it said:\n{said.decode(errors='replace')}")
    return costs


def as_data(ours: Costs, theirs: Costs) -> dict[str, dict[str, dict[str, float]]]:
    peers = {
        name: {column: {figure: round(value, 1) for figure, value in summary(of[column]).items()} for column in COLUMNS}
        for name, of in ((OURS, ours), (PEER, theirs))
    }
    return {**peers, "ratio": {column: {"median": round(ratio(ours[column], theirs[column]), 3)} for column in COLUMNS}}
