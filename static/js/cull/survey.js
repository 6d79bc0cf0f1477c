// Survey: the chosen few side by side. It shrinks as they are rejected and grows again when that is undone.

const MOST = 24 // panes that can still be judged

export class Survey {
  /** Those chosen, or one's picks among what is shown. What was rejected before stays until it is rejected anew. */
  constructor(pass, pool) {
    const several = pass.several()
    const picks = pass.list.map(({ id }) => id).filter((id) => pool.mark(id).value === "pick")
    this.pool = pool
    this.all = several.length ? several : picks
    this.before = new Set(this.all.filter((id) => pool.mark(id).value === "reject"))
  }

  /** Out of the survey, without a mark. */
  drop(id) {
    this.all = this.all.filter((each) => each !== id)
  }

  /** Who stands where `id` stood: the next one that is left, or the last. */
  after(id) {
    const { all, ids } = this
    return all.slice(Math.max(0, all.indexOf(id))).find((each) => ids.includes(each)) ?? ids.at(-1)
  }

  get ids() {
    return this.#left().slice(0, MOST)
  }

  /** How many more there are than can be seen at once. */
  get hidden() {
    return this.#left().length - this.ids.length
  }

  #left() {
    return this.all.filter((id) => this.before.has(id) || this.pool.mark(id).value !== "reject")
  }
}

/** How many columns show `count` pictures of the given ratio (width / height) largest in a room. */
export function columnsFor(count, ratio, { width, height }) {
  const sizes = Array.from({ length: count }, (_, at) => {
    const columns = at + 1
    const rows = Math.ceil(count / columns)
    return Math.min(width / columns, (height / rows) * ratio)
  })
  return 1 + sizes.indexOf(Math.max(...sizes))
}
