"""The server takes a request whole before a thread holds it, and drops what is vast, slow or two-faced."""

import datetime
import socket
import threading
import time
from contextlib import closing, contextmanager, suppress
from urllib.parse import quote

import pytest
from django.core.signing import TimestampSigner

from creative import server
from creative.models import User
from creative.uploads import tickets

pytestmark = pytest.mark.once
THREADS = 2


@pytest.fixture
def asked():
    return []


@pytest.fixture
def port(asked):
    def application(environ, start_response):
        asked.append(environ)
        environ["wsgi.input"].read()
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
        return [b"ok"]

    with serving(application) as port:
        yield port


@contextmanager
def serving(application, **changed):
    listener = server.listening("127.0.0.1", 0)
    made = server.server(application, listener, threads=THREADS)
    for name, value in changed.items():
        setattr(made.adj, name, value)
    stopped = threading.Event()

    def run():
        while not stopped.is_set():
            made.asyncore.loop(timeout=0.05, map=made._map, use_poll=True, count=1)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        stopped.set()
        thread.join()
        made.task_dispatcher.shutdown()
        made.asyncore.close_all(made._map)


def connected(port):
    return closing(socket.create_connection(("127.0.0.1", port), timeout=20))


def reply(connection):
    text = b""
    while chunk := connection.recv(65536):
        text += chunk
        if text.endswith(b"ok"):
            break
    return text.decode()


def asking(*headers, body=b"", method="POST", ticket=None):
    to = "/" if ticket is None else f"/?ticket={quote(ticket)}"
    length = [] if any("Content-Length" in header for header in headers) else [f"Content-Length: {len(body)}"]
    return "\r\n".join([f"{method} {to} HTTP/1.1", "Host: localhost", *headers, *length, "", ""]).encode() + body


def test_many_slow_bodies_hold_no_thread(port, asked):
    senders = [socket.create_connection(("127.0.0.1", port)) for _ in range(8 * THREADS)]
    try:
        for sender in senders:
            sender.sendall(asking("Content-Length: 1000") + b"a")
        with connected(port) as connection:
            connection.sendall(asking(method="GET"))
            assert reply(connection).startswith("HTTP/1.1 200")
        assert len(asked) == 1
    finally:
        for sender in senders:
            sender.close()


def test_a_request_that_does_not_end_in_time_is_dropped_though_it_drips(asked):
    def application(environ, start_response):
        asked.append(environ)
        return []

    with serving(application, channel_timeout=1, cleanup_interval=0) as port, connected(port) as connection:
        connection.sendall(asking("Content-Length: 1000"))
        deadline = time.monotonic() + 20
        with pytest.raises(ConnectionError):
            while time.monotonic() < deadline:
                connection.sendall(b"a")
                time.sleep(0.1)
    assert asked == []


def test_what_is_too_long_is_refused_before_it_comes(port, asked):
    with connected(port) as connection:
        connection.sendall(asking("Content-Length: 300000000"))
        assert reply(connection).startswith("HTTP/1.1 413")
    with connected(port) as connection:
        connection.sendall(asking("X-Long: " + "a" * server.LONGEST_HEADERS, method="GET"))
        with suppress(ConnectionError):  # it may hang up on us while we still send
            assert reply(connection).startswith("HTTP/1.1 431")
    assert asked == []


def test_who_has_a_ticket_may_send_a_file_and_no_more(port, asked):
    ticket = tickets.ticket(User(pk=7))
    body = b"a" * (server.LONGEST_BODY + 1)
    with connected(port) as connection:
        connection.sendall(asking(body=body, ticket=ticket))
        assert reply(connection).startswith("HTTP/1.1 200")
    assert asked[0]["CONTENT_LENGTH"] == str(len(body))

    with connected(port) as connection:
        connection.sendall(asking(f"Content-Length: {server.LONGEST_UPLOAD}", ticket=ticket))
        assert reply(connection).startswith("HTTP/1.1 413")


@pytest.mark.parametrize("ticket", ["", "7", "7:1w8:abcdef", TimestampSigner(salt="another").sign("7")])
def test_a_ticket_that_is_forged_is_none(port, asked, ticket):
    with connected(port) as connection:
        connection.sendall(asking(f"Content-Length: {server.LONGEST_BODY + 1}", ticket=ticket))
        assert reply(connection).startswith("HTTP/1.1 413")
    assert asked == []


def test_a_ticket_ends(monkeypatch):
    query = f"ticket={quote(tickets.ticket(User(pk=7)))}"
    assert tickets.holds(query)

    monkeypatch.setattr(tickets, "VALID", datetime.timedelta(seconds=-1))
    assert not tickets.holds(query)


def test_an_upload_may_drip_as_long_as_it_comes():
    def application(environ, start_response):
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    with serving(application, channel_timeout=1, cleanup_interval=0) as port, connected(port) as connection:
        connection.sendall(asking("Content-Length: 25", ticket=tickets.ticket(User(pk=7))))
        for _ in range(25):
            connection.sendall(b"a")
            time.sleep(0.1)
        assert reply(connection).startswith("HTTP/1.1 200")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # waitress leaves its file to Python
def test_chunks_without_end_are_refused_at_the_bound(port, asked):
    with connected(port) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
        for _ in range(server.LONGEST_BODY // 65536 + 2):
            try:
                connection.sendall(chunk)
            except ConnectionError:
                break
    assert asked == []


def test_a_header_with_an_underscore_is_none(port, asked):
    with connected(port) as connection:
        connection.sendall(asking("X_Forwarded_Proto: https", "X-Forwarded-For: 203.0.113.9"))
        reply(connection)
    assert "HTTP_X_FORWARDED_PROTO" not in asked[0] and asked[0]["HTTP_X_FORWARDED_FOR"] == "203.0.113.9"


def test_two_servers_share_an_address():
    first = server.listening("127.0.0.1", 0)
    second = server.listening("127.0.0.1", first.getsockname()[1])
    with closing(first), closing(second):
        assert first.getsockname() == second.getsockname()
