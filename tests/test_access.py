"""Who gets what answer at which address: every URL and method, by every role and by everybody else."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver, resolve, reverse

from creative import members, passwords, policy, stages
from creative.kit_form import SETS
from creative.models import Brand, BriefRevision, Event, Membership, Policy, Project, User
from creative.roles import Role
from generation import reproductions
from generation.models import Candidate, Preset, Run
from generation.preset_form import form_for
from review.culling import shortlist
from review.delivery import building, export
from review.models import Export, Flag, Shortlisting, SignOff, VersionOrder
from review.signing import signoff
from tests import make

ROLES = ("marketer", "designer", "brand", "legal", "producer")  # the reviewers by stage
EVERYBODY = frozenset(ROLES)
PRODUCER = frozenset({"producer"})
KEEPERS = frozenset({"brand", "producer"})
CONFIRMERS = frozenset({"brand", "legal", "producer"})
ADMITTED = frozenset({"producer", "legal"})  # the site's own: see conftest
MAKERS = frozenset({"marketer", "designer", "producer"})  # brief, cull and download
COMPOSERS = frozenset({"designer", "producer"})
SIGN_IN = ("/sign-in/", "/admin/login/")  # the second leads to the first
LET_IN = 0  # in place of a status: whatever who may gets
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def world(project, maya, dan, bea, leo, pia, other_people, stranger, candidates, brief):
    """One of everything: a draft, a made brief, assets at each stage, something shortlisted, a built export."""
    people = dict(zip(ROLES, (maya, dan, bea, leo, pia), strict=True))
    people |= {f"other {role}": person for role, person in other_people.items()}
    at_brand, at_legal, approved = (make.asset(candidate, dan).versions.get() for candidate in candidates[:3])
    make.signed(at_legal, bea, stages.BRAND)
    make.signed(approved, bea, stages.BRAND)
    legal_signoff = make.signed(approved, leo, stages.LEGAL)
    shortlist.add(candidates[3], by=dan)
    ordered = export.order(project, by=maya, versions=[approved.pk])
    building.build_waiting()
    attestation = make.attestation(make.reference(project, maya), maya)
    return SimpleNamespace(
        project=project,
        people={**people, "stranger": stranger, "anonymous": None},
        draft=make.draft(project, maya),
        brief=brief,
        run=brief.runs.get(),
        candidate=candidates[4],
        shortlisted=candidates[3],
        asset=at_brand.asset,
        at_brand=at_brand,
        at_legal=at_legal,
        approved=approved,
        legal_signoff=legal_signoff,
        export=Export.objects.get(pk=ordered.pk),
        preset=Preset.objects.get(),
        kit=make.kit(project, pia, rules="No people."),
        sample=make.sample(Preset.objects.get()),
        reference=attestation.reference,
        attestation=attestation,
        cut_out=make.cut_out(attestation.reference, maya),
        finding=make.checked(candidates[4], make.finding()).findings.get(),
        policy=make.agreed_policy(policy.SHIPPED, written_by=pia, agreed_by=leo),
        membership=Membership.objects.get(user=bea),
        waiting=make.waiting_to_be_confirmed(project),
    )


# The table


@dataclass(frozen=True)
class Row:
    """A URL, and which roles of its project may GET and POST it. None: the method is not allowed."""

    name: str
    args: Callable[[Any], list[Any]] = lambda w: []
    get: frozenset[str] | None = None
    post: frozenset[str] | None = None
    data: Callable[[Any], dict[str, Any]] = lambda w: {}
    got: int = 200
    posted: int = 302
    refused: int = 403  # a colleague without the right
    outside: int = 404  # strangers and other projects; LET_IN: as members
    anonymous: int = 302
    json: bool = False  # what is posted, in place of a form
    path: Callable[[Any], str] | None = None  # of a URL without a name
    case: str = ""
    odd_methods: frozenset[str] = field(default=frozenset())

    def url(self, world: Any) -> str:
        return self.path(world) if self.path else reverse(self.name, args=self.args(world))

    @property
    def sent_as(self) -> dict[str, Any]:
        return {"content_type": "application/json"} if self.json else {}

    def allowed(self, method: str) -> frozenset[str] | None:
        return {"GET": self.get, "POST": self.post}.get(method)

    def expected(self, method: str, person: str, data: dict[str, Any]) -> int:
        if person == "anonymous" and self.anonymous != LET_IN:
            is_written = not self.json and any(isinstance(text, str) and " " in text for text in data.values())
            return 401 if is_written and self.anonymous == 302 else self.anonymous
        role, _, of_other = person.rpartition(" ")[::-1]
        answer = self.got if method == "GET" else self.posted
        if of_other or person in ("stranger", "anonymous"):
            return answer if self.outside == LET_IN else self.outside
        roles = self.allowed(method)
        assert roles is not None
        return answer if role in roles else self.refused


def words(world: Any) -> dict[str, Any]:
    return {**make.WORDS, "use_class": "customer-facing", "preset": world.preset.pk}


def kit_words(w: Any) -> dict[str, Any]:
    rows = {f"{name}-{what}": 0 for name in SETS for what in ("TOTAL_FORMS", "INITIAL_FORMS")}
    return {"began": w.kit.number, **rows, "rules": "Plain grounds."}


def rights(w: Any) -> dict[str, Any]:
    return {"licence": "contract", "uses": ["internal"]}


def signing(version: str, stage: str) -> Callable[[Any], dict[str, Any]]:
    return lambda w: {"stage": stage, "decision": "approved", "seen": getattr(w, version).fingerprint}


def project_of(w: Any) -> list[Any]:
    return [w.project.pk]


def brief_of(w: Any) -> list[Any]:
    return [w.brief.pk]


def candidate_of(w: Any) -> list[Any]:
    return [w.candidate.pk]


def marking(w: Any) -> dict[str, Any]:
    """Nobody is named: another name than one's own is answered 401 (tests/review/test_marks.py)."""
    return {"person": None, "marks": [{"id": "0" * 32, "changes": [{"candidates": [w.candidate.pk], "value": "pick"}]}]}


def link_of_somebody(w: Any) -> list[Any]:
    return list(resolve(passwords.give_link(w.people["stranger"], by=None)).kwargs.values())


def somebody(w: Any) -> dict[str, Any]:
    return {"user": w.people["stranger"].username, "role": "producer"}


def confirming(w: Any) -> dict[str, Any]:
    return {"seen": members.ask(w.waiting)}


def cullers(w: Any) -> list[int]:
    return [w.people[role].pk for role in sorted(MAKERS)]


def reason(w: Any) -> dict[str, Any]:
    return {"reason": "The logo is out of date."}


PAGES = [
    Row(
        "creative:sign-in",
        get=frozenset(),
        post=frozenset(),
        refused=302,
        outside=302,
        anonymous=200,
        odd_methods=frozenset({"PUT", "PATCH", "DELETE"}),
    ),
    Row("creative:sign-out", post=EVERYBODY, outside=302),
    Row(
        "creative:welcome",
        link_of_somebody,
        get=EVERYBODY,
        post=EVERYBODY,
        got=200,
        posted=422,
        outside=LET_IN,
        anonymous=LET_IN,
    ),
    Row("creative:token", get=EVERYBODY, outside=200),
    Row("creative:account", get=EVERYBODY, outside=200),
    Row("creative:password", get=EVERYBODY, post=EVERYBODY, posted=422, outside=LET_IN),
    Row("creative:site-people", get=ADMITTED, post=PRODUCER, data=somebody, outside=403),
    Row("creative:people", project_of, get=EVERYBODY, post=PRODUCER, data=somebody),
    Row("creative:role", lambda w: [w.membership.pk], post=PRODUCER, data=lambda w: {"role": "designer"}),
    Row("creative:removal", lambda w: [w.membership.pk], post=PRODUCER),
    Row("creative:confirmation", lambda w: [w.waiting.pk], post=CONFIRMERS, data=confirming),
    Row("creative:kit", lambda w: [w.project.brand_id], get=EVERYBODY),
    Row("creative:kit-form", lambda w: [w.project.brand_id], get=KEEPERS, post=KEEPERS, data=kit_words),
    Row("creative:kit-version", lambda w: [w.project.brand_id, w.kit.number], get=EVERYBODY),
    Row("creative:additions", lambda w: [w.project.brand_id], post=EVERYBODY, data=lambda w: {"kind": "style"}),
    Row("creative:reference", lambda w: [w.reference.pk], get=EVERYBODY),
    Row("creative:reference-file", lambda w: [w.reference.pk, "thumbnail"], get=EVERYBODY),
    Row("creative:attestations", lambda w: [w.reference.pk], post=EVERYBODY, data=rights),
    Row("creative:cut-out", lambda w: [w.reference.pk], get=EVERYBODY),
    Row("creative:cut-out-proposal", lambda w: [w.reference.pk], post=EVERYBODY),
    Row("creative:cut-outs", lambda w: [w.reference.pk], post=EVERYBODY, data=lambda w: {"after": "1"}, posted=409),
    Row("creative:cut-out-file", lambda w: [w.reference.pk, 1, "mask"], get=EVERYBODY),
    Row("creative:reference-removal", lambda w: [w.reference.pk], post=frozenset({"marketer", "producer"})),
    Row("creative:attestation-contract", lambda w: [w.attestation.pk], get=EVERYBODY),
    Row(
        "creative:attestation-withdrawal",
        lambda w: [w.attestation.pk],
        post=EVERYBODY,
        data=lambda w: {"reason": "cancelled"},
    ),
    Row("generation:presets", get=EVERYBODY, outside=200),
    Row("generation:preset", lambda w: [w.preset.pk], get=EVERYBODY, outside=200),
    Row("generation:sample", lambda w: [w.sample.pk], get=EVERYBODY, outside=200),
    Row("generation:draft", project_of, post=MAKERS),
    Row("generation:brief-form", lambda w: [w.draft.pk], get=MAKERS, post=MAKERS, data=words),
    Row("generation:submission", lambda w: [w.draft.pk], post=MAKERS, data=words),
    Row("generation:top-up", brief_of, post=MAKERS, data=lambda w: {"count": 5}),
    Row(
        "generation:more-like",
        candidate_of,
        post=MAKERS,
        data=lambda w: {"count": 4, "way": "seed", "closeness": "near"},
    ),
    Row("generation:reproductions", candidate_of, get=EVERYBODY, post=MAKERS),
    Row("generation:cancellation", lambda w: [w.run.pk], post=MAKERS),
    Row("generation:retry", lambda w: [w.run.pk], post=MAKERS),
    Row("generation:picture", candidate_of, get=EVERYBODY),
    Row("generation:thumbnail", lambda w: [w.candidate.pk, "small"], get=EVERYBODY),
    Row("generation:thumbnail", lambda w: [w.candidate.pk, "large"], get=EVERYBODY, case="large"),
    Row("generation:thumbnail", lambda w: [w.candidate.pk, "sha256"], get=EVERYBODY, got=404, case="no such size"),
    Row("review:home", get=EVERYBODY, outside=200),
    Row("review:project", project_of, get=EVERYBODY),
    Row("review:candidates", project_of, get=EVERYBODY),
    Row("review:exports", project_of, get=MAKERS, post=MAKERS, data=lambda w: {"versions": [w.approved.pk]}),
    Row("review:brief", brief_of, get=EVERYBODY),
    Row("review:brief-progress", brief_of, get=EVERYBODY, got=286),
    Row("review:archival", brief_of, post=MAKERS),
    Row("review:cull", brief_of, get=MAKERS),
    Row("review:marks", brief_of, get=MAKERS, post=MAKERS, data=marking, json=True, posted=200),
    Row("review:blind-pass", brief_of, post=MAKERS, data=lambda w: {"people": cullers(w)}),
    Row("review:blind-pass-completion", brief_of, post=MAKERS),
    Row(
        "review:shortlist",
        brief_of,
        get=MAKERS,
        post=COMPOSERS,
        data=lambda w: {"candidate": shortlisted_now(w)},
    ),
    Row("review:orders", brief_of, post=COMPOSERS, data=lambda w: {"candidate": w.shortlisted.pk}),
    Row("review:candidate", candidate_of, get=EVERYBODY),
    Row("review:info", candidate_of, get=EVERYBODY),
    Row("review:failures", lambda w: [w.project.brand_id], get=EVERYBODY),
    Row("review:suggestion", brief_of, post=MAKERS, posted=409, data=lambda w: {"avoid": "lettering"}),
    Row("review:findings", candidate_of, get=EVERYBODY, post=MAKERS),
    Row("review:checkings", brief_of, post=MAKERS),
    Row("review:dismissal", lambda w: [w.finding.pk], post=EVERYBODY, data=lambda w: {"reason": "The sign is ours."}),
    Row("review:flag", candidate_of, post=MAKERS, data=lambda w: {"value": "pick"}),
    Row("review:shortlisting", candidate_of, post=COMPOSERS, data=lambda w: {"on": "1"}),
    Row(
        "review:asset-orders",
        lambda w: [w.asset.pk],
        post=COMPOSERS,
        data=lambda w: {"candidate": w.shortlisted.pk},
    ),
    Row("review:order", lambda w: [w.at_brand.order_id], get=EVERYBODY),
    Row("review:order-retry", lambda w: [w.at_brand.order_id], post=COMPOSERS),
    Row("review:composition", lambda w: [w.at_brand.cover.pk, "small"], get=EVERYBODY),
    Row("review:taking", lambda w: [w.at_brand.turns.get().pk], post=frozenset({"brand"}), data=lambda w: {"on": "1"}),
    Row("review:queue", get=EVERYBODY, outside=200),
    Row("review:version", lambda w: [w.at_brand.pk], get=EVERYBODY),
    Row(
        "review:signoffs",
        lambda w: [w.at_brand.pk],
        post=frozenset({"brand"}),
        data=signing("at_brand", stages.BRAND),
        case="brand",
    ),
    Row(
        "review:signoffs",
        lambda w: [w.at_legal.pk],
        post=frozenset({"legal"}),
        data=signing("at_legal", stages.LEGAL),
        case="legal",
    ),
    Row(
        "review:version-withdrawal",
        lambda w: [w.approved.pk],
        post=frozenset({"brand", "legal", "producer"}),
        data=reason,
    ),
    Row("review:signoff-withdrawal", lambda w: [w.legal_signoff.pk], post=frozenset({"legal"}), data=reason),
    Row("review:export", lambda w: [w.export.pk], get=MAKERS),
    Row("review:export-file", lambda w: [w.export.pk], get=MAKERS),
    Row("review:styleguide", get=EVERYBODY, post=EVERYBODY, posted=200, outside=200),
]


def shortlisted_now(w: Any) -> list[int]:
    return list(Shortlisting.objects.filter(brief=w.brief).values_list("candidate", flat=True))


# The admin is the site's: pia is its producer and leo its legal reviewer, and no role in a project counts.
NOBODY: frozenset[str] = frozenset()


def admin(name: str, **more: Any) -> Row:
    return Row(f"admin:{name}", **{"outside": 403, "posted": 200, **more})


def model_rows(
    app: str,
    model: str,
    found: Callable[[Any], Any],
    *,
    view: frozenset[str] = PRODUCER,
    add: frozenset[str] = NOBODY,
    change: frozenset[str] = NOBODY,
    delete: frozenset[str] = NOBODY,
) -> list[Row]:
    def one(w: Any) -> list[Any]:
        return [found(w).pk]

    here = f"{app}_{model}"
    return [
        admin(f"{here}_changelist", get=view, post=view),
        admin(f"{here}_add", get=add, post=add),
        admin(f"{here}_change", args=one, get=view, post=change),
        admin(f"{here}_history", args=one, get=view),
        admin(f"{here}_delete", args=one, get=delete, post=delete, data=lambda w: {"post": "yes"}, posted=302),
        Row(
            f"admin/{app}/{model}/<path:object_id>/",
            path=lambda w: f"/admin/{app}/{model}/{found(w).pk}/",
            get=ADMITTED,
            got=302,
            outside=403,
        ),
    ]


KEPT = {"add": PRODUCER, "change": PRODUCER}
ADMIN = [
    admin("index", get=ADMITTED, got=200),
    admin("login", get=ADMITTED, post=ADMITTED, got=302, posted=302),
    admin("logout", post=ADMITTED, posted=302),
    admin("password_change", get=ADMITTED, post=ADMITTED, got=302, posted=302),
    admin("password_change_done", get=ADMITTED),
    admin("autocomplete", get=NOBODY),
    admin("jsi18n", get=ADMITTED),
    admin("view_on_site", args=lambda w: [1, 1], get=ADMITTED, got=404),
    admin("app_list", args=lambda w: ["creative"], get=ADMITTED),
    Row("admin/(?P<url>.*)$", path=lambda w: "/admin/nothing", get=ADMITTED, got=404, outside=403),
    *model_rows("creative", "user", lambda w: w.membership.user, **KEPT),
    *model_rows("creative", "brand", lambda w: w.project.brand, **KEPT),
    *model_rows("creative", "project", lambda w: w.project, **KEPT),
    *model_rows("creative", "policy", lambda w: w.policy, view=ADMITTED, add=PRODUCER),
    *model_rows("creative", "event", lambda w: Event.objects.first()),
    *model_rows("creative", "brief", lambda w: w.brief),
    *model_rows("creative", "briefrevision", lambda w: w.brief.revisions.first()),
    *model_rows("generation", "preset", lambda w: w.preset, **KEPT),
    *model_rows("generation", "run", lambda w: w.run),
    *model_rows("generation", "batch", lambda w: w.run.batches.first()),
    *model_rows("generation", "candidate", lambda w: w.candidate),
    *model_rows("generation", "reproduction", lambda w: reproduction(w)),
    *model_rows("review", "asset", lambda w: w.asset),
    *model_rows("review", "version", lambda w: w.approved),
    *model_rows("review", "signoff", lambda w: w.legal_signoff),
    *model_rows("review", "withdrawal", lambda w: withdrawal(w)),
    *model_rows("review", "export", lambda w: w.export),
]


def withdrawal(w: Any) -> Any:
    return signoff.withdraw_version(w.approved, by=w.people["producer"], reason="No longer ours.")


def reproduction(w: Any) -> Any:
    return reproductions.ask(w.candidate, by=w.people["producer"])[0]


ROWS = PAGES + ADMIN


def urls(resolver: URLResolver, namespace: str = "", prefix: str = "") -> Iterator[str]:
    """Every URL's name, or its route where it has none."""
    for each in resolver.url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            inner = f"{each.namespace}:" if each.namespace else ""
            yield from urls(each, namespace + inner, route)
        else:
            yield namespace + each.name if each.name else route


def test_every_url_has_its_row_and_every_row_its_url():
    known = {row.name for row in ROWS}
    real = set(urls(get_resolver()))

    assert real - known == set(), "URLs without a row"
    assert known - real == set(), "rows without a URL"


def rows_with(method: str, rows: Iterable[Row] = ROWS) -> list[Row]:
    return [row for row in rows if row.allowed(method) is not None]


AREAS = {"pages": PAGES, "admin": ADMIN}


@pytest.mark.once
@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_gets_what(world, subtests, area, method):
    cookies = {name: client_of(person).cookies for name, person in world.people.items()}
    for row in rows_with(method, AREAS[area]):
        with subtests.test(f"{method} {row.name} {row.case}"), taken_back():
            url, data = row.url(world), row.data(world) if method == "POST" else {}
            seen = {}
            for name in asked_of(row, world):
                with taken_back():
                    sent_as = row.sent_as if method == "POST" else {}
                    response = ask(client_of(None, cookies=cookies[name]), method, url, data, **sent_as)
                    seen[name] = response.status_code
                    assert not (response.status_code >= 300 and response.streaming), f"{name} gets a file"
                    if response.status_code == row.anonymous == 302 and name == "anonymous":
                        assert response.headers["Location"].startswith(SIGN_IN), response.headers["Location"]
            assert seen == {name: row.expected(method, name, data) for name in asked_of(row, world)}


def asked_of(row: Row, world: Any) -> list[str]:
    """Everybody; of another project one alone where no project is asked of."""
    return [
        name for name in world.people if row.outside != 403 or not name.startswith("other ") or name == "other producer"
    ]


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def client_of(person: User | None, *, cookies: SimpleCookie | None = None, **more: Any) -> Client:
    client = Client(**more)
    if person:
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    if cookies:
        client.cookies.load({name: morsel.value for name, morsel in cookies.items()})
    return client


def ask(client: Client, method: str, url: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
    response = getattr(client, method.lower())(url, data or {}, **more)
    if response.streaming:
        response.getvalue()
    return response


@pytest.mark.once
def test_any_other_method_is_refused(world, subtests):
    member = client_of(world.people["producer"])
    for row in PAGES:
        for method in METHODS:
            if row.allowed(method) is None and method not in row.odd_methods:
                with subtests.test(f"{method} {row.name}"):
                    answer = ask(member, method, row.url(world))
                    assert answer.status_code == (302 if method == "GET" else 405)
                    if method == "GET":
                        assert ask(member, "GET", row.url(world), follow=True).status_code == 200


@pytest.mark.once
def test_a_head_is_answered_wherever_a_get_is(world, subtests):
    member = client_of(world.people["producer"])
    for row in rows_with("GET", PAGES):
        with subtests.test(row.name + row.case):
            asked = [ask(member, method, row.url(world)).status_code for method in ("HEAD", "GET")]
            assert asked[0] == asked[1]


@pytest.mark.once
def test_no_post_without_its_token(world, subtests):
    events = Event.objects.count()
    for row in rows_with("POST"):
        with subtests.test(row.name + row.case), taken_back():
            who = min(row.post or {"anonymous"})
            client = client_of(world.people[who], enforce_csrf_checks=True)
            assert client.post(row.url(world), row.data(world), **row.sent_as).status_code == 403
    assert Event.objects.count() == events


@pytest.mark.parametrize(
    ("said", "leads"),
    [
        ("http://testserver/briefs/1/", "http://testserver/briefs/1/"),
        ("/projects/1/", "/projects/1/"),
        ("https://elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("//elsewhere.example/", "/"),
        ("", "/"),
    ],
)
def test_a_refusal_leads_back_to_a_page_of_ours_alone(world, said, leads):
    designer = client_of(world.people["designer"])
    url = reverse("review:orders", args=[world.brief.pk])

    refused = designer.post(url, {"candidate": [999]}, headers={"Referer": said})
    judged = designer.post(reverse("review:flag", args=[world.candidate.pk]), {"value": "pick", "next": said})

    assert (refused.status_code, refused.context["back"]) == (409, leads)
    own = reverse("review:candidate", args=[world.candidate.pk])
    assert judged.headers["Location"] == (leads if leads != "/" else own)


def test_a_page_out_of_date_is_told_so_in_our_words(world):
    client = client_of(world.people["marketer"], enforce_csrf_checks=True)

    response = client.post(reverse("generation:draft", args=[world.project.pk]))

    assert "This page is out of date" in response.content.decode()
    assert inline(response.content.decode())


# Access that ends, and roles that change


def test_a_removed_member_is_a_stranger_at_once(world, subtests):
    maya = client_of(world.people["marketer"])
    picture = reverse("generation:picture", args=[world.candidate.pk])
    known = {picture: f'"{world.candidate.sha256}"'}

    Membership.objects.get(user=world.people["marketer"]).delete()

    for row in rows_with("GET", PAGES):
        if row.outside == 404:
            with subtests.test(row.name):
                url = row.url(world)
                assert maya.get(url).status_code == 404
                assert maya.get(url, headers={"If-None-Match": known.get(url, "*")}).status_code == 404


def test_somebody_who_left_is_signed_out_at_once(world):
    maya = client_of(world.people["marketer"])
    User.objects.filter(username="maya").update(is_active=False)

    assert maya.get("/").headers["Location"].startswith("/sign-in/")
    assert maya.get(reverse("generation:picture", args=[world.candidate.pk])).status_code == 302


def test_a_role_change_counts_at_once(world):
    maya = client_of(world.people["marketer"])
    file = reverse("review:export-file", args=[world.export.pk])
    sign = reverse("review:signoffs", args=[world.at_legal.pk])
    assert ask(maya, "GET", file).status_code == 200

    Membership.objects.filter(user=world.people["marketer"]).update(role=Role.REVIEWER, stage="legal")

    assert ask(maya, "GET", file).status_code == 403
    assert maya.post(reverse("generation:draft", args=[world.project.pk])).status_code == 403
    assert maya.post(sign, signing("at_legal", stages.LEGAL)(world)).status_code == 409, "she started the run"


def test_an_export_of_a_withdrawn_version_stays_here(world):
    maya = client_of(world.people["marketer"])
    file = reverse("review:export-file", args=[world.export.pk])
    withdrawal(world)

    response = maya.get(file)

    assert response.status_code == 409
    assert "not approved any more" in response.content.decode()
    ordered = maya.post(reverse("review:exports", args=[world.project.pk]), {"versions": [world.approved.pk]})
    assert ordered.status_code == 409


def test_nothing_unapproved_or_of_another_project_is_exported(world, other_project, preset, painter):
    theirs = make.candidates(
        make.run(other_project, world.people["other marketer"], preset, use_class="internal"), painter
    )
    foreign = make.asset(theirs[0], world.people["other designer"]).versions.get()
    maya = client_of(world.people["marketer"])
    url = reverse("review:exports", args=[world.project.pk])
    before = Export.objects.count()

    for version in (world.at_brand, world.at_legal, foreign):
        assert maya.post(url, {"versions": [world.approved.pk, version.pk]}).status_code == 409
    assert Export.objects.count() == before


# What a request may not decide

HOSTILE = {
    "agreed_by": "leo",
    "brief": 1,
    "fingerprint": "0" * 64,
    "id": 999,
    "ordered_by": "leo",
    "number": 99,
    "person": "leo",
    "pk": 999,
    "project": "other",
    "role": "producer",
    "run_started_by": "other",
    "sha256": "0" * 64,
    "shortlisted_by": "leo",
    "signed_by": "leo",
    "started_by": "leo",
    "status": "done",
    "submitted_by": "leo",
    "written_by": "leo",
}


def test_posted_names_and_states_change_nothing(world, subtests, other_project):
    values = {"leo": world.people["legal"].pk, "other": other_project.pk}
    hostile = {name: values.get(value, value) for name, value in HOSTILE.items()}
    for row in rows_with("POST", PAGES):
        for who in sorted(row.post):
            with subtests.test(f"{row.name} {row.case} by {who}"), taken_back():
                url, data, person = row.url(world), row.data(world), world.people[who]
                client, last = client_of(person), Event.objects.count()

                assert client.post(url, {**hostile, **data}, **row.sent_as).status_code == row.posted

                new = Event.objects.order_by("pk")[last:]
                here = f"project:{world.project.pk}"
                scopes = {here, "site"} if row.name.startswith("creative:") else {here}
                assert {(event.actor_id, event.scope) for event in new} <= {(person.pk, scope) for scope in scopes}
                assert not Run.objects.filter(project=other_project).exists()
                assert not Flag.objects.exclude(person=person).exists()
                assert not VersionOrder.objects.exclude(ordered_by__in=[person, world.people["designer"]]).exists()
                mine = SignOff.objects.filter(version=world.at_brand)
                assert not mine.exclude(signed_by=person).exists()
                assert not User.objects.filter(is_superuser=True).exists()
                roles = {member.user.username: member.stage or member.role for member in world.project.members.all()}
                assert roles[person.username] == who


def test_a_brief_is_written_by_who_writes_it_and_stays_open(world, other_project):
    hostile = {"project": other_project.pk, "brief": 1, "submitted_at": "2026-01-01", "number": 9, "written_by": 1}
    url = reverse("generation:brief-form", args=[world.draft.pk])

    client_of(world.people["designer"]).post(url, {**words(world), "title": "Winter hero", **hostile})

    revision = world.draft.revisions.get()
    assert (revision.title, revision.number, revision.submitted_at) == ("Winter hero", 1, None)
    assert revision.written_by == world.people["designer"]
    assert revision.project == world.project


# What no form of ours sends

BAD_NUMBERS = ["9" * 19, "9" * 40, "9" * 5000, "-1", "1e3", "٣", "\x00"]
BAD_FORMS: list[dict[str, Any]] = [
    {},
    {"on": "\x00"},
    {"seen": "[" * 2000},
    {"seen": '[1, true, "\\u0000", {}]', "use_class": "internal"},
    {"title": "\x00"},
    {"reason": "\x00" * 9},
]
BAD_BODIES = ["", "null", "[" * 900 + "]" * 900, '{"marks": "\\ud800"}', '{"marks": [{"id": 1}]}', "9" * 5000]


@pytest.mark.parametrize("number", BAD_NUMBERS)
def test_a_number_that_is_none_of_ours_is_a_sentence_and_no_500(world, subtests, number):
    fields = ("candidate", "candidates", "versions", "people", "count", "after", "value", "rating", "preset")
    pages = [
        f"/projects/{world.project.pk}/candidates/?before={quote(number)}",
        f"/projects/{world.project.pk}/candidates/?brief={quote(number)}&flag={quote(number)}",
        f"/projects/{world.project.pk}/?page={quote(number)}&state={quote(number)}",
        f"/briefs/{world.brief.pk}/marks/?since={quote(number)}",
        f"/?tasks={quote(number)}&page={quote(number)}",
    ]
    for who in ("marketer", "designer", "producer"):
        client = client_of(world.people[who])
        for page in pages:
            with subtests.test(f"{who} {page[:30]}"):
                assert client.get(page).status_code < 500
        for row in rows_with("POST", PAGES):
            with subtests.test(f"{who} {row.name} {row.case}"), taken_back():
                assert client.post(row.url(world), dict.fromkeys(fields, number)).status_code < 500


def test_a_form_or_body_that_nobody_of_ours_sends_is_a_sentence_and_no_500(world, subtests):
    client = client_of(world.people["producer"])
    sent = [(form, {}) for form in BAD_FORMS] + [(body, {"content_type": "application/json"}) for body in BAD_BODIES]
    for row in rows_with("POST", PAGES):
        for data, sent_as in sent:
            with subtests.test(f"{row.name} {row.case} {str(data)[:20]}"), taken_back():
                assert client.post(row.url(world), data, **sent_as).status_code < 500


def test_a_sentence_without_a_page_is_sent_as_text(world):
    url = reverse("review:flag", args=[world.candidate.pk])
    response = client_of(world.people["designer"]).post(url, {"value": MARKUP})

    assert response.status_code == 400 and "not one of the available choices" in response.content.decode()
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_a_brief_without_its_fields_keeps_its_words(world):
    url = reverse("generation:brief-form", args=[world.draft.pk])

    assert client_of(world.people["marketer"]).post(url, {}).status_code == 400
    assert world.draft.revisions.get().subject == make.WORDS["subject"]


# Headers


@pytest.mark.once
def test_every_page_has_its_headers_runs_no_words_and_changes_nothing(world, subtests):
    write_markup(world)
    pia, nobody = client_of(world.people["producer"]), Client()
    withdrawal(world)
    for row in rows_with("GET"):
        client = nobody if row.name == "creative:sign-in" else pia
        url = row.url(world) if "withdrawal" not in row.name else "/admin/review/withdrawal/"
        with subtests.test(row.name), CaptureQueriesContext(connection) as asked:
            response = client.get(url, headers={"Origin": "https://elsewhere.example"})
            kind = response.headers["Content-Type"]
            assert re.search('charset="?utf-8', kind) or not re.search("text/|xml", kind)
            is_picture = response.headers["Cache-Control"].startswith("private, max-age") and kind.startswith("image/")
            assert "no-store" in response.headers["Cache-Control"] or is_picture
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["X-Frame-Options"] == "DENY"
            assert response.headers["Referrer-Policy"] == "same-origin"
            assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert "camera=()" in response.headers["Permissions-Policy"]
            assert not any(name.startswith("Access-Control-") for name in response.headers)
            csp = response.headers["Content-Security-Policy"]
            assert "unsafe" not in csp
            assert "default-src 'none'" in csp
            assert "frame-ancestors 'none'" in csp
            assert not any(re.match("INSERT|UPDATE|DELETE", each["sql"]) for each in asked), "looking changes nothing"
            if response.streaming:
                response.getvalue()
                continue
            page = response.content.decode()
            assert "md5$" not in page, "the hash of a password"
            assert "@winnow.test" not in page or row.name.startswith("admin:creative_user_"), "an e-mail address"
            if "html" in kind:
                assert "<script>alert" not in page and "<base" not in page
                assert inline(page) <= set(re.findall(r"'(sha256-[^']+)'", csp))


MARKUP = "<script>alert(1)</script>\"'><base href=//elsewhere.example>"


def write_markup(world: Any) -> None:
    """As somebody who wants their words to be run in other people's browsers."""
    User.objects.update(first_name=MARKUP)
    Project.objects.filter(pk=world.project.pk).update(name=MARKUP)
    Brand.objects.filter(pk=world.project.brand_id).update(name=MARKUP)
    Preset.objects.update(name=MARKUP)
    BriefRevision.objects.update(subject=MARKUP, style=MARKUP, title=MARKUP)


def inline(page: str) -> set[str]:
    """The hashes of a page's inline scripts; refuses inline styles and handlers."""
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
    scripts = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>(.*?)</script>", page, re.DOTALL)
    return {"sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts}


def test_the_import_map_is_on_every_page_of_ours_by_its_hash(world):
    response = client_of(world.people["designer"]).get("/")

    [digest] = inline(response.content.decode())
    assert f"script-src 'self' '{digest}'" in response.headers["Content-Security-Policy"]


def test_pictures_are_kept_by_this_browser_alone(world):
    maya = client_of(world.people["marketer"])
    url = reverse("generation:picture", args=[world.candidate.pk])

    response = ask(maya, "GET", url)
    again = maya.get(url, headers={"If-None-Match": response.headers["ETag"]})

    assert response.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert again.status_code == 304
    file = ask(maya, "GET", reverse("review:export-file", args=[world.export.pk]))
    assert file.headers["Cache-Control"] == "private, no-store"


# Signing in


def sign_in(client: Client, password: str, name: str = "maya", **more: Any) -> Any:
    return client.post(reverse("creative:sign-in"), {"username": name, "password": password, **more})


def test_signing_in_leads_on_within_the_site_alone(client, maya):
    assert sign_in(client, "winnow-demo", next="/review/").headers["Location"] == "/review/"
    client.logout()
    assert sign_in(client, "winnow-demo", next="https://elsewhere.example/").headers["Location"] == "/"


def test_a_wrong_name_and_a_wrong_password_are_told_alike(client, maya):
    known = sign_in(client, "wrong").content.decode()
    unknown = sign_in(client, "wrong", "nobody").content.decode()

    def plain(page: str, name: str) -> str:
        return re.sub(r'value="[A-Za-z0-9]{64}"|"X-CSRFToken": "\w+"', "", page).replace(f'value="{name}"', "")

    assert plain(known, "maya") == plain(unknown, "nobody")


def test_the_admin_is_entered_through_the_same_page(client, pia, world):
    page = reverse("admin:creative_user_changelist")

    arrived = client.get(reverse("admin:index"), follow=True)
    signed_in = sign_in(client, "winnow-demo", "pia", next=page)

    assert arrived.redirect_chain[-1][0] == "/sign-in/?next=/admin/"
    assert signed_in.headers["Location"] == page
    assert client.get(page).status_code == 200


# The admin


def added(world: Any, name: str, data: dict[str, Any], pk: int | None = None) -> list[Event]:
    """Posts a producer's form; returns the events it left in the site's chain."""
    client, url = client_of(world.people["producer"]), reverse(f"admin:{name}", args=[pk] if pk else [])
    last = Event.objects.filter(scope="site").count()
    response = client.post(url, data)
    assert response.status_code == 302, response.context["adminform"].errors
    return list(Event.objects.filter(scope="site").order_by("sequence")[last:])


PASSWORD = "a long enough sentence"


def preset_data(**more: Any) -> dict[str, Any]:
    preset = Preset.objects.get()
    form = form_for(preset.engine)(instance=preset)
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in shown.items() if value not in (None, "", False)} | more


def test_a_producer_adds_what_producers_keep_and_each_leaves_an_event(world):
    producer = world.people["producer"]
    person = {"username": "noa", "is_active": "on"}
    additions = {
        "creative_user_add": person,
        "creative_brand_add": {"name": "Korvo"},
        "creative_project_add": {"brand": world.project.brand_id, "name": "Spring sale"},
        "generation_preset_add": preset_data(name="bigger"),
        "creative_policy_add": {"rules": policy.SHIPPED},
    }
    expected = ["user.added", "user.link_given", "brand.added", "project.added", "preset.added", "policy.written"]

    events = [event for name, data in additions.items() for event in added(world, name, data)]

    assert [event.act for event in events] == expected
    assert {event.actor_id for event in events} == {producer.pk}
    noa = User.objects.get(username="noa")
    assert not noa.is_staff and not noa.is_superuser and not noa.has_usable_password()
    assert Brand.objects.filter(name="Korvo").exists() and Project.objects.filter(name="Spring sale").exists()
    assert Policy.objects.order_by("-number")[0].agreed_by is None


def test_a_person_gets_no_rights_by_posted_flags(world):
    bea = world.membership.user
    form = {"username": "bea", "is_active": "on", "is_staff": "on", "is_superuser": "on", "groups": [1]}

    added(world, "creative_user_change", form, bea.pk)

    bea.refresh_from_db()
    assert bea.is_active and not bea.is_staff and not bea.is_superuser


def test_nothing_is_deleted_in_bulk(world, subtests):
    pia = client_of(world.people["producer"])
    for row in ADMIN:
        if row.name.endswith("_changelist"):
            with subtests.test(row.name):
                page = pia.get(row.url(world)).content.decode()
                assert "delete_selected" not in page
    chosen = {"action": "delete_selected", "_selected_action": [world.project.brand_id], "post": "yes"}
    pia.post(reverse("admin:creative_brand_changelist"), chosen)
    assert Brand.objects.filter(pk=world.project.brand_id).exists()


def test_legal_agrees_to_a_version_that_a_producer_wrote(world):
    written = Policy.objects.create(number=9, rules=policy.SHIPPED, written_by=world.people["producer"])
    page = reverse("admin:creative_policy_changelist")
    agree = {"action": "agree", "_selected_action": [written.pk]}

    client_of(world.people["producer"]).post(page, agree)
    written.refresh_from_db()
    assert written.agreed_by is None

    legal = client_of(world.people["legal"])
    assert legal.post(page, agree).status_code == 302
    written.refresh_from_db()
    assert written.agreed_by == world.people["legal"]
    assert Event.objects.filter(scope="site", act="policy.agreed").last().actor_id == world.people["legal"].pk


def test_a_preset_that_changed_keeps_what_only_measuring_may_write(world):
    form = preset_data(name="painter", weights="f" * 64, seconds_per_picture="0.1", batch_size=3)

    added(world, "generation_preset_change", form, world.preset.pk)

    world.preset.refresh_from_db()
    assert (world.preset.batch_size, world.preset.weights) == (3, "0" * 64)


def test_no_picture_is_open_to_guessing(world, client):
    for candidate in Candidate.objects.all():
        response = client.get(reverse("generation:picture", args=[candidate.pk]))
        assert response.status_code == 302
        assert response.content == b""
    for guess in (f"/media/{world.candidate.sha256}", f"/static/{world.candidate.sha256}", "/files/exports/1-1.zip"):
        assert client.get(guess).status_code in (302, 404)
