from __future__ import annotations

from django.urls import include, path

from creative.admin import site

handler500 = "creative.house_page.broken"

urlpatterns = [
    path("", include("creative.web")),
    path("", include("generation.urls")),
    path("", include("review.urls")),
    path("admin/", site.urls),
]
