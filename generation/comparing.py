"""What the machine checks compare a candidate with: its brand's kit and references, the others of its brief."""

from __future__ import annotations

import io
import re

from PIL import Image

from creative import files
from creative.models import Brand, File, Reference
from generation import prompts
from generation.checks import Colour, Known, Seen
from generation.models import Candidate

QUOTED = re.compile(r"[“\"„»«]([^“”\"„»«]{1,80})[”“\"»«]")
GROUNDS = {"light": "white", "dark": "black"}
MOST_REFERENCES = 200  # the newest
MOST_CANDIDATES = 40  # those that look most alike, by their hashes
COMPARED = (Reference.Kind.STYLE, Reference.Kind.PRODUCT, Reference.Kind.PROTECTED, Reference.Kind.PERSON)


def seen_with(candidate: Candidate) -> Seen:
    brand = candidate.project.brand
    return Seen(
        colours=tuple(Colour(each.name, each.hex, float(each.tolerance)) for each in brand.kit.palette),
        references=tuple(_references(brand)),
        candidates=tuple(_earlier(candidate)),
        logos=tuple(_logos(brand)),
        spell=tuple(brand.kit.spell),
        quoted=tuple(_quoted(candidate)),
    )


def _quoted(candidate: Candidate) -> list[str]:
    """Words that the brief of its run has in quotation marks."""
    words = candidate.run.revision.words()
    return [match[1].strip() for name in prompts.ORDER for match in QUOTED.finditer(str(words.get(name) or ""))]


def _logos(brand: Brand) -> list[Known]:
    """The kit's, each once, on the ground that it is for."""
    grounds = {logo.reference: GROUNDS[logo.ground] for logo in brand.kit.logos}
    found = Reference.objects.kept().filter(pk__in=grounds, picture__isnull=False).select_related("picture")
    return [Known(each.pk, _opened(each.picture, grounds[each.pk])) for each in found.order_by("pk") if each.picture]


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


def _opened(file: File, ground: str = "white") -> Image.Image:
    """RGB; what is transparent shows the ground."""
    picture = Image.open(io.BytesIO(files.read(file.pk))).convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", picture.size, ground), picture).convert("RGB")
