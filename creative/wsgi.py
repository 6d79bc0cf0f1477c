from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "creative.settings")

application = get_wsgi_application()

from creative import demo_in_production  # noqa: E402  # needs the apps

demo_in_production.refuse()
