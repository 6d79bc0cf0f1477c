// The candidates of a brief and everybody's marks on them, as this page knows them. Knows nothing of the page.

const UNMARKED = Object.freeze({ value: "unflagged", rating: 0, label: "", reason: "" })

export class Pool {
  #mine = new Map() // candidate id -> mark
  #saved = new Map() // as the server last told them
  #theirs = new Map() // candidate id -> Map(person id -> mark)
  #found = new Map() // candidate id -> what the checks saw
  #turns = new Map() // candidate id -> the turn of its last mark made here

  constructor({ person, people, candidates, marks, listed, kinds = [], ...seen }) {
    this.person = person.id
    this.turn = 0 // counts the marks made here
    this.people = new Map()
    this.meet(people)
    this.byId = new Map()
    this.order = [] // as they came, or as a blind pass shuffled them: never re-ordered
    this.add(candidates)
    this.hear(marks)
    this.listed = listed // ids, in the shortlist's order
    this.kinds = kinds // of findings: [value, label], in the order in which they are told
    this.see({ ...seen, whole: true })
  }

  meet(people) {
    for (const [id, name] of Object.entries(people)) this.people.set(Number(id), name)
  }

  /** What is new goes to the end; returns it. */
  add(rows) {
    const added = rows
      .filter(({ id }) => !this.byId.has(id))
      .map(({ index, ...candidate }) => ({ ...candidate, number: index + 1 }))
    for (const candidate of added) this.byId.set(candidate.id, candidate)
    this.order.push(...added)
    return added
  }

  /** Everything is told anew: what is not told again is gone. */
  forget(kept) {
    this.#theirs.clear()
    this.#saved.clear()
    for (const id of this.#mine.keys()) if (!kept.has(id)) this.#mine.delete(id)
  }

  /** Rows from the server; `kept` are candidates whose own marks are still on their way and win. Returns who changed. */
  hear(rows, kept = new Set()) {
    const changed = new Set()
    for (const { candidate: id, person, ...mark } of rows) {
      const mine = person === this.person
      if (mine) this.#saved.set(id, mark)
      if (mine && kept.has(id)) continue
      const [marks, key] = mine ? [this.#mine, id] : [this.#of(id), person]
      if (same(marks.get(key) ?? UNMARKED, mark)) continue
      marks.set(key, mark)
      changed.add(id)
    }
    return changed
  }

  /** What the checks saw, of `checked` candidates anew or of all; `silent` tells what they did not look for. */
  see({ findings = [], checked = [], silent = [], whole }) {
    this.silent = silent
    const anew = whole ? [...new Set([...this.#found.keys(), ...findings.map(({ candidate }) => candidate)])] : checked
    for (const id of anew) this.#found.delete(id)
    for (const finding of findings) {
      if (!this.#found.has(finding.candidate)) this.#found.set(finding.candidate, [])
      this.#found.get(finding.candidate).push(finding)
    }
    return anew
  }

  /** What the checks saw in it and this person has not called fine. */
  found(id) {
    return this.#found.get(id)?.filter(({ fine }) => !fine) ?? []
  }

  mark(id) {
    return this.#mine.get(id) ?? UNMARKED
  }

  set(id, mark) {
    this.#mine.set(id, mark)
    this.#turns.set(id, ++this.turn)
  }

  /** Whether what was asked for at `turn` tells of own marks that were made anew since. */
  isOlder({ marks, whole }, turn) {
    if (whole) return this.turn > turn
    return marks.some(({ candidate, person }) => person === this.person && this.#turns.get(candidate) > turn)
  }

  /** The server answered about these: what was asked for before is older. */
  touch(ids) {
    for (const id of ids) this.#turns.set(id, ++this.turn)
  }

  /** Back to what the server last told. */
  takeBack(ids) {
    for (const id of ids) this.set(id, this.#saved.get(id) ?? UNMARKED)
  }

  /** [[person id, mark], ...] of those who flagged or rated it. */
  theirs(id) {
    return [...(this.#theirs.get(id) ?? [])].filter(([, mark]) => !same(mark, UNMARKED))
  }

  /** "same", "different", or null while fewer than two people have flagged it. */
  agreement(id) {
    const flags = [this.mark(id), ...this.theirs(id).map(([, mark]) => mark)]
      .map(({ value }) => value)
      .filter((value) => value !== "unflagged")
    if (flags.length < 2) return null
    return flags.every((value) => value === flags[0]) ? "same" : "different"
  }

  left() {
    return this.order.filter(({ id }) => this.mark(id).value === "unflagged").length
  }

  #of(id) {
    if (!this.#theirs.has(id)) this.#theirs.set(id, new Map())
    return this.#theirs.get(id)
  }
}

const same = (a, b) => a.value === b.value && a.rating === b.rating && a.label === b.label && a.reason === b.reason
