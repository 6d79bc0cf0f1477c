// What is the same in every view of the room: what it shows, and what a step, a mark and a way out mean in it.
// Views know the person's pass and nothing of the page; whoever draws asks them.

export class View {
  several = false // whether several can be chosen here, for one mark
  folds = true // whether stacks open and close here
  speaks = true // whether readers hear where a step led; else the pane that it led to says so
  zooms = true // whether a click on the current one zooms
  opens = "" // the view that a double click leads to
  panes = true // whether candidates stand in panes; else in the grid, or in rows
  rows = null // of crops
  roles = [] // of its panes
  pinned = null // the role that stays
  nothing = "" // what is said where it shows none of those in the list

  constructor(pass) {
    this.pass = pass
  }

  /** Of the candidates that it shows in panes. */
  get ids() {
    return this.pass.current === null ? [] : [this.pass.current]
  }

  /** What a mark is for. */
  get targets() {
    return this.ids.filter((id) => id === this.pass.current)
  }

  /** Which ones the next view is for. */
  get chosen() {
    return this.pass.several()
  }

  /** The one that the address names, so that a reload or a colleague with the link comes to the same place. */
  get place() {
    return this.pass.current
  }

  /** From where pictures are fetched ahead; none where all are shown. */
  get ahead() {
    return this.pass.current
  }

  /** What readers hear before the current candidate. */
  get words() {
    return ""
  }

  /** What the checks saw changed: a view that shows it takes it in. */
  renew() {}

  /** How many of how many, in words, for the head. */
  get count() {
    return ""
  }

  /** Where a filter leads to from here. */
  get filtered() {
    return this.name
  }

  /** A step along the list. Returns why there was none, in a sentence, or "". */
  step(by) {
    return this.goTo(this.pass.beside(by), by)
  }

  goTo(candidate, by) {
    if (!candidate) return by > 0 ? "This is the last one." : "This is the first one."
    this.pass.go(candidate.id)
    return ""
  }

  /** The first (0) or the last (-1). */
  end(place) {
    return this.pass.list.at(place)?.id
  }

  /** This one is wanted here. */
  put(id) {
    this.pass.current = id
  }

  /** Where a mark leads on to; undefined after the last. */
  onward() {
    return this.pass.beside(1)?.id
  }

  /** After marks: whoever is shown no more is current no more. Returns whether another one is. */
  settle() {
    return false
  }

  /** A way out that is nearer than another view. Returns whether there was one. */
  leave() {
    return false
  }
}
