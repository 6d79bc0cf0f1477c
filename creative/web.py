from __future__ import annotations

from django.urls import path

from creative.views import cut_outs, kit, people, references, sign_in

app_name = "creative"

urlpatterns = [
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-out/", sign_in.SignOut.as_view(), name="sign-out"),
    path("welcome/<str:key>/<str:token>/", sign_in.welcome, name="welcome"),
    path("token/", sign_in.token, name="token"),
    path("account/", sign_in.account, name="account"),
    path("account/password/", sign_in.password, name="password"),
    path("people/", people.people, name="site-people"),
    path("projects/<int:project_id>/people/", people.people, name="people"),
    path("brands/<int:brand_id>/", kit.page, name="kit"),
    path("brands/<int:brand_id>/kit/", kit.form, name="kit-form"),
    path("brands/<int:brand_id>/kit/<int:number>/", kit.version, name="kit-version"),
    path("brands/<int:brand_id>/references/", references.additions, name="additions"),
    path("references/<int:reference_id>/", references.reference, name="reference"),
    path("references/<int:reference_id>/files/<slug:size>/", references.file, name="reference-file"),
    path("references/<int:reference_id>/attestations/", references.attestations, name="attestations"),
    path("references/<int:reference_id>/removal/", references.removal, name="reference-removal"),
    path("references/<int:reference_id>/cut-out/", cut_outs.cut_out, name="cut-out"),
    path("references/<int:reference_id>/cut-out/proposal/", cut_outs.proposal, name="cut-out-proposal"),
    path("references/<int:reference_id>/cut-outs/", cut_outs.cut_outs, name="cut-outs"),
    path("references/<int:reference_id>/cut-outs/<int:number>/<slug:what>/", cut_outs.file, name="cut-out-file"),
    path("attestations/<int:attestation_id>/withdrawal/", references.withdrawal, name="attestation-withdrawal"),
    path("attestations/<int:attestation_id>/contract/", references.contract, name="attestation-contract"),
    path("memberships/<int:membership_id>/role/", people.role, name="role"),
    path("memberships/<int:membership_id>/removal/", people.removal, name="removal"),
    path("memberships/<int:membership_id>/confirmation/", people.confirmation, name="confirmation"),
]
