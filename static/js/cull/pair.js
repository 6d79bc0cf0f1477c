// Compare: the Select, and the Challenger that arrows change. A pinned pane keeps its picture; then they change the other.

export class Pair {
  #chosen

  constructor(pass, chosen, [select, challenger]) {
    this.pass = pass
    this.#chosen = chosen // among which arrows step; else among all that are shown
    this.select = select
    this.challenger = challenger
    this.pinned = null
  }

  /** Of those chosen, else the current one against the next (after the last: the one before). Null with fewer than two. */
  static of(pass, chosen) {
    const ids = chosen.length > 2 ? chosen : worthy(pass, pass.current)
    const select = chosen.length === 2 || !ids.includes(pass.current) ? chosen[0] : pass.current
    const place = ids.indexOf(select)
    const challenger = chosen.length === 2 ? chosen[1] : (ids[place + 1] ?? ids[place - 1])
    return challenger === undefined ? null : new Pair(pass, chosen.length > 2 ? chosen : null, [select, challenger])
  }

  has(id) {
    return id === this.select || id === this.challenger
  }

  other(id) {
    return id === this.select ? this.challenger : this.select
  }

  /** Another one in the pane that moves. Returns its id, or undefined at the end. */
  step(by) {
    const next = this.#free(this[this.#moving], by)
    if (next !== undefined) this.put(next)
    return next
  }

  /** This one in the pane that moves, unless it stands in one already. */
  put(id) {
    if (!this.has(id)) this[this.#moving] = id
  }

  /** Both move, so neither while one is pinned. Returns whether they did. */
  swap() {
    if (this.pinned) return false
    ;[this.select, this.challenger] = [this.challenger, this.select]
    return true
  }

  /** The Challenger wins: it becomes the Select, and the next one challenges it. Not while one is pinned. */
  promote() {
    if (this.pinned) return false
    const next = this.#free(this.challenger, 1) ?? this.select
    ;[this.select, this.challenger] = [this.challenger, next]
    return true
  }

  pin(id) {
    const pane = id === this.select ? "select" : "challenger"
    this.pinned = this.pinned === pane ? null : pane
  }

  get #moving() {
    return this.pinned === "challenger" ? "select" : "challenger"
  }

  // The next one along that stands in neither pane and is not rejected.
  #free(id, by) {
    const ids = this.#chosen ?? worthy(this.pass, id)
    let place = ids.indexOf(id) + by
    while (this.has(ids[place])) place += by
    return ids[place]
  }
}

// What was rejected is compared no more, unless it was chosen for that.
const worthy = ({ list, pool }, here) =>
  list.map(({ id }) => id).filter((id) => id === here || pool.mark(id).value !== "reject")
