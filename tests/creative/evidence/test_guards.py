from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from creative.evidence import guards
from creative.evidence.guards import Guard
from creative.models import Brand, Project

TWICE = Guard(
    "no_second",
    "INSERT",
    "EXISTS (SELECT 1 FROM creative_project WHERE brand_id = NEW.brand_id AND ends IS NOT DISTINCT FROM NEW.ends)",
    "a brand's campaigns don't end alike",
)


@pytest.fixture
def armed(db):
    """As a model that declares it would be."""
    for _ in range(2):  # safe to repeat
        with connection.cursor() as cursor:
            for statement in guards.statements(connection.vendor, "creative_project", TWICE):
                cursor.execute(statement)


def test_a_guard_looks_into_other_tables_and_says_why_it_refuses(armed):
    brand = Brand.objects.create(name="Hale Coffee")
    Project.objects.create(brand=brand, name="Spring")

    with pytest.raises(IntegrityError, match="a brand's campaigns don't end alike"), transaction.atomic():
        Project.objects.create(brand=brand, name="Summer")


def test_a_guard_lets_pass_what_it_does_not_speak_of(armed):
    for name in ("Hale Coffee", "Solmint"):
        Project.objects.create(brand=Brand.objects.create(name=name), name="Spring")

    Project.objects.update(name="Autumn")
    assert Project.objects.filter(name="Autumn").count() == 2
