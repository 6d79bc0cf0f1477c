// What was done to a mask, step by step, so that each can be undone. Pure. Keeps what a step changed, and no more.

const MOST = 400_000_000 // bytes; beyond them the first steps are forgotten

export class History {
  #done = []
  #undone = []
  #size = 0
  #before = null

  constructor(mask) {
    this.mask = mask
  }

  /** `act` changes the mask and tells the box that it changed. Returns whether anything did. */
  step(name, act) {
    this.begin()
    return this.end(name, act())
  }

  begin() {
    this.#before = this.mask.levels.slice()
  }

  end(name, box) {
    const before = this.#before
    this.#before = null
    if (!box) return false
    const was = Object.assign(Object.create(this.mask), { levels: before }).part(box)
    const is = this.mask.part(box)
    if (was.every((level, index) => level === is[index])) return false
    for (const { was } of this.#undone) this.#size -= 2 * was.length
    this.#undone = []
    this.#done.push({ name, box, was, is })
    this.#size += 2 * was.length
    while (this.#size > MOST && this.#done.length > 1) this.#size -= 2 * this.#done.shift().was.length
    return true
  }

  /** The step that was undone, or null. */
  undo() {
    const step = this.#done.pop() ?? null
    if (step) this.mask.put(step.box, step.was)
    if (step) this.#undone.push(step)
    return step
  }

  redo() {
    const step = this.#undone.pop() ?? null
    if (step) this.mask.put(step.box, step.is)
    if (step) this.#done.push(step)
    return step
  }

  get last() {
    return this.#done.at(-1)?.name ?? null
  }

  get canUndo() {
    return this.#done.length > 0
  }

  get canRedo() {
    return this.#undone.length > 0
  }
}
