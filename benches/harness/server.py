"""nginx with one answer, the documented one of a successful send, plain and over TLS, for as long as a `with` lasts."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWER = {
    "referenceId": "f437c171-2d08-48c8-a4a2-0123456789ab",
    "messageResult": {
        "status": "1001",
        "description": "submit success",
        "cost": 1,
        "responses": [
            {
                "destination": "94771234567",
                "reference_id": "82ec4200-d386-11e8-b097-0123456789ab",
                "status": "1001",
                "cost": 1,
            }
        ],
    },
}

# Over TLS it answers at 127.0.0.1, 127.0.0.2 and on: to a client, each is a server of its own.
TLS_ADDRESSES = 33

# What it passes `/page` on to, in its folder: a PHP-FPM, should one listen there, and the page.
FPM_SOCKET = "fpm.socket"
PAGES = "benches/php"

# Where the server runs, and with it whoever is timed.
SHARED_CORE = max(os.sched_getaffinity(0))

PATIENCE_SECONDS = 20.0
# Ports are chosen free, and somebody else may be quicker.
ATTEMPTS = 5


@dataclass(frozen=True)
class Server:
    """Where the answer is."""

    plain: str
    tls: str
    folder: Path
    """Temporary: whoever needs the server may leave files of its own there."""

    @property
    def ca_file(self) -> Path:
        return self.folder / "ca.pem"

    @property
    def fpm_socket(self) -> Path:
        return self.folder / FPM_SOCKET

    def url(self, scheme: str) -> str:
        return self.tls if scheme == "tls" else self.plain


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    """The server; it is gone when the block is left, however that is, being told to end included."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="shoutout-bench-") as name:
        folder = Path(name)
        make_certificates(folder)
        with contextlib.ExitStack() as stack:
            yield start(folder, stack)


def start(folder: Path, stack: contextlib.ExitStack) -> Server:
    for _ in range(ATTEMPTS):
        plain, tls = free_ports(2)
        (folder / "nginx.conf").write_text(configuration(folder, plain, tls))
        log = stack.enter_context((folder / "nginx.log").open("wb"))
        command = [
            "taskset",
            "--cpu-list",
            str(SHARED_CORE),
            "nginx",
            "-e",
            "stderr",
            "-p",
            str(folder),
            "-c",
            "nginx.conf",
        ]
        nginx = subprocess.Popen(command, stderr=log)
        stack.callback(stop, nginx)
        server = Server(f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{tls}", folder)
        if answers(nginx, tls, server.ca_file):
            return server
    words = (folder / "nginx.log").read_text(errors="replace")
    raise RuntimeError(f"nginx did not come up in {ATTEMPTS} attempts, each on other ports; it said:\n{words}")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait()


def answers(nginx: subprocess.Popen[bytes], port: int, ca_file: Path) -> bool:
    """Whether it is our nginx that answers, which its certificate tells; waits until it does or has ended."""
    context = ssl.create_default_context(cafile=str(ca_file))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while nginx.poll() is None and time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                context.wrap_socket(connection, server_hostname="127.0.0.1").close()
        except OSError:
            time.sleep(0.01)
        else:
            return True
    return False


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        listeners = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [listener.getsockname()[1] for listener in listeners]


def configuration(folder: Path, plain: int, tls: int) -> str:
    """One process in the foreground, no path outside its folder, connections that last as long as the benchmark."""
    users = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    listen = " ".join(f"listen 127.0.0.{host}:{tls} ssl;" for host in tls_hosts())
    temporary = " ".join(f"{user}_temp_path {folder}/{user};" for user in users)
    return f"""
        daemon off; master_process off; pid {folder}/pid; error_log stderr;
        events {{ worker_connections 1024; }}
        http {{
            {temporary}
            access_log off; server_tokens off; default_type application/json;
            keepalive_timeout 1h; keepalive_time 24h; keepalive_requests 1000000000;
            ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.key;
            ssl_protocols TLSv1.2 TLSv1.3;
            server {{
                listen 127.0.0.1:{plain}; {listen}
                location / {{ return 200 '{json.dumps(ANSWER, separators=(",", ":"))}'; }}
                location /page {{
                    fastcgi_pass unix:{folder}/{FPM_SOCKET};
                    fastcgi_param SCRIPT_FILENAME {folder}/{PAGES}/page.php;
                    fastcgi_param REQUEST_METHOD $request_method;
                    fastcgi_param QUERY_STRING $query_string;
                }}
            }}
        }}
    """


def tls_hosts() -> range:
    return range(1, TLS_ADDRESSES + 1)


def make_certificates(folder: Path) -> None:
    """An authority that nobody trusts but the peers, and a certificate for the addresses; P-256, as is usual today."""
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    authority = ("-x509", "-days", "2", "-subj", "/CN=Authority of the benchmark")
    openssl(folder, "req", *authority, *key, "-keyout", "ca.key", "-out", "ca.pem")
    openssl(folder, "req", "-subj", "/CN=127.0.0.1", *key, "-keyout", "server.key", "-out", "server.csr")
    names = ",".join(f"IP:127.0.0.{host}" for host in tls_hosts())
    (folder / "names").write_text(f"subjectAltName={names}\n")
    signing = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names")
    openssl(folder, "x509", "-req", "-in", "server.csr", *signing, "-out", "server.pem")


def openssl(folder: Path, *arguments: str) -> None:
    made = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]} failed; it said:\n{made.stderr}")
