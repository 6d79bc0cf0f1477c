"""Who gets what answer at which address: every URL and method, by every role and by everybody else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from creative import policy
from creative.access import Role
from creative.models import Event, Membership, User
from generation.models import Preset
from review import archive, export, shortlist, signoff
from review.models import Export, Shortlisting, Stage
from tests import make

ROLES = tuple(role.value for role in Role)
EVERYBODY = frozenset(ROLES)
MAKERS = frozenset({"marketer", "designer", "producer"})  # brief, cull and download
COMPOSERS = frozenset({"designer", "producer"})
SIGN_IN = ("/sign-in/", "/admin/login/")  # the second leads to the first
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def world(project, maya, dan, bea, leo, pia, other_people, stranger, candidates, brief):
    """One of everything: a draft, a made brief, assets at each stage, something shortlisted, a built export."""
    people = dict(zip(ROLES, (maya, dan, bea, leo, pia), strict=True))
    people |= {f"other {role}": person for role, person in other_people.items()}
    at_brand, at_legal, approved = (make.asset(candidate, dan).versions.get() for candidate in candidates[:3])
    make.signed(at_legal, bea, Stage.BRAND)
    make.signed(approved, bea, Stage.BRAND)
    legal_signoff = make.signed(approved, leo, Stage.LEGAL)
    shortlist.add(candidates[3], by=dan)
    ordered = export.order(project, by=maya, versions=[approved.pk])
    archive.build_waiting()
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
        policy=make.agreed_policy(policy.SHIPPED, written_by=pia, agreed_by=leo),
        membership=Membership.objects.get(user=bea),
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
    outside: int | None = 404  # strangers and other projects; None: judged by their role like everybody
    anonymous: int = 302
    path: Callable[[Any], str] | None = None  # of a URL without a name
    case: str = ""
    odd_methods: frozenset[str] = field(default=frozenset())

    def url(self, world: Any) -> str:
        return self.path(world) if self.path else reverse(self.name, args=self.args(world))

    def allowed(self, method: str) -> frozenset[str] | None:
        return {"GET": self.get, "POST": self.post}.get(method)

    def expected(self, method: str, person: str) -> int:
        if person == "anonymous":
            return self.anonymous
        role, _, of_other = person.rpartition(" ")[::-1]
        if self.outside is not None and (of_other or person == "stranger"):
            return self.outside
        roles = self.allowed(method)
        assert roles is not None
        return (self.got if method == "GET" else self.posted) if role in roles else self.refused


def words(world: Any) -> dict[str, Any]:
    return {**make.WORDS, "use_class": "customer-facing", "preset": world.preset.pk}


def signing(version: str, stage: Stage) -> Callable[[Any], dict[str, Any]]:
    return lambda w: {"stage": stage.value, "decision": "approved", "seen": getattr(w, version).fingerprint}


def project_of(w: Any) -> list[Any]:
    return [w.project.pk]


def brief_of(w: Any) -> list[Any]:
    return [w.brief.pk]


def candidate_of(w: Any) -> list[Any]:
    return [w.candidate.pk]


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
    Row("generation:draft", project_of, post=MAKERS),
    Row("generation:brief-form", lambda w: [w.draft.pk], get=MAKERS, post=MAKERS, data=words),
    Row("generation:submission", lambda w: [w.draft.pk], post=MAKERS, data=words),
    Row("generation:top-up", brief_of, post=MAKERS, data=lambda w: {"count": 5}),
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
    Row("review:arrivals", brief_of, get=MAKERS, got=286),
    Row("review:shortlist", brief_of, post=COMPOSERS, data=lambda w: {"candidate": shortlisted_now(w)}),
    Row("review:assets", brief_of, post=COMPOSERS),
    Row("review:candidate", candidate_of, get=EVERYBODY),
    Row("review:flag", candidate_of, post=MAKERS, data=lambda w: {"value": "pick"}),
    Row("review:shortlisting", candidate_of, post=COMPOSERS, data=lambda w: {"on": "1"}),
    Row(
        "review:versions",
        lambda w: [w.asset.pk],
        post=COMPOSERS,
        data=lambda w: {"candidate": w.shortlisted.pk},
    ),
    Row("review:queue", get=EVERYBODY, outside=200),
    Row("review:version", lambda w: [w.at_brand.pk], get=EVERYBODY),
    Row(
        "review:signoffs",
        lambda w: [w.at_brand.pk],
        post=frozenset({"brand"}),
        data=signing("at_brand", Stage.BRAND),
        case="brand",
    ),
    Row(
        "review:signoffs",
        lambda w: [w.at_legal.pk],
        post=frozenset({"legal"}),
        data=signing("at_legal", Stage.LEGAL),
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
]


def shortlisted_now(w: Any) -> list[int]:
    return list(Shortlisting.objects.filter(brief=w.brief).values_list("candidate", flat=True))


# The admin is the site's, so a producer or a legal reviewer of any project counts.
PRODUCER = frozenset({"producer"})
ADMITTED = frozenset({"producer", "legal"})
NOBODY: frozenset[str] = frozenset()


def admin(name: str, **more: Any) -> Row:
    return Row(f"admin:{name}", **{"outside": None, "posted": 200, **more})


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
            outside=None,
        ),
    ]


KEPT = {"add": PRODUCER, "change": PRODUCER}
ADMIN = [
    admin("index", get=ADMITTED, got=200),
    admin("login", get=ADMITTED, post=ADMITTED, got=302, posted=302),
    admin("logout", post=ADMITTED, posted=302),
    admin("password_change", get=ADMITTED, post=ADMITTED),
    admin("password_change_done", get=ADMITTED),
    admin("autocomplete", get=NOBODY),
    admin("jsi18n", get=ADMITTED),
    admin("view_on_site", args=lambda w: [1, 1], get=ADMITTED, got=404),
    admin("app_list", args=lambda w: ["creative"], get=ADMITTED),
    admin("auth_user_password_change", args=lambda w: [w.membership.user_id], get=PRODUCER, post=PRODUCER),
    Row("admin/(?P<url>.*)$", path=lambda w: "/admin/nothing", get=ADMITTED, got=404, outside=None),
    *model_rows("creative", "user", lambda w: w.membership.user, **KEPT),
    *model_rows("creative", "brand", lambda w: w.project.brand, **KEPT),
    *model_rows("creative", "project", lambda w: w.project, **KEPT),
    *model_rows("creative", "membership", lambda w: w.membership, **KEPT, delete=PRODUCER),
    *model_rows("creative", "policy", lambda w: w.policy, view=ADMITTED, add=PRODUCER),
    *model_rows("creative", "event", lambda w: Event.objects.first()),
    *model_rows("creative", "brief", lambda w: w.brief),
    *model_rows("creative", "briefrevision", lambda w: w.brief.revisions.first()),
    *model_rows("generation", "preset", lambda w: w.preset, **KEPT),
    *model_rows("generation", "run", lambda w: w.run),
    *model_rows("generation", "batch", lambda w: w.run.batches.first()),
    *model_rows("generation", "candidate", lambda w: w.candidate),
    *model_rows("review", "asset", lambda w: w.asset),
    *model_rows("review", "version", lambda w: w.approved),
    *model_rows("review", "signoff", lambda w: w.legal_signoff),
    *model_rows("review", "withdrawal", lambda w: withdrawal(w)),
    *model_rows("review", "export", lambda w: w.export),
]


def withdrawal(w: Any) -> Any:
    return signoff.withdraw_version(w.approved, by=w.people["producer"], reason="No longer ours.")


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


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_gets_what(world, subtests, area, method):
    cookies = {name: client_of(person).cookies for name, person in world.people.items()}
    for row in rows_with(method, AREAS[area]):
        with subtests.test(f"{method} {row.name} {row.case}"), taken_back():
            url, data = row.url(world), row.data(world) if method == "POST" else {}
            seen = {}
            for name in world.people:
                with taken_back():
                    response = ask(client_of(None, cookies=cookies[name]), method, url, data)
                    seen[name] = response.status_code
                    assert not (response.status_code >= 300 and response.streaming), f"{name} gets a file"
                    if response.status_code == row.anonymous == 302 and name == "anonymous":
                        assert response.headers["Location"].startswith(SIGN_IN), response.headers["Location"]
            assert seen == {name: row.expected(method, name) for name in world.people}


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


def ask(client: Client, method: str, url: str, data: dict[str, Any] | None = None) -> Any:
    response = getattr(client, method.lower())(url, data or {})
    if response.streaming:
        response.getvalue()
    return response


def test_any_other_method_is_refused(world, subtests):
    member = client_of(world.people["producer"])
    for row in PAGES:
        for method in METHODS:
            if row.allowed(method) is None and method not in row.odd_methods:
                with subtests.test(f"{method} {row.name}"):
                    assert ask(member, method, row.url(world)).status_code == 405


def test_no_post_without_its_token(world, subtests):
    events = Event.objects.count()
    for row in rows_with("POST"):
        with subtests.test(row.name + row.case), taken_back():
            who = min(row.post or {"anonymous"})
            client = client_of(world.people[who], enforce_csrf_checks=True)
            assert client.post(row.url(world), row.data(world)).status_code == 403
    assert Event.objects.count() == events
