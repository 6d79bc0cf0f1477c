from __future__ import annotations

from collections.abc import Sequence

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import now

from creative import text
from creative.evidence.append_only import AppendOnly
from creative.models.brand import Brand
from creative.models.brief import UseClass
from creative.models.file import File
from creative.models.people import User, VisibleTo


class ReferenceQuerySet(VisibleTo["Reference"]):
    project_path = "brand__projects"

    def kept(self) -> ReferenceQuerySet:
        """Those that nobody took out."""
        return self.filter(removed_at=None)


class Reference(models.Model):
    """A picture, logo or font that somebody brought in for a brand; who answers for its rights is in their own rows."""

    class Kind(models.TextChoices):
        STYLE = "style", "Style"
        PRODUCT = "product", "Product"
        LOGO = "logo", "Logo"
        FONT = "font", "Font"
        PROTECTED = "protected", "Protected work"
        PERSON = "person", "Person with consent"

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="references")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=120, validators=[text.one_line])
    note = models.TextField(max_length=2_000, blank=True, validators=[text.lines])
    received = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")  # as it came; served to nobody
    # What was made of it: a picture and a thumbnail, or a font.
    picture = models.ForeignKey(File, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    thumbnail = models.ForeignKey(File, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    font = models.ForeignKey(File, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    facts = models.JSONField(default=dict, blank=True)  # as its reader told them: creative.uploads.reading
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "kind", "received"],
                condition=Q(removed_at=None),
                name="creative_reference_once_a_brand_and_kind",
                violation_error_message="This file is in the kit already.",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="creative_reference_removed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("creative:reference", args=[self.pk])

    @property
    def attestation(self) -> Attestation | None:
        """The newest that nobody withdrew. For many, `prefetch_related("attestations__withdrawal")`."""
        standing = [each for each in self.attestations.all() if not each.is_withdrawn]
        return max(standing, key=lambda each: each.pk, default=None)


class Attestation(AppendOnly):
    """Somebody answers for the rights in a reference: for which uses, where and until when."""

    reference = models.ForeignKey(Reference, on_delete=models.PROTECT, related_name="attestations")
    attested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    attested_at = models.DateTimeField(default=now)
    licence = models.CharField(max_length=200, validators=[text.one_line])  # or the contract, by its name or number
    uses = models.JSONField(default=list)  # use classes
    markets = models.JSONField(default=list, blank=True)  # country codes; none: everywhere
    expires = models.DateField(null=True, blank=True)  # the last day
    may_leave = models.BooleanField(default=False)  # the house, such as to an engine elsewhere
    # The paper itself, as it was sent: opened by nobody here, and sent as an attachment alone.
    contract = models.ForeignKey(File, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    contract_name = models.CharField(max_length=120, blank=True, validators=[text.one_line])

    class Meta:
        indexes = [models.Index(fields=["expires"], name="creative_attestations_by_end")]

    def __str__(self) -> str:
        return f"{self.attested_by} for {self.reference}"

    @property
    def is_withdrawn(self) -> bool:
        return hasattr(self, "withdrawal")

    @property
    def is_expired(self) -> bool:
        return self.expires is not None and self.expires < timezone.localdate()

    @property
    def use_labels(self) -> Sequence[str]:
        return [str(UseClass(use).label) for use in self.uses]


class AttestationWithdrawal(AppendOnly):
    """It holds no longer, and why."""

    attestation = models.OneToOneField(Attestation, on_delete=models.PROTECT, related_name="withdrawal")
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(default=now)
    reason = models.CharField(max_length=500, validators=[text.one_line, RegexValidator(r"\S")])

    def __str__(self) -> str:
        return f"{self.withdrawn_by}: {self.reason}"
