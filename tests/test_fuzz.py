"""Every endpoint, by everybody, with what no page of ours sends: no 500, and nothing kept that a page can't show.

A part of it in the suite; WINNOW_FUZZ= says how many requests (`make fuzz`), WINNOW_FUZZ_SEED= which.
"""

from __future__ import annotations

import json
import os
import random
import re
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.core.signals import got_request_exception
from django.test import Client

from creative.errors import Refused
from tests import test_access
from tests.test_access import METHODS, ROWS, Row, client_of, taken_back

world = test_access.world  # the fixture

REQUESTS = int(os.environ.get("WINNOW_FUZZ", "300"))
SEED = int(os.environ.get("WINNOW_FUZZ_SEED", "11"))
TOGETHER = 20  # requests, after which pages are looked at and everything is taken back
NUMBERS = ["0", "-1", "9" * 19, "9223372036854775807", "9223372036854775808", "9" * 5000, "1e400", "NaN", "١٢", "0x1"]
TEXTS = [
    *("", " ", "\x00", "a\x00b", "a\x07b", "\r\n", "\u202eab", "\ufffe", "é" * 300, "a" * 70_000, "%00", "'", '"><i>'),
    *("null", "[]", "{}", '""', "[" * 900 + "]" * 900, '["\\ud800"]', '[{"name": "\\u0000", "hex": "#000000"}]'),
    *("a." * 5000 + "a=1", "2026-02-30", "../../x", "javascript:alert(1)", "//evil.example", "on", "0", "__all__"),
]
FIELDS = """
    candidate candidates versions people count after value rating preset note reason decision stage seen role user next
    username password title subject palette markets formats due target use_class way closeness on order action
    _selected_action name rules first_name email is_active sizes price form press
    began palette-TOTAL_FORMS palette-0-hex logos-0-reference legal_lines-0-market
""".split()  # noqa: SIM905
ASKED = """
    before brief flag page state since tasks person q o p all e next _popup _to_field _changelist_filters
    notes__regex id__in is_active__exact project__id__exact username__startswith
""".split()  # noqa: SIM905
KINDS = [
    *(["application/x-www-form-urlencoded"] * 6),
    *(
        "application/json",
        "text/plain",
        "",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "a/b; charset=zz",
    ),
]
HEADERS = {
    "HX-Request": ["true", "\x01"],
    "HX-Current-URL": ["http://testserver/", "http://[", "%"],
    "Referer": ["javascript:1", "http://[", "http://testserver/"],
    "If-None-Match": ['"', '"x"', "*", "W/"],
    "If-Modified-Since": ["x", "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 99 Jan 99999 00:00:00 GMT"],
    "Range": ["bytes=0-", "bytes=5-1", "x"],
    "Accept-Language": ["x" * 600, "de;q=x", "\xff"],
    "X-Forwarded-For": ["x", "::1, ::ffff", "1.2.3.4"],
    "Cookie": ["messages=x; sessionid=\x01", "csrftoken=x", "known=x:y:z", "sessionid=" + "x" * 3000],
    "Host": ["testserver", "evil.example", "a b", "[::1"],
}


class Sender:
    def __init__(self, world: Any, seed: int) -> None:
        self.random = random.Random(seed)
        self.rows = list(asked(world))
        self.cookies = {name: client_of(person).cookies for name, person in world.people.items()}
        self.raised: list[str] = []

    def client(self, name: str) -> Client:
        return client_of(None, cookies=self.cookies[name], raise_request_exception=False)

    def send(self) -> tuple[int, str]:
        """One request: its status, and what it was."""
        (row, path, data), name = self.random.choice(self.rows), self.random.choice(list(self.cookies))
        method = self.random.choice(["GET", "POST", "POST", "POST", self.random.choice([*METHODS, "HEAD", "OPTIONS"])])
        path, kind, body = self.path(path), self.random.choice(KINDS), b""
        if method != "GET":
            kind, body = self.body(row, dict(data), kind)
        headers = self.headers()
        told = f"{name} {method} {path[:200]!r} {kind} {body[:300]!r} {str(headers)[:200]}"
        reply = self.client(name).generic(method, path, body, kind, headers=headers)
        if reply.streaming:
            reply.getvalue()
        return reply.status_code, told

    def path(self, path: str) -> str:
        if self.rarely():
            path = re.sub(r"\d+", lambda _: self.random.choice(NUMBERS).lstrip("-"), path)
        if self.rarely():
            path = path.rstrip("/") + quote(self.hostile()[:200]) + "/"
        if self.random.random() < 0.5:
            asked = {self.random.choice(ASKED): self.hostile()[:3000] for _ in range(2)}
            path += "?" + urlencode(asked)
        return path

    def body(self, row: Row, data: dict[str, Any], kind: str) -> tuple[str, bytes]:
        if row.json and self.random.random() < 0.7:
            return "application/json", json.dumps(self.changed(data)).encode()
        if self.rarely():
            return kind, self.hostile().encode()
        for name in self.random.sample([*data, *FIELDS], self.random.randint(0, 3)):
            data[name] = self.random.choice([self.hostile(), [self.hostile(), self.hostile()]])
        return kind, urlencode(data, doseq=True).encode()

    def changed(self, value: Any) -> Any:
        """With something else in one or other place."""
        if self.random.random() < 0.15:
            return self.random.choice([None, True, -1, 2**63, 2**70, 1.5, [], {}, [[]], self.hostile()])
        if isinstance(value, dict):
            return {key: self.changed(each) for key, each in value.items()}
        return [self.changed(each) for each in value] if isinstance(value, list) else value

    def headers(self) -> dict[str, str]:
        if self.random.random() < 0.6:
            return {}
        name = self.random.choice(list(HEADERS))
        return {name: self.random.choice(HEADERS[name])}

    def hostile(self) -> str:
        return self.random.choice(self.random.choice([NUMBERS, TEXTS]))

    def rarely(self) -> bool:
        return self.random.random() < 0.15


def asked(world: Any) -> Iterator[tuple[Row, str, dict[str, Any]]]:
    """Every endpoint, its address and what our own pages send there. Some rows make what they ask for, once."""
    for row in ROWS:
        with suppress(Refused):
            yield row, row.url(world), row.data(world)


def pages(sender: Sender) -> list[str]:
    """Those that show what was kept."""
    return [path for row, path, _ in sender.rows if row.get and "producer" in row.get and row.got == 200]


@pytest.fixture
def raised():
    found: list[str] = []

    def keep(sender: Any, **_: Any) -> None:
        found.append(traceback.format_exc(limit=-4))

    got_request_exception.connect(keep)
    yield found
    got_request_exception.disconnect(keep)


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
def test_whatever_is_sent_is_answered_and_leaves_every_page_whole(world, raised):  # noqa: F811
    sender, faults, sent = Sender(world, SEED), [], 0
    shown = pages(sender)
    while sent < REQUESTS:
        with taken_back():
            for _ in range(TOGETHER):
                status, told = sender.send()
                sent += 1
                if status >= 500 and status != 503:
                    faults.append(f"{status} {told}\n{raised[-1] if raised else ''}")
                    break  # on PostgreSQL nothing after it would be answered
            else:
                for page in sender.random.sample(shown, 5):
                    sent += 1
                    reply = sender.client("producer").get(page)
                    status = reply.status_code
                    if reply.streaming:
                        reply.getvalue()
                    if status >= 500:
                        faults.append(f"{status} afterwards {page}\n{raised[-1] if raised else ''}")
    if out := os.environ.get("WINNOW_FUZZ_OUT"):
        Path(out).write_text(json.dumps({"requests": sent, "faults": len(faults)}))
    assert not faults, "\n\n".join(faults[:10])
