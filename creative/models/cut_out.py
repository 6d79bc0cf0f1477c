from __future__ import annotations

from django.db import models
from django.utils.timezone import now

from creative.evidence.append_only import AppendOnly
from creative.models.file import File
from creative.models.people import User
from creative.models.reference import Reference


class CutOut(AppendOnly):
    """What of a product's picture is the product. The newest counts, and the picture itself stays as it is."""

    reference = models.ForeignKey(Reference, on_delete=models.PROTECT, related_name="cut_outs")
    number = models.PositiveIntegerField()
    mask = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")  # grey, in the picture's own size
    preview = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+")  # the thumbnail with it as alpha
    # Nobody: a model.
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=now)
    made_with = models.CharField(max_length=40)  # the model and its version, or how else

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "number"],
                name="creative_cut_out_one_of_a_number",
                violation_error_message="Somebody saved a cut-out of it at this moment.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}, cut-out {self.number}"
