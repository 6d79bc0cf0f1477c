// This person's marks: painted before any request, undone and redone at any depth, one act at a time.

export class Marks {
  #done = []
  #undone = []

  constructor(pool, send) {
    this.pool = pool
    this.send = send // takes the changes of one act: [{candidates, value?, rating?, label?, reason?}, ...]
  }

  /** One act: [[ids, change], ...]. Returns the ids it changed; what is so already is left out and needs no undo. */
  set(...changes) {
    const act = changes
      .flatMap(([ids, change]) => ids.map((id) => [id, ...difference(this.pool.mark(id), change)]))
      .filter(([, before]) => before)
    if (!act.length) return []
    this.#done.push(act)
    this.#undone = []
    return this.#apply(act.map(([id, , after]) => [id, after]))
  }

  undo() {
    return this.#move(this.#done, this.#undone, ([id, before]) => [id, before])
  }

  redo() {
    return this.#move(this.#undone, this.#done, ([id, , after]) => [id, after])
  }

  #move(from, to, side) {
    const act = from.pop()
    if (!act) return []
    to.push(act)
    return this.#apply(act.map(side))
  }

  // Only what the act changed: what came from elsewhere meanwhile stays.
  #apply(changes) {
    for (const [id, fields] of changes) this.pool.set(id, { ...this.pool.mark(id), ...fields })
    this.send(grouped(changes))
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
