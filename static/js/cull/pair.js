// Compare: the Select, and the Challenger that arrows change. A pinned pane stays as it is; then they change the other.

export class Pair {
  constructor(ids, [select, challenger]) {
    this.ids = ids // among which arrows step
    this.select = select
    this.challenger = challenger
    this.active = "challenger" // the one that marks are for
    this.pinned = null
  }

  /** Of those chosen, else the current one against the next (after the last: the one before). Null with fewer than two. */
  static of(pass, chosen) {
    const all = pass.list.map(({ id }) => id)
    const ids = chosen.length > 2 ? chosen : all
    const select = chosen.length === 2 || !ids.includes(pass.current) ? chosen[0] : pass.current
    const place = ids.indexOf(select)
    const challenger = chosen.length === 2 ? chosen[1] : (ids[place + 1] ?? ids[place - 1])
    return challenger === undefined ? null : new Pair(ids, [select, challenger])
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
    let place = this.ids.indexOf(id) + by
    while ([this.select, this.challenger].includes(this.ids[place])) place += by
    return this.ids[place]
  }
}
