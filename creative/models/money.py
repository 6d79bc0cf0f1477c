from __future__ import annotations

from django.db import models
from django.utils.timezone import now

from creative.evidence.append_only import AppendOnly
from creative.models.brief import Brief
from creative.models.project import Project


class Spending(AppendOnly):
    """A line of the ledger: what one attempt took of a device, and what that cost, whatever came of it."""

    class What(models.TextChoices):
        BATCH = "batch"
        REPRODUCTION = "reproduction"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="+", db_index=False)
    what = models.CharField(max_length=12, choices=What.choices)
    subject = models.PositiveBigIntegerField()  # id of the batch or the reproduction
    seconds = models.DecimalField(max_digits=12, decimal_places=6)
    money = models.DecimalField(max_digits=18, decimal_places=12)  # seconds times the price of one, both to 6 places
    at = models.DateTimeField(default=now)

    class Meta:
        verbose_name_plural = "spending"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(seconds__gte=0, money__gte=0), name="creative_spending_is_never_taken_back"
            ),
        ]
        indexes = [  # a sum is read from them alone
            models.Index(fields=["project", "at", "seconds", "money"], name="creative_spending_of_a_project"),
            models.Index(fields=["brief", "seconds", "money"], name="creative_spending_of_a_brief"),
        ]

    def __str__(self) -> str:
        return f"{self.seconds} s for {self.what} {self.subject}"
