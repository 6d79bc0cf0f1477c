// The culling room. Keys, buttons and fingers all press the same acts; the server catches up behind them.

import { tell } from "winnow/toast"
import { Bindings } from "winnow/cull/bindings"
import { said, sentence } from "winnow/cull/describe"
import { Feed } from "winnow/cull/feed"
import { attachHands } from "winnow/cull/hands"
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
    this.travel = 1
    this.view = "grid"
    this.announcer = element.querySelector("[data-announce]")
    this.advance = element.querySelector("[data-advance]")
    this.views = new Views(this)
  }

  open() {
    for (const { candidates, ...fields } of this.outbox.changes(this.data.urls.marks)) {
      for (const id of candidates) if (this.pool.byId.has(id)) this.pool.set(id, { ...this.pool.mark(id), ...fields })
    }
    const { at, view } = place()
    this.pass.open(at)
    this.feed = new Feed(this)
    this.menu = attachReasons(this)
    this.info = attachInfo(this)
    this.sheet = attachKeySheet(this)
    attachTray(this)
    attachHands(this)
    this.#attachHead()
    this.views.list()
    this.look(view)
    this.stage.focus({ preventScroll: true })
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
    if (this.view === "compare") return this.pair.step(by) ? this.#challenge() : this.say("There is no other to compare.")
    if (this.view === "survey") return this.#alongSurvey(by)
    const far = by * (rows ? this.views.columns : 1)
    const target = this.pass.list[Math.min(this.pass.list.length - 1, Math.max(0, this.pass.at() + far))]
    if (!target) return
    if (target.id === this.pass.current) return this.say(by > 0 ? "This is the last one." : "This is the first one.")
    if (choose && this.view === "grid") this.pass.extend(target.id)
    else this.pass.go(target.id)
    this.#moved()
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
    if (this.view === "compare") this.pair.challenger = id === this.pair.select ? this.pair.challenger : id
    this.#moved()
  }

  #uncover(id) {
    this.pass.fold(id)
    this.views.list()
  }

  /** The current one, without leaving the view or the choice: a pane of survey or compare. */
  point(id) {
    this.pass.current = id
    if (this.view === "compare") this.pair.active = id === this.pair.select ? "select" : "challenger"
    this.views.draw()
    this.#press()
    this.info.follow()
  }

  choose(id) {
    this.pass.toggle(id)
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

  /** For fingers: a tap chooses as well, instead of going there. */
  toggleChoosing() {
    this.choosing = !this.choosing
    this.element.querySelector("[data-act=choosing]").setAttribute("aria-pressed", String(this.choosing))
    if (!this.choosing) this.pass.chosen.clear()
    this.#moved()
    this.say(this.choosing ? "A tap chooses." : "A tap goes there.")
  }

  #alongSurvey(by) {
    const { ids } = this.survey
    const next = ids[ids.indexOf(this.pass.current) + by]
    if (next !== undefined) this.point(next)
  }

  #challenge() {
    this.pass.current = this.pair.current
    this.#moved()
  }

  #moved() {
    this.views.draw()
    this.#count()
    this.info.follow()
    remember(this)
    if (this.current) this.say(sentence(this.current, this))
  }

  // Looking

  look(view) {
    if (view === "compare") this.pair = Pair.of(this.pass, this.#chosen())
    if (view === "compare" && !this.pair) return this.say("There is nothing to compare it with yet.")
    if (view === "survey") this.survey = new Survey(this.pass, this.pool)
    this.view = view
    this.zoom.on = false
    if (view === "compare") this.pass.current = this.pair.current
    if (view !== "grid" && view !== "survey") this.pass.chosen.clear()
    for (const button of this.element.querySelectorAll("[data-view-button]")) {
      button.setAttribute("aria-pressed", String(button.dataset.viewButton === view))
    }
    this.#tellNothing()
    this.#moved()
  }

  #chosen() {
    return this.view === "survey" ? this.survey.ids : this.pass.several()
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
      this.say("This browser shows no full screen here.")
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
    this.element.querySelector("[data-filter]").value = name
    if (this.view === "survey" || this.view === "compare") this.look(this.view === "survey" ? "survey" : "loupe")
    this.views.list()
    this.#tellNothing()
    this.#moved()
    if (!this.current) this.say("No candidate fits this filter.")
  }

  fold(all) {
    const found = all ? this.pass.foldAll() : this.pass.fold(this.pass.current)
    if (!found) return this.say(all ? "No two candidates look alike." : "No other candidate looks like this one.")
    this.views.list()
    this.#moved()
  }

  // Marking

  /** What a mark is for: those chosen in the grid, else the one in view. */
  targets() {
    const several = this.view === "grid" ? this.pass.several() : []
    return several.length ? several : this.current ? [this.pass.current] : []
  }

  mark(change, { opposite = false, ids = this.targets() } = {}) {
    if (!ids.length) return
    const changed = this.marks.set([ids, change])
    this.#painted(changed)
    if (ids.length > 1) return this.say(`${ids.length} candidates: ${said(this.pool.mark(ids[0]))}.`)
    const marked = this.pool.byId.get(ids[0])
    const goesOn = this.advance.checked !== opposite
    const ended = goesOn && !this.#goOn(change)
    const then = this.current !== marked ? sentence(this.current, this) : ended ? "There is no next one." : ""
    this.say(`Candidate ${marked.number}: ${said(this.pool.mark(marked.id))}. ${then}`)
  }

  /** Pick this one and reject the rest of its stack: one act, undone as one. */
  pickOfStack() {
    const stack = this.pass.stackOf(this.pass.current)
    if (!stack) return this.say("No other candidate looks like this one.")
    const rest = stack.map(({ id }) => id).filter((id) => id !== this.pass.current)
    this.#painted(this.marks.set([[this.pass.current], { value: "pick" }], [rest, { value: "reject" }]))
    this.say(`Candidate ${this.current.number} picked, ${rest.length} alike rejected.`)
  }

  /** A label that all have already is taken off. */
  label(colour, more) {
    const all = this.targets().every((id) => this.pool.mark(id).label === colour)
    this.mark({ label: all ? "" : colour }, all ? { ...more, opposite: this.advance.checked } : more)
  }

  undo(redo) {
    const ids = redo ? this.marks.redo() : this.marks.undo()
    if (!ids.length) return this.say(redo ? "Nothing to redo." : "Nothing to undo.")
    if (ids.length === 1 && this.pass.has(ids[0])) {
      this.pass.current = ids[0]
      if (this.view === "compare" && ids[0] !== this.pair.select) this.pair.challenger = ids[0]
    }
    this.#painted(ids)
    this.views.draw()
    this.info.follow()
    this.say(`${redo ? "Done again" : "Undone"}: ${ids.length > 1 ? `${ids.length} candidates` : sentence(this.pool.byId.get(ids[0]), this)}`)
  }

  #painted(ids) {
    this.views.repaint(ids)
    this.#count()
  }

  /** False where there is no next one. */
  #goOn({ value }) {
    if (this.view === "survey") return true // it shrinks, or the hand goes on by itself
    if (this.view === "compare" && this.pair.active === "select") {
      if (value === "reject") this.promote()
      return true
    }
    this.travel = 1
    const next = this.view === "compare" ? this.pair.step(1) && this.pair.current : this.pass.beside(1)?.id
    if (next) this.#shift(next)
    return Boolean(next)
  }

  #shift(id) {
    this.pass.current = id
    this.views.draw()
    this.#press()
    this.info.follow()
    remember(this)
  }

  // Compare and survey

  promote() {
    this.pair.promote()
    this.#challenge()
  }

  swap() {
    this.pair.swap()
    this.#challenge()
  }

  markOther() {
    this.pair.active = this.pair.active === "select" ? "challenger" : "select"
    this.#challenge()
  }

  pin() {
    this.pair.pin(this.pair.active)
    this.views.draw()
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
    this.#count()
    this.say(`${added.length} more arrived.`)
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
    const differs = JSON.stringify(now) !== JSON.stringify(this.data.blind)
    this.element.querySelector("[data-blind]").hidden = !differs
  }

  /** Taken back where the server said no, and told. */
  refused(marks, why) {
    const ids = [...new Set(marks.flatMap(({ changes }) => changes.flatMap(({ candidates }) => candidates)))]
    this.pool.takeBack(ids)
    this.#painted(ids)
    const numbers = ids.map((id) => this.pool.byId.get(id)?.number).filter(Boolean)
    const which = numbers.length > 4 ? `${numbers.length} candidates` : numbers.length ? `candidate ${numbers.join(", ")}` : "marks of another brief"
    const because = typeof why === "string" ? why : "Your role here may have changed."
    tell(`Not saved, and taken back: ${which}. ${because}`)
  }

  say(text) {
    this.announcer.textContent = text
  }

  // The head

  #attachHead() {
    this.advance.checked = !advanceIsOff()
    this.advance.addEventListener("change", () => this.#keepAdvance())
    const filter = this.element.querySelector("[data-filter]")
    filter.addEventListener("change", () => {
      this.filter(filter.value)
      this.stage.focus({ preventScroll: true })
    })
    const status = this.element.querySelector("[data-status]")
    this.outbox.onState = (state) => (status.textContent = stateInWords(state, this.outbox.size))
    this.outbox.onReply = ({ marks }) => this.heard(marks)
    this.outbox.onRefused = (marks, why) => this.refused(marks, why)
    this.element.querySelector("[data-reload]").addEventListener("click", () => location.reload())
    if (this.outbox.size) this.outbox.flush()
  }

  toggleAdvance() {
    this.advance.checked = !this.advance.checked
    this.#keepAdvance()
    this.say(this.advance.checked ? "A mark goes on to the next." : "A mark stays on this one.")
  }

  #keepAdvance() {
    try {
      localStorage.setItem("advance", this.advance.checked ? "on" : "off")
    } catch {
      // a browser that keeps nothing: it holds as long as the page
    }
  }

  #count() {
    const left = this.pool.left()
    const put = (name, text) => (this.element.querySelector(`[data-${name}]`).textContent = text)
    put("left", left ? `${left} left` : this.pool.order.length ? "All judged" : "")
    const judged = this.pool.order.map(({ id }) => this.pool.agreement(id)).filter(Boolean)
    put("agreement", judged.length ? `Agreement ${judged.filter((each) => each === "same").length} of ${judged.length}` : "")
    const several = this.pass.several().length
    put("chosen", several && this.view === "grid" ? `${several} chosen` : "")
    const stale = this.pass.stale()
    const again = this.element.querySelector("[data-filter-again]")
    again.hidden = !stale
    again.textContent = stale === 1 ? "1 no longer fits: filter again" : `${stale} no longer fit: filter again`
    this.#press()
  }

  /** The bar of marks shows those of the current one. */
  #press() {
    const mark = this.current && this.pool.mark(this.pass.current)
    for (const button of this.element.querySelectorAll("[data-marking] [data-act][aria-pressed]")) {
      button.setAttribute("aria-pressed", String(Boolean(mark) && isSet(button.dataset.act, mark, this.pool.listed.includes(this.pass.current))))
    }
  }

  #tellNothing() {
    const { nothing } = this.views
    const some = this.pool.order.length > 0
    const [text, act] = this.view === "survey" && this.pass.list.length
      ? ["Survey shows a chosen few side by side. Choose them in the grid (Shift or Ctrl with a click), or pick some first.", "grid"]
      : some
        ? ["No candidate fits this filter.", "show-all"]
        : [this.data.open ? "The first candidates are on their way." : "There is nothing to cull yet.", ""]
    nothing.querySelector("[data-words]").textContent = text
    for (const button of nothing.querySelectorAll("[data-act]")) button.hidden = button.dataset.act !== act
  }
}

const isSet = (act, mark, listed) => ({
  pick: mark.value === "pick",
  reject: mark.value === "reject",
  shortlist: listed,
  [`rating-${mark.rating}`]: true,
  [`label-${mark.label}`]: true,
})[act] ?? false

function advanceIsOff() {
  try {
    return localStorage.getItem("advance") === "off"
  } catch {
    return false
  }
}

function stateInWords(state, count) {
  const marks = count === 1 ? "1 mark is" : `${count} marks are`
  if (state === "offline") return `No connection: ${marks} kept here and sent when it is back`
  if (state === "signed out") return `You were signed out: ${marks} kept here. Sign in again in another tab`
  return ""
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
