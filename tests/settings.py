"""The settings as shipped, and the three things that tests change."""

from creative.settings import *  # noqa: F403
from creative.settings import STORAGES

# Pages name static files that nobody collected.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# Signing people in is most of what a fast test does.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The heart of a hold beats on a connection of its own, which can't see into the transaction that a test is rolled back
# in and takes the row for lost. Workers in processes of their own have the settings as shipped.
HEARTBEAT_SECONDS = LEASE_SECONDS = 600
