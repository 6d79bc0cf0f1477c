"""The web server: waitress, which takes a request whole before one of our threads holds it.

Slow or vast, a request costs nobody a thread: it has 30 seconds to come and a bound on its length, it is dropped at the
bound, and what has come of it so far lies in memory up to 64 KiB. One whose address carries a ticket, which pages give
to who is signed in, may be as long as an upload and take ten minutes. Headers whose names have an underscore are
dropped, which no proxy does for the sake of those with a hyphen.
"""

from __future__ import annotations

import copy
import socket
import time
from collections.abc import Callable
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer, create_server

from creative.uploads import door, tickets

THREADS = 8
LONGEST_BODY = 1_100_000  # bytes; Django's own bounds are lower, and say so in words
LONGEST_HEADERS = 32_768  # bytes
LONGEST_UPLOAD = door.LONGEST + 100_000  # bytes, with what a form has beside the file
UPLOAD_PATIENCE = 600  # seconds that one may take to come, as long as it comes
PATIENCE = 30  # seconds that a request may take to come, an idle connection may stay, a reader may stall
CONNECTIONS = 1_000


class Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """With the bounds of an upload once a header with a ticket has come."""

    adj: Any
    query: str
    until = 0.0  # time.time(); until then it may come slowly

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.query and tickets.holds(self.query):
            self.adj = copy.copy(self.adj)
            self.adj.max_request_body_size = LONGEST_UPLOAD
            self.until = time.time() + UPLOAD_PATIENCE


class Channel(HTTPChannel):  # type: ignore[misc]
    parser_class = Parser
    last_activity: float  # time.time()

    def handle_read(self) -> None:
        """Of a request that began, more bytes renew nothing: it has to end in time. An upload has more of it."""
        begun = self.last_activity if self.request is not None else None
        super().handle_read()
        if begun is not None and self.request is not None and time.time() > self.request.until:
            self.last_activity = begun

    def handle_close(self) -> None:
        """Nothing is left of a request that never ended."""
        if self.request is not None:
            self.request.close()
        super().handle_close()


def listening(host: str, port: int) -> socket.socket:
    """Several servers may listen at one address; the kernel shares out who comes. Raises OSError."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(address)
    return listener


def server(application: Callable[..., Any], listener: socket.socket, *, threads: int = THREADS) -> TcpWSGIServer:
    """Its `run` serves until SystemExit or KeyboardInterrupt, and then finishes what its threads hold."""
    made = create_server(
        application,
        sockets=[listener],
        threads=threads,
        ident=None,
        connection_limit=CONNECTIONS,
        backlog=CONNECTIONS,
        asyncore_use_poll=True,
        channel_timeout=PATIENCE,
        cleanup_interval=5,
        max_request_body_size=LONGEST_BODY,
        max_request_header_size=LONGEST_HEADERS,
        inbuf_overflow=65_536,
        clear_untrusted_proxy_headers=False,  # creative.proxies does, of more than one proxy
    )
    made.channel_class = Channel
    return made
