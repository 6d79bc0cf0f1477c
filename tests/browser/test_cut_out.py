"""Cutting a product out by hand: what strokes do to a mask, and the page by pointer and by keys."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy
import pytest
from django.urls import reverse
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from creative import cut_outs, files, references
from creative.models import CutOut, Project, Reference, User
from creative.uploads import door
from tests.browser.conftest import OpenAs
from tests.browser.modules import Run, blank_page
from tests.creative.uploads.files import encoded

pytestmark = [pytest.mark.browser, pytest.mark.client]

SETUP = """
const load = (name) => import(`winnow/cut/${name}`)
const [{ Mask, united }, { History }, { Viewport }, { encoded, decoded }] =
  await Promise.all(["mask", "history", "viewport", "png"].map(load))
const levelsOf = (rows) => Uint8Array.from(rows.join(""), (letter) => (letter === "#" ? 255 : 0))
const drawn = (rows) => new Mask(rows[0].length, rows.length, levelsOf(rows))
const rows = ({ width, height, levels }) => Array.from({ length: height }, (_, y) =>
  Array.from(levels.subarray(y * width, (y + 1) * width), (level) => (level > 127 ? "#" : ".")).join(""))
"""


@pytest.fixture(scope="module")
def run(browser: Browser) -> Iterator[Run]:
    with blank_page(browser, SETUP) as run:
        yield run


# The mask


def test_a_stroke_is_round_soft_by_a_pixel_and_stays_in_the_picture(run):
    told = run("""
      const mask = new Mask(20, 10)
      const box = mask.stroke([5, 5], [5, 5], 3, 255)
      const outside = mask.stroke([-50, -50], [-40, -50], 3, 255)
      return [rows(mask), box, outside, mask.levels.some((level) => level > 0 && level < 255)]
    """)

    assert told[0][4].startswith("..######....")
    assert told[1] == [1, 1, 10, 10]
    assert told[2] is None
    assert told[3]


def test_a_stroke_leaves_no_gaps_however_fast_the_hand(run):
    assert run("""
      const mask = new Mask(100, 9)
      mask.stroke([5, 4.5], [95, 4.5], 2, 255)
      return rows(mask)[4].slice(5, 95)
    """) == "#" * 90  # fmt: skip


def test_erasing_takes_away_and_painting_over_takes_nothing(run):
    assert run("""
      const mask = drawn(["#########", "#########", "#########"])
      mask.stroke([1, 1], [1, 1], 0.4, 255)
      const painted = rows(mask)[1]
      mask.stroke([4.5, 1.5], [4.5, 1.5], 1.4, 0)
      return [painted, rows(mask)[1]]
    """) == ["#########", "###...###"]  # fmt: skip


def test_holes_are_filled_and_bays_are_not(run):
    assert run("""
      const mask = drawn([
        "........",
        ".######.",
        ".#.##.#.",
        ".####.#.",
        ".##.###.",
        ".#..###.",
        ".#.####.",
      ])
      return [mask.fillHoles().holes, rows(mask)]
    """) == [2, ["........", ".######.", ".######.", ".######.", ".##.###.", ".#..###.", ".#.####."]]  # fmt: skip


def test_the_soft_edge_of_a_hole_goes_with_it(run):
    assert run("""
      const full = [0, 250, 250, 250, 250, 250, 0]
      const mask = new Mask(7, 3, Uint8Array.from([...full, 0, 250, 140, 20, 200, 250, 0, ...full]))
      mask.fillHoles()
      return [...mask.levels.subarray(7, 14)]
    """) == [0, 255, 255, 255, 255, 255, 0]  # fmt: skip


def test_the_largest_piece_stays(run):
    assert run("""
      const mask = drawn(["#..##", "...##", "##..."])
      const { pieces, box } = mask.keepLargest()
      return [pieces, box, rows(mask)]
    """) == [2, [0, 0, 2, 3], ["...##", "...##", "....."]]  # fmt: skip


def test_softening_makes_a_slope_around_the_edge_and_keeps_the_rest(run):
    levels = run("""
      const mask = new Mask(60, 3)
      mask.levels.fill(0)
      for (let y = 0; y < 3; y++) mask.levels.fill(255, y * 60, y * 60 + 30)
      mask.soften(6)
      return [...mask.levels.subarray(60, 120)]
    """)

    assert levels[:20] == [255] * 20 and levels[40:] == [0] * 20
    assert levels == sorted(levels, reverse=True)
    assert abs(levels[29] + levels[30] - 255) <= 2


def test_every_step_is_undone_and_done_again_and_a_new_one_ends_what_was_undone(run):
    assert run("""
      const mask = new Mask(30, 3)
      const history = new History(mask)
      const dot = (x) => history.step(`dot ${x}`, () => mask.stroke([x, 1.5], [x, 1.5], 1, 255))
      const now = () => rows(mask)[1].split("").reduce((at, c, x) => (c === "#" ? [...at, x] : at), []).length
      const told = [dot(3), dot(10), dot(10), dot(20), now()]
      told.push(history.undo().name, history.undo().name, now(), history.redo().name, now())
      dot(25)
      told.push(history.canRedo, history.undo().name, history.undo().name, history.undo().name, history.undo(), now())
      return told
    """) == [
        *(True, True, False, True, 6),
        *("dot 20", "dot 10", 2, "dot 10", 4),
        *(False, "dot 25", "dot 10", "dot 3", None, 0),
    ]


def test_what_is_sent_is_a_grey_png_that_others_read(run):
    content = run("""
      const mask = new Mask(300, 7, Uint8Array.from({ length: 2100 }, (_, at) => at % 256))
      const png = await encoded(mask)
      const back = await decoded(png)
      return [[...new Uint8Array(await png.arrayBuffer())], back.every((level, at) => level === at % 256)]
    """)

    with Image.open(io.BytesIO(bytes(content[0]))) as read:
        assert (read.format, read.mode, read.size) == ("PNG", "L", (300, 7))
        assert list(read.tobytes()) == [at % 256 for at in range(2100)]
    assert content[1]


def test_the_view_fits_zooms_at_the_hand_and_shows_where_the_tip_is(run):
    assert run("""
      const view = new Viewport(1000, 500)
      view.resize(524, 524)
      const fitted = [view.scale, ...view.toPicture([262, 262])]
      view.zoom(4, [100, 262])
      const held = view.toPicture([100, 262]).map(Math.round)
      view.show([990, 250])
      const [x] = view.toScreen([990, 250])
      view.zoom(0.001)
      return [fitted, held, x > 0 && x <= 524, view.isFitted, view.scale]
    """) == [[0.5, 500, 250], [176, 250], True, True, 0.5]  # fmt: skip


# The page


@pytest.fixture
def mug(transactional_db: None, project: Project, maya: User) -> Reference:
    picture = Image.new("RGB", (400, 300), (236, 233, 226))
    ImageDraw.Draw(picture).rectangle((100, 50, 299, 249), fill=(190, 60, 40))
    upload = door.take(io.BytesIO(encoded(picture, "PNG")))
    return references.add(project.brand, by=maya, upload=upload, kind="product", name="Mug")


@pytest.fixture
def editor(open_as: OpenAs, mug: Reference, dan: User) -> Page:
    return opened(open_as(dan), mug)


def opened(page: Page, mug: Reference) -> Page:
    page.goto(reverse("creative:cut-out", args=[mug.pk]))
    page.locator("[data-cut][data-ready]").wait_for()
    return page


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From one place on the canvas to another, as shares of it."""
    box = page.locator("canvas").bounding_box()
    assert box
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=4)
    page.mouse.up()


def levels(mug: Reference) -> numpy.ndarray:
    newest = cut_outs.newest(mug)
    assert newest
    return numpy.asarray(Image.open(io.BytesIO(files.read(newest.mask_id))))


def told(page: Page) -> object:
    return expect(page.locator("[data-told]"))


def save(page: Page) -> None:
    page.get_by_role("button", name="Save the cut-out").click()
    page.wait_for_url("**/references/*/")


def test_by_pointer_a_stroke_is_painted_undone_softened_and_saved(editor, mug, dan):
    drag(editor, (0.4, 0.5), (0.6, 0.5))
    told(editor).to_have_text("Painting done.")
    drag(editor, (0.5, 0.3), (0.5, 0.3))
    editor.keyboard.press("Control+z")
    told(editor).to_have_text("Undone: painting.")
    editor.keyboard.press("e")
    expect(editor.get_by_role("button", name="Eraser")).to_have_attribute("aria-pressed", "true")
    drag(editor, (0.5, 0.5), (0.5, 0.5))
    editor.get_by_role("button", name="Fill holes").click()
    editor.get_by_label("Soften edges").fill("6")
    told(editor).to_have_text("Edges are 6 pixels soft.")
    save(editor)

    saved = levels(mug)
    assert cut_outs.newest(mug).made_by == dan
    assert saved.shape == (300, 400)
    assert saved[150, 170] > 200 > 60 > saved[90, 200]  # the stroke; what was undone
    assert 0 < numpy.count_nonzero((saved > 20) & (saved < 235)) < saved.size / 4  # soft edges
    expect(editor.get_by_role("img", name="Mug, cut out")).to_be_visible()


def test_by_keys_alone_it_is_painted_undone_and_saved(editor, mug):
    editor.locator("canvas").focus()
    editor.keyboard.press("[")
    editor.keyboard.press("Enter")
    told(editor).to_have_text("The tip is down. Arrows paint, Enter lifts it.")
    for _ in range(2):
        editor.keyboard.press("Shift+ArrowRight")
    editor.keyboard.press("Enter")
    told(editor).to_have_text("Painting done.")
    editor.keyboard.press("Shift+ArrowDown")
    editor.keyboard.press("Space")
    editor.keyboard.press("Control+z")
    told(editor).to_have_text("Undone: painting.")
    editor.keyboard.press("Control+Shift+z")
    told(editor).to_have_text("Done again: painting.")
    editor.keyboard.press("Control+z")
    save(editor)

    saved = levels(mug)
    assert saved[150, 200] == 255 and saved[150, 240] == 255 and saved[150, 180] == 0
    assert saved[190, 240:260].max() == 0


@pytest.mark.expected_errors("409")
def test_strokes_that_were_not_saved_outlive_the_tab_and_a_colleague_who_was_first(open_as, editor, mug, maya):
    drag(editor, (0.45, 0.5), (0.55, 0.5))
    colleagues = Image.new("L", (400, 300))
    ImageDraw.Draw(colleagues).rectangle((0, 0, 40, 40), fill=255)
    cut_outs.save(mug, by=maya, mask=io.BytesIO(encoded(colleagues, "PNG")), after=0)
    editor.get_by_role("button", name="Save the cut-out").click()
    expect(editor.locator("#toasts")).to_contain_text(f"{maya} saved a cut-out of it since")
    assert CutOut.objects.count() == 1

    other = editor.context.new_page()
    editor.close()
    opened(other, mug)
    expect(other.locator("#toasts")).to_contain_text("Your strokes that were not saved are back")
    save(other)
    assert levels(mug)[150, 200] == 255 and levels(mug)[20, 20] == 0
    opened(other, mug)
    expect(other.locator("[data-unsaved]")).to_be_hidden()
    other.close()
