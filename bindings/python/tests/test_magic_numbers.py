"""The sandbox's table of magic numbers says of each what a send of the library gives: this is what it gives."""

from __future__ import annotations

import contextlib
import http.client
import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from servers import PATIENCE
from shoutout_otp import Client, ShoutoutError
from shoutout_otp.testing import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Row = dict[str, str]


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def rows(box: Sandbox) -> list[Row]:
    """The table, as the sandbox tells it to its page."""
    connection = http.client.HTTPConnection(urlsplit(box.url).netloc, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request("GET", "/_sandbox/events")
        # The stream does not end; its first event is the snapshot.
        data = next(line for line in connection.getresponse() if line.startswith(b"data:"))
    table: list[Row] = json.loads(data[len(b"data:") :])["magic_numbers"]
    assert table
    return table


def in_the_words_of_the_table(box: Sandbox, number: str, library: Path, timeout: float) -> str:
    with Client(box.API_KEY, base_url=box.base_url, library=library, timeout=timeout) as client:
        try:
            sent = client.send_otp(source="ShoutDEMO", destination=number, content="{{code}}")
        except ShoutoutError as error:
            wait = "" if error.retry_after is None else f", retry after {error.retry_after:g} s"
            return f"SHOUTOUT_{error.status.name}, {error.delivery.name}{wait}"
        checked = client.verify_otp(reference_id=sent.reference_id, code=box.last_code(number))
        return f"SHOUTOUT_OK; a verification gives {checked.outcome.name}"


def test_a_send_to_a_magic_number_gives_what_the_table_says_and_an_sms_only_where_it_says_so(
    box: Sandbox, rows: list[Row], library: Path
) -> None:
    told = {row["number"]: row["library"] for row in rows}
    given = {
        # A number that is not said to time out has all the time it wants, and must not need it.
        number: in_the_words_of_the_table(box, number, library, 1.0 if "SHOUTOUT_TIMEOUT" in words else PATIENCE)
        for number, words in told.items()
    }
    assert given == told

    delivered = [row["number"] for row in rows if row["what"].startswith("The SMS is delivered")]
    assert [sms.destination for sms in box.messages()] == delivered
    # No second one: a send whose answer was lost is not tried again.
    [lost] = [row["number"] for row in rows if row["name"] == "answer lost"]
    assert len(box.messages(lost)) == 1
