// Draws the room: grid, loupe, compare or survey, and the filmstrip under the last three.

import { paintMarks, sentence } from "winnow/cull/describe"
import { Pane } from "winnow/cull/pane"
import { Sheet } from "winnow/cull/sheet"
import { columnsFor } from "winnow/cull/survey"

const TILE = 184 // CSS pixels a column at least; half on a phone
const GAP = 8
const CAPTION = 34
const AHEAD = [1, 2, 3, -1] // what is fetched before it is asked for, in the direction of travel

export class Views {
  constructor(room) {
    this.room = room
    this.element = room.element
    this.stage = this.element.querySelector("[data-stage]")
    this.panes = this.element.querySelector("[data-panes]")
    this.nothing = this.element.querySelector("[data-nothing]")
    this.templates = Object.fromEntries(
      ["tile", "cell", "pane"].map((name) => [name, this.element.querySelector(`[data-template=${name}]`)]),
    )
    this.shown = [] // panes
    this.drawn = {} // what was current and chosen when it was last drawn
    this.grid = new Sheet(this.element.querySelector("[data-grid]"), {
      make: (candidate) => this.#made("tile", candidate),
      paint: (tile, candidate) => this.#paint(tile, candidate),
      measure: tiles,
    })
    this.strip = new Sheet(this.element.querySelector("[data-strip]"), {
      make: (candidate) => this.#made("cell", candidate),
      paint: (cell, candidate) => this.#paint(cell, candidate),
      measure: () => ({ columns: Infinity, width: 48, height: 52, gap: 4 }),
      strip: true,
    })
    new ResizeObserver(() => this.#fit()).observe(this.panes)
  }

  get columns() {
    return this.room.view === "grid" ? this.grid.columns : 1
  }

  /** The one of the two that is in sight. */
  get sheet() {
    return this.room.view === "grid" ? this.grid : this.strip
  }

  /** The list changed: what is shown, or its order. */
  list({ reveal = true } = {}) {
    const { pass } = this.room
    this.grid.show(pass.list)
    this.strip.show(pass.list)
    this.sheet.repaint()
    this.draw({ reveal })
  }

  /** Another view, another current one: bring it into sight. */
  draw({ reveal = true } = {}) {
    const { pass, view } = this.room
    const { drawn } = this
    const chosen = pass.chosen.size
    if (drawn.view !== view) this.#turn(view)
    else this.sheet.repaint(chosen || drawn.chosen ? undefined : [drawn.current, pass.current])
    this.drawn = { view, chosen, current: pass.current }
    this.nothing.hidden = pass.list.length > 0 && !(view === "survey" && this.#ids().length === 0)
    if (reveal) this.sheet.reveal(pass.current)
    if (view !== "grid") this.#panes()
    this.#point()
  }

  #turn(view) {
    this.element.dataset.view = view
    this.sheet.layout()
    this.sheet.repaint()
  }

  /** These candidates' marks changed. */
  repaint(ids) {
    this.sheet.repaint(ids)
    if (this.room.view === "survey") this.#panes()
    for (const pane of this.shown) if (ids.includes(pane.candidate.id)) pane.paint()
  }

  /** Panes again, without another picture: after a zoom or a pan. */
  place() {
    for (const pane of this.shown) pane.place()
  }

  paneOf(element) {
    return this.shown.find((pane) => pane.element.contains(element))
  }

  /** The pane of the current one; the grid has none. */
  get active() {
    if (this.room.view === "grid") return undefined
    return this.shown.find(({ candidate }) => candidate.id === this.room.pass.current) ?? this.shown[0]
  }

  #ids() {
    const { view, pass, pair, survey } = this.room
    if (view === "compare") return [pair.select, pair.challenger]
    if (view === "survey") return survey.ids
    return pass.current === null ? [] : [pass.current]
  }

  #panes() {
    const { pool, pass, view, pair } = this.room
    const ids = this.#ids()
    this.nothing.hidden = ids.length > 0
    while (this.shown.length > ids.length) this.shown.pop().element.remove()
    while (this.shown.length < ids.length) {
      const pane = new Pane(this.templates.pane, {
        pictures: this.room.pictures,
        zoom: this.room.zoom,
        describe: (element, candidate) => this.#paint(element, candidate),
      })
      this.shown.push(pane)
      this.panes.append(pane.element)
    }
    this.#fit()
    this.shown.forEach((pane, at) => {
      const role = view === "compare" ? ["select", "challenger"][at] : ""
      pane.element.dataset.role = role
      const pinned = role !== "" && pair.pinned === role
      if (pinned !== Boolean(pane.pinned)) pane.pin(pinned)
      pane.element.toggleAttribute("data-pinned", pinned)
      pane.show(pool.byId.get(ids[at]))
    })
    if (view === "survey" && !ids.includes(pass.current) && ids.length)
      this.room.point(this.room.survey.after(pass.current))
    this.#ahead()
  }

  // As many columns as show the pictures largest.
  #fit() {
    const [first] = this.shown
    if (!first?.candidate) return
    const { width, height } = first.candidate
    const room = { width: this.panes.clientWidth, height: this.panes.clientHeight }
    const columns = columnsFor(this.shown.length, width / height, room)
    this.panes.style.setProperty("--columns", columns)
    this.panes.style.setProperty("--rows", Math.ceil(this.shown.length / columns))
  }

  // After this frame is painted, so that nothing is in the key's way.
  #ahead() {
    const { pass, pair, pictures, view, travel, zoom } = this.room
    if (view === "survey") return
    const from = view === "compare" ? pair.challenger : pass.current
    clearTimeout(this.fetching)
    this.fetching = setTimeout(() => {
      const near = AHEAD.map((by) => pass.beside(by * travel, from)).filter(Boolean)
      pictures.prefetch(near.map((candidate) => (zoom.on ? pictures.exact(candidate) : pictures.whole(candidate))))
    })
  }

  #point() {
    const { current } = this.room.pass
    const here = this.room.view === "grid" ? this.grid.elementOf(current) : this.active?.element
    if (here) this.stage.setAttribute("aria-activedescendant", here.id)
    else this.stage.removeAttribute("aria-activedescendant")
  }

  #made(kind, candidate) {
    const element = this.templates[kind].content.firstElementChild.cloneNode(true)
    element.id = `${kind}-${candidate.id}`
    element.dataset.candidate = candidate.id
    element.querySelector("img").src = this.room.pictures.small(candidate)
    return element
  }

  #paint(element, candidate) {
    const { pass, view } = this.room
    if (element.dataset.candidate !== String(candidate.id)) {
      element.dataset.candidate = candidate.id
      element.id = `pane-${candidate.id}`
    }
    paintMarks(element, candidate, this.room)
    element.setAttribute("aria-label", sentence(candidate, this.room))
    element.setAttribute("aria-current", String(candidate.id === pass.current))
    element.toggleAttribute("data-chosen", view === "grid" && pass.chosen.size > 1 && pass.chosen.has(candidate.id))
  }
}

function tiles(width) {
  const least = width < 560 ? TILE / 2 : TILE
  const columns = Math.max(2, Math.floor((width + GAP) / (least + GAP)))
  const size = Math.floor((width - GAP * (columns - 1)) / columns)
  return { columns, width: size, height: size + CAPTION, gap: GAP }
}
