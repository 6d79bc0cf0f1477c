"""What others' bytes are given to: a process that knows of us these bytes alone, with a bound on its time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from creative.errors import Refused


class Told(NamedTuple):
    """What such a process said: facts, and what it made by name. `broken`: why it could not read what it was given."""

    facts: dict[str, Any]
    files: dict[str, bytes]
    broken: str = ""


def told(script: Path, *arguments: str, given: bytes, seconds: int) -> Told:
    """No settings, no secrets, no folder. Raises Refused by its sentence, or where it ends at a bound."""
    command = [sys.executable, "-I", str(script), *arguments]
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=seconds, check=False, env={}, cwd="/")
    except subprocess.TimeoutExpired as error:
        raise Refused(_("This file takes too long to read. Send a simpler one.")) from error
    head, _newline, rest = done.stdout.partition(b"\n")
    try:
        said: dict[str, Any] = json.loads(head)
    except ValueError as error:  # killed at a bound, or by what is in the file
        raise Refused(_("This file can't be read within the bounds of memory and time. Send a simpler one.")) from error
    if "refused" in said:
        raise Refused(said["refused"])
    if "broken" in said:
        return Told({}, {}, broken=said["broken"] or "broken")
    files, at = {}, 0
    for name, size in said["files"].items():
        files[name], at = rest[at : at + size], at + size
    return Told(said["facts"], files)
