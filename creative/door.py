"""The way to what may be away: while it is, one at a time asks whether it is back, and others wait little."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from creative.work import house

PATIENCE = 0.5  # seconds


class Door:
    """Of one process. A storage that does not answer would otherwise hold every thread that shows a picture.

    Who comes while somebody asks waits for the answer as long as a storage that is back takes for one: what a page
    shows in one burst comes whole from the moment on at which the storage is back.
    """

    def __init__(self) -> None:
        self._away = threading.Event()
        self._asking = threading.Lock()

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Raises TimeoutError where it did not answer of late and somebody who asks hears nothing either."""
        alone = self._away.is_set()
        if alone and not self._asking.acquire(timeout=PATIENCE):
            raise TimeoutError
        if alone and not self._away.is_set():  # it came back meanwhile
            self._asking.release()
            alone = False
        try:
            yield
        except Exception as error:
            (self._away.set if house.fault(error) else self._away.clear)()
            raise
        else:
            self._away.clear()
        finally:
            if alone:
                self._asking.release()
