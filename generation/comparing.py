"""What the machine checks compare a candidate with: its brand's kit and references, the others of its brief."""

from __future__ import annotations

import io

from PIL import Image

from creative import files
from creative.models import Brand, File, Reference
from generation.checks import Colour, Known, Seen
from generation.models import Candidate

MOST_REFERENCES = 200  # the newest
MOST_CANDIDATES = 40  # those that look most alike, by their hashes
COMPARED = (Reference.Kind.STYLE, Reference.Kind.PRODUCT, Reference.Kind.PROTECTED, Reference.Kind.PERSON)


def seen_with(candidate: Candidate) -> Seen:
    brand = candidate.project.brand
    return Seen(
        colours=tuple(Colour(each.name, each.hex, float(each.tolerance)) for each in brand.kit.palette),
        references=tuple(_references(brand)),
        candidates=tuple(_earlier(candidate)),
    )


def _references(brand: Brand) -> list[Known]:
    kept = brand.references.kept().filter(kind__in=COMPARED, picture__isnull=False).select_related("picture")
    return [Known(each.pk, _opened(each.picture)) for each in kept.order_by("-pk")[:MOST_REFERENCES] if each.picture]


def _earlier(candidate: Candidate) -> list[Known]:
    """Of its brief, so that of two alike the later one is told of."""
    others = list(Candidate.objects.filter(brief=candidate.brief_id, pk__lt=candidate.pk).values_list("pk", "phash"))
    nearest = sorted(others, key=lambda other: _apart(candidate.phash, other[1]))[:MOST_CANDIDATES]
    found = Candidate.objects.filter(pk__in=[pk for pk, _ in nearest]).select_related("large").order_by("pk")
    return [Known(each.pk, _opened(each.large)) for each in found]


def _apart(one: str, other: str) -> int:
    """Bits, of 64."""
    return (int(one, 16) ^ int(other, 16)).bit_count() if one and other else 64


def _opened(file: File) -> Image.Image:
    return Image.open(io.BytesIO(files.read(file.pk))).convert("RGB")
