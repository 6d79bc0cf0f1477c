from __future__ import annotations


class Refused(Exception):
    """Allowed and understood, but the state of the work forbids it. The text is for the person."""


class Lost(Refused):
    """A stored file is missing or damaged."""
