// Defects: what the machine checks saw, a row a kind, crops of all candidates in it. A mark is for a crop's candidate.

import { View } from "winnow/cull/view/view"

export class Defects extends View {
  name = "defects"
  folds = false
  zooms = false
  panes = false
  opens = "loupe"

  static of(pass) {
    pass.chosen.clear()
    return new Defects(pass)
  }

  constructor(pass) {
    super(pass)
    this.rows = rowsOf(pass)
    this.crop = this.#first()
    if (this.crop) pass.current = this.crop.candidate
  }

  /** The one crop that is current, in words, before its candidate is said. */
  get words() {
    const { crop, row } = this
    return crop ? `${row.label}, ${row.crops.indexOf(crop) + 1} of ${row.crops.length}: ${crop.words} ` : ""
  }

  get row() {
    return this.rows.find(({ crops }) => crops.includes(this.crop))
  }

  /** Along its row; with `columns` to the same place of another row. */
  step(by, { columns = 0 } = {}) {
    if (!this.crop) return "The checks found nothing here."
    const { crops } = this.row
    const at = crops.indexOf(this.crop)
    const row = columns ? this.rows[this.rows.indexOf(this.row) + by] : this.row
    const next = columns ? row?.crops[Math.min(at, row.crops.length - 1)] : crops[at + by]
    if (next) this.point(next)
    else return by > 0 ? `This is the last ${columns ? "row" : "one of its row"}.` : "This is the first one."
    return ""
  }

  /** Of its row. */
  end(place) {
    if (this.crop) this.point(this.row.crops.at(place))
    return this.crop?.candidate
  }

  point(crop) {
    this.crop = crop
    this.pass.current = crop.candidate
  }

  /** A candidate is wanted: where it shows something, here in this row at best. */
  put(id) {
    this.pass.current = id
    if (this.crop?.candidate === id) return
    const rows = [this.row, ...this.rows].filter(Boolean)
    const found = rows.flatMap(({ crops }) => crops).find(({ candidate }) => candidate === id)
    if (found) this.crop = found
  }

  /** On to the next crop of another candidate, in this row or the next ones. */
  onward() {
    const crops = this.rows.flatMap(({ crops }) => crops)
    const after = crops.slice(crops.indexOf(this.crop) + 1)
    const next = after.find(({ candidate }) => candidate !== this.pass.current)
    if (next) this.crop = next
    return next?.candidate
  }

  /** What came since joins at the ends of the rows; nothing else moves. Returns whether anything did. */
  renew() {
    const fresh = rowsOf(this.pass)
    const kept = new Set(fresh.flatMap(({ crops }) => crops.map(({ id }) => id)))
    const rows = fresh.map((row) => {
      const before = this.rows.find(({ kind }) => kind === row.kind)?.crops.filter(({ id }) => kept.has(id)) ?? []
      const known = new Set(before.map(({ id }) => id))
      return { ...row, crops: [...before, ...row.crops.filter(({ id }) => !known.has(id))] }
    })
    this.rows = rows
    if (!this.row) this.crop = this.#first()
  }

  #first() {
    const crops = this.rows.flatMap(({ crops }) => crops)
    return crops.find(({ candidate }) => candidate === this.pass.current) ?? crops[0] ?? null
  }
}

/** [{kind, label, crops}, ...] of what is shown, in the order of kinds; kinds that nothing shows are left out. */
function rowsOf({ pool, list }) {
  const found = list.flatMap(({ id }) => pool.found(id))
  return pool.kinds
    .map(([kind, label]) => ({ kind, label, crops: found.filter((each) => each.kind === kind) }))
    .filter(({ crops }) => crops.length)
}
