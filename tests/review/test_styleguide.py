from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from creative.work.leases import Leased
from review import examples
from review.models import Version
from review.progress import State
from review.views.styleguide import PARTS

TEMPLATES = Path(settings.BASE_DIR) / "templates"
PAGE = "review/styleguide.html"
OF_THE_PAGE = {PAGE, *(f"review/styleguide/_{part}.html" for part in PARTS)}
NOT_SHOWN = {"_no.html"}  # a whole page of its own: any address that leads nowhere shows it
NAMED = re.compile(r'"([\w/.-]+\.html)"')


def named_by() -> dict[str, set[str]]:
    """Which templates each template includes, extends or hands on."""
    return {
        path.relative_to(TEMPLATES).as_posix(): set(NAMED.findall(path.read_text()))
        for path in TEMPLATES.rglob("*.html")
    }


def shared() -> set[str]:
    """Partials that two or more other templates name."""
    users = defaultdict(set)
    for template, names in named_by().items():
        for name in names:
            if template not in OF_THE_PAGE:
                users[name].add(template)
    return {name for name, found in users.items() if len(found) > 1 and Path(name).name.startswith("_")}


def shown() -> set[str]:
    """The page's own templates, and whatever those lead to."""
    names, found, new = named_by(), set[str](), OF_THE_PAGE
    while new:
        found |= new
        new = {name for template in new for name in names.get(template, ())} - found
    return found


def test_every_shared_partial_is_shown():
    assert len(shared()) > 15
    assert shared() - shown() == NOT_SHOWN


def test_every_part_has_its_template_and_every_template_is_a_part():
    files = {path.relative_to(TEMPLATES).as_posix() for path in (TEMPLATES / "review" / "styleguide").iterdir()}

    assert files == OF_THE_PAGE - {PAGE}


@pytest.mark.parametrize("kind", ["size", "space"])
def test_every_token_has_a_class_that_shows_it(kind):
    styles = (Path(settings.BASE_DIR) / "static" / "css" / "styleguide.css").read_text()

    assert examples.tokens(kind)
    assert [name for name, _ in examples.tokens(kind) if f".as-{name} " not in styles] == []


def test_it_shows_every_state_in_words_on_a_fresh_install(client, stranger):
    client.force_login(stranger)

    page = client.get(reverse("review:styleguide")).content.decode()

    for state in [*State, *Version.State, *Leased.Status]:
        assert f">{state.label}</span>" in page
    assert "No project of yours has a version to show." in page


def test_no_two_examples_have_the_same_id(client, version, dan):
    client.force_login(dan)

    ids = re.findall(r'\sid="([^"]+)"', client.get(reverse("review:styleguide")).content.decode())

    assert len(ids) > 20
    assert sorted(set(ids)) == sorted(ids)


def test_it_borrows_pictures_from_what_the_person_may_see(client, version, dan, stranger):
    page, picture = reverse("review:styleguide"), reverse("review:composition", args=[version.cover.pk, "small"])

    client.force_login(dan)
    assert picture in client.get(page).content.decode()
    client.force_login(stranger)
    assert "<img" not in client.get(page).content.decode()


def test_what_is_pressed_changes_nothing_and_says_so(client, stranger):
    client.force_login(stranger)

    response = client.post(reverse("review:styleguide"))

    assert "This is an example: nothing was changed." in response.content.decode()


def test_production_has_no_such_page(client, stranger, settings):
    settings.PRODUCTION = True
    client.force_login(stranger)

    assert client.get(reverse("review:styleguide")).status_code == 404
    assert client.post(reverse("review:styleguide")).status_code == 404
