// Draws the rows of the defects view: crops at one scale a row, few of them in the page at a time. Looks like a sheet.

import { said } from "winnow/cull/describe"
import { Sheet } from "winnow/cull/sheet"

const SIZE = 128 // CSS pixels of a crop
const CAPTION = 26
const GAP = 8
const AROUND = 1.5 // of the longest side of a row's boxes
const LEAST = 0.12 // of a picture's longer side

export class Crops {
  #view = null
  #rows = null // as they are drawn
  #sheets = new Map() // kind -> Sheet

  constructor(element, { templates, pool, pictures }) {
    this.element = element
    this.templates = templates
    this.pool = pool
    this.pictures = pictures
    this.list = element.querySelector("[data-rows]")
    this.empty = element.querySelector("[data-empty]")
    this.silent = element.querySelector("[data-silent]")
  }

  show(view) {
    this.#view = view
    if (this.#rows === view.rows) return
    this.#rows = view.rows
    this.#sheets.clear()
    this.list.replaceChildren(...view.rows.map((row) => this.#row(row)))
    this.empty.hidden = view.rows.length > 0
    const lookedAt = this.pool.silent.some(([, count]) => count < this.pool.order.length) || !this.pool.silent.length
    this.empty.textContent = lookedAt ? "The checks found nothing in what is shown." : "The checks have not looked yet."
    this.silent.replaceChildren(...this.pool.silent.map((each) => line(each, this.pool.order.length)))
    for (const [{ crops }, sheet] of this.#each()) sheet.show(crops)
  }

  layout() {
    for (const sheet of this.#sheets.values()) sheet.layout()
  }

  repaint() {
    for (const sheet of this.#sheets.values()) sheet.repaint()
  }

  /** The current crop comes into sight, with its row. */
  reveal() {
    const { crop, row } = this.#view
    if (!crop) return
    this.#sheets.get(row.kind).reveal(crop.id)
    this.elementOf()?.closest("[data-row]").scrollIntoView({ block: "nearest" })
  }

  elementOf() {
    const { crop, row } = this.#view
    return crop && this.#sheets.get(row.kind).elementOf(crop.id)
  }

  #each() {
    return this.#rows.map((row) => [row, this.#sheets.get(row.kind)])
  }

  #row({ kind, label, crops }) {
    const element = this.templates.row.content.firstElementChild.cloneNode(true)
    const candidates = new Set(crops.map(({ candidate }) => candidate)).size
    element.querySelector("[data-row-label]").textContent = label
    element.querySelector("[data-row-count]").textContent = `in ${candidates} of ${this.pool.order.length}`
    const side = sideOf(crops, this.pool)
    this.#sheets.set(
      kind,
      new Sheet(element.querySelector("[data-crops]"), {
        make: (crop) => this.#made(crop, side),
        paint: (cell, crop) => this.#paint(cell, crop, label),
        measure: () => ({ columns: Infinity, width: SIZE, height: SIZE + CAPTION, gap: GAP }),
        strip: true,
      }),
    )
    return element
  }

  #made(crop, side) {
    const cell = this.templates.crop.content.firstElementChild.cloneNode(true)
    const candidate = this.pool.byId.get(crop.candidate)
    const [svg, image, outline] = ["svg", "image", "rect"].map((name) => cell.querySelector(name))
    cell.id = `crop-${crop.id}`
    cell.dataset.crop = crop.id
    cell.querySelector("[data-number]").textContent = candidate.number
    put(svg, { viewBox: windowOf(crop, candidate, side).join(" ") })
    put(image, { width: candidate.width, height: candidate.height, href: this.#address(crop, candidate) })
    if (crop.x === null) outline.remove()
    else put(outline, { x: crop.x, y: crop.y, width: crop.width, height: crop.height })
    return cell
  }

  #address(crop, candidate) {
    return crop.x === null ? this.pictures.small(candidate) : this.pictures.whole(candidate)
  }

  #paint(cell, crop, label) {
    const mark = this.pool.mark(crop.candidate)
    const { number } = this.pool.byId.get(crop.candidate)
    cell.dataset.flag = mark.value
    cell.setAttribute("aria-current", String(crop === this.#view.crop))
    cell.setAttribute("aria-label", `${label}: ${crop.words} Candidate ${number}, ${said(mark)}.`)
    cell.title = crop.words
  }
}

/** The side in picture pixels of the windows of a row: with something around its largest box, inside the pictures. */
export function sideOf(crops, pool) {
  const boxes = crops.filter(({ x }) => x !== null)
  if (!boxes.length) return null
  const longest = Math.max(...boxes.map(({ candidate }) => longer(pool.byId.get(candidate))))
  const largest = Math.max(...boxes.map(({ width, height }) => Math.max(width, height)))
  return Math.min(longest, Math.max(Math.round(largest * AROUND), Math.round(longest * LEAST)))
}

/** [x, y, width, height] of a square round the box, inside the picture where that is large enough; or all of it. */
export function windowOf({ x, y, width, height }, candidate, side) {
  if (x === null) return [0, 0, candidate.width, candidate.height]
  const inside = (middle, length) =>
    side > length ? (length - side) / 2 : Math.max(0, Math.min(Math.round(middle - side / 2), length - side))
  return [inside(x + width / 2, candidate.width), inside(y + height / 2, candidate.height), side, side]
}

const longer = ({ width, height }) => Math.max(width, height)

function put(element, values) {
  for (const [name, value] of Object.entries(values)) element.setAttribute(name, value)
}

function line([label, count, because], of) {
  const element = document.createElement("li")
  element.textContent = `${label}: not looked for in ${count} of ${of}. ${because}`
  return element
}
