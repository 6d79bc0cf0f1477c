from __future__ import annotations


class Refused(Exception):
    """Allowed and understood, but the state of the work forbids it. The text is for the person."""
