// Compare: the Select, and the Challenger that arrows change. A pinned pane keeps its picture; then they change the other.

import { View } from "winnow/cull/view/view"

export class Compare extends View {
  name = "compare"
  folds = false
  roles = ["select", "challenger"]
  #among

  /** Of those chosen, else the current one against the next (after the last: the one before). Null with fewer than two. */
  static of(pass, chosen) {
    const ids = chosen.length > 2 ? chosen : worthy(pass, pass.current)
    const select = chosen.length === 2 || !ids.includes(pass.current) ? chosen[0] : pass.current
    const place = ids.indexOf(select)
    const challenger = chosen.length === 2 ? chosen[1] : (ids[place + 1] ?? ids[place - 1])
    return challenger === undefined ? null : new Compare(pass, chosen.length > 2 ? chosen : null, select, challenger)
  }

  constructor(pass, among, select, challenger) {
    super(pass)
    this.#among = among // which arrows step along; else all that are shown
    this.select = select
    this.challenger = challenger
    pass.chosen.clear()
    pass.current = challenger
  }

  get ids() {
    return [this.select, this.challenger]
  }

  get place() {
    return this.select
  }

  get ahead() {
    return this.challenger
  }

  get filtered() {
    return "loupe"
  }

  has(id) {
    return this.ids.includes(id)
  }

  /** The other one is marked from now on. */
  turn() {
    this.pass.current = this.pass.current === this.select ? this.challenger : this.select
  }

  /** Another one in the pane that moves; what is marked stays the Select or the Challenger. */
  step(by) {
    const marksSelect = this.pass.current === this.select
    if (this.#next(by) === undefined) return "There is no other to compare."
    this.pass.current = marksSelect ? this.select : this.challenger
    return ""
  }

  /** This one in the pane that moves, unless it stands in one already. */
  put(id) {
    this.pass.current = id
    if (!this.has(id)) this[this.#moving] = id
  }

  /** The next Challenger; one that won by a rejected Select goes up. */
  onward({ value }) {
    if (this.pass.current !== this.select) return this.#next(1)
    return value === "reject" && this.#promote() ? this.challenger : this.select
  }

  /** Both move, so neither while one is pinned: a sentence then. */
  swap() {
    if (this.pinned) return "Unpin it first."
    ;[this.select, this.challenger] = [this.challenger, this.select]
    this.pass.current = this.challenger
    return ""
  }

  /** The Challenger wins: it becomes the Select, and the next one challenges it. Not while one is pinned. */
  promote() {
    if (!this.#promote()) return "Unpin it first."
    this.pass.current = this.challenger
    return ""
  }

  /** The current one's pane stays, or moves again. */
  pin() {
    const role = this.pass.current === this.select ? "select" : "challenger"
    this.pinned = this.pinned === role ? null : role
  }

  #next(by) {
    const next = this.#free(this[this.#moving], by)
    if (next !== undefined) this[this.#moving] = next
    return next
  }

  #promote() {
    if (this.pinned) return false
    const next = this.#free(this.challenger, 1) ?? this.select
    ;[this.select, this.challenger] = [this.challenger, next]
    return true
  }

  get #moving() {
    return this.pinned === "challenger" ? "select" : "challenger"
  }

  // The next one along that stands in neither pane and is not rejected.
  #free(id, by) {
    const ids = this.#among ?? worthy(this.pass, id)
    let place = ids.indexOf(id) + by
    while (this.has(ids[place])) place += by
    return ids[place]
  }
}

// What was rejected is compared no more, unless it was chosen for that.
const worthy = ({ list, pool }, here) =>
  list.map(({ id }) => id).filter((id) => id === here || pool.mark(id).value !== "reject")
