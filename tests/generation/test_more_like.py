from __future__ import annotations

import pytest
from django.urls import reverse

from creative import briefs, policy
from creative.errors import Refused
from creative.models import Event
from generation import runs
from generation.forms import MoreLikeForm
from generation.models import Candidate, Run
from generation.recipe import PICTURE, SEED
from tests import make


def more_like(candidate: Candidate, by, way: str = SEED, count: int = 3) -> Run:
    return runs.more_like(candidate, by=by, count=count, way=way, strength=0.3)


def again(candidate: Candidate) -> Candidate:
    """As stored, with nothing remembered."""
    return Candidate.objects.get(pk=candidate.pk)


@pytest.mark.parametrize("way", [SEED, PICTURE])
def test_a_run_starts_from_the_candidate_by_the_words_it_was_made_of(candidate, run, maya, way):
    briefs.write(run.brief, by=maya, subject="a green boat on a lake")
    varied = more_like(candidate, maya, way)

    source = varied.recipe.source
    assert (source.candidate, source.seed, source.sha256) == (candidate.pk, candidate.seed, candidate.sha256)
    assert (source.way, source.strength) == (way, 0.3)
    assert (varied.recipe.prompt, varied.revision) == (run.recipe.prompt, run.revision)


def test_its_candidates_come_after_the_others_with_the_next_seeds(candidate, run, maya, painter):
    varied = more_like(candidate, maya)
    made = make.candidates(varied, painter)

    assert [each.index for each in made] == [5, 6, 7]
    assert [each.seed for each in made] == [run.recipe.seed_for(index) for index in (5, 6, 7)]


def test_the_event_names_the_source(candidate, maya):
    varied = more_like(candidate, maya)

    event = Event.objects.filter(act="run.started").last()
    assert event.data["source"] == candidate.pk
    assert event.data["run"] == varied.pk
    assert "source" not in Event.objects.filter(act="run.started").first().data


def test_more_like_one_that_was_varied_itself_remembers_the_whole_way(candidate, maya, painter):
    [first, *_] = make.candidates(more_like(candidate, maya), painter)
    second = more_like(again(first), maya).recipe.source

    assert second.candidate == first.pk
    assert second.source.candidate == candidate.pk


def test_more_like_the_picture_of_one_that_was_varied_needs_nothing_before_it(candidate, maya, painter):
    [first, *_] = make.candidates(more_like(candidate, maya), painter)

    assert more_like(again(first), maya, PICTURE).recipe.source.source is None


def test_a_seed_alone_says_little_of_what_was_made_from_a_picture(candidate, maya, painter):
    [first, *_] = make.candidates(more_like(candidate, maya, PICTURE), painter)

    with pytest.raises(Refused, match="made from a picture"):
        more_like(again(first), maya, SEED)
    assert more_like(again(first), maya, PICTURE).recipe.source.candidate == first.pk


@pytest.mark.parametrize(("way", "ability"), [(SEED, "takes_noise"), (PICTURE, "takes_pictures")])
def test_what_the_preset_cannot_start_from_is_refused_in_a_sentence(candidate, preset, maya, way, ability):
    setattr(preset, ability, False)
    preset.save(update_fields=[ability])

    with pytest.raises(Refused, match="The preset 'painter' can't start from"):
        more_like(again(candidate), maya, way)
    assert Run.objects.count() == 1


def test_newer_weights_know_the_picture_but_not_the_seed(candidate, preset, maya):
    preset.weights, preset.parameters["steps"] = "1" * 64, 7
    preset.save(update_fields=["weights", "parameters"])

    with pytest.raises(Refused, match="weights of 'painter' changed"):
        more_like(again(candidate), maya, SEED)
    assert more_like(again(candidate), maya, PICTURE).recipe.preset == preset.snapshot()


def test_a_top_up_goes_on_with_the_brief_whatever_was_varied_since(candidate, run, maya):
    more_like(candidate, maya)
    more = runs.top_up(run.brief, by=maya, count=2)

    assert more.recipe == run.recipe
    assert more.first == 8


def test_an_archived_brief_is_varied_no_more(candidate, run, maya):
    briefs.archive(run.brief, by=maya)

    with pytest.raises(Refused, match="archived"):
        more_like(candidate, maya)


def test_policy_is_asked_again(project, preset, painter, maya, pia, leo):
    make.agreed_policy(make.REGULATED_ALLOWED, written_by=pia, agreed_by=leo)
    [made, *_] = make.candidates(make.run(project, maya, preset, use_class="regulated"), painter)
    make.agreed_policy(policy.SHIPPED, written_by=pia, agreed_by=leo)

    with pytest.raises(Refused, match="Regulated use is refused until"):
        more_like(made, maya)
    assert Run.objects.count() == 1


# The page

FORM = {"count": 4, "way": "picture", "closeness": "close"}


def url(candidate: Candidate) -> str:
    return reverse("generation:more-like", args=[candidate.pk])


def test_a_marketer_orders_and_is_told_where_they_come(client, candidate, maya):
    client.force_login(maya)
    response = client.post(url(candidate), FORM)

    assert response.status_code == 302
    source = Run.objects.latest("pk").recipe.source
    assert (source.way, source.strength) == (PICTURE, MoreLikeForm.CLOSENESS["close"][PICTURE])


def test_by_htmx_the_form_stays_and_a_toast_says_so(client, candidate, maya):
    client.force_login(maya)
    response = client.post(url(candidate), FORM, headers={"HX-Request": "true", "HX-Target": "toasts"})

    assert "4 more like candidate 1 are on their way." in response.content.decode()
    assert "<form" not in response.content.decode()


@pytest.mark.parametrize("wrong", [{"count": 0}, {"count": 101}, {"way": "words"}, {"closeness": "far"}])
def test_anything_else_is_refused_and_nothing_ordered(client, candidate, maya, wrong):
    client.force_login(maya)

    assert client.post(url(candidate), {**FORM, **wrong}).status_code == 409
    assert Run.objects.count() == 1


def test_a_form_offers_what_the_preset_takes_and_says_why_not_the_rest(candidate, preset):
    preset.takes_pictures = False
    preset.save(update_fields=["takes_pictures"])
    form = MoreLikeForm(candidate=again(candidate))

    assert [(way, bool(because)) for way, _, because in form.ways] == [(SEED, False), (PICTURE, True)]
    assert (form["way"].value(), form["count"].value(), form["closeness"].value()) == (SEED, 4, "near")


def test_closer_means_less_of_something_else():
    for way, _ in MoreLikeForm.WAYS:
        close, near, loose = (MoreLikeForm.CLOSENESS[name][way] for name in ("close", "near", "loose"))
        assert 0 < close < near < loose < 1
