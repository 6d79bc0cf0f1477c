// One picture in view: whole or zoomed, the best there is at once and the better one when it is here.

import { imageOf } from "winnow/cull/pictures"
import { Zoom } from "winnow/cull/zoom"

const RESTED = 200 // ms on one picture before the exact one is fetched for it

export class Pane {
  #timer = 0

  constructor(template, { pictures, zoom, describe }) {
    this.element = template.content.firstElementChild.cloneNode(true)
    this.frame = this.element.querySelector("[data-picture]")
    this.caption = this.element.querySelector("[data-caption]")
    this.level = this.element.querySelector("[data-level]")
    this.pictures = pictures
    this.zoom = zoom
    this.describe = describe
    this.pinned = null // a zoom of its own while it is pinned
    new ResizeObserver(() => this.place()).observe(this.frame)
  }

  get box() {
    return { width: this.frame.clientWidth, height: this.frame.clientHeight }
  }

  get view() {
    return this.pinned ?? this.zoom
  }

  /** As what it stands in its view, and whether its zoom is its own. */
  stand(role, isPinned) {
    this.element.dataset.role = role
    this.element.toggleAttribute("data-pinned", isPinned)
    if (isPinned === Boolean(this.pinned)) return
    this.pinned = isPinned ? Object.assign(new Zoom(), { on: this.zoom.on, spot: this.zoom.spot }) : null
    this.place()
  }

  show(candidate) {
    if (this.candidate?.id !== candidate.id) {
      this.candidate = candidate
      this.#look()
    }
    this.paint()
  }

  paint() {
    this.describe(this.element, this.candidate)
  }

  /** The same picture at another place or size. */
  place() {
    const [image, box] = [this.frame.firstElementChild, this.box]
    if (!image || !box.width) return
    const { left, top, width, height, level } = Zoom.place(this.candidate, box, this.view)
    Object.assign(image.style, { translate: `${left}px ${top}px`, inlineSize: `${width}px`, blockSize: `${height}px` })
    image.classList.toggle("is-magnified", this.view.on && level > 1)
    this.frame.classList.toggle("is-zoomed", this.view.on)
    this.level.textContent = this.view.on ? `${Math.round(level * 100)} %` : ""
    if (this.view.on) this.#sharpen(0)
  }

  #look() {
    clearTimeout(this.#timer)
    const { candidate, pictures } = this
    const wanted = [pictures.exact(candidate), pictures.whole(candidate)]
    const ready = wanted.find((address) => pictures.isReady(address))
    if (ready) this.#put(pictures.take(ready))
    else {
      this.#put(imageOf(pictures.small(candidate)))
      const stillHere = (act) => (image) => this.candidate === candidate && act(image)
      pictures.load(pictures.whole(candidate)).then(
        stillHere((image) => this.#put(image)),
        () =>
          addEventListener(
            "online",
            stillHere(() => this.#look()),
            { once: true },
          ),
      )
    }
    if (ready !== wanted[0]) this.#sharpen(RESTED)
  }

  // Fetched where it shows more than the thumbnail does, and only once the hand rests.
  #sharpen(wait) {
    const { candidate, pictures } = this
    const exact = pictures.exact(candidate)
    const { width } = Zoom.place(candidate, this.box, this.view)
    if (this.sharp === exact || (!this.view.on && width * devicePixelRatio <= 1024)) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(async () => {
      const image = await pictures.load(exact).catch(() => null)
      if (image && this.candidate === candidate) this.#put(image)
    }, wait)
  }

  #put(image) {
    this.sharp = image.getAttribute("src")
    this.frame.replaceChildren(image)
    this.place()
  }
}
