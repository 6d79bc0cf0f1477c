from __future__ import annotations

import signal
import sys
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from creative import server
from creative.wsgi import application


class Command(BaseCommand):
    help = "Serve the pages until SIGTERM or Ctrl+C. Several may serve at one address, beside one another."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--threads", type=int, default=server.THREADS)

    def handle(self, *, host: str, port: int, threads: int, **options: Any) -> None:
        try:
            listener = server.listening(host, port)
        except OSError as error:
            raise CommandError(f"{host}:{port} can't be listened at ({error.strerror}).") from error
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        server.server(application, listener, threads=threads).run()
