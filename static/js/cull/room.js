// The culling room. Keys, buttons and fingers all press the same acts; the server catches up behind them.

import { Announcer } from "winnow/cull/announcer"
import { Bindings } from "winnow/cull/bindings"
import { did, said, sentence } from "winnow/cull/describe"
import { Feed } from "winnow/cull/feed"
import { attachHands } from "winnow/cull/hands"
import { attachHead } from "winnow/cull/head"
import { attachInfo } from "winnow/cull/info"
import { attachKeySheet } from "winnow/cull/keysheet"
import { Marks } from "winnow/cull/marks"
import { News } from "winnow/cull/news"
import { Pass } from "winnow/cull/pass"
import { Pictures } from "winnow/cull/pictures"
import { Pool } from "winnow/cull/pool"
import { attachReasons } from "winnow/cull/reasons"
import { Stage } from "winnow/cull/stage"
import { read } from "winnow/cull/table"
import { attachTray } from "winnow/cull/tray"
import { Compare } from "winnow/cull/view/compare"
import { Defects } from "winnow/cull/view/defects"
import { Grid } from "winnow/cull/view/grid"
import { Loupe } from "winnow/cull/view/loupe"
import { Survey } from "winnow/cull/view/survey"
import { Zoom } from "winnow/cull/zoom"

const VIEWS = { grid: Grid, loupe: Loupe, compare: Compare, survey: Survey, defects: Defects }

export function openRoom(element, outbox) {
  new Room(element, read(JSON.parse(element.querySelector("#room").textContent)), outbox).open()
}

class Room {
  #travel = 1 // the direction of the last step

  constructor(element, data, outbox) {
    this.element = element
    this.outbox = outbox
    this.pool = new Pool(data)
    this.pass = new Pass(this.pool)
    this.marks = new Marks(this.pool, (changes) => outbox.add(data.urls.marks, changes))
    this.zoom = new Zoom()
    this.bindings = new Bindings(data.person.id)
    this.announcer = new Announcer(element)
    const { pool, pass, zoom } = this
    this.stage = new Stage(element, { pool, pass, zoom, pictures: new Pictures(data.urls) })
    this.view = new Grid(this.pass)
    this.choosing = false // whether a tap chooses
    this.#attach(data)
  }

  #attach({ urls, rights, cursor, open, blind }) {
    const { element, outbox, pool, pass } = this
    const focus = () => this.stage.focus()
    const page = {
      arrived: (added) => this.#arrived(added),
      painted: (ids) => this.#painted(ids),
      seen: (ids) => this.#seen(ids),
      listed: () => this.tray.renew(),
      blind: (now) => this.#blind(now, blind),
      stale: (ids) => this.info.stale(ids),
    }
    this.news = new News({ pool, marks: this.marks, outbox, url: urls.marks, page })
    this.feed = new Feed({ url: urls.marks, cursor, isOpen: open, pool, outbox, take: (news) => this.news.take(news) })
    this.head = attachHead({
      element,
      outbox,
      pool,
      pass,
      announcer: this.announcer,
      isOpen: () => this.feed.isOpen,
      filter: (name) => this.filter(name),
    })
    this.menu = attachReasons({
      element,
      focus,
      isWanted: () => this.targets.length > 0,
      reject: (reason, more) => this.mark({ value: "reject", reason }, more),
    })
    this.info = attachInfo({ element, url: urls.info, current: () => pass.current })
    this.keys = attachKeySheet({ element, bindings: this.bindings, focus })
    this.tray = attachTray({
      element,
      urls,
      pool,
      announcer: this.announcer,
      focus,
      mayCompose: rights.compose,
      targets: () => this.targets,
      current: () => pass.current,
      list: (ids) => this.news.list(ids, { shown: true }),
    })
  }

  open() {
    const { at, view, filter, fewest } = place()
    this.pass.fewest = fewest
    if (this.head.knows(filter)) this.#show(filter)
    this.pass.open(at)
    attachHands(this)
    addEventListener("hashchange", () => this.#follow(place()))
    this.stage.list(this.view)
    this.look("grid")
    if (view) this.look(view)
    this.stage.focus()
    this.outbox.flush()
    this.feed.start()
  }

  /** A link to another place of this room. */
  #follow({ at, view }) {
    if (this.pool.byId.has(at)) this.go(at)
    if (view && view !== this.view.name) this.look(view)
  }

  get current() {
    return this.pool.byId.get(this.pass.current)
  }

  /** What a mark is for. */
  get targets() {
    return this.view.targets
  }

  // Moving

  /** A step along the list; up and down by a row of the grid. Choosing on the way with Shift. */
  step(by, { rows = false, choose = false } = {}) {
    this.#travel = Math.sign(by)
    const no = this.view.step(by, { columns: rows ? this.stage.columns : 0, choose })
    if (no) return this.announcer.tell(no)
    this.#moved({ silent: !this.view.speaks })
  }

  /** To the first (0) or the last (-1). */
  jump(place) {
    const id = this.view.end(place)
    if (this.view.ids.includes(id)) this.point(id)
    else if (id !== undefined) this.go(id)
  }

  go(id) {
    if (!this.pass.has(id) && this.pass.isClosed(id)) this.#uncover(id)
    if (!this.pass.has(id)) this.filter("all")
    this.pass.go(id)
    this.view.put(id)
    this.#moved({ silent: !this.view.speaks })
  }

  #uncover(id) {
    this.pass.fold(id)
    this.stage.list(this.view)
  }

  /** The current one, without leaving the choice: a pane of compare or survey. */
  point(id) {
    this.pass.current = id
    this.#moved({ silent: true })
  }

  /** A crop of the defects view. */
  goToCrop(id) {
    const crop = this.view.rows?.flatMap(({ crops }) => crops).find((each) => each.id === id)
    if (!crop) return
    this.view.point(crop)
    this.#moved()
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
    this.announcer.say(this.choosing ? "A tap chooses." : "A tap goes there.")
  }

  #moved({ silent = false } = {}) {
    this.stage.draw(this.view, { travel: this.#travel })
    this.#tally()
    this.info.follow()
    remember(this.view, this.pass)
    if (!silent && this.current) this.announcer.say(`${this.view.words}${sentence(this.current, this)}`)
  }

  #tally() {
    this.head.press(this.view)
    this.head.count(this.view)
  }

  // Looking

  look(name) {
    const view = VIEWS[name].of(this.pass, this.view.chosen)
    if (!view) return this.announcer.tell("There is nothing to compare it with.")
    this.view = view
    this.zoom.on = false
    this.head.view(name)
    this.#tellNothing()
    this.#moved()
  }

  /** What one view alone knows: swap, promote, turn, drop. */
  inView(act) {
    const no = this.view[act]?.()
    if (no) return this.announcer.tell(no)
    this.#moved({ silent: !this.view.speaks })
  }

  pin() {
    this.view.pin?.()
    this.stage.draw(this.view)
    this.head.press(this.view)
    this.announcer.say(this.view.pinned ? `The ${this.view.pinned} stays.` : "Nothing is pinned.")
  }

  toggleZoom(pane = this.stage.active, point = this.pointer?.in(pane)) {
    if (!pane) return !this.view.panes && this.look("loupe")
    pane.view.toggle(pane.candidate, pane.box, point)
    this.stage.place()
  }

  pan(pane, dx, dy) {
    pane.view.pan(pane.candidate, pane.box, dx, dy)
    this.stage.place()
  }

  async fullScreen() {
    try {
      await (document.fullscreenElement ? document.exitFullscreen() : this.element.requestFullscreen())
    } catch {
      this.announcer.tell("This browser shows no full screen here.")
    }
  }

  /** Out of the innermost: zoom, choice, view. */
  leave() {
    if (this.stage.active?.view.on) return this.toggleZoom()
    if (this.view.leave()) return this.#moved()
    this.look("grid")
  }

  #show(filter) {
    this.pass.show(filter)
    this.head.filter(filter)
  }

  filter(name) {
    this.#show(name)
    this.stage.list(this.view)
    this.look(this.view.filtered)
    this.stage.focus()
    if (!this.current) this.announcer.say("No candidate fits this filter.")
  }

  /** Those with the fewest findings first, or as they came. */
  toggleFewest() {
    this.pass.fewest = !this.pass.fewest
    this.filter(this.pass.filter)
    this.announcer.say(this.pass.fewest ? "The fewest findings stand first." : "They stand as they came.")
  }

  fold(all) {
    if (!this.view.folds) return this.announcer.tell("Stacks open and close in the grid and the loupe.")
    const found = all ? this.pass.foldAll() : this.pass.fold(this.pass.current)
    if (!found)
      return this.announcer.tell(all ? "No two candidates look alike." : "No other candidate looks like this one.")
    this.stage.list(this.view)
    this.#moved()
  }

  // Marking

  mark(change, { opposite = false, ids = this.targets } = {}) {
    if (!ids.length) return
    this.#painted(this.marks.set([ids, change]))
    if (ids.length > 1) return this.announcer.say(`${ids.length} candidates: ${did(change)}.`)
    const marked = this.pool.byId.get(ids[0])
    const ended = this.head.goesOn !== opposite && !this.#goOn(change)
    const done = `Candidate ${marked.number}: ${said(this.pool.mark(marked.id))}.`
    if (ended) this.announcer.tell(this.#ending(), done)
    else this.announcer.say(this.current === marked ? done : `${done} ${sentence(this.current, this)}`)
  }

  /** False where there is no next one. */
  #goOn(change) {
    const next = this.view.onward(change)
    this.#travel = 1
    if (next !== undefined && next !== this.pass.current) this.point(next)
    return next !== undefined
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
    if (!stack) return this.announcer.tell("No other candidate looks like this one.")
    const rest = stack.map(({ id }) => id).filter((id) => id !== this.pass.current)
    this.#painted(this.marks.set([[this.pass.current], { value: "pick" }], [rest, { value: "reject" }]))
    this.announcer.say(`Candidate ${this.current.number} picked, ${rest.length} alike rejected.`)
  }

  /** A label that all have already is taken off. */
  label(colour, more) {
    const all = this.targets.every((id) => this.pool.mark(id).label === colour)
    this.mark({ label: all ? "" : colour }, all ? { ...more, opposite: this.head.goesOn } : more)
  }

  undo(redo) {
    const ids = redo ? this.marks.redo() : this.marks.undo()
    if (!ids.length) return this.announcer.tell(redo ? "Nothing to redo." : "Nothing to undo.")
    const [id] = ids
    if (ids.length === 1 && this.pass.has(id)) this.view.put(id)
    this.#painted(ids)
    this.#moved({ silent: true })
    const what = ids.length > 1 ? `${ids.length} candidates` : sentence(this.pool.byId.get(id), this)
    this.announcer.say(`${redo ? "Done again" : "Undone"}: ${what}`)
  }

  #painted(ids) {
    const another = this.view.settle()
    this.stage.repaint(this.view, ids)
    this.#tally()
    if (another) this.#moved({ silent: true })
  }

  // What comes from elsewhere

  /** The checks have looked at these. Rows grow at their ends; tiles show it where they stand. */
  #seen(ids) {
    this.view.renew()
    if (this.view.rows) this.stage.draw(this.view, { reveal: false })
    this.#painted(ids)
  }

  #arrived(added) {
    this.pass.arrive(added)
    this.stage.list(this.view, { reveal: false }) // nothing moves under the hand
    this.#tellNothing()
    this.#tally()
    this.announcer.tell(
      added.length === 1 ? "1 more arrived, at the end." : `${added.length} more arrived, at the end.`,
    )
  }

  /** A pass that began or ended changes order and what may be seen: by the person's act, not under the hand. */
  #blind(now, before) {
    const differs = now?.people.join() !== before?.people.join()
    this.element.querySelector("[data-blind]").hidden = !differs
    if (differs) this.info.clear()
  }

  // Where there is nothing to see, and what to do then.

  #tellNothing() {
    const { nothing } = this.stage
    const [text, act] = this.#nothing()
    nothing.querySelector("[data-words]").textContent = text
    for (const button of nothing.querySelectorAll("[data-act], [data-leave]")) {
      button.hidden = (button.dataset.act ?? "leave") !== act
    }
  }

  #nothing() {
    if (!this.pool.order.length) {
      if (this.feed.isOpen) return ["The first candidates are on their way.", ""]
      return ["There is nothing to cull yet.", "leave"]
    }
    if (!this.pass.list.length) return ["No candidate fits this filter.", "show-all"]
    return [this.view.nothing, "grid"]
  }
}

// In the address, so that a reload or a colleague with the link comes to the same place.
function remember({ name, place }, { filter, fewest }) {
  const filtered = filter === "all" ? "" : `&filter=${filter}`
  const told = `#candidate=${place}&view=${name}${filtered}${fewest ? "&sort=fewest" : ""}`
  clearTimeout(remember.timer)
  remember.timer = setTimeout(() => history.replaceState(null, "", told), 400)
}

function place() {
  const told = new URLSearchParams(location.hash.slice(1))
  return {
    at: Number(told.get("candidate")),
    view: Object.hasOwn(VIEWS, told.get("view")) ? told.get("view") : "",
    filter: told.get("filter") ?? "all",
    fewest: told.get("sort") === "fewest",
  }
}
