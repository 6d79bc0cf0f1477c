"""Whose fault it is when something breaks: the house's, which passes, or its own."""

from __future__ import annotations

import errno
import logging
import math
import time
from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _

from creative.work import process

log = logging.getLogger(__name__)

CUTS = (OperationalError, InterfaceError)  # the database is away, busy, or cut us off
IDLE = "25P03"  # idle_in_transaction_session_timeout, by PostgreSQL's name of errors, is neither
LONGEST_PAUSE = 30  # seconds between two tries to reach the database
FULL = (errno.ENOSPC, errno.EDQUOT)
CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)

T = TypeVar("T")


def fault(error: BaseException) -> str:
    """What of the house is wrong, in a sentence for people; empty where the house is not at fault."""
    if is_cut(error):
        return _("The database is busy or can't be reached.")
    if isinstance(error, BotoCoreError | ClientError):
        return _("The storage can't be reached, or does not let us in.")
    if isinstance(error, OSError) and error.errno in FULL:
        return _("The disk is full.")
    if isinstance(error, OSError) and error.errno in CLOSED:
        return _("A folder of the storage can't be written or read.")
    if isinstance(error, ConnectionError | TimeoutError) or isinstance(error, OSError) and error.errno == errno.EIO:
        return _("The storage can't be reached.")
    return ""


def is_cut(error: BaseException) -> bool:
    """Of the database: away, busy, or tired of a transaction in which nothing was said for too long."""
    return isinstance(error, CUTS) or getattr(error.__cause__, "sqlstate", "") == IDLE


def despite_cuts(call: Callable[[], T], *, seconds: float = math.inf) -> T:
    """What `call`, which may be repeated, returns; again on a new connection where the database cuts it off.

    It is given up after so many seconds, or when this worker is asked to stop.
    """
    until, pause = time.monotonic() + seconds, 0.0
    while True:
        try:
            return call()
        except DatabaseError as error:
            if not is_cut(error) or time.monotonic() + pause > until or process.stop_is_asked():
                raise
            log.warning("The database cut us off (%s); trying again in %s s.", error, pause)
            time.sleep(pause)
            connection.close_if_unusable_or_obsolete()
            pause = min(2 * pause + 1, LONGEST_PAUSE)
