"""Building an export: the zip is written as a stream, so it is never whole in memory."""

from __future__ import annotations

import hashlib
import json
import logging
import tempfile
import zipfile
from typing import IO

from django.db import transaction

from creative import files
from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.work.leases import ClaimLost, Heartbeat, in_words
from review.composing import fingerprint
from review.delivery import export as exports
from review.delivery import manifest
from review.models import Export, Rendition

log = logging.getLogger(__name__)

CHUNK = 1 << 20  # bytes


def build_waiting() -> None:
    """Build until nothing waits."""
    while export := _claim_next():
        build(export)


def build(export: Export) -> None:
    """Build an export that we have claimed. What is not cleared any more is refused, and nothing leaves."""
    heartbeat = Heartbeat(export)
    try:
        with tempfile.TemporaryFile() as file:
            _write(export, file, heartbeat)
            _keep(export, file)
    except ClaimLost:
        log.warning("%s was taken over while it was built", export)
    except Refused as refusal:
        _fail(export, str(refusal), for_good=True)
    except Exception as error:
        log.exception("%s failed", export)
        _fail(export, in_words(error), for_good=False)
    finally:
        heartbeat.close()


def _keep(export: Export, zipped: IO[bytes]) -> None:
    """Stored before the row that names it; unless the export is done by it, nothing ever names it."""
    file = files.put(zipped, media_type="application/zip")
    with transaction.atomic():
        if not exports.may_leave(export):
            raise Refused("Something in it is not approved any more.")
        if export.succeed(file=file):
            audit.record(export.project, None, Act.EXPORT_BUILT, export=export.pk, sha256=file.sha256)


def _fail(export: Export, error: str, *, for_good: bool) -> None:
    with transaction.atomic():
        if export.fail(error, for_good=for_good):
            audit.record(export.project, None, Act.EXPORT_FAILED, export=export.pk, error=error)


def _claim_next() -> Export | None:
    for export in Export.objects.claimable().select_related("project__brand", "ordered_by").order_by("pk"):
        with transaction.atomic():
            if export.claim():
                audit.record(export.project, None, Act.EXPORT_CLAIMED, export=export.pk, attempt=export.attempt)
                return export
    return None


def sweep() -> bool:
    """End what has no attempts left; say whether anything waits."""
    for export in Export.objects.exhausted().select_related("project"):
        _fail(export, "The export worker stopped without a word each time.", for_good=True)
    return Export.objects.claimable().exists()


def _write(export: Export, file: IO[bytes], heartbeat: Heartbeat) -> None:
    """Pictures, then manifest.json, stored as they are."""
    if not exports.may_leave(export):
        raise Refused("Something in it is not approved any more.")
    renditions = list(
        export.renditions.select_related(
            "version__asset",
            "version__candidate__run",
            "version__run_started_by",
            "version__shortlisted_by",
            "version__made_by",
        ).prefetch_related("version__signoffs__signed_by")
    )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for rendition in renditions:
            _copy(rendition, archive)
            if heartbeat.is_lost:
                raise ClaimLost
        text = json.dumps(manifest.of_export(export, renditions), indent=2, ensure_ascii=False)
        archive.writestr("manifest.json", text + "\n")


def _copy(rendition: Rendition, archive: zipfile.ZipFile) -> None:
    """Copy the signed bytes, checked against what was signed while they pass."""
    version = rendition.version
    if fingerprint.of(version.frozen) != rendition.fingerprint:
        raise Refused(f"{rendition.name}: its record is not what was signed.")
    digest = hashlib.sha256()
    with files.open_file(version.candidate.sha256) as picture, archive.open(rendition.name, "w") as copy:
        while chunk := picture.read(CHUNK):
            digest.update(chunk)
            copy.write(chunk)
    if digest.hexdigest() != version.frozen["picture"]:
        raise Refused(f"{rendition.name}: its file is not what was signed.")
