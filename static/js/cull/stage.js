// Draws what a view shows: the grid, rows of crops, or panes with the filmstrip under them. Asks the view and the pass, changes neither.

import { Crops } from "winnow/cull/crops"
import { paintMarks, sentence } from "winnow/cull/describe"
import { Pane } from "winnow/cull/pane"
import { Sheet } from "winnow/cull/sheet"

const TILE = 184 // CSS pixels a column at least; half on a phone
const GAP = 8
const CAPTION = 34
const AHEAD = [1, 2, 3, -1] // what is fetched before it is asked for, in the direction of travel

export class Stage {
  #view = null
  #shown = [] // panes
  #drawn = {} // what was current and chosen when it was last drawn
  #fetching = 0

  constructor(element, { pool, pass, pictures, zoom }) {
    this.element = element
    this.pool = pool
    this.pass = pass
    this.pictures = pictures
    this.zoom = zoom
    this.stage = element.querySelector("[data-stage]")
    this.panes = element.querySelector("[data-panes]")
    this.nothing = element.querySelector("[data-nothing]")
    this.templates = Object.fromEntries(
      ["tile", "cell", "pane", "row", "crop"].map((name) => [name, element.querySelector(`[data-template=${name}]`)]),
    )
    this.grid = new Sheet(element.querySelector("[data-grid]"), {
      make: (candidate) => this.#made("tile", candidate),
      paint: (tile, candidate) => this.#paint(tile, candidate),
      measure: tiles,
    })
    this.strip = new Sheet(element.querySelector("[data-strip]"), {
      make: (candidate) => this.#made("cell", candidate),
      paint: (cell, candidate) => this.#paint(cell, candidate),
      measure: () => ({ columns: Infinity, width: 48, height: 52, gap: 4 }),
      strip: true,
    })
    this.crops = new Crops(element.querySelector("[data-defects]"), { templates: this.templates, pool, pictures })
    new ResizeObserver(() => this.#fit()).observe(this.panes)
  }

  /** Keys are heard here. */
  focus() {
    this.stage.focus({ preventScroll: true })
  }

  get columns() {
    return this.grid.columns
  }

  /** The list changed: what is shown, or its order. */
  list(view, { reveal = true } = {}) {
    this.grid.show(this.pass.list)
    this.strip.show(this.pass.list)
    this.#sheetOf(view).repaint()
    this.draw(view, { reveal })
  }

  /** Another view, another current one: bring it into sight. `travel` is the direction of the last step. */
  draw(view, { reveal = true, travel = 1 } = {}) {
    const turned = this.#view?.name !== view.name
    this.#view = view
    if (view.rows) this.crops.show(view)
    const [sheet, drawn] = [this.#sheetOf(view), this.#drawn]
    const { chosen, current } = this.pass
    if (turned) this.#turn(view, sheet)
    else sheet.repaint(chosen.size || drawn.chosen ? undefined : [drawn.current, current])
    this.#drawn = { chosen: chosen.size, current }
    this.nothing.hidden = this.pass.list.length > 0
    if (reveal) sheet.reveal(current)
    if (view.panes) this.#fill(view, travel)
    this.#point(view)
  }

  /** These candidates' marks changed. */
  repaint(view, ids) {
    this.#sheetOf(view).repaint(ids)
    if (view.panes && view.ids.join() !== this.#shown.map(({ candidate }) => candidate.id).join()) this.#fill(view)
    for (const pane of this.#shown) if (ids.includes(pane.candidate.id)) pane.paint()
  }

  /** Panes again, without another picture: after a zoom or a pan. */
  place() {
    for (const pane of this.#shown) pane.place()
  }

  paneOf(element) {
    return this.#shown.find((pane) => pane.element.contains(element))
  }

  /** The pane of the current one; the grid has none. */
  get active() {
    if (!this.#view?.panes) return undefined
    return this.#shown.find(({ candidate }) => candidate.id === this.pass.current) ?? this.#shown[0]
  }

  #sheetOf(view) {
    if (view.rows) return this.crops
    return view.panes ? this.strip : this.grid
  }

  #turn(view, sheet) {
    this.element.dataset.view = view.name
    sheet.layout()
    sheet.repaint()
  }

  #fill(view, travel) {
    const { ids, roles, pinned } = view
    const shown = this.#shown
    this.nothing.hidden = ids.length > 0
    while (shown.length > ids.length) shown.pop().element.remove()
    while (shown.length < ids.length) this.#addPane()
    this.#fit()
    shown.forEach((pane, at) => {
      pane.stand(roles[at] ?? "", pinned !== null && roles[at] === pinned)
      pane.show(this.pool.byId.get(ids[at]))
    })
    if (travel) this.#fetchAhead(view.ahead, travel)
  }

  #addPane() {
    const pane = new Pane(this.templates.pane, {
      pictures: this.pictures,
      zoom: this.zoom,
      describe: (element, candidate) => this.#paint(element, candidate),
    })
    this.#shown.push(pane)
    this.panes.append(pane.element)
  }

  // As many columns as show the pictures largest.
  #fit() {
    const [first] = this.#shown
    if (!first?.candidate) return
    const { width, height } = first.candidate
    const box = { width: this.panes.clientWidth, height: this.panes.clientHeight }
    const columns = columnsFor(this.#shown.length, width / height, box)
    this.panes.style.setProperty("--columns", columns)
    this.panes.style.setProperty("--rows", Math.ceil(this.#shown.length / columns))
  }

  // After this frame is painted, so that nothing is in the key's way.
  #fetchAhead(from, travel) {
    clearTimeout(this.#fetching)
    if (from === null) return
    const { pass, pictures, zoom } = this
    this.#fetching = setTimeout(() => {
      const near = AHEAD.map((by) => pass.beside(by * travel, from)).filter(Boolean)
      pictures.prefetch(near.map((candidate) => (zoom.on ? pictures.exact(candidate) : pictures.whole(candidate))))
    })
  }

  #point(view) {
    const here = view.panes ? this.active?.element : this.#sheetOf(view).elementOf(this.pass.current)
    if (here) this.stage.setAttribute("aria-activedescendant", here.id)
    else this.stage.removeAttribute("aria-activedescendant")
  }

  #made(kind, candidate) {
    const element = this.templates[kind].content.firstElementChild.cloneNode(true)
    element.id = `${kind}-${candidate.id}`
    element.dataset.candidate = candidate.id
    element.querySelector("img").src = this.pictures.small(candidate)
    return element
  }

  #paint(element, candidate) {
    const { chosen, current } = this.pass
    if (element.dataset.candidate !== String(candidate.id)) {
      element.dataset.candidate = candidate.id
      element.id = `pane-${candidate.id}`
    }
    paintMarks(element, candidate, this)
    element.setAttribute("aria-label", sentence(candidate, this))
    element.setAttribute("aria-current", String(candidate.id === current))
    element.toggleAttribute("data-chosen", Boolean(this.#view?.several) && chosen.size > 1 && chosen.has(candidate.id))
  }
}

function tiles(width) {
  const least = width < 560 ? TILE / 2 : TILE
  const columns = Math.max(2, Math.floor((width + GAP) / (least + GAP)))
  const size = Math.floor((width - GAP * (columns - 1)) / columns)
  return { columns, width: size, height: size + CAPTION, gap: GAP }
}

/** How many columns show `count` pictures of the given ratio (width / height) largest in a box of CSS pixels. */
export function columnsFor(count, ratio, { width, height }) {
  const sizes = Array.from({ length: count }, (_, at) => {
    const columns = at + 1
    const rows = Math.ceil(count / columns)
    return Math.min(width / columns, (height / rows) * ratio)
  })
  return 1 + sizes.indexOf(Math.max(...sizes))
}
