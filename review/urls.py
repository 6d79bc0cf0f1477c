from __future__ import annotations

from django.urls import path

from review.composing import views as composing
from review.delivery import views as delivery
from review.signing import views as signing
from review.views import candidates, dashboard, failures, findings, room, styleguide

app_name = "review"

urlpatterns = [
    path("", dashboard.home, name="home"),
    path("projects/<int:project_id>/", dashboard.project, name="project"),
    path("projects/<int:project_id>/candidates/", candidates.candidates, name="candidates"),
    path("projects/<int:project_id>/exports/", delivery.project_exports, name="exports"),
    path("brands/<int:brand_id>/failures/", failures.failures_of, name="failures"),
    path("briefs/<int:brief_id>/suggestion/", failures.suggestion, name="suggestion"),
    path("briefs/<int:brief_id>/", dashboard.brief, name="brief"),
    path("briefs/<int:brief_id>/progress/", dashboard.brief_progress, name="brief-progress"),
    path("briefs/<int:brief_id>/archival/", dashboard.archival, name="archival"),
    path("briefs/<int:brief_id>/cull/", room.cull, name="cull"),
    path("briefs/<int:brief_id>/marks/", room.marks, name="marks"),
    path("briefs/<int:brief_id>/blind-pass/", room.blind_pass_of_brief, name="blind-pass"),
    path("briefs/<int:brief_id>/blind-pass/completion/", room.blind_pass_completion, name="blind-pass-completion"),
    path("briefs/<int:brief_id>/shortlist/", candidates.shortlist_of_brief, name="shortlist"),
    path("briefs/<int:brief_id>/version-orders/", composing.orders_of_brief, name="orders"),
    path("candidates/<int:candidate_id>/", candidates.candidate_page, name="candidate"),
    path("candidates/<int:candidate_id>/info/", candidates.info, name="info"),
    path("candidates/<int:candidate_id>/findings/", findings.findings_of, name="findings"),
    path("briefs/<int:brief_id>/checkings/", findings.looking_again, name="checkings"),
    path("findings/<int:finding_id>/dismissal/", findings.dismissal, name="dismissal"),
    path("candidates/<int:candidate_id>/flag/", candidates.flag, name="flag"),
    path("candidates/<int:candidate_id>/shortlisting/", candidates.shortlisting, name="shortlisting"),
    path("assets/<int:asset_id>/version-orders/", composing.orders_of_asset, name="asset-orders"),
    path("version-orders/<int:order_id>/", composing.order_page, name="order"),
    path("version-orders/<int:order_id>/retry/", composing.order_retry, name="order-retry"),
    path("compositions/<int:composition_id>/<slug:size>/", composing.composition, name="composition"),
    path("review/", signing.queue, name="queue"),
    path("turns/<int:turn_id>/taking/", signing.taking, name="taking"),
    path("versions/<int:version_id>/", signing.version_page, name="version"),
    path("versions/<int:version_id>/signoffs/", signing.signoffs, name="signoffs"),
    path("versions/<int:version_id>/withdrawal/", signing.version_withdrawal, name="version-withdrawal"),
    path("signoffs/<int:signoff_id>/withdrawal/", signing.signoff_withdrawal, name="signoff-withdrawal"),
    path("exports/<int:export_id>/", delivery.export_page, name="export"),
    path("exports/<int:export_id>/file/", delivery.export_file, name="export-file"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]
