from __future__ import annotations

from functools import cached_property

from django.db import models
from django.urls import reverse
from django.utils.timezone import now

from creative import kit, text
from creative.evidence.acts import Act
from creative.evidence.append_only import AppendOnly
from creative.evidence.evident import Evident
from creative.models.people import User


class Brand(models.Model):
    """Whose pictures they are. What each of them is held to stands in its kit."""

    name = models.CharField(max_length=80, unique=True, validators=[text.one_line])

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("creative:kit", args=[self.pk])

    @cached_property
    def kit(self) -> Kit:
        """The newest version, as this object first saw it; number 0, which says nothing, before any."""
        return self.kits.select_related("written_by").order_by("-number").first() or Kit(brand=self)


class Kit(AppendOnly, Evident):
    """One version of what a brand's pictures are held to."""

    evident = ("brand_id", "number", "content", "written_by_id", "written_at")
    told_by = (Act.KIT_WRITTEN,)
    told_in = "site"

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="kits")
    number = models.PositiveIntegerField(default=0)  # from 1; 0 is never stored
    content = models.JSONField(default=dict, blank=True)  # as creative.kit.Content has it
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand", "number"], name="creative_kit_numbered_once_a_brand"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="creative_kit_numbered_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.brand} kit, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("creative:kit-version", args=[self.brand_id, self.number])

    @cached_property
    def said(self) -> kit.Content:
        return kit.Content.model_validate(self.content)

    @property
    def palette(self) -> list[kit.Colour]:
        return self.said.palette

    @property
    def logos(self) -> list[kit.Logo]:
        return self.said.logos

    @property
    def fonts(self) -> list[int]:
        return self.said.fonts

    @property
    def avoid(self) -> list[str]:
        return self.said.avoid

    @property
    def spell(self) -> list[str]:
        return self.said.spell

    @property
    def legal_lines(self) -> list[kit.LegalLine]:
        return self.said.legal_lines

    @property
    def rules(self) -> str:
        return self.said.rules

    @property
    def house_style(self) -> str:
        return self.said.house_style
