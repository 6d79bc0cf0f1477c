// Grid: all that the filter shows. Several can be chosen here, and then a mark is for all of them.

import { View } from "winnow/cull/view/view"

export class Grid extends View {
  name = "grid"
  several = true
  opens = "loupe"
  panes = false

  static of(pass) {
    return new Grid(pass)
  }

  get ids() {
    return []
  }

  get targets() {
    const { current } = this.pass
    if (this.chosen.length) return this.chosen
    return current === null ? [] : [current]
  }

  get count() {
    return this.chosen.length ? `${this.chosen.length} chosen` : ""
  }

  /** Up and down by `columns`; with `choose`, all on the way are chosen. */
  step(by, { columns = 0, choose = false } = {}) {
    const target = this.pass.list[columns ? this.#inRow(by, columns) : this.pass.at() + by]
    if (!target || !choose) return this.goTo(target, by)
    this.pass.extend(target.id)
    return ""
  }

  leave() {
    if (!this.pass.chosen.size) return false
    this.pass.chosen.clear()
    return true
  }

  // Below a short last row there is its end; beyond the first and the last row nothing.
  #inRow(by, columns) {
    const [at, last] = [this.pass.at(), this.pass.list.length - 1]
    const row = Math.floor(at / columns) + by
    return row < 0 || row > Math.floor(last / columns) ? -1 : Math.min(last, at + by * columns)
  }
}
