// Mouse, pen, touch and keys on the canvas: one finger or the tip paints, two fingers move and zoom; arrows move a tip of
// their own, Space or Enter sets it down.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

export class Hands {
  #fingers = new Map()
  #from = null // where the stroke under way has come to
  #isLocked = false // Enter keeps the tip down

  /** `strokes` begin(), goes(from, to), end() and give up(); `tip` says where the next one goes. */
  constructor(element, viewport, { strokes, radius, tip, moved, tell }) {
    Object.assign(this, { element, viewport, strokes, radius, tip, moved, tell })
    this.cursor = [viewport.width / 2, viewport.height / 2]
    const listen = (name, act, options) => element.addEventListener(name, act.bind(this), options)
    listen("pointerdown", this.#down)
    listen("pointermove", this.#move)
    listen("pointerup", this.#up)
    listen("pointercancel", this.#up)
    listen("pointerleave", this.#leave)
    listen("wheel", this.#wheel, { passive: false })
    listen("keydown", this.#key)
    listen("keyup", this.#keyUp)
    listen("focus", this.#focus)
    listen("blur", this.#blur)
  }

  get isPainting() {
    return this.#from !== null
  }

  #at({ clientX, clientY }) {
    const { left, top } = this.element.getBoundingClientRect()
    return [clientX - left, clientY - top]
  }

  #down(event) {
    if (event.button > 1) return
    event.preventDefault()
    this.element.focus({ preventScroll: true, focusVisible: false })
    this.element.setPointerCapture(event.pointerId)
    this.#fingers.set(event.pointerId, this.#at(event))
    if (this.#fingers.size > 1 || event.button === 1) return this.#giveUp()
    this.#begin(this.viewport.toPicture(this.#at(event)))
  }

  #move(event) {
    const at = this.#at(event)
    const before = this.#fingers.get(event.pointerId)
    if (before && !this.isPainting) this.#drag(event.pointerId, before, at)
    if (before) this.#fingers.set(event.pointerId, at)
    if (this.isPainting && before) {
      for (const each of event.getCoalescedEvents?.() ?? [event]) this.#go(this.viewport.toPicture(this.#at(each)))
      this.#go(this.viewport.toPicture(at))
    }
    this.tip(this.viewport.toPicture(at), null)
  }

  // One finger pushes, two spread as well.
  #drag(finger, before, at) {
    const others = [...this.#fingers].filter(([each]) => each !== finger).map(([, place]) => place)
    if (others.length > 1) return
    const share = others.length ? 2 : 1
    this.viewport.pan((at[0] - before[0]) / share, (at[1] - before[1]) / share)
    if (others.length) {
      const far = ([x, y]) => Math.max(1, Math.hypot(x - others[0][0], y - others[0][1]))
      this.viewport.zoom(far(at) / far(before), [(at[0] + others[0][0]) / 2, (at[1] + others[0][1]) / 2])
    }
    this.moved()
  }

  #up(event) {
    if (!this.#fingers.delete(event.pointerId)) return
    if (!this.isPainting) return
    if (event.type === "pointercancel") this.#giveUp()
    else this.#end()
  }

  #leave() {
    if (!this.isPainting) this.tip(null, null)
  }

  #wheel(event) {
    event.preventDefault()
    if (event.ctrlKey || event.metaKey) this.viewport.zoom(Math.exp(-event.deltaY / 300), this.#at(event))
    else this.viewport.pan(-event.deltaX, -event.deltaY)
    this.moved()
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key in ARROWS) return this.#step(event)
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault()
      if (!event.repeat) this.#set(event.key)
    }
  }

  #step(event) {
    event.preventDefault()
    const step = Math.max(1, this.radius() / 2) * (event.shiftKey ? 6 : 1)
    const [x, y] = ARROWS[event.key].map((direction, axis) => this.cursor[axis] + direction * step)
    this.cursor = [Math.min(this.viewport.width, Math.max(0, x)), Math.min(this.viewport.height, Math.max(0, y))]
    this.viewport.show(this.cursor)
    if (this.isPainting) this.#go(this.cursor)
    this.moved()
    this.#showCursor()
  }

  #set(key) {
    if (key === "Enter" && this.isPainting) return this.#lift()
    if (this.isPainting) return
    this.#begin(this.cursor)
    this.#isLocked = key === "Enter"
    if (this.#isLocked) this.tell("The tip is down. Arrows paint, Enter lifts it.")
    this.#showCursor()
  }

  #keyUp(event) {
    if (event.key === " " && this.isPainting && !this.#isLocked) this.#lift()
  }

  #lift() {
    this.#end()
    this.#showCursor()
  }

  #focus() {
    if (this.element.matches(":focus-visible")) this.#showCursor()
  }

  #blur() {
    if (this.isPainting && !this.#fingers.size) this.#end()
    this.tip(null, null)
  }

  #showCursor() {
    this.tip(this.cursor, this.isPainting)
  }

  #begin(at) {
    this.#from = at
    this.strokes.begin()
    this.strokes.go(at, at)
  }

  #go(to) {
    this.strokes.go(this.#from, to)
    this.#from = to
  }

  #end() {
    this.#from = null
    this.#isLocked = false
    this.strokes.end()
  }

  #giveUp() {
    if (!this.isPainting) return
    this.#from = null
    this.#isLocked = false
    this.strokes.giveUp()
  }
}
