"""Thumbnails that were lost: made again from their pictures."""

from __future__ import annotations

import io

from PIL import Image

from creative import files
from creative.models import File
from generation import images
from generation.models import Candidate


def again(file: File) -> bytes | None:
    """Encoded; stored as well where the bytes are the same as before. None for what is no thumbnail of a whole picture.

    Other bytes, by another version of the encoder, are stored nowhere: rows and evidence name the old ones.
    """
    for name in Candidate.THUMBNAILS:
        candidate = Candidate.objects.filter(**{name: file}).first()
        if candidate and files.is_intact(candidate.picture_id):
            content = _encoded(candidate, name)
            files.mend(file, io.BytesIO(content))
            return content
    return None


def _encoded(candidate: Candidate, name: str) -> bytes:
    stored = files.read(candidate.picture_id)
    with Image.open(io.BytesIO(stored)) as picture:
        encoded = images.encode(picture.convert("RGB"), stored, **Candidate.THUMBNAILS)
    return encoded.small if name == "small" else encoded.large
