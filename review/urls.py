from __future__ import annotations

from django.urls import path

from review.views import culling, dashboard, exports, room, signoff

app_name = "review"

urlpatterns = [
    path("", dashboard.home, name="home"),
    path("projects/<int:project_id>/", dashboard.project, name="project"),
    path("projects/<int:project_id>/candidates/", culling.candidates, name="candidates"),
    path("projects/<int:project_id>/exports/", exports.project_exports, name="exports"),
    path("briefs/<int:brief_id>/", dashboard.brief, name="brief"),
    path("briefs/<int:brief_id>/progress/", dashboard.brief_progress, name="brief-progress"),
    path("briefs/<int:brief_id>/archival/", dashboard.archival, name="archival"),
    path("briefs/<int:brief_id>/cull/", room.cull, name="cull"),
    path("briefs/<int:brief_id>/marks/", room.marks, name="marks"),
    path("briefs/<int:brief_id>/blind-pass/", room.blind_pass_of_brief, name="blind-pass"),
    path("briefs/<int:brief_id>/blind-pass/completion/", room.blind_pass_completion, name="blind-pass-completion"),
    path("briefs/<int:brief_id>/shortlist/", culling.shortlist_of_brief, name="shortlist"),
    path("briefs/<int:brief_id>/assets/", culling.assets_of_brief, name="assets"),
    path("candidates/<int:candidate_id>/", culling.candidate_page, name="candidate"),
    path("candidates/<int:candidate_id>/info/", culling.info, name="info"),
    path("candidates/<int:candidate_id>/flag/", culling.flag, name="flag"),
    path("candidates/<int:candidate_id>/shortlisting/", culling.shortlisting, name="shortlisting"),
    path("assets/<int:asset_id>/versions/", signoff.versions_of_asset, name="versions"),
    path("review/", signoff.queue, name="queue"),
    path("versions/<int:version_id>/", signoff.version_page, name="version"),
    path("versions/<int:version_id>/signoffs/", signoff.signoffs, name="signoffs"),
    path("versions/<int:version_id>/withdrawal/", signoff.version_withdrawal, name="version-withdrawal"),
    path("signoffs/<int:signoff_id>/withdrawal/", signoff.signoff_withdrawal, name="signoff-withdrawal"),
    path("exports/<int:export_id>/", exports.export_page, name="export"),
    path("exports/<int:export_id>/file/", exports.export_file, name="export-file"),
]
