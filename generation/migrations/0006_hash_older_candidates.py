from __future__ import annotations

import io
from contextlib import suppress

from django.db import migrations
from PIL import Image

from creative.triggers import allow_changes, refuse_changes
from generation import images, storage

TABLE = "generation_candidate"
ROWS = 500  # in one UPDATE


def backfill(apps, schema_editor):
    """Before the table is locked, the slow part: reading. A candidate whose file is missing stays without a hash."""
    Candidate = apps.get_model("generation", "Candidate")
    hashed = []
    for candidate in Candidate.objects.filter(phash=None).only("small").iterator():
        with suppress(OSError):
            candidate.phash = images.perceptual_hash(Image.open(io.BytesIO(storage.read(candidate.small))))
            hashed.append(candidate)
    if hashed:
        allow_changes(schema_editor, TABLE)
        Candidate.objects.bulk_update(hashed, ["phash"], batch_size=ROWS)
        refuse_changes(schema_editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [("generation", "0005_remember_how_a_candidate_looks")]

    operations = [migrations.RunPython(backfill, migrations.RunPython.noop)]
