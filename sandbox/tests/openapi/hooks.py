"""What the description cannot say about a request, so that schemathesis needs neither patience nor luck."""

from __future__ import annotations

import contextlib
from typing import Any

import requests
import schemathesis

# In seconds, for a wait that nobody will end.
SOON = 0.02
GOOD_SEND = {
    "source": "ShoutDEMO",
    "transport": "sms",
    "destination": "94771234567",
    "content": {"sms": "Your code is {{code}}"},
}


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    """Touches only what would be accepted: what the sandbox has to refuse stays as it is."""
    del context, kwargs
    match case.operation.definition.raw["operationId"]:
        case "wait":
            wait_shortly(case)
        case "send":
            name_a_possible_source(case)
        case "verify":
            name_a_known_reference(case)
        case "addFault":
            case.body = without_fractions(case.body)


def ask(case: schemathesis.Case, path: str, **arguments: object) -> requests.Response:
    headers = {"Authorization": "Apikey made-up"}
    method = "POST" if arguments else "GET"
    answer = requests.request(method, case.operation.base_url + path, headers=headers, timeout=10, **arguments)
    answer.raise_for_status()
    return answer


def wait_shortly(case: schemathesis.Case) -> None:
    query = dict(case.query or {})
    with contextlib.suppress(TypeError, ValueError):
        if 0 <= float(query.get("timeout", 10)) <= 120:
            case.query = query | {"timeout": SOON}


def name_a_possible_source(case: schemathesis.Case) -> None:
    """In chains of requests: any other is answered with 200, too, but with nothing that could be verified."""
    if case.meta.phase.name.name == "STATEFUL" and has_text(case, "source"):
        case.body["source"] = GOOD_SEND["source"]


def name_a_known_reference(case: schemathesis.Case) -> None:
    """Every string is a possible reference, but only one that a send has answered is accepted."""
    if has_text(case, "referenceId"):
        messages = ask(case, "/_sandbox/messages").json()["messages"]
        if all(case.body["referenceId"] != message["reference_id"] for message in messages):
            case.body["referenceId"] = ask(case, "/otpservice/send", json=GOOD_SEND).json()["referenceId"]


def has_text(case: schemathesis.Case, name: str) -> bool:
    return isinstance(case.body, dict) and isinstance(case.body.get(name), str)


def without_fractions(value: object) -> object:
    """To JSON Schema 2.0 is an integer, to the sandbox it is none."""
    match value:
        case dict():
            return {name: without_fractions(item) for name, item in value.items()}
        case float() if value.is_integer():
            return int(value)
        case _:
            return value
