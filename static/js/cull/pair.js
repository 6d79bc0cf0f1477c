// Compare: the Select, and the Challenger that arrows change. A pinned pane stays as it is; then they change the other.

export class Pair {
  constructor(pass, [select, challenger]) {
    this.pass = pass
    this.select = select
    this.challenger = challenger
    this.active = "challenger" // the one that marks are for
    this.pinned = null
  }

  /** Two chosen ones, or the current one against the next (after the last: the one before). Null with fewer than two. */
  static of(pass) {
    const several = pass.several()
    const next = (pass.beside(1) ?? pass.beside(-1))?.id
    const ids = several.length ? several : [pass.current, next]
    return ids[1] === undefined ? null : new Pair(pass, ids)
  }

  get current() {
    return this[this.active]
  }

  step(by) {
    const moving = this.pinned === "challenger" ? "select" : "challenger"
    const next = this.#free(this[moving], by)
    if (next === undefined) return false
    this[moving] = next
    return true
  }

  swap() {
    [this.select, this.challenger] = [this.challenger, this.select]
  }

  /** The Challenger wins: it becomes the Select, and the next one challenges it. */
  promote() {
    const from = this.challenger
    const loser = this.select
    this.select = from
    this.challenger = this.#free(from, 1) ?? loser
    this.active = "challenger"
  }

  pin(pane) {
    this.pinned = this.pinned === pane ? null : pane
  }

  // The next one along that stands in neither pane.
  #free(id, by) {
    let place = this.pass.at(id) + by
    while ([this.select, this.challenger].includes(this.pass.list[place]?.id)) place += by
    return this.pass.list[place]?.id
  }
}
