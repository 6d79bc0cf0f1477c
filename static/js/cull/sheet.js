// Many candidates in few nodes: only what can be seen, and a little beyond, is in the page. Grid or strip.

const AT_ONCE = 10 // elements made in one frame of scrolling; the rest follows in the next ones
const BEYOND = 2 // rows (of a strip: cells times ten) kept on either side

export class Sheet {
  #shown = new Map() // candidate id -> element
  #places = new Map() // candidate id -> place
  #list = []
  #asked = 0

  /** `measure(width)` gives {columns, width, height, gap} in CSS pixels; a strip has endless columns. */
  constructor(scroller, { make, paint, measure, strip = false }) {
    this.scroller = scroller
    this.inner = scroller.firstElementChild
    this.make = make
    this.paint = paint
    this.measure = measure
    this.strip = strip
    scroller.addEventListener("scroll", () => this.#soon(), { passive: true })
    new ResizeObserver(() => this.layout()).observe(scroller)
  }

  get columns() {
    return this.cell?.columns ?? 1
  }

  show(list) {
    this.#list = list
    this.#places = new Map(list.map(({ id }, place) => [id, place]))
    for (const [id, element] of this.#shown) if (!this.#places.has(id)) this.#drop(id, element)
    this.layout()
  }

  layout() {
    if (!this.scroller.clientWidth) return // not in sight: laid out when it is
    this.cell = this.measure(this.inner.clientWidth)
    const { columns, width, height, gap } = this.cell
    const rows = Math.ceil(this.#list.length / columns)
    const { style } = this.inner
    if (this.strip) style.inlineSize = `${this.#list.length * (width + gap)}px`
    else style.blockSize = `${rows * (height + gap)}px`
    for (const [id, element] of this.#shown) this.#place(element, this.#places.get(id))
    this.draw()
  }

  draw(most = Infinity) {
    if (!this.cell) return
    const [from, to] = this.#range()
    const wanted = new Set(this.#list.slice(from, to).map(({ id }) => id))
    for (const [id, element] of this.#shown) if (!wanted.has(id)) this.#drop(id, element)
    const fresh = document.createDocumentFragment()
    let left = most
    for (let place = from; place < to; place++) {
      const candidate = this.#list[place]
      if (this.#shown.has(candidate.id)) continue
      if (!left--) {
        this.#soon()
        break
      }
      const element = this.make(candidate)
      this.#place(element, place)
      this.#shown.set(candidate.id, element)
      this.paint(element, candidate)
      fresh.append(element)
    }
    this.inner.append(fresh)
  }

  /** Paint these anew where they are in sight; without ids, all that is. */
  repaint(ids = this.#shown.keys()) {
    for (const id of ids) {
      const element = this.#shown.get(id)
      if (element) this.paint(element, this.#list[this.#places.get(id)])
    }
  }

  reveal(id) {
    if (!this.cell) this.layout()
    const place = this.#places.get(id)
    if (place === undefined || !this.cell) return
    const { columns, width, height, gap } = this.cell
    const [start, size, side, seen] = this.strip
      ? [(place - 1) * (width + gap), 3 * width + 2 * gap, "scrollLeft", this.scroller.clientWidth] // with its neighbours
      : [Math.floor(place / columns) * (height + gap), height, "scrollTop", this.scroller.clientHeight]
    const at = this.scroller[side]
    if (start < at) this.scroller[side] = start
    else if (start + size > at + seen) this.scroller[side] = start + size - seen
    else return
    this.draw()
  }

  elementOf(id) {
    return this.#shown.get(id)
  }

  #range() {
    const { columns, width, height, gap } = this.cell
    const end = this.#list.length
    if (this.strip) {
      const size = width + gap
      const from = Math.floor(this.scroller.scrollLeft / size) - BEYOND * 10
      return [Math.max(0, from), Math.min(end, from + Math.ceil(this.scroller.clientWidth / size) + BEYOND * 20)]
    }
    const size = height + gap
    const row = Math.floor(this.scroller.scrollTop / size) - BEYOND
    const rows = Math.ceil(this.scroller.clientHeight / size) + 2 * BEYOND + 1
    return [Math.max(0, row) * columns, Math.min(end, (Math.max(0, row) + rows) * columns)]
  }

  #place(element, place) {
    const { columns, width, height, gap } = this.cell
    const column = this.strip ? place : place % columns
    const row = this.strip ? 0 : Math.floor(place / columns)
    element.setAttribute("aria-setsize", this.#list.length)
    element.setAttribute("aria-posinset", place + 1)
    element.style.inlineSize = `${width}px`
    element.style.blockSize = `${height}px`
    element.style.translate = `${column * (width + gap)}px ${row * (height + gap)}px`
  }

  #drop(id, element) {
    element.remove()
    this.#shown.delete(id)
  }

  #soon() {
    if (this.#asked) return
    this.#asked = requestAnimationFrame(() => {
      this.#asked = 0
      this.draw(AT_ONCE)
    })
  }
}
