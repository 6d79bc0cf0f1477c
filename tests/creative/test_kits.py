"""A brand's kit: its versions, who writes them, the pages that show them and the form that makes the next."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse

from creative import kits, references
from creative.errors import Refused
from creative.evidence import rows
from creative.kit_form import SETS
from creative.models import Brand, Event, Kit, Membership, Reference
from tests import make

RED = {"name": "red", "hex": "#d6282e", "tolerance": 12}


@pytest.fixture
def brand(project) -> Brand:
    return Brand.objects.get(pk=project.brand_id)


@pytest.fixture
def first(project, pia) -> Kit:
    return make.kit(project, pia, rules="Plain grounds.")


@pytest.fixture
def logo(project, maya) -> Reference:
    return make.reference(project, maya, Reference.Kind.LOGO, "Mark")


def again(brand: Brand) -> Brand:
    """As the next request reads it."""
    return Brand.objects.get(pk=brand.pk)


# Versions


def test_before_any_a_brand_has_an_empty_kit(brand):
    assert (brand.kit.number, brand.kit.palette, brand.kit.rules) == (0, [], "")


def test_each_version_is_a_row_and_a_line(brand, pia, bea):
    kits.write(brand, by=pia, began=0, content={"palette": [RED]})
    second = kits.write(brand, by=bea, began=1, content={"palette": [RED], "rules": "Plain grounds."})

    assert again(brand).kit == second == brand.kit
    assert [(kit.number, kit.written_by) for kit in brand.kits.order_by("number")] == [(1, pia), (2, bea)]
    lines = Event.objects.filter(act="kit.written").order_by("sequence")
    assert [(line.scope, line.actor_id, line.data["kit"]) for line in lines] == [
        ("site", pia.pk, 1),
        ("site", bea.pk, 2),
    ]
    assert lines[1].data["changes"] == ["Rules are new"]
    assert not [problem for problem in rows.everything().problems if problem.startswith("Kit")]


def test_saving_what_stands_makes_no_version(brand, first, bea):
    assert kits.write(brand, by=bea, began=1, content=first.content) == first
    assert (brand.kits.count(), Event.objects.filter(act="kit.written").count()) == (1, 1)


def test_from_an_older_version_nothing_is_written(brand, first, bea):
    with pytest.raises(kits.Stale, match="Pia wrote version 1 meanwhile"):
        kits.write(brand, by=bea, began=0, content={"rules": "No people."})
    assert again(brand).kit == first


def test_what_no_kit_may_hold_is_refused_in_a_sentence(brand, pia):
    with pytest.raises(Refused, match="Write its hex as # and six digits"):
        kits.write(brand, by=pia, began=0, content={"palette": [{**RED, "hex": "red"}]})
    assert not brand.kits.exists()


def test_its_logos_and_fonts_are_the_brands_own(brand, logo, pia, project, other_project, other_people, maya):
    theirs = make.reference(other_project, other_people["designer"], Reference.Kind.LOGO)
    product = make.reference(project, maya)
    for reference in (theirs, product):
        with pytest.raises(Refused, match="not among the brand's references"):
            kits.write(brand, by=pia, began=0, content={"logos": [{"reference": reference.pk, "ground": "dark"}]})
    with pytest.raises(Refused, match="A font of this kit"):
        kits.write(brand, by=pia, began=0, content={"fonts": [logo.pk]})

    kit = kits.write(brand, by=pia, began=0, content={"logos": [{"reference": logo.pk, "ground": "dark"}]})
    assert kits.references(kit) == {logo.pk: logo}
    references.remove(logo, by=maya)
    assert kits.references(kit) == {}


def test_producers_and_brand_reviewers_of_its_projects_write_it_and_nobody_else(brand, request, other_people):
    for number, name in enumerate(("pia", "bea")):
        person = request.getfixturevalue(name)
        assert kits.write(brand, by=person, began=number, content={"rules": name}).written_by == person
    for name in ("maya", "dan", "leo"):
        with pytest.raises(PermissionDenied, match="You may not keep the kit for Halden"):
            kits.write(brand, by=request.getfixturevalue(name), began=2, content={})
    for person in (*other_people.values(), request.getfixturevalue("stranger")):
        with pytest.raises(Http404):
            kits.write(brand, by=person, began=2, content={})


def test_who_waits_to_be_confirmed_writes_nothing(brand, bea, pia):
    Membership.objects.filter(user=bea).update(given_by=pia)

    with pytest.raises(PermissionDenied):
        kits.write(brand, by=bea, began=0, content={"rules": "Mine."})


def test_a_producer_of_the_site_writes_that_of_any_brand(other_project, pia):
    assert kits.write(other_project.brand, by=pia, began=0, content={"rules": "Ready to eat."}).number == 1


# Pages


@pytest.fixture
def form(client, bea, brand):
    """bea's form: post(rows by set, words) sends it whole, as a browser does."""
    client.force_login(bea)
    url = reverse("creative:kit-form", args=[brand.pk])

    def post(began=0, **words):
        sent = {"began": began}
        for name in SETS:
            given = words.pop(name, [])
            sent |= {f"{name}-TOTAL_FORMS": len(given) + 1, f"{name}-INITIAL_FORMS": 0}
            sent |= {f"{name}-{n}-{key}": value for n, row in enumerate(given) for key, value in row.items()}
        return client.post(url, {**sent, **words})

    post.page = lambda query="": client.get(url + query)
    return post


def test_what_is_sent_becomes_the_next_version(form, brand, logo, first):
    reply = form(
        began=1,
        palette=[RED, {"name": "teal", "hex": "149696", "tolerance": ""}, {"name": "", "hex": "", "tolerance": 10}],
        logos=[{"reference": logo.pk, "ground": "dark", "clear_space": 30, "least_width": 90}],
        legal_lines=[{"market": "de", "text": "Solange der Vorrat reicht."}],
        spell="Halden\r\n\r\nHalden  Autumn\r\nHalden",
        rules="One.\r\nTwo.",
    )
    assert reply.status_code == 422 and "This field is required" in reply.content.decode()

    reply = form(
        began=1,
        palette=[RED, {"name": "teal", "hex": "149696", "tolerance": 9}, {"name": "", "hex": "", "tolerance": 10}],
        logos=[{"reference": logo.pk, "ground": "dark", "clear_space": 30, "least_width": 90}],
        legal_lines=[{"market": "de", "text": "Solange der Vorrat reicht."}],
        spell="Halden\r\n\r\nHalden  Autumn\r\nHalden",
        rules="One.\r\nTwo.",
    )
    assert reply.status_code == 302
    kit = again(brand).kit
    assert [(each.name, each.hex, each.tolerance) for each in kit.palette] == [
        ("red", "#d6282e", 12),
        ("teal", "#149696", 9),
    ]
    assert (kit.number, kit.logos[0].clear_space, kit.legal_lines[0].market) == (2, 30, "DE")
    assert (kit.spell, kit.rules) == (["Halden", "Halden Autumn"], "One.\nTwo.")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"palette": [{"name": "red", "hex": "tomato", "tolerance": 10}]}, "Write its hex as # and six digits"),
        ({"palette": [{"name": "", "hex": "#d6282e", "tolerance": 10}]}, "Give it a name"),
        ({"palette": [RED, RED]}, "Two colours are called “red”"),
        ({"palette": [{**RED, "tolerance": "much"}]}, "Enter a whole number"),
        ({"palette": [{**RED, "name": f"c{n}"} for n in range(61)]}, "at most 60 colours"),
        ({"logos": [{"reference": 999, "ground": "dark"}]}, "Select a valid choice"),
        ({"legal_lines": [{"market": "Mars", "text": "x"}]}, "Write a country code"),
        ({"legal_lines": [{"market": "DE", "text": ""}]}, "Give it a text"),
        ({"rules": "x" * 20_001}, "At most 20,000 characters fit"),
        ({"avoid": "a\x07b"}, "can&#x27;t be shown"),
        ({"house_style": "x" * 201}, "At most 200 characters fit"),
    ],
)
def test_what_is_wrong_is_told_beside_it_and_nothing_is_lost(form, brand, logo, words, said):
    reply = form(**{"spell": "Words of mine", **words})
    page = reply.content.decode()

    assert (reply.status_code, brand.kits.count()) == (422, 0)
    assert said in page and "Nothing was saved yet" in page and "Words of mine" in page


@pytest.mark.parametrize("data", [{}, {"began": 0}, {"began": "x"}, {"began": 7, "palette-TOTAL_FORMS": "9" * 30}])
def test_what_no_form_of_ours_sends_is_a_sentence(client, brand, bea, data):
    client.force_login(bea)

    assert client.post(reverse("creative:kit-form", args=[brand.pk]), data).status_code == 400


def test_the_same_form_twice_makes_one_version_and_an_unchanged_one_none(form, brand):
    assert [form(rules="One.", press="a" * 32).status_code for _ in range(2)] == [302, 302]
    assert brand.kits.count() == 1

    assert form(began=1, rules="One.").status_code == 302
    assert brand.kits.count() == 1


def test_an_edit_from_an_older_version_is_refused_and_stands_beside_what_came_meanwhile(form, brand, project, pia):
    make.kit(project, pia, palette=[], rules="Plain grounds.")
    make.kit(project, pia, house_style="clean")

    reply = form(began=1, rules="No people.")
    page = reply.content.decode()
    assert (reply.status_code, again(brand).kit.number) == (409, 2)
    assert "Pia wrote version 2 meanwhile" in page and "House style is new: “clean”" in page
    assert "No people." in page and 'value="clean"' in page and 'name="began" value="2"' in page

    contested = form(began=1, palette=[RED], rules="No people.", house_style="dark").content.decode()
    assert "You both wrote the house style: yours stands below" in contested

    assert form(began=2, rules="No people.", house_style="clean").status_code == 302
    assert (again(brand).kit.rules, again(brand).kit.house_style) == ("No people.", "clean")


def test_an_older_version_is_read_and_edited_from(form, client, brand, first, project, pia):
    make.kit(project, pia, rules="No people.")

    old = client.get(first.get_absolute_url()).content.decode()
    assert "Plain grounds." in old and "A later one holds by now" in old
    newest = client.get(again(brand).kit.get_absolute_url()).content.decode()
    assert "Rules were written anew" in newest and "It holds today" in newest
    for number in (0, 3, 9**15):
        assert client.get(reverse("creative:kit-version", args=[brand.pk, number])).status_code == 404

    page = form.page("?from=1").content.decode()
    assert "Plain grounds." in page and 'name="began" value="2"' in page
    assert form.page("?from=9").status_code == 404


def test_a_logo_that_was_taken_out_is_told_and_not_kept_on(form, client, brand, logo, project, pia, maya):
    make.kit(project, pia, logos=[{"reference": logo.pk, "ground": "light"}])
    references.remove(logo, by=maya)

    assert "taken out of the references" in client.get(brand.get_absolute_url()).content.decode()
    assert form.page().context["form"].sets["logos"].initial == []


@pytest.mark.parametrize(("name", "keeps"), [("maya", False), ("leo", False), ("bea", True), ("pia", True)])
def test_the_page_shows_all_of_it_and_the_way_to_edit_to_who_may(
    client, request, brand, project, pia, logo, name, keeps
):
    make.kit(
        project,
        pia,
        logos=[{"reference": logo.pk, "ground": "light"}],
        legal_lines=[{"market": "DE", "text": "Solange der Vorrat reicht."}],
        avoid=["cheap"],
        house_style="clean",
    )
    client.force_login(request.getfixturevalue(name))
    page = client.get(brand.get_absolute_url()).content.decode()

    for said in ("#d6282e", "within ΔE 10", "Solange der Vorrat", "cheap", "clear space"):
        assert said in page
    assert ("Edit the kit" in page) is keeps
