"""What `gunicorn --preload` loads in its master: a client with a warm connection, which the workers inherit."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from servers import EchoService
from shoutout_otp import Client

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

client = Client("test.test.test", ca_file=os.environ.get("CA_FILE"))


def send(destination: str) -> str:
    return client.send_otp(source="ShoutDEMO", destination=destination, content="{{code}}").reference_id


send(EchoService.WARM_UP)


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Sends to the number in the path; says by which process, and what the service answered."""
    body = f"{os.getpid()} {send(environ['PATH_INFO'].lstrip('/'))}".encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
