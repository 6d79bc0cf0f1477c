// Which part of a picture stands where on the screen: a scale, and where its corner is. Pure.

const CLOSEST = 16 // screen pixels a pixel
const MARGIN = 24

export class Viewport {
  scale = 1
  left = 0
  top = 0
  isFitted = true

  constructor(width, height) {
    Object.assign(this, { width, height, screenWidth: 1, screenHeight: 1 })
  }

  resize(screenWidth, screenHeight) {
    Object.assign(this, { screenWidth, screenHeight })
    if (this.isFitted) this.fit()
    else this.#settle()
  }

  fit() {
    this.isFitted = true
    this.scale = this.#fitting
    this.#settle()
  }

  /** By a factor, with the point of the picture under `at` (on the screen) staying there. */
  zoom(factor, at = [this.screenWidth / 2, this.screenHeight / 2]) {
    const [x, y] = this.toPicture(at)
    this.scale = Math.min(CLOSEST, Math.max(this.#fitting, this.scale * factor))
    this.isFitted = this.scale === this.#fitting
    this.left = at[0] - x * this.scale
    this.top = at[1] - y * this.scale
    this.#settle()
  }

  pan(x, y) {
    this.left += x
    this.top += y
    this.#settle()
  }

  /** So that a point of the picture can be seen. */
  show([x, y]) {
    const [screenX, screenY] = this.toScreen([x, y])
    const beyond = (at, most) => Math.max(0, MARGIN - at) - Math.max(0, at - (most - MARGIN))
    this.pan(beyond(screenX, this.screenWidth), beyond(screenY, this.screenHeight))
  }

  toPicture([x, y]) {
    return [(x - this.left) / this.scale, (y - this.top) / this.scale]
  }

  toScreen([x, y]) {
    return [x * this.scale + this.left, y * this.scale + this.top]
  }

  get #fitting() {
    const room = Math.min((this.screenWidth - MARGIN) / this.width, (this.screenHeight - MARGIN) / this.height)
    return Math.min(CLOSEST, Math.max(room, 0.01))
  }

  // In the middle where there is room, else without a gap that leads nowhere.
  #settle() {
    this.left = settled(this.left, this.width * this.scale, this.screenWidth)
    this.top = settled(this.top, this.height * this.scale, this.screenHeight)
  }
}

function settled(at, length, room) {
  if (length <= room) return (room - length) / 2
  return Math.min(MARGIN, Math.max(room - length - MARGIN, at))
}
