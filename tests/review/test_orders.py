"""Versions are ordered by people and written by workers: whole, once, and only if they still may be."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.timezone import now

from creative import briefs, files, policy, storage
from creative.errors import Refused
from creative.models import Event
from creative.roles import Role
from creative.work import kinds, loop
from generation.models import Candidate
from review import progress
from review.composing import orders
from review.culling import blind_pass, shortlist
from review.models import Composition, Hand, Requirement, Turn, Version, VersionOrder
from review.signing import entry
from tests import make


@pytest.fixture
def order(candidate: Candidate, brief, dan) -> VersionOrder:
    shortlist.add(candidate, by=dan)
    [order] = orders.send(brief, by=dan, note="Warmer.")
    return order


def again(order: VersionOrder) -> VersionOrder:
    return VersionOrder.objects.get(pk=order.pk)


def test_nothing_is_written_before_a_worker_composed_it(order, brief):
    assert not Version.objects.exists()
    row = progress.overview(brief)
    assert (row.state, row.sentence) == (progress.State.IN_REVIEW, "Being composed for review")


def test_a_worker_writes_everything_at_once(order, candidate):
    entry.compose_waiting()

    version = Version.objects.get()
    assert (again(order).status, version.order, version.number) == ("done", order, 1)
    composition = version.compositions.get()
    assert (composition.file, composition.small, composition.large) == (
        candidate.picture,
        candidate.small,
        candidate.large,
    )
    assert Requirement.objects.count() == 2
    assert Turn.objects.get().stage == "brand"
    assert Hand.objects.filter(version=version).exists()


def test_a_bell_rung_twice_writes_one_version(order):
    entry.compose_waiting()
    entry.compose_waiting()

    assert Version.objects.count() == 1


def test_killed_half_way_nothing_is_half_written(order, monkeypatch):
    class Killed(BaseException):
        pass

    def kill(*args, **options):
        raise Killed

    row = kinds.claim_next(entry.VersionOrders, "one")
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(entry.turns, "settle", kill)
        loop.do(entry.VersionOrders(), row)
    for model in (Version, Composition, Requirement, Hand, Turn):
        assert not model.objects.exists()

    VersionOrder.objects.update(status="queued", lease_until=None)
    entry.compose_waiting()
    assert Version.objects.count() == 1


def test_a_worker_that_lost_its_hold_writes_nothing(order):
    slow = kinds.claim_next(entry.VersionOrders, "slow")
    VersionOrder.objects.update(status="queued", lease_until=None)
    entry.compose_waiting()

    loop.do(entry.VersionOrders(), slow)

    assert Version.objects.count() == 1
    assert again(order).status == "done"


def archived(order, maya, dan, candidates):
    briefs.archive(order.asset.brief, by=maya)


def blind(order, maya, dan, candidates):
    blind_pass.start(order.asset.brief, by=dan, people=[maya.pk])


def damaged(order, maya, dan, candidates):
    storage.delete(files.name_of(order.candidate.picture_id))


@pytest.mark.parametrize(
    ("meanwhile", "said"),
    [(archived, "archived"), (blind, "blind pass is going on"), (damaged, "missing or damaged")],
)
def test_what_speaks_against_it_by_now_is_a_no_with_a_page(client, order, maya, dan, candidates, meanwhile, said):
    meanwhile(order, maya, dan, candidates)

    entry.compose_waiting()

    assert again(order).status == "failed"
    assert not Version.objects.exists()
    client.force_login(dan)
    page = client.get(reverse("review:order", args=[order.pk])).content.decode()
    assert said in page
    assert "Try again" in page


def test_policy_is_asked_again_when_it_is_written(order, pia, leo):
    rules = policy.SHIPPED.replace("[use.customer-facing]\ngenerate = true", "[use.customer-facing]\ngenerate = false")
    make.agreed_policy(rules, written_by=pia, agreed_by=leo)

    entry.compose_waiting()

    assert again(order).status == "failed"
    assert "Customer-facing use is refused" in again(order).error


def test_a_no_leaves_the_candidate_where_it_was_and_can_be_tried_again(order, brief, maya, dan):
    briefs.archive(brief, by=maya)
    entry.compose_waiting()
    briefs.restore(brief, by=maya)

    assert [orders.again(order, by=dan), orders.again(order, by=dan)] == [True, False]
    entry.compose_waiting()

    assert again(order).status == "done"
    assert not orders.again(order, by=dan), "it has its version"


def failed(order: VersionOrder) -> VersionOrder:
    VersionOrder.objects.filter(pk=order.pk).update(status="failed", finished_at=now(), error="No room was left.")
    return again(order)


@pytest.mark.parametrize("composed", [True, False])
def test_what_was_sent_anew_meanwhile_is_not_sent_twice(order, brief, dan, composed):
    old = failed(order)
    orders.send(brief, by=dan)
    if composed:
        entry.compose_waiting()

    with pytest.raises(Refused, match="in review already"):
        orders.again(old, by=dan)


def test_what_is_being_composed_for_another_asset_makes_no_next_version_here(asset, candidates, brief, dan):
    shortlist.add(candidates[3], by=dan)
    orders.send(brief, by=dan)  # nobody has composed it yet

    with pytest.raises(Refused, match="in review already"):
        orders.replace(asset, candidates[3], by=dan)


def test_an_asset_whose_next_version_is_ordered_already_gets_no_second_one(asset, candidates, dan):
    shortlist.add(candidates[3], by=dan)
    old = failed(orders.replace(asset, candidates[3], by=dan))
    shortlist.add(candidates[4], by=dan)
    orders.replace(asset, candidates[4], by=dan)

    with pytest.raises(Refused, match="is being composed"):
        orders.again(old, by=dan)


def test_who_tries_it_again_has_a_hand_in_it(order, project):
    tess = make.member(project, "tess", Role.DESIGNER)
    orders.again(failed(order), by=tess)
    entry.compose_waiting()

    assert Hand.objects.filter(version__order=order, person=tess, how=Hand.How.SENT).exists()


def test_an_archived_brief_tries_none_again(order, brief, maya, dan):
    old = failed(order)
    briefs.archive(brief, by=maya)

    with pytest.raises(Refused, match="archived"):
        orders.again(old, by=dan)


def test_a_version_that_came_first_makes_the_other_order_stale(asset, candidates, dan):
    shortlist.add(candidates[3], by=dan)
    order = orders.replace(asset, candidates[3], by=dan)
    VersionOrder.objects.filter(pk=order.pk).update(after=0)

    entry.compose_waiting()

    assert "was made meanwhile" in again(order).error


def test_an_archived_brief_sends_nothing(candidates, brief, dan, maya):
    shortlist.add(candidates[0], by=dan)
    briefs.archive(brief, by=maya)

    with pytest.raises(Refused, match="archived"):
        orders.send(brief, by=dan)


def test_the_page_of_an_order_follows_it_to_the_version(client, order, dan):
    client.force_login(dan)
    page = reverse("review:order", args=[order.pk])

    waiting = client.get(page, headers={"HX-Request": "true"})
    entry.compose_waiting()
    ended = client.get(page, headers={"HX-Request": "true"})

    assert (waiting.status_code, ended.status_code) == (200, 286)
    assert "being composed" in waiting.content.decode()
    assert reverse("review:version", args=[Version.objects.get().pk]) in ended.content.decode()


def test_ordering_is_told_with_who_and_what(order, brief, dan):
    event = Event.objects.get(act="version.ordered")

    assert (event.actor_id, event.brief_id, event.data["order"]) == (dan.pk, brief.pk, order.pk)


def test_a_compositions_bytes_are_the_signed_ones(client, version, dan):
    client.force_login(dan)
    reply = client.get(reverse("review:composition", args=[version.cover.pk, "file"]))

    assert files.digest_of(b"".join(reply.streaming_content)) == version.frozen["compositions"][0]["file"]
    assert reply.headers["Content-Type"] == "image/webp"
    assert client.get(reverse("review:composition", args=[version.cover.pk, "huge"])).status_code == 404
