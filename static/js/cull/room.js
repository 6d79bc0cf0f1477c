// The culling room. Keys, buttons and fingers all press the same acts; the server catches up behind them.

import { Bindings } from "winnow/cull/bindings"
import { did, said, sentence } from "winnow/cull/describe"
import { Feed } from "winnow/cull/feed"
import { attachHands } from "winnow/cull/hands"
import { attachHead } from "winnow/cull/head"
import { attachInfo } from "winnow/cull/info"
import { attachKeySheet } from "winnow/cull/keysheet"
import { Marks } from "winnow/cull/marks"
import { Pair } from "winnow/cull/pair"
import { Pass } from "winnow/cull/pass"
import { Pictures } from "winnow/cull/pictures"
import { Pool } from "winnow/cull/pool"
import { attachReasons } from "winnow/cull/reasons"
import { Survey } from "winnow/cull/survey"
import { attachTray } from "winnow/cull/tray"
import { Views } from "winnow/cull/views"
import { Zoom } from "winnow/cull/zoom"
import { tell } from "winnow/toast"

const LINGER = 2500 // ms that a sentence stays to be read

export function openRoom(element, outbox) {
  new Room(element, JSON.parse(element.querySelector("#room").textContent), outbox).open()
}

class Room {
  constructor(element, data, outbox) {
    this.element = element
    this.data = data
    this.outbox = outbox
    this.pool = new Pool(data)
    this.pass = new Pass(this.pool)
    this.marks = new Marks(this.pool, (changes) => outbox.add(data.urls.marks, changes))
    this.pictures = new Pictures(data.urls)
    this.bindings = new Bindings(data.person.id)
    this.zoom = new Zoom()
    this.travel = 1 // the direction of the last step
    this.view = "grid"
    this.choosing = false // whether a tap chooses
    this.announcer = element.querySelector("[data-announce]")
    this.spoken = element.querySelector("[data-spoken]")
    this.views = new Views(this)
  }

  open() {
    this.#markWhatWaits()
    const { at, view } = place()
    this.pass.open(at)
    this.head = attachHead(this)
    this.menu = attachReasons(this)
    this.info = attachInfo(this)
    this.sheet = attachKeySheet(this)
    this.tray = attachTray(this)
    attachHands(this)
    this.feed = new Feed(this)
    this.outbox.onReply = ({ marks }) => {
      this.pool.touch(marks.map(([id]) => id))
      this.heard(marks)
    }
    this.outbox.onRefused = (marks, why) => this.refused(marks, why)
    this.views.list()
    this.look("grid")
    if (view !== "grid") this.look(view)
    this.stage.focus({ preventScroll: true })
    this.outbox.flush()
    this.feed.start()
  }

  get stage() {
    return this.views.stage
  }

  get current() {
    return this.pool.byId.get(this.pass.current)
  }

  // Moving

  /** A step along the list; up and down by a row of the grid. Choosing on the way with Shift. */
  step(by, { rows = false, choose = false } = {}) {
    this.travel = Math.sign(by)
    if (this.view === "compare") return this.#stepInPair(by)
    if (this.view === "survey") return this.#alongSurvey(by)
    const target = this.pass.list[rows ? this.#inRow(by) : this.pass.at() + by]
    if (!target) return this.tell(by > 0 ? "This is the last one." : "This is the first one.")
    if (choose && this.view === "grid") this.pass.extend(target.id)
    else this.pass.go(target.id)
    this.#moved()
  }

  // Below a short last row there is its end; beyond the first and the last row nothing.
  #inRow(by) {
    const { columns } = this.views
    const [at, last] = [this.pass.at(), this.pass.list.length - 1]
    const row = Math.floor(at / columns) + by
    return row < 0 || row > Math.floor(last / columns) ? -1 : Math.min(last, at + by * columns)
  }

  #stepInPair(by) {
    const marksSelect = this.pass.current === this.pair.select
    if (this.pair.step(by) === undefined) return this.tell("There is no other to compare.")
    this.pass.current = marksSelect ? this.pair.select : this.pair.challenger
    this.#moved()
  }

  #alongSurvey(by) {
    const { ids } = this.survey
    const next = ids[ids.indexOf(this.pass.current) + by]
    if (next !== undefined) this.point(next)
  }

  /** To the first (0) or the last (-1). */
  jump(place) {
    if (this.view === "survey") return this.survey.ids.length && this.point(this.survey.ids.at(place))
    const target = this.pass.list.at(place)
    if (target) this.go(target.id)
  }

  go(id) {
    if (!this.pass.has(id) && this.pass.isClosed(id)) this.#uncover(id)
    if (!this.pass.has(id)) this.filter("all")
    this.pass.go(id)
    if (this.view === "compare") this.pair.put(id)
    this.#moved()
  }

  #uncover(id) {
    this.pass.fold(id)
    this.views.list()
  }

  /** The current one, without leaving the choice: a pane of compare or survey. */
  point(id) {
    this.pass.current = id
    this.#moved({ silent: true })
  }

  choose(id) {
    this.pass.toggle(id, { join: !this.choosing })
    this.#moved()
  }

  chooseTo(id) {
    this.pass.extend(id)
    this.#moved()
  }

  chooseAll() {
    this.pass.chooseAll()
    this.#moved()
  }

  /** For fingers: a tap chooses, instead of going there. */
  toggleChoosing() {
    this.choosing = !this.choosing
    for (const button of this.element.querySelectorAll("[data-act=choosing]")) {
      button.setAttribute("aria-pressed", String(this.choosing))
    }
    this.element.toggleAttribute("data-choosing", this.choosing)
    this.pass.chosen.clear()
    this.#moved({ silent: true })
    this.say(this.choosing ? "A tap chooses." : "A tap goes there.")
  }

  #moved({ silent = false } = {}) {
    this.views.draw()
    this.head.press()
    this.head.count()
    this.info.follow()
    remember(this)
    if (!silent && this.current) this.say(sentence(this.current, this))
  }

  // Looking

  look(view) {
    const chosen = this.view === "survey" ? this.survey.ids : this.pass.several()
    if (view === "compare" && !this.#pairUp(chosen)) return this.tell("There is nothing to compare it with.")
    if (view === "survey") this.survey = new Survey(this.pass, this.pool)
    this.view = view
    this.zoom.on = false
    if (view === "loupe" || view === "compare") this.pass.chosen.clear()
    this.head.view(view)
    this.#tellNothing()
    this.#moved()
  }

  #pairUp(chosen) {
    const pair = Pair.of(this.pass, chosen)
    if (!pair) return false
    this.pair = pair
    this.pass.current = pair.challenger
    return true
  }

  toggleZoom(pane = this.views.active, point = this.pointer?.in(pane)) {
    if (!pane) return this.view === "grid" && this.look("loupe")
    pane.view.toggle(pane.candidate, pane.box, point)
    this.views.place()
  }

  pan(pane, dx, dy) {
    pane.view.pan(pane.candidate, pane.box, dx, dy)
    this.views.place()
  }

  async fullScreen() {
    try {
      await (document.fullscreenElement ? document.exitFullscreen() : this.element.requestFullscreen())
    } catch {
      this.tell("This browser shows no full screen here.")
    }
  }

  /** Out of the innermost: zoom, choice, view. */
  leave() {
    if (this.views.active?.view.on) return this.toggleZoom()
    if (this.view === "grid" && this.pass.chosen.size) {
      this.pass.chosen.clear()
      return this.#moved()
    }
    this.look("grid")
  }

  filter(name) {
    this.pass.show(name)
    this.head.filter(name)
    this.views.list()
    this.look(this.view === "compare" ? "loupe" : this.view)
    this.stage.focus({ preventScroll: true })
    if (!this.current) this.say("No candidate fits this filter.")
  }

  fold(all) {
    if (this.view === "compare" || this.view === "survey")
      return this.tell("Stacks open and close in the grid and the loupe.")
    const found = all ? this.pass.foldAll() : this.pass.fold(this.pass.current)
    if (!found) return this.tell(all ? "No two candidates look alike." : "No other candidate looks like this one.")
    this.views.list()
    this.#moved()
  }

  // Marking

  /** What a mark is for: those chosen in the grid, else the one in view. */
  targets() {
    const several = this.view === "grid" ? this.pass.several() : []
    if (several.length) return several
    const inView = this.view === "survey" ? this.survey.ids.includes(this.pass.current) : this.current
    return inView ? [this.pass.current] : []
  }

  mark(change, { opposite = false, ids = this.targets() } = {}) {
    if (!ids.length) return
    this.#painted(this.marks.set([ids, change]))
    if (ids.length > 1) return this.say(`${ids.length} candidates: ${did(change)}.`)
    const marked = this.pool.byId.get(ids[0])
    const ended = this.head.goesOn !== opposite && !this.#goOn(change)
    const done = `Candidate ${marked.number}: ${said(this.pool.mark(marked.id))}.`
    if (ended) this.tell(this.#ending(), done)
    else this.say(this.current === marked ? done : `${done} ${sentence(this.current, this)}`)
  }

  // What to do after the last one.
  #ending() {
    const left = this.pool.left()
    if (left) return `This was the last one; ${left} unflagged.`
    const picks = this.pool.order.filter(({ id }) => this.pool.mark(id).value === "pick").length
    return `All judged, ${picks} picked. Survey shows the picks side by side.`
  }

  /** Pick this one and reject the rest of its stack: one act, undone as one. */
  pickOfStack() {
    const stack = this.pass.stackOf(this.pass.current)
    if (!stack) return this.tell("No other candidate looks like this one.")
    const rest = stack.map(({ id }) => id).filter((id) => id !== this.pass.current)
    this.#painted(this.marks.set([[this.pass.current], { value: "pick" }], [rest, { value: "reject" }]))
    this.say(`Candidate ${this.current.number} picked, ${rest.length} alike rejected.`)
  }

  /** A label that all have already is taken off. */
  label(colour, more) {
    const all = this.targets().every((id) => this.pool.mark(id).label === colour)
    this.mark({ label: all ? "" : colour }, all ? { ...more, opposite: this.head.goesOn } : more)
  }

  undo(redo) {
    const ids = redo ? this.marks.redo() : this.marks.undo()
    if (!ids.length) return this.tell(redo ? "Nothing to redo." : "Nothing to undo.")
    const [id] = ids
    if (ids.length === 1 && this.pass.has(id)) {
      if (this.view === "compare") this.pair.put(id)
      this.pass.current = id
    }
    this.#painted(ids)
    this.#moved({ silent: true })
    const what = ids.length > 1 ? `${ids.length} candidates` : sentence(this.pool.byId.get(id), this)
    this.say(`${redo ? "Done again" : "Undone"}: ${what}`)
  }

  #painted(ids) {
    this.views.repaint(ids)
    this.head.press()
    this.head.count()
  }

  /** False where there is no next one. */
  #goOn({ value }) {
    if (this.view === "survey") return true // it shrinks, or the hand goes on by itself
    if (this.view === "compare" && this.pass.current === this.pair.select) {
      if (value === "reject" && this.pair.promote()) this.point(this.pair.challenger)
      return true
    }
    this.travel = 1
    const next = this.view === "compare" ? this.pair.step(1) : this.pass.beside(1)?.id
    if (next !== undefined) this.point(next)
    return next !== undefined
  }

  // Compare and survey

  promote() {
    if (!this.pair.promote()) return this.tell("Unpin it first.")
    this.pass.current = this.pair.challenger
    this.#moved()
  }

  swap() {
    if (!this.pair.swap()) return this.tell("Unpin it first.")
    this.pass.current = this.pair.challenger
    this.#moved()
  }

  markOther() {
    this.pass.current = this.pair.other(this.pass.current)
    this.#moved()
  }

  pin() {
    this.pair.pin(this.pass.current)
    this.views.draw()
    this.head.press()
    this.say(this.pair.pinned ? `The ${this.pair.pinned} stays.` : "Nothing is pinned.")
  }

  drop() {
    const place = this.survey.ids.indexOf(this.pass.current)
    this.survey.drop(this.pass.current)
    this.point(this.survey.ids[Math.min(place, this.survey.ids.length - 1)] ?? this.pass.current)
  }

  // What comes from elsewhere

  arrived(rows) {
    const added = this.pool.add(rows)
    if (!added.length) return
    this.pass.arrive(added)
    this.views.list({ reveal: false }) // nothing moves under the hand
    this.#tellNothing()
    this.head.count()
    this.tell(added.length === 1 ? "1 more arrived, at the end." : `${added.length} more arrived, at the end.`)
  }

  /** `whole`: all marks there are, not only what changed. */
  heard(rows, whole = false) {
    const kept = new Set(this.outbox.changes(this.data.urls.marks).flatMap(({ candidates }) => candidates))
    if (whole) this.pool.forget(kept)
    const changed = this.pool.hear(rows, kept)
    if (whole || changed.size) this.#painted(whole ? [...this.pool.byId.keys()] : [...changed])
    this.info.stale(rows.map(([id]) => id))
  }

  /** The shortlist as it is now; the tray follows where it does not show it yet. */
  listed(ids, { shown = false } = {}) {
    if (ids.join() === this.pool.listed.join()) return
    const changed = [...new Set([...ids, ...this.pool.listed])].filter((id) => this.pool.byId.has(id))
    this.pool.listed = ids
    this.#painted(changed)
    this.info.stale(changed)
    if (!shown) this.tray.renew()
  }

  /** A pass that began or ended changes order and what may be seen: by the person's act, not under the hand. */
  blind(now) {
    const differs = now?.people.join() !== this.data.blind?.people.join()
    this.element.querySelector("[data-blind]").hidden = !differs
    if (differs) this.info.clear()
  }

  /** Taken back where the server said no, and told. */
  refused(marks, why) {
    const ids = [...new Set(marks.flatMap(({ changes }) => changes.flatMap(({ candidates }) => candidates)))]
    this.marks.forget(marks.map(({ id }) => id))
    this.pool.takeBack(ids)
    this.#markWhatWaits()
    this.#painted(ids)
    const numbers = ids.map((id) => this.pool.byId.get(id)?.number).filter(Boolean)
    const which =
      numbers.length > 4
        ? `${numbers.length} candidates`
        : numbers.length
          ? `candidate ${numbers.join(", ")}`
          : "marks of another brief"
    const because = typeof why === "string" ? why : "Your role here may have changed."
    tell(`Not saved, and taken back: ${which}. ${because}`)
  }

  #markWhatWaits() {
    for (const { candidates, ...fields } of this.outbox.changes(this.data.urls.marks)) {
      for (const id of candidates) if (this.pool.byId.has(id)) this.pool.set(id, { ...this.pool.mark(id), ...fields })
    }
  }

  // Telling

  /** To readers alone: the page shows it. */
  say(text) {
    this.announcer.textContent = text
  }

  /** To everybody: nothing else on the page shows it. Readers hear `shown` first, which is to be seen already. */
  tell(text, shown = "") {
    this.say(`${shown} ${text}`)
    this.spoken.textContent = text
    clearTimeout(this.telling)
    this.telling = setTimeout(() => (this.spoken.textContent = ""), LINGER)
  }

  #tellNothing() {
    const { nothing } = this.views
    const [text, act] = this.#nothing()
    nothing.querySelector("[data-words]").textContent = text
    for (const button of nothing.querySelectorAll("[data-act], [data-leave]"))
      button.hidden = (button.dataset.act ?? "leave") !== act
  }

  #nothing() {
    if (!this.pool.order.length) {
      return this.data.open
        ? ["The first candidates are on their way.", ""]
        : ["There is nothing to cull yet.", "leave"]
    }
    if (!this.pass.list.length) return ["No candidate fits this filter.", "show-all"]
    return [
      "Survey shows a chosen few side by side. Choose them in the grid (Shift or Ctrl with a click), or pick some first.",
      "grid",
    ]
  }
}

// In the address, so that a reload or a colleague with the link comes to the same place.
function remember({ pass, pair, view }) {
  const at = view === "compare" ? pair.select : pass.current
  clearTimeout(remember.timer)
  remember.timer = setTimeout(() => history.replaceState(null, "", `#candidate=${at}&view=${view}`), 400)
}

const VIEWS = ["grid", "loupe", "compare", "survey"]

function place() {
  const told = new URLSearchParams(location.hash.slice(1))
  return { at: Number(told.get("candidate")), view: VIEWS.includes(told.get("view")) ? told.get("view") : "grid" }
}
