// 100 % and back. The spot is a place in the picture, so it stays while moving on and two panes go in step.

export class Zoom {
  constructor() {
    this.on = false
    this.spot = { x: 0.5, y: 0.5 } // of the picture, in the middle of the pane
  }

  /** How large one pixel of the picture is shown: 1 is 100 %; where that is no larger than the whole, 2, 4, 8. */
  static level({ width, height }, box) {
    const whole = Math.min(box.width / width, box.height / height)
    let level = 1 / devicePixelRatio
    while (level <= whole) level *= 2
    return level
  }

  /** Where the picture lies in a pane, in CSS pixels: {left, top, width, height, level}. */
  static place(candidate, box, { on, spot }) {
    const level = on ? Zoom.level(candidate, box) : Math.min(box.width / candidate.width, box.height / candidate.height)
    const [width, height] = [candidate.width * level, candidate.height * level]
    return {
      left: along(box.width, width, spot.x),
      top: along(box.height, height, spot.y),
      width,
      height,
      level: level * devicePixelRatio,
    }
  }

  /** Turn on with what lies under (x, y) of the pane staying there, or off. */
  toggle(candidate, box, { x, y } = { x: box.width / 2, y: box.height / 2 }) {
    if (!this.on) {
      const whole = Zoom.place(candidate, box, this)
      const level = Zoom.level(candidate, box)
      const inPicture = { x: limit((x - whole.left) / whole.width), y: limit((y - whole.top) / whole.height) }
      this.spot = {
        x: inPicture.x + (box.width / 2 - x) / (candidate.width * level),
        y: inPicture.y + (box.height / 2 - y) / (candidate.height * level),
      }
    }
    this.on = !this.on
    this.#hold(candidate, box)
  }

  /** Move the picture by CSS pixels. */
  pan(candidate, box, dx, dy) {
    const level = Zoom.level(candidate, box)
    this.spot = { x: this.spot.x - dx / (candidate.width * level), y: this.spot.y - dy / (candidate.height * level) }
    this.#hold(candidate, box)
  }

  // The middle never leaves what can be shown, so that panning back answers at once.
  #hold(candidate, box) {
    const level = Zoom.level(candidate, box)
    const hold = (spot, size, room) =>
      size <= room ? 0.5 : Math.min(1 - room / size / 2, Math.max(room / size / 2, spot))
    this.spot = {
      x: hold(this.spot.x, candidate.width * level, box.width),
      y: hold(this.spot.y, candidate.height * level, box.height),
    }
  }
}

const limit = (share) => Math.min(1, Math.max(0, share))

// A picture larger than its room shows the spot in the middle as far as its edges allow; a smaller one is centred.
const along = (room, size, spot) =>
  size <= room ? (room - size) / 2 : Math.min(0, Math.max(room - size, room / 2 - spot * size))
