"""Building an export: the zip is written as a stream, so it is never whole in memory."""

from __future__ import annotations

import datetime
import hashlib
import json
import tempfile
import zipfile
from typing import IO, Any

from django.db import transaction
from django.utils import timezone

from creative import files
from creative.errors import Refused
from creative.evidence.acts import Act
from creative.work import loop
from creative.work.hold import Hold
from creative.work.kinds import Acts, Kind, succeed
from review.composing import fingerprint
from review.delivery import export as exports
from review.delivery import manifest
from review.models import Export, Rendition, Version

CHUNK = 1 << 20  # bytes


def build_waiting() -> None:
    """Build until nothing waits."""
    loop.work([Exports()], worker=loop.this_worker())


class Exports(Kind[Export]):
    model = Export
    select = ("project__brand", "ordered_by")
    acts = Acts(Act.EXPORT_CLAIMED, Act.EXPORT_BUILT, Act.EXPORT_FAILED, Act.EXPORT_RELEASED)
    silent = "The export worker stopped without a word each time."

    @classmethod
    def record(cls, row: Export, act: Act, /, **data: Any) -> None:
        exports.record(row, None, act, **data)

    def do(self, hold: Hold[Export]) -> None:
        """What is not cleared any more is refused, and nothing leaves."""
        with tempfile.TemporaryFile() as file:
            _write(hold, file)
            _keep(hold.row, file)


def _keep(export: Export, zipped: IO[bytes]) -> None:
    """Stored before the row that names it; unless the export is done by it, nothing ever names it."""
    file = files.put(zipped, media_type="application/zip")
    with transaction.atomic():
        exports.require_leave(export)
        succeed(Exports, export, told={"sha256": file.sha256}, file=file)


def _write(hold: Hold[Export], file: IO[bytes]) -> None:
    """Pictures, then manifest.json, stored as they are."""
    export = hold.row
    exports.require_leave(export)
    renditions = list(
        export.renditions.select_related(
            "composition__file",
            "version__asset",
            "version__candidate__run__started_by",
            "version__order__ordered_by",
            "version__order__shortlisting__shortlisted_by",
        ).prefetch_related("version__signoffs__signed_by")
    )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as zipped:
        for rendition in renditions:
            _copy(rendition, zipped)
            hold.check()
        text = json.dumps(manifest.of_export(export, renditions), indent=2, ensure_ascii=False)
        zipped.writestr(_entry("manifest.json", export.ordered_at), text + "\n")


def _entry(name: str, at: datetime.datetime) -> zipfile.ZipInfo:
    """A file that everybody may read, of a time in the zone of the settings, as zip has no zones."""
    entry = zipfile.ZipInfo(name, timezone.localtime(at).timetuple()[:6])
    entry.external_attr = 0o100644 << 16
    return entry


def _signed_at(version: Version) -> datetime.datetime:
    """When the last who had to sign did; without sign-offs, when it was sent."""
    signed = [signoff.signed_at for signoff in version.signoffs.all() if signoff.withdrawn_at is None]
    return max(signed, default=version.made_at)


def _copy(rendition: Rendition, zipped: zipfile.ZipFile) -> None:
    """Copy the signed bytes, checked against what was signed while they pass."""
    version = rendition.version
    if fingerprint.of(version.frozen) != rendition.fingerprint:
        raise Refused(f"{rendition.name}: its record is not what was signed.")
    digest = hashlib.sha256()
    entry = _entry(rendition.name, _signed_at(version))
    with files.open_file(rendition.composition.file_id) as picture, zipped.open(entry, "w") as copy:
        while chunk := picture.read(CHUNK):
            digest.update(chunk)
            copy.write(chunk)
    signed = {composition["file"] for composition in version.frozen["compositions"]}
    if digest.hexdigest() not in signed:
        raise Refused(f"{rendition.name}: its file is not what was signed.")
