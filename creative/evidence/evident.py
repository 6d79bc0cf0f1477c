"""Rows that evidence rests on: the line of the act that makes or changes one holds a digest of what the row says."""

from __future__ import annotations

import hashlib
import json
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, QuerySet

from creative.evidence.acts import Act
from creative.evidence.chain import canonical


class Evident(models.Model):
    """A row that lines tell of: their verbs give it to `audit.record`, and `creative.evidence.rows` compares."""

    evident: ClassVar[tuple[str, ...]]  # attributes that are told, in this order
    told_by: ClassVar[tuple[Act, ...]]  # acts whose lines tell of such rows
    evident_brief: ClassVar[str] = ""  # looks up the id of the brief whose lines tell of it; empty: lines of no brief

    class Meta:
        abstract = True

    @classmethod
    def evident_rows(cls) -> QuerySet[Any]:
        """All that some line has to tell of."""
        rows = cls._base_manager.all()
        return rows.annotate(told_brief=F(cls.evident_brief)) if cls.evident_brief else rows

    @property
    def told_in(self) -> int | str:
        """The brief whose lines tell of it, or the chain. Needs `evident_rows()`."""
        found: int = self.told_brief  # type: ignore[attr-defined]
        return found

    @property
    def evidence(self) -> list[Any]:
        return [getattr(self, name) for name in self.evident]

    @property
    def evidence_digest(self) -> str:
        """The same for a row that was just made and as the database gives it back."""
        plain = json.loads(json.dumps(self.evidence, default=str), parse_float=str)
        return hashlib.sha256(canonical(plain)).hexdigest()
