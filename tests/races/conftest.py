from __future__ import annotations

import pytest
from django.db import connection


@pytest.fixture(autouse=True)
def postgresql(transactional_db):
    """SQLite lets one writer in at a time, so there is nothing to race."""
    if connection.vendor != "postgresql":
        pytest.skip("races are run on PostgreSQL")
