"""The settings as shipped, and the two things that tests change."""

from creative.settings import *  # noqa: F403
from creative.settings import STORAGES

# Pages name static files that nobody collected.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# Signing people in is most of what a fast test does.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
