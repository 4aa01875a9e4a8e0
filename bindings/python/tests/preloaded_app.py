"""What `gunicorn --preload` loads in its master: a client with a warm connection, which the workers inherit.

The master sends, too, while they do.
"""

from __future__ import annotations

import itertools
import os
import threading
from typing import TYPE_CHECKING

from servers import EchoService
from shoutout_otp import Client

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

WORKERS = 2  # as the test starts it

client = Client("test.test.test", ca_file=os.environ.get("CA_FILE"))
forks = itertools.count(1)


def send(destination: str) -> str:
    return client.send_otp(source="ShoutDEMO", destination=destination, content="{{code}}").reference_id


def send_in_the_master() -> None:
    """Sends to the number of the warm-up once more if all answers were right."""
    numbers = os.environ["NUMBERS_OF_THE_MASTER"].split()
    if [send(number) for number in numbers] == [f"for-{number}" for number in numbers]:
        send(EchoService.WARM_UP)


def after_fork_in_the_master() -> None:
    if next(forks) == WORKERS:
        threading.Thread(target=send_in_the_master).start()


send(EchoService.WARM_UP)
# Not earlier, for the workers are to inherit a connection that is idle, and looks as if it could be used.
os.register_at_fork(after_in_parent=after_fork_in_the_master)


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Sends to the number in the path; says by which process, and what the service answered."""
    body = f"{os.getpid()} {send(environ['PATH_INFO'].lstrip('/'))}".encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
