// One person's way through the candidates: what is shown and in which order, where they are, what they chose.
// Knows nothing of the page. What is shown changes by the person's act alone; what arrives joins at the end.

import { passes } from "winnow/cull/filters"
import { best, stacksOf } from "winnow/cull/stacks"

export class Pass {
  #gathered = new Map() // a stack (its array) -> {open, ids: best first}
  #stacks = new Map()
  #stacked = 0 // candidates that were there when the stacks were made
  #places = new Map() // candidate id -> place in the list

  constructor(pool) {
    this.pool = pool
    this.filter = "all"
    this.fewest = false // whether those with the fewest findings stand first
    this.matching = [...pool.order]
    this.#set(this.matching)
    this.chosen = new Set() // several at once: what a mark in the grid is for
    this.current = null
  }

  /** At `id`, or at the first that is unflagged; when all are judged at the first pick. */
  open(id) {
    const first = (value) => this.list.find((candidate) => this.pool.mark(candidate.id).value === value)
    this.current = this.has(id) ? id : ((first("unflagged") ?? first("pick") ?? this.list[0])?.id ?? null)
  }

  has(id) {
    return this.#places.has(id)
  }

  at(id = this.current) {
    return this.#places.get(id) ?? -1
  }

  beside(by, id = this.current) {
    return this.list[this.at(id) + by]
  }

  go(id) {
    this.current = id
    this.chosen.clear()
  }

  /** Choose everything from where the choice began to `id`. */
  extend(id) {
    if (!this.chosen.size || !this.has(this.anchor)) this.anchor = this.current
    const [from, to] = [this.at(this.anchor), this.at(id)].sort((a, b) => a - b)
    this.chosen = new Set(this.list.slice(from, to + 1).map((candidate) => candidate.id))
    this.current = id
  }

  /** Choose `id` as well, or no longer. The first one joins the current one, unless that is not meant. */
  toggle(id, { join = true } = {}) {
    if (!this.chosen.size && join) this.chosen.add(this.current)
    if (!this.chosen.delete(id)) this.chosen.add(id)
    this.anchor = id
    this.current = this.chosen.has(id) ? id : ([...this.chosen].at(-1) ?? id)
  }

  chooseAll() {
    this.chosen = new Set(this.list.map(({ id }) => id))
  }

  /** Several, in the order they stand, or none when fewer than two are chosen. */
  several() {
    return this.chosen.size > 1 ? this.list.filter(({ id }) => this.chosen.has(id)).map(({ id }) => id) : []
  }

  show(filter) {
    this.filter = filter
    this.matching = this.#ordered().filter(({ id }) => passes(this.pool, id, filter))
    this.#arrange()
    this.chosen.clear()
    if (!this.has(this.current)) this.open()
  }

  /** As they came; or those with the fewest findings first, when the person asked for that. */
  #ordered() {
    const { order } = this.pool
    if (!this.fewest) return order
    return [...order].sort((one, other) => this.pool.found(one.id).length - this.pool.found(other.id).length)
  }

  /** How many are shown that the filter would leave out by now: they stay until the person filters again. */
  stale() {
    return this.matching.filter(({ id }) => !passes(this.pool, id, this.filter)).length
  }

  arrive(added) {
    this.matching = [...this.matching, ...added.filter(({ id }) => passes(this.pool, id, this.filter))]
    this.#arrange()
    if (this.current === null) this.open()
  }

  stackOf(id) {
    if (this.#stacked !== this.pool.order.length) this.#restack()
    return this.#stacks.get(id)
  }

  isClosed(id) {
    const gathered = this.#gathered.get(this.stackOf(id))
    return Boolean(gathered && !gathered.open)
  }

  /** Close the stack of `id`, or open it: then its members stand together, best first. False where there is none. */
  fold(id) {
    const stack = this.stackOf(id)
    if (!stack) return false
    this.#gather(stack, this.isClosed(id))
    this.#arrange()
    return true
  }

  /** Close all stacks, or, when all are closed, let every candidate stand where it came. */
  foldAll() {
    const stacks = new Set(this.list.map(({ id }) => this.stackOf(id)).filter(Boolean))
    const close = [...stacks].some((stack) => !this.isClosed(stack[0].id))
    if (close) for (const stack of stacks) this.#gather(stack, false)
    else this.#gathered.clear()
    this.#arrange()
    return stacks.size
  }

  #gather(stack, open) {
    const ids = this.#gathered.get(stack)?.ids ?? []
    const ranked = best(stack, (id) => this.pool.mark(id)).map(({ id }) => id)
    this.#gathered.set(stack, { open, ids: open && ids.length === ranked.length ? ids : ranked })
  }

  #arrange() {
    const told = new Set()
    const list = []
    const matching = new Set(this.matching.map(({ id }) => id))
    for (const candidate of this.matching) {
      const stack = this.#gathered.size ? this.stackOf(candidate.id) : undefined
      const gathered = this.#gathered.get(stack)
      if (!gathered || (gathered.open && !gathered.ids.includes(candidate.id))) list.push(candidate)
      else if (!told.has(stack)) {
        told.add(stack)
        const here = gathered.ids.filter((id) => matching.has(id))
        list.push(...(gathered.open ? here : here.slice(0, 1)).map((id) => this.pool.byId.get(id)))
      }
    }
    this.#set(list)
    if (this.current !== null && !this.has(this.current)) this.#goToTop()
  }

  #set(list) {
    this.list = list
    this.#places = new Map(list.map(({ id }, place) => [id, place]))
  }

  // Its stack closed over it: the top stands for it.
  #goToTop() {
    const top = this.#gathered.get(this.stackOf(this.current))?.ids.find((id) => this.has(id))
    if (top) this.current = top
  }

  // A stack that grew is another array: what was gathered goes on under its new name. Whoever joined an open one
  // stands at the end of the list until the stack is closed, so that nothing moves.
  #restack() {
    const before = this.#gathered
    this.#stacks = stacksOf(this.pool.order)
    this.#stacked = this.pool.order.length
    this.#gathered = new Map()
    for (const [stack, gathered] of before) this.#gathered.set(this.#stacks.get(stack[0].id), gathered)
  }
}
