"""Leave to send a large request: a signed word in an address, so that a server knows before it takes the rest."""

from __future__ import annotations

import datetime
from urllib.parse import parse_qs

from django.core.signing import BadSignature, TimestampSigner

from creative.models import User

NAME = "ticket"  # in the query of an address
VALID = datetime.timedelta(hours=12)  # from when the page was made

_signer = TimestampSigner(salt="creative.uploads.tickets")


def ticket(user: User) -> str:
    return _signer.sign(str(user.pk))


def holds(query: str) -> bool:
    """Whether there is a ticket of ours in it."""
    given = parse_qs(query).get(NAME, [""])[0]
    try:
        _signer.unsign(given, max_age=VALID)
    except BadSignature:
        return False
    return True
