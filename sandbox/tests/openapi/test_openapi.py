"""The sandbox does what docs/openapi.yaml says: schemathesis looks at every operation.

Each test has a sandbox of its own, so that no fault is left over from another one.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
import requests
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parents[2] / "docs" / "openapi.yaml"
# schemathesis.toml has the same.
KEY = "made-up"
# In its shape only.
LIKE_A_REAL_KEY = ".".join(["a" * 40] * 3)
SECONDS = 120


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    return yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))


def start(*flags: str) -> Iterator[str]:
    """The URL of a sandbox on a free port, which ends with us, however we end."""
    command = [os.environ["SHOUTOUT_SANDBOX_BIN"], "--port", "0", "--api-key", KEY, "--exit-with-stdin", *flags]
    # Nothing of the developer's own: every flag is a variable, too.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SHOUTOUT_")}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=clean) as process:
        try:
            yield json.loads(process.stdout.readline())["url"]
            assert process.poll() is None, "the sandbox is to survive whatever it is sent"
        finally:
            process.stdin.close()
            process.wait(timeout=10)


@pytest.fixture
def sandbox() -> Iterator[str]:
    yield from start()


def run_schemathesis(sandbox: str, tmp_path: Path, *arguments: str) -> None:
    command = [
        *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"),
        *("--config-file", str(HERE / "schemathesis.toml"), "run", str(DOCUMENT), "--url", sandbox),
        *("--no-color", *arguments),
    ]
    environment = os.environ | {"PYTHONPATH": str(HERE)}
    run = subprocess.run(
        command, cwd=tmp_path, env=environment, timeout=SECONDS, check=False, capture_output=True, text=True
    )
    print(run.stdout, run.stderr, sep="\n")
    assert run.returncode == 0, "schemathesis found something"


def test_everything_but_setting_faults(sandbox: str, tmp_path: Path) -> None:
    """Faults make the provider's paths answer as no description allows, which is what they are for."""
    run_schemathesis(sandbox, tmp_path, "--exclude-operation-id", "addFault")
    assert requests.get(f"{sandbox}/_sandbox/faults", timeout=10).json()["faults"] == []


def test_the_control_api_with_faults(sandbox: str, tmp_path: Path) -> None:
    run_schemathesis(sandbox, tmp_path, "--include-tag", "faults", "--include-tag", "sandbox")


def test_every_operation_is_tested(document: dict[str, Any]) -> None:
    """By one of the two runs above: an operation without a tag, or with one of its own, would be in the first only."""
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert {tag for operation in operations for tag in operation["tags"]} == {tag["name"] for tag in document["tags"]}
    assert [operation["operationId"] for operation in operations if "faults" in operation["tags"]] == [
        "listFaults",
        "addFault",
        "deleteFaults",
    ]


def follow(sandbox: str) -> Iterator[tuple[str, Any]]:
    """Names and data of the events, without end."""
    with requests.get(f"{sandbox}/_sandbox/events", stream=True, timeout=10) as answer:
        assert answer.headers["Content-Type"] == "text/event-stream"
        name = ""
        for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                yield name, json.loads(value)


def send(sandbox: str, destination: str) -> dict[str, Any]:
    content = {"sms": "{{code}}"}
    return ask(sandbox, "send", source="ShoutDEMO", transport="sms", destination=destination, content=content)


def ask(sandbox: str, path: str, key: str = KEY, **fields: object) -> dict[str, Any]:
    url, headers = f"{sandbox}/otpservice/{path}", {"Authorization": f"Apikey {key}"}
    return requests.post(url, json=fields, headers=headers, timeout=10).json()


def test_the_events_are_those_of_the_description(sandbox: str, document: dict[str, Any]) -> None:
    control = f"{sandbox}/_sandbox"
    requests.post(f"{control}/faults", json={"path": "verify", "do": {"kind": "gateway_html"}}, timeout=10)
    send(sandbox, "94771234567")
    events = follow(sandbox)
    seen = [next(events)]

    reference = send(sandbox, "94771234568")["referenceId"]
    requests.post(f"{sandbox}/otpservice/verify", data="meets the fault", timeout=10)
    ask(sandbox, "verify", code="wrong", referenceId=reference)
    requests.post(f"{control}/clock", json={"advance_seconds": 1000}, timeout=10)
    ask(sandbox, "send", key=LIKE_A_REAL_KEY)
    requests.delete(f"{control}/messages", timeout=10)
    while seen[-1][0] != "deleted":
        seen.append(next(events))

    described = {
        event["properties"]["event"]["const"]: event["properties"]["data"]["contentSchema"]
        for event in document["components"]["schemas"]["Event"]["oneOf"]
    }
    for name, data in seen:
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": document["components"]}
        jsonschema_rs.validate(schema | described[name], data)
    assert {name for name, _ in seen} == set(described)
    snapshot = seen[0][1]
    assert len(snapshot["messages"]) == len(snapshot["requests"]) == len(snapshot["faults"]) == 1


def test_the_query_parameters_are_those_that_the_sandbox_knows(sandbox: str, document: dict[str, Any]) -> None:
    """It names them when it refuses another one. Where it refuses none, it looks at none."""
    known_somewhere = set()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            with requests.request(method, sandbox + path, params={"other": 1}, stream=True, timeout=10) as answer:
                refusal = answer.text if answer.status_code == 400 else ""
            known = re.findall("`([a-z_]+)`", refusal.partition("unknown field `other`, expected ")[2])
            assert sorted(known) == sorted(described_query(operation, document)), f"{method} {path}: {refusal}"
            known_somewhere |= set(known)
    assert known_somewhere == {"to", "through", "after", "timeout", "id"}


def described_query(operation: dict[str, Any], document: dict[str, Any]) -> list[str]:
    parameters = [
        document["components"]["parameters"][parameter["$ref"].rpartition("/")[2]] if "$ref" in parameter else parameter
        for parameter in operation.get("parameters", [])
    ]
    return [parameter["name"] for parameter in parameters if parameter["in"] == "query"]


def test_no_tool_finds_the_real_service_in_the_description(document: dict[str, Any]) -> None:
    """A request that a tool tries there is an SMS to a stranger."""
    assert [server["url"] for server in document["servers"]] == ["http://127.0.0.1:8026"]
    assert '"servers"' not in json.dumps(document["paths"])
