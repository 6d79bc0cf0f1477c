// Survey: the chosen few side by side. It shrinks as they are rejected and grows again when that is undone.

import { View } from "winnow/cull/view/view"

const MOST = 24 // panes that can still be judged

export class Survey extends View {
  name = "survey"
  folds = false
  speaks = false
  zooms = false
  opens = "loupe"
  nothing =
    "Survey shows a chosen few side by side. Choose them in the grid (Shift or Ctrl with a click), or pick some first."
  #before // what was rejected when it was opened: it stays until it is rejected anew

  /** Those chosen, or one's picks among what is shown. */
  static of(pass) {
    return new Survey(pass)
  }

  constructor(pass) {
    super(pass)
    const several = pass.several()
    const picks = pass.list.map(({ id }) => id).filter((id) => pass.pool.mark(id).value === "pick")
    this.all = several.length ? several : picks
    this.#before = new Set(this.all.filter((id) => this.#isRejected(id)))
    this.settle()
  }

  get ids() {
    return this.#left().slice(0, MOST)
  }

  get chosen() {
    return this.ids
  }

  get ahead() {
    return null
  }

  get count() {
    const [left, shown] = [this.#left().length, this.ids.length]
    return left > shown ? `${shown} of ${left} shown` : ""
  }

  step(by) {
    const { ids } = this
    this.pass.current = ids[ids.indexOf(this.pass.current) + by] ?? this.pass.current
    return ""
  }

  end(place) {
    return this.ids.at(place)
  }

  /** It shrinks, or the hand goes on by itself. */
  onward() {
    return this.pass.current
  }

  /** The current one goes out, without a mark. */
  drop() {
    const { current } = this.pass
    const place = this.ids.indexOf(current)
    this.all = this.all.filter((id) => id !== current)
    this.pass.current = this.ids[Math.min(place, this.ids.length - 1)] ?? current
  }

  /** Where the current one stood now stands the next one that is left, or the last. */
  settle() {
    const { all, ids } = this
    const { current } = this.pass
    if (!ids.length || ids.includes(current)) return false
    const after = all.slice(Math.max(0, all.indexOf(current))).find((id) => ids.includes(id))
    this.pass.current = after ?? ids.at(-1)
    return true
  }

  #left() {
    return this.all.filter((id) => this.#before.has(id) || !this.#isRejected(id))
  }

  #isRejected(id) {
    return this.pass.pool.mark(id).value === "reject"
  }
}
