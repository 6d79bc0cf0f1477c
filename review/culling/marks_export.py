"""What people marked, for other tools: a table, or XMP sidecars named as the pictures are. No picture is copied."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.db.models import QuerySet

from creative.models import Brief, User
from review.models import Flag

COLUMNS = ("candidate", "file", "sha256", "person", "pick", "rating", "label", "reason", "marked_at")
PICKS = {Flag.Value.PICK: 1, Flag.Value.UNFLAGGED: 0, Flag.Value.REJECT: -1}
TOOLKIT = "Winnow"  # named in every sidecar of ours, and replaced by whatever tool writes it next
NAMESPACES = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpDM": "http://ns.adobe.com/xmp/1.0/DynamicMedia/",
}


class NotOurs(Exception):
    """Another tool's sidecar is where one would be written; it may hold work that exists nowhere else."""


def marked(brief: Brief) -> QuerySet[Flag]:
    """Every judgement of the brief in the candidates' order, also those that were cleared again."""
    flags = Flag.objects.filter(candidate__brief=brief).select_related("candidate__picture", "person")
    return flags.order_by("candidate__index", "person__username")


def people(brief: Brief) -> list[User]:
    """Who marked a candidate, by username."""
    return list(User.objects.filter(pk__in=marked(brief).order_by().values("person")).order_by("username"))


def table(flags: Iterable[Flag]) -> str:
    """CSV with a header, as RFC 4180 has it."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    rows.writerows(_row(flag) for flag in flags)
    return text.getvalue()


def _row(flag: Flag) -> tuple[object, ...]:
    picture = flag.candidate.picture
    return (
        flag.candidate_id,
        f"{picture.sha256}{picture.suffix}",
        picture.sha256,
        flag.person.username,
        PICKS[Flag.Value(flag.value)],
        flag.rating,
        flag.label,
        flag.reason,
        flag.flagged_at.isoformat(timespec="seconds"),
    )


def write_sidecars(brief: Brief, person: User, folder: Path, left: Mapping[int, Iterable[str]]) -> int:
    """Write this person's marks, a file a picture, and return how many. The same marks give the same bytes.

    A picture is named by its SHA-256, as it is stored, and by the names of the files that `left` with it: candidate id
    to file names. A program looks for a picture's sidecar beside it, under its name.

    Of candidates that came out as the same picture, the one judged last speaks for it. Raises NotOurs before anything
    is written, and OSError.
    """
    flags = marked(brief).filter(person=person).order_by("flagged_at", "pk")
    sidecars = {
        folder / f"{stem}.xmp": flag
        for flag in flags
        for stem in [flag.candidate.sha256, *(Path(name).stem for name in left.get(flag.candidate_id, ()))]
    }
    folder.mkdir(parents=True, exist_ok=True)
    for path in sidecars:
        if path.exists() and not _is_ours(path):
            raise NotOurs(f"{path} was written by another tool. Move it away, or choose another folder.")
    for path, flag in sidecars.items():
        path.write_bytes(sidecar(flag))
    return len(sidecars)


def _is_ours(path: Path) -> bool:
    return f'x:xmptk="{TOOLKIT}"'.encode() in path.read_bytes()


def sidecar(flag: Flag) -> bytes:
    """One judgement in XMP (ISO 16684-1), where a rating of -1 rejects; flag and label in Lightroom Classic's words."""
    for prefix, uri in NAMESPACES.items():
        ET.register_namespace(prefix, uri)
    root = ET.Element(_name("x", "xmpmeta"), {_name("x", "xmptk"): TOOLKIT})
    described = ET.SubElement(
        ET.SubElement(root, _name("rdf", "RDF")), _name("rdf", "Description"), {_name("rdf", "about"): ""}
    )
    rejected = flag.value == Flag.Value.REJECT
    described.set(_name("dc", "identifier"), f"sha256:{flag.candidate.sha256}")
    described.set(_name("xmp", "Rating"), str(-1 if rejected else flag.rating))
    if flag.label:
        described.set(_name("xmp", "Label"), flag.label.capitalize())
    described.set(_name("xmp", "MetadataDate"), flag.flagged_at.isoformat(timespec="seconds"))
    described.set(_name("xmpDM", "pick"), str(PICKS[Flag.Value(flag.value)]))
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8")) + b"\n"


def _name(prefix: str, name: str) -> str:
    return f"{{{NAMESPACES[prefix]}}}{name}"
