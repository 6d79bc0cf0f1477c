"""The room's pure modules, imported into one blank page: no server, no database, milliseconds a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.modules import Run, blank_page

pytestmark = [pytest.mark.browser, pytest.mark.client]

# What each test begins with: a pool of six candidates, of which 2 and 4 look alike, and dan's (1) way through them.
SETUP = """
const load = (name) => import(`winnow/cull/${name}`)
const [{ Pool }, { Pass }, { Marks }] = await Promise.all(["pool", "pass", "marks"].map(load))
const [{ Grid }, { Loupe }, { Compare }, { Survey }] =
  await Promise.all(["grid", "loupe", "compare", "survey"].map((name) => load(`view/${name}`)))
const hashes = ["0000000000000000", "ffffffff00000000", "00000000ffffffff", "ffffffff00000001", "", "0f0f0f0f0f0f0f0f"]
const six = hashes.map((hash, index) => ({ id: index + 1, index, width: 64, height: 64, hash }))
const row = (candidate, person, mark = {}) =>
  ({ candidate, person, value: "unflagged", rating: 0, label: "", reason: "", ...mark })
const pool = new Pool({ person: { id: 1 }, people: { 1: "Dan", 2: "Maya" }, candidates: six, marks: [], listed: [] })
const pass = new Pass(pool)
pass.open()
const sent = []
const marks = new Marks(pool, (changes) => sent.push(changes))
const flag = (id, value) => marks.set([[id], { value }])
const shown = () => pass.list.map(({ id }) => id)
"""


@pytest.fixture(scope="module")
def run(browser: Browser) -> Iterator[Run]:
    with blank_page(browser, SETUP) as run:
        yield run


# Pool


def test_rows_are_read_by_the_names_of_their_columns(run):
    assert run("""
      const { read } = await load("table")
      return read({ columns: { marks: ["person", "candidate"] }, marks: [[7, 3], [8, 4]], whole: true })
    """) == {"marks": [{"person": 7, "candidate": 3}, {"person": 8, "candidate": 4}], "whole": True}


def test_what_is_told_twice_is_there_once_and_at_the_end(run):
    assert run("""
      const added = pool.add([six[0], { id: 9, index: 6, width: 1, height: 1, hash: "" }])
      return [added.map(({ number }) => number), pool.order.length]
    """) == [[7], 7]


def test_own_marks_on_their_way_win_over_what_the_server_tells(run):
    assert run("""
      flag(1, "pick")
      const changed = pool.hear([row(1, 1, { value: "reject" }), row(2, 1, { value: "reject" })], new Set([1]))
      return [[...changed], pool.mark(1).value, pool.mark(2).value]
    """) == [[2], "pick", "reject"]


def test_what_was_refused_goes_back_to_what_the_server_last_told(run):
    assert run("""
      pool.hear([row(1, 1, { rating: 3 })])
      marks.set([[1, 2], { rating: 5 }])
      pool.takeBack([1, 2])
      return [pool.mark(1).rating, pool.mark(2).rating]
    """) == [3, 0]


def test_news_asked_for_before_a_mark_was_made_is_older(run):
    assert run("""
      const before = pool.turn
      flag(1, "pick")
      const older = (...of) => pool.isOlder({ marks: of, whole: false }, before)
      return [older(row(1, 1)), older(row(2, 1)), older(row(1, 2)), pool.isOlder({ marks: [], whole: true }, before)]
    """) == [True, False, False, True]


def test_agreement_needs_two_flags(run):
    assert run("""
      flag(1, "pick")
      flag(2, "pick")
      pool.hear([row(1, 2, { value: "pick" }), row(2, 2, { value: "reject" }), row(3, 2, { value: "pick" })])
      return [1, 2, 3].map((id) => pool.agreement(id))
    """) == ["same", "different", None]


# Marks


def test_an_act_is_undone_and_redone_as_one(run):
    assert run("""
      const value = (id) => pool.mark(id).value
      marks.set([[1], { value: "pick" }], [[2, 3], { value: "reject", reason: "hands" }])
      const undone = [marks.undo(), [1, 2, 3].map(value)]
      const redone = [marks.redo(), [1, 2, 3].map(value), pool.mark(2).reason]
      return [undone, redone]
    """) == [[[1, 2, 3], ["unflagged"] * 3], [[1, 2, 3], ["pick", "reject", "reject"], "hands"]]


def test_undo_leaves_what_came_from_elsewhere_meanwhile(run):
    assert run("""
      flag(1, "pick")
      pool.set(1, { ...pool.mark(1), rating: 4 })
      marks.undo()
      return pool.mark(1)
    """) == {"value": "unflagged", "rating": 4, "label": "", "reason": ""}


def test_a_reason_goes_with_its_rejection(run):
    assert (
        run("""
      marks.set([[1], { value: "reject", reason: "text" }])
      flag(1, "pick")
      return pool.mark(1).reason
    """)
        == ""
    )


def test_what_is_so_already_is_not_sent_and_needs_no_undo(run):
    assert run("""
      flag(1, "pick")
      return [flag(1, "pick"), sent.length, marks.undo(), marks.undo()]
    """) == [[], 1, [1], []]


def test_candidates_that_change_alike_are_sent_together(run):
    assert run("""
      flag(2, "pick")
      marks.set([[1, 2, 3], { value: "reject" }])
      return sent.at(-1)
    """) == [{"candidates": [1, 2, 3], "value": "reject"}]


# Pass, filters, stacks


def test_it_opens_at_the_first_that_is_unflagged_then_at_the_first_pick(run):
    assert run("""
      flag(1, "reject")
      pass.open()
      const first = pass.current
      marks.set([[2, 4, 5, 6], { value: "reject" }], [[3], { value: "pick" }])
      pass.open()
      return [first, pass.current]
    """) == [2, 3]


def test_what_no_longer_fits_stays_until_it_is_filtered_again(run):
    assert run("""
      pass.show("unflagged")
      flag(2, "pick")
      const before = [shown(), pass.stale()]
      pass.show("unflagged")
      return [before, shown(), pass.stale()]
    """) == [[[1, 2, 3, 4, 5, 6], 1], [1, 3, 4, 5, 6], 0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("all", [1, 2, 3, 4, 5, 6]),
        ("pick", [1]),
        ("reject", [2]),
        ("rating-3", [3, 4]),
        ("stars-3", [3]),
        ("stars-0", [1, 2, 5, 6]),
        ("label-red", [5]),
        ("listed", [6]),
        ("differences", [1]),
    ],
)
def test_each_filter_shows_what_its_name_says(run, name, expected):
    assert (
        run(f"""
      marks.set([[1], {{ value: "pick" }}], [[2], {{ value: "reject" }}], [[3], {{ rating: 3 }}],
                [[4], {{ rating: 5 }}], [[5], {{ label: "red" }}])
      pool.listed = [6]
      pool.hear([row(1, 2, {{ value: "reject" }})])
      pass.show("{name}")
      return shown()
    """)
        == expected
    )


def test_a_choice_grows_from_where_it_began(run):
    assert run("""
      pass.go(3)
      pass.extend(5)
      const on = pass.several()
      pass.extend(2)
      return [on, pass.several(), pass.current]
    """) == [[3, 4, 5], [2, 3], 2]


def test_a_stack_closes_over_its_best_and_opens_with_all_together(run):
    assert run("""
      flag(4, "pick")
      pass.go(2)
      pass.fold(2)
      const closed = [shown(), pass.current]
      pass.fold(4)
      return [closed, shown()]
    """) == [[[1, 4, 3, 5, 6], 4], [1, 4, 2, 3, 5, 6]]


def test_what_arrives_joins_at_the_end_and_in_no_stack_that_stands(run):
    assert run("""
      pass.fold(2)
      pass.arrive(pool.add([{ id: 9, index: 6, width: 1, height: 1, hash: "ffffffff00000003" }]))
      return [shown(), pass.stackOf(9).map(({ id }) => id)]
    """) == [[1, 2, 3, 5, 6], [2, 4, 9]]


# Views


def test_the_grid_steps_by_rows_and_ends_at_a_short_last_one(run):
    assert run("""
      const grid = new Grid(pass)
      const places = []
      for (const by of [1, 1, 1, -1]) places.push([grid.step(by, { columns: 4 }), pass.current])
      return places
    """) == [
        ["", 5],
        ["This is the last one.", 5],
        ["This is the last one.", 5],
        ["", 1],
    ]


def test_a_mark_in_the_grid_is_for_all_that_are_chosen(run):
    assert run("""
      const grid = new Grid(pass)
      const one = grid.targets
      grid.step(1, { choose: true })
      return [one, grid.targets, grid.count, grid.leave(), grid.leave(), grid.targets]
    """) == [[1], [1, 2], "2 chosen", True, False, [2]]


def test_the_loupe_forgets_the_choice(run):
    assert run("""
      pass.extend(3)
      const loupe = Loupe.of(pass)
      return [loupe.targets, pass.several(), loupe.onward()]
    """) == [[3], [], 4]


def test_compare_takes_the_current_one_and_the_next_that_is_not_rejected(run):
    assert run("""
      flag(2, "reject")
      const compare = Compare.of(pass, [])
      return [compare.ids, pass.current, compare.step(1), compare.ids]
    """) == [[1, 3], 3, "", [1, 4]]


def test_compare_needs_two(run):
    assert (
        run("""
      marks.set([[2, 3, 4, 5, 6], { value: "reject" }])
      return Compare.of(pass, [])
    """)
        is None
    )


def test_a_rejected_select_gives_way_to_the_challenger(run):
    assert run("""
      const compare = Compare.of(pass, [])
      compare.turn()
      flag(1, "reject")
      return [compare.onward({ value: "reject" }), compare.ids]
    """) == [3, [2, 3]]


def test_a_pinned_pane_stays(run):
    assert run("""
      const compare = Compare.of(pass, [])
      compare.pin()
      const no = [compare.swap(), compare.promote()]
      compare.step(1)
      return [no, compare.pinned, compare.ids]
    """) == [["Unpin it first.", "Unpin it first."], "challenger", [3, 2]]


def test_survey_shrinks_and_grows_again(run):
    assert run("""
      pass.extend(3)
      const survey = Survey.of(pass)
      pass.current = 2
      flag(2, "reject")
      const shrunk = [survey.settle(), survey.ids, pass.current]
      marks.undo()
      return [shrunk, survey.ids]
    """) == [[True, [1, 3], 3], [1, 2, 3]]


def test_what_was_rejected_before_it_was_surveyed_stays_until_it_is_rejected_anew(run):
    assert run("""
      flag(2, "reject")
      pass.extend(3)
      return Survey.of(pass).ids
    """) == [1, 2, 3]


def test_survey_drops_one_without_a_mark(run):
    assert run("""
      pass.extend(3)
      const survey = Survey.of(pass)
      survey.drop()
      return [survey.ids, pass.current, pool.mark(3).value]
    """) == [[1, 2], 2, "unflagged"]


def test_survey_shows_as_many_as_can_be_judged(run):
    assert run("""
      const more = Array.from({ length: 30 }, (_, at) => ({ ...six[4], id: 100 + at, index: 100 + at }))
      pool.add(more)
      pass.show("all")
      pass.chooseAll()
      const survey = Survey.of(pass)
      return [survey.ids.length, survey.count]
    """) == [24, "24 of 36 shown"]


@pytest.mark.parametrize(
    ("count", "ratio", "width", "height", "columns"),
    [(1, 1, 800, 600, 1), (2, 1, 800, 600, 2), (2, 16 / 9, 600, 800, 1), (24, 1, 1200, 800, 6)],
)
def test_panes_stand_in_as_many_columns_as_show_them_largest(run, count, ratio, width, height, columns):
    box = f"{{ width: {width}, height: {height} }}"
    assert run(f'return (await load("stage")).columnsFor({count}, {ratio}, {box})') == columns


# Bindings


def test_a_key_that_is_given_away_is_taken_from_who_had_it(run):
    assert run("""
      const { Bindings } = await load("bindings")
      const bindings = new Bindings(1)
      const had = bindings.bind("reject", "p")
      const found = bindings.find("p", false, "grid").act
      bindings.reset()
      return [had, found, bindings.find("p", false, "grid").act, bindings.find("x", true, "grid")]
    """) == ["pick", "reject", "pick", {"act": "reject", "shift": True}]


def test_a_key_of_one_view_means_something_else_in_the_others(run):
    assert run("""
      const { Bindings } = await load("bindings")
      const bindings = new Bindings(1)
      return ["compare", "grid"].map((view) => bindings.find("ArrowUp", false, view)?.act ?? null)
    """) == ["promote", None]


def test_keys_that_always_mean_the_same_are_given_to_nothing(run):
    assert "always means the same" in run("""
      const { Bindings } = await load("bindings")
      try { new Bindings(1).bind("pick", "ArrowLeft") } catch (error) { return error.message }
    """)


# What the checks saw


SEEN = """
const seen = (id, candidate, kind, box = {}) => ({
  id, candidate, kind, x: null, y: null, width: null, height: null, sure: 0.9, words: `${kind}.`, fine: false, ...box,
})
pool.kinds = [["text", "Text"], ["face", "Face"]]
const all = [seen(1, 2, "face"), seen(2, 2, "text"), seen(3, 4, "text"), seen(4, 4, "text"), seen(5, 6, "text")]
pool.see({ findings: all, whole: true })
const { Defects } = await load("view/defects")
"""


def test_what_is_called_fine_counts_no_more(run):
    assert run(f"""{SEEN}
      const fine = {{ ...seen(4, 4, "text"), fine: true }}
      pool.see({{ findings: [seen(3, 4, "text"), fine], checked: [4], whole: false }})
      return [2, 4, 6, 1].map((id) => pool.found(id).map(({{ id }}) => id))
    """) == [[1, 2], [3], [5], []]


def test_a_checked_candidate_is_told_anew_and_whole_tells_all(run):
    assert run(f"""{SEEN}
      pool.see({{ findings: [seen(9, 2, "face")], checked: [2, 4], whole: false }})
      const after = [2, 4, 6].map((id) => pool.found(id).length)
      pool.see({{ findings: [seen(9, 2, "face")], whole: true }})
      return [after, [2, 4, 6].map((id) => pool.found(id).length)]
    """) == [[1, 0, 1], [1, 0, 0]]


def test_those_with_findings_and_those_without_are_filtered(run):
    assert run(f"""{SEEN}
      pass.show("found")
      const found = shown()
      pass.show("clean")
      return [found, shown()]
    """) == [[2, 4, 6], [1, 3, 5]]


def test_the_fewest_findings_stand_first_by_the_persons_act_alone(run):
    assert run(f"""{SEEN}
      pass.fewest = true
      pass.show("all")
      const sorted = shown()
      pool.see({{ findings: [seen(7, 1, "face")], checked: [1], whole: false }})
      pass.arrive(pool.add([{{ id: 9, index: 6, width: 1, height: 1, hash: "" }}]))
      return [sorted, shown()]
    """) == [[1, 3, 5, 6, 2, 4], [1, 3, 5, 6, 2, 4, 9]]


def test_defects_are_rows_of_kinds_in_the_order_of_candidates(run):
    assert run(f"""{SEEN}
      return new Defects(pass).rows.map(({{ label, crops }}) => [label, crops.map(({{ id }}) => id)])
    """) == [["Text", [2, 3, 4, 5]], ["Face", [1]]]


def test_steps_go_along_a_row_and_between_rows(run):
    assert run(f"""{SEEN}
      const view = new Defects(pass)
      const went = []
      const go = (by, columns = 0) => went.push(view.step(by, {{ columns }}) || view.crop.id)
      go(-1); go(1); go(1); go(1, 4); go(1, 4); go(1); go(-1, 4)
      view.end(-1)
      return [went, view.crop.id, pass.current, view.targets]
    """) == [
        [
            "This is the first one.",
            3,
            4,
            1,
            "This is the last row.",
            "This is the last one of its row.",
            2,
        ],
        5,
        6,
        [6],
    ]


def test_a_mark_goes_on_to_the_next_crop_of_another_candidate(run):
    assert run(f"""{SEEN}
      const view = new Defects(pass)
      const next = []
      view.put(4)
      for (let at = 0; at < 3; at++) {{
        next.push([view.onward() ?? null, view.crop.id])
        pass.current = view.crop.candidate
      }}
      return next
    """) == [[6, 5], [2, 1], [None, 1]]


def test_what_comes_later_joins_at_the_ends_of_rows(run):
    assert run(f"""{SEEN}
      const view = new Defects(pass)
      view.put(4)
      pool.see({{ findings: [seen(8, 1, "text"), seen(9, 1, "face")], checked: [1], whole: false }})
      view.renew()
      return [view.rows.map(({{ crops }}) => crops.map(({{ id }}) => id)), view.crop.id]
    """) == [[[2, 3, 4, 5, 8], [1, 9]], 3]


def test_all_crops_of_a_row_have_one_scale(run):
    assert run(f"""{SEEN}
      const {{ sideOf, windowOf }} = await load("crops")
      const box = (x, y, width, height) => seen(x, 1, "text", {{ x, y, width, height }})
      const boxes = [box(10, 0, 20, 8), box(60, 60, 4, 4)]
      const side = sideOf(boxes, pool)
      return [side, boxes.map((box) => windowOf(box, pool.byId.get(1), side)), sideOf([seen(3, 3, "flat")], pool)]
    """) == [30, [[5, 0, 30, 30], [34, 34, 30, 30]], None]


def test_readers_hear_how_many_findings_and_of_which_kinds(run):
    assert run(f"""{SEEN}
      const {{ sentence }} = await load("describe")
      return [2, 1].map((id) => sentence(pool.byId.get(id), {{ pool, pass }}))
    """) == [
        "Candidate 2, 2 of 6: unflagged, 2 findings (text, face), one of 2 alike.",
        "Candidate 1, 1 of 6: unflagged.",
    ]
