"""Sends with one peer, and says in JSON what it cost:  send.py PEER BASE_URL CA_FILE SENDS.

Each peer does what an application would: it keeps its connection, writes the JSON and reads the reference id from the
answer.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from io import BytesIO

SOURCE = "ShoutDEMO"
DESTINATION = "94771234567"
CONTENT = "Your code is {{code}}"
BODY = {"source": SOURCE, "transport": "sms", "content": {"sms": CONTENT}, "destination": DESTINATION}
API_KEY = "bench.api.key"
HEADERS = {"Authorization": f"Apikey {API_KEY}", "Content-Type": "application/json"}
TIMEOUT = 30.0
# These open the connection and fill the caches before the clock starts.
WARM_UP = 10

# One send, which gives its reference id.
Send = Callable[[], str]


def shoutout_otp(base_url: str, ca_file: str) -> Send:
    """Ours."""
    from shoutout_otp import Client

    client = Client(API_KEY, base_url=base_url, ca_file=ca_file)
    return lambda: client.send_otp(source=SOURCE, destination=DESTINATION, content=CONTENT).reference_id


def shoutout_otp_every_value(base_url: str, ca_file: str) -> Send:
    """Ours, with all of the result read, of which an application seldom wants more than the reference id."""
    from dataclasses import fields

    from shoutout_otp import Client, SendResult

    client = Client(API_KEY, base_url=base_url, ca_file=ca_file)
    others = [field.name for field in fields(SendResult) if field.name != "reference_id"]

    def send() -> str:
        result = client.send_otp(source=SOURCE, destination=DESTINATION, content=CONTENT)
        for name in others:
            getattr(result, name)
        return result.reference_id

    return send


def pycurl(base_url: str, ca_file: str) -> Send:
    """One handle, reused; what does not change is set once."""
    import pycurl as curl

    handle = curl.Curl()
    handle.setopt(curl.URL, f"{base_url}/send")
    handle.setopt(curl.CAINFO, ca_file)
    handle.setopt(curl.HTTPHEADER, [f"{name}: {value}" for name, value in HEADERS.items()])
    handle.setopt(curl.TIMEOUT_MS, round(TIMEOUT * 1000))
    handle.setopt(curl.NOPROXY, "*")

    def send() -> str:
        answer = BytesIO()
        handle.setopt(curl.POSTFIELDS, json.dumps(BODY))
        handle.setopt(curl.WRITEDATA, answer)
        handle.perform()
        assert handle.getinfo(curl.RESPONSE_CODE) == 200
        return str(json.loads(answer.getvalue())["referenceId"])

    return send


def urllib3(base_url: str, ca_file: str) -> Send:
    """One pool."""
    import urllib3 as library

    pool = library.PoolManager(ca_certs=ca_file, timeout=TIMEOUT)

    def send() -> str:
        answer = pool.request("POST", f"{base_url}/send", body=json.dumps(BODY), headers=HEADERS)
        assert answer.status == 200
        return str(answer.json()["referenceId"])

    return send


def requests(base_url: str, ca_file: str) -> Send:
    """One session."""
    import requests as library

    session = library.Session()
    session.trust_env = False
    session.verify = ca_file
    session.headers.update(HEADERS)

    def send() -> str:
        answer = session.post(f"{base_url}/send", json=BODY, timeout=TIMEOUT)
        answer.raise_for_status()
        return str(answer.json()["referenceId"])

    return send


def httpx(base_url: str, ca_file: str) -> Send:
    """One client."""
    import ssl

    import httpx as library

    context = ssl.create_default_context(cafile=ca_file)
    client = library.Client(verify=context, headers=HEADERS, timeout=TIMEOUT, trust_env=False)

    def send() -> str:
        answer = client.post(f"{base_url}/send", json=BODY)
        answer.raise_for_status()
        return str(answer.json()["referenceId"])

    return send


PEERS = {
    "shoutout_otp": shoutout_otp,
    "shoutout_otp, every value": shoutout_otp_every_value,
    "pycurl": pycurl,
    "urllib3": urllib3,
    "requests": requests,
    "httpx": httpx,
}


def main() -> None:
    """Sends, and prints the cost of one send in microseconds."""
    name, base_url, ca_file, count = sys.argv[1:]
    send, sends = PEERS[name](base_url, ca_file), int(count)
    for _ in range(WARM_UP):
        assert send()
    latencies = []
    cpu, start = time.process_time_ns(), time.perf_counter_ns()
    for _ in range(sends):
        before = time.perf_counter_ns()
        send()
        latencies.append(time.perf_counter_ns() - before)
    wall, cpu = time.perf_counter_ns() - start, time.process_time_ns() - cpu
    latencies.sort()
    costs = {"cpu_us": cpu / sends, "wall_us": wall / sends}
    quantiles = {"p50_us": latencies[sends // 2], "p99_us": latencies[sends * 99 // 100]}
    print(json.dumps({name: round(value / 1000, 3) for name, value in {**costs, **quantiles}.items()}))


if __name__ == "__main__":
    main()
