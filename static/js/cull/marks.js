// This person's marks: painted before any request, undone and redone at any depth, one act at a time.

export class Marks {
  #done = []
  #undone = []

  constructor(pool, send) {
    this.pool = pool
    // Takes the changes of one act, [{candidates, value?, rating?, label?, reason?}, ...], and returns its id.
    this.send = send
  }

  /** One act: [[ids, change], ...]. Returns the ids it changed; what is so already is left out and needs no undo. */
  set(...changes) {
    const marks = changes
      .flatMap(([ids, change]) => ids.map((id) => [id, ...difference(this.pool.mark(id), change)]))
      .filter(([, before]) => before)
    if (!marks.length) return []
    const act = { marks }
    this.#done.push(act)
    this.#undone = []
    return this.#apply(act, ([id, , after]) => [id, after])
  }

  undo() {
    return this.#move(this.#done, this.#undone, ([id, before]) => [id, before])
  }

  redo() {
    return this.#move(this.#undone, this.#done, ([id, , after]) => [id, after])
  }

  /** The server took none of these: there is nothing to undo or to redo. */
  forget(ids) {
    const stands = ({ id }) => !ids.includes(id)
    this.#done = this.#done.filter(stands)
    this.#undone = this.#undone.filter(stands)
  }

  #move(from, to, side) {
    const act = from.pop()
    if (!act) return []
    to.push(act)
    return this.#apply(act, side)
  }

  // Only what the act changed: what came from elsewhere meanwhile stays.
  #apply(act, side) {
    const changes = act.marks.map(side)
    for (const [id, fields] of changes) this.pool.set(id, { ...this.pool.mark(id), ...fields })
    act.id = this.send(grouped(changes))
    return changes.map(([id]) => id)
  }
}

/** [the fields as they were, the fields as they become], or [] where nothing changes. */
function difference(mark, change) {
  const next = { ...mark, ...change }
  if (next.value !== "reject") next.reason = ""
  const names = Object.keys(next).filter((name) => next[name] !== mark[name])
  const fieldsOf = (whole) => Object.fromEntries(names.map((name) => [name, whole[name]]))
  return names.length ? [fieldsOf(mark), fieldsOf(next)] : []
}

// Candidates that change alike go together.
function grouped(changes) {
  const groups = new Map()
  for (const [id, fields] of changes) {
    const key = JSON.stringify(fields)
    if (!groups.has(key)) groups.set(key, { candidates: [], ...fields })
    groups.get(key).candidates.push(id)
  }
  return [...groups.values()]
}
