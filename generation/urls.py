from __future__ import annotations

from django.urls import path

from generation import preset_pages, views

app_name = "generation"

urlpatterns = [
    path("presets/", preset_pages.presets, name="presets"),
    path("presets/<int:preset_id>/", preset_pages.preset, name="preset"),
    path("samples/<int:sample_id>/", preset_pages.sample, name="sample"),
    path("projects/<int:project_id>/briefs/", views.draft, name="draft"),
    path("briefs/<int:brief_id>/form/", views.brief_form, name="brief-form"),
    path("briefs/<int:brief_id>/submission/", views.submission, name="submission"),
    path("briefs/<int:brief_id>/runs/", views.top_up, name="top-up"),
    path("runs/<int:run_id>/cancellation/", views.cancellation, name="cancellation"),
    path("runs/<int:run_id>/retry/", views.retry, name="retry"),
    path("candidates/<int:candidate_id>/runs/", views.more_like, name="more-like"),
    path("candidates/<int:candidate_id>/reproductions/", views.reproductions_of, name="reproductions"),
    path("candidates/<int:candidate_id>/picture/", views.picture, name="picture"),
    path("candidates/<int:candidate_id>/thumbnails/<slug:size>/", views.thumbnail, name="thumbnail"),
]
