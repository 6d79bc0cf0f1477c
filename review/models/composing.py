from __future__ import annotations

from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext as _

from creative import stages, text
from creative.evidence.acts import Act
from creative.evidence.append_only import AppendOnly
from creative.evidence.evident import Evident
from creative.models import Brief, File, Project, User, VisibleTo
from creative.work.leases import OPEN, Leased, LeasedQuerySet, open_index
from generation.models import Candidate
from review.models.culling import Shortlisting

DEFAULT = "default"  # the copy variant and the locale of an asset, until a brief has several


class Asset(Evident):
    """One picture, one copy variant, one locale of a brief. Only its own versions supersede each other."""

    evident = ("project_id", "brief_id", "variant", "locale", "made_at")
    told_by = (Act.VERSION_ORDERED,)
    evident_brief = "brief_id"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="assets")
    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="assets")
    variant = models.CharField(max_length=40, default=DEFAULT)
    locale = models.CharField(max_length=35, default=DEFAULT)
    made_at = models.DateTimeField(default=now)

    objects = VisibleTo["Asset"].as_manager()

    def __str__(self) -> str:
        return f"Asset {self.pk}"


class VersionOrderQuerySet(LeasedQuerySet["VersionOrder"], VisibleTo["VersionOrder"]):  # type: ignore[override]
    project_path = "asset__project"


class VersionOrder(Leased, Evident):
    """A person sends a picture to review: the asset's next version, written once its compositions are done."""

    evident = ("asset_id", "candidate_id", "shortlisting_id", "after", "note", "ordered_by_id", "ordered_at")
    told_by = (Act.VERSION_ORDERED,)
    evident_brief = "asset__brief_id"

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="orders")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="version_orders")
    # What it was chosen from: by this key the database keeps on the shortlist what is in review.
    shortlisting = models.ForeignKey(Shortlisting, on_delete=models.PROTECT, related_name="version_orders")
    after = models.PositiveIntegerField()  # number of the newest version that the person saw; 0 for none
    note = models.CharField(max_length=400, blank=True, validators=[text.one_line])
    ordered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(default=now)

    objects = VersionOrderQuerySet.as_manager()

    class Meta:
        constraints = [
            *Leased.Meta.constraints,
            models.UniqueConstraint(fields=["asset"], condition=OPEN, name="review_one_open_version_order_an_asset"),
        ]
        indexes = [open_index("review_open_version_orders", "id")]

    def __str__(self) -> str:
        return f"Order of version {self.after + 1} of asset {self.asset_id}"

    @property
    def name(self) -> str:
        """Of the version that it will be."""
        return _named(self.asset_id, self.after + 1)

    @property
    def project(self) -> Project:
        return self.asset.project


class VersionQuerySet(VisibleTo["Version"]):
    project_path = "asset__project"


class Version(AppendOnly, Evident):
    """What is reviewed, with everything a sign-off relies on frozen. Never changes: the database refuses."""

    evident = ("asset_id", "number", "order_id", "candidate_id", "frozen", "fingerprint", "made_at")
    told_by = (Act.VERSION_MADE,)
    evident_brief = "asset__brief_id"

    class State(models.TextChoices):
        IN_REVIEW = "in review", "In review"
        CHANGES = "changes required", "Changes required"
        REJECTED = "rejected", "Rejected"
        APPROVED = "approved", "Approved"
        SUPERSEDED = "superseded", "Superseded"
        WITHDRAWN = "withdrawn", "Withdrawn"

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    order = models.OneToOneField(VersionOrder, on_delete=models.PROTECT, related_name="version")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="versions")
    frozen = models.JSONField()  # what the fingerprint is taken over: review.composing.fingerprint
    fingerprint = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=now)

    objects = VersionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["made_at"], name="review_versions_by_time")]
        constraints = [models.UniqueConstraint(fields=["asset", "number"], name="review_version_numbered_once")]

    def __str__(self) -> str:
        return f"Version {self.number}"

    @property
    def project(self) -> Project:
        return self.asset.project

    @property
    def state(self) -> Version.State:
        """Needs `signing.standing.with_state()`."""
        return Version.State(self.found_state)  # type: ignore[attr-defined]

    @property
    def name(self) -> str:
        return _named(self.asset_id, self.number)

    @property
    def is_approved(self) -> bool:
        """Needs `signing.standing.with_state()`."""
        return self.state == Version.State.APPROVED

    @property
    def cover(self) -> Composition:
        """The composition that stands for the version in lists."""
        return self.compositions.all()[0]


def _named(asset: int, number: int) -> str:
    return _("Asset %(asset)s, version %(number)s") % {"asset": asset, "number": number}


class CompositionQuerySet(VisibleTo["Composition"]):
    project_path = "version__asset__project"


class Composition(AppendOnly, Evident):
    """A version in one format: the very bytes that are signed, and how they are looked at."""

    evident = ("version_id", "format", "file_id", "small_id", "large_id")
    told_by = (Act.VERSION_MADE,)
    evident_brief = "version__asset__brief_id"

    ORIGINAL = "original"  # the format of a picture that nothing is set over

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="compositions")
    format = models.CharField(max_length=40, default=ORIGINAL)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")
    small = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")  # thumbnails, as of a candidate
    large = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")

    objects = CompositionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["version", "format"], name="review_a_version_once_in_a_format")]

    def __str__(self) -> str:
        return f"{self.version}, {self.format}"

    @property
    def project(self) -> Project:
        return self.version.project


class Requirement(AppendOnly, Evident):
    """A stage and seat that must sign a version, and which rule asked. Frozen with it."""

    evident = ("version_id", "stage", "seat", "order", "because")
    told_by = (Act.VERSION_MADE,)
    evident_brief = "version__asset__brief_id"

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="requirements")
    stage = models.CharField(max_length=stages.LONGEST)
    seat = models.PositiveSmallIntegerField(default=1)  # from 1: several people may have to sign in one stage
    order = models.PositiveSmallIntegerField()  # lower ones sign first, the same one side by side
    because = models.CharField(max_length=200)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "stage", "seat"], name="review_a_seat_of_a_stage_once_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.label} of {self.version}"

    @property
    def label(self) -> str:
        return stages.label(self.stage)


class Hand(AppendOnly, Evident):
    """Somebody had a hand in a version, and so signs nothing on it. Written with the version."""

    evident = ("version_id", "person_id", "how")
    told_by = (Act.VERSION_MADE,)
    evident_brief = "version__asset__brief_id"

    class How(models.TextChoices):
        WROTE = "wrote", "wrote the brief"
        SUBMITTED = "submitted", "submitted the brief"
        STARTED = "started", "started its run"
        RETRIED = "retried", "tried its run again"
        SHORTLISTED = "shortlisted", "shortlisted it"
        SENT = "sent", "sent it to review"

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="hands")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=12, choices=How.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "person", "how"], name="review_a_hand_told_once")]

    def __str__(self) -> str:
        return f"{self.person} {self.get_how_display()}"
