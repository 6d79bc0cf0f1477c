// What of a picture is the product: a level a pixel, 255 where it is, 0 where it isn't. Pure. Every act tells the box that
// it changed, as [left, top, right, bottom], or null.

export class Mask {
  constructor(width, height, levels = new Uint8Array(width * height)) {
    Object.assign(this, { width, height, levels })
  }

  /** Along a line from one point to another, with a round tip of this radius and an edge a pixel soft. */
  stroke([fromX, fromY], [toX, toY], radius, level) {
    const box = this.#inside([
      Math.floor(Math.min(fromX, toX) - radius - 1),
      Math.floor(Math.min(fromY, toY) - radius - 1),
      Math.ceil(Math.max(fromX, toX) + radius + 2),
      Math.ceil(Math.max(fromY, toY) + radius + 2),
    ])
    if (!box) return null
    const [alongX, alongY] = [toX - fromX, toY - fromY]
    const length = alongX * alongX + alongY * alongY
    const [left, top, right, bottom] = box
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const [offX, offY] = [x + 0.5 - fromX, y + 0.5 - fromY]
        const part = length ? Math.min(1, Math.max(0, (offX * alongX + offY * alongY) / length)) : 0
        const far = Math.hypot(offX - part * alongX, offY - part * alongY)
        const covered = Math.min(1, radius + 0.5 - far)
        if (covered > 0) this.#towards(y * this.width + x, level, covered)
      }
    }
    return box
  }

  /** What the outside can't reach becomes product. Tells how many holes there were. */
  fillHoles() {
    const outside = new Uint8Array(this.levels.length)
    const isEmpty = (at) => this.levels[at] < 128
    for (const at of this.#border()) if (isEmpty(at) && !outside[at]) this.#flood(at, isEmpty, outside)
    const isHole = (at) => isEmpty(at) && !outside[at]
    // And up its soft edge, which would stay as a ring.
    const belongs = (at, from) => isHole(at) || (!outside[at] && this.levels[at] > this.levels[from])
    const filled = new Uint8Array(this.levels.length)
    let [holes, box] = [0, null]
    for (let at = 0; at < filled.length; at++) {
      if (!isHole(at) || filled[at]) continue
      holes++
      box = united(box, this.#flood(at, belongs, filled).box)
    }
    for (let at = 0; at < filled.length; at++) if (filled[at]) this.levels[at] = 255
    return { holes, box }
  }

  /** All but the largest piece goes. Tells how many went. */
  keepLargest() {
    const seen = new Uint8Array(this.levels.length)
    const isThere = (at) => this.levels[at] > 0
    const pieces = []
    for (let at = 0; at < seen.length; at++) {
      if (isThere(at) && !seen[at]) pieces.push({ at, ...this.#flood(at, isThere, seen) })
    }
    const largest = pieces.reduce((best, piece) => (piece.count > (best?.count ?? 0) ? piece : best), null)
    const gone = pieces.filter((piece) => piece !== largest)
    const taken = new Uint8Array(this.levels.length)
    for (const { at } of gone) this.#flood(at, isThere, taken)
    for (let at = 0; at < taken.length; at++) if (taken[at]) this.levels[at] = 0
    return { pieces: gone.length, box: gone.reduce((box, piece) => united(box, piece.box), null) }
  }

  /** Edges become this many pixels soft: three means over neighbours, which come near to a Gaussian. */
  soften(pixels) {
    if (pixels < 1) return null
    const radius = Math.max(1, Math.round(pixels / 3))
    const [from, to] = [this.levels, new Uint8Array(this.levels.length)]
    for (let round = 0; round < 3; round++) {
      means(from, to, this.height, this.width, 1, this.width, radius)
      means(to, from, this.width, this.height, this.width, 1, radius)
    }
    return [0, 0, this.width, this.height]
  }

  /** A copy of what is in a box, and back. */
  part([left, top, right, bottom]) {
    const part = new Uint8Array((right - left) * (bottom - top))
    for (let y = top; y < bottom; y++) {
      const row = this.levels.subarray(y * this.width + left, y * this.width + right)
      part.set(row, (y - top) * (right - left))
    }
    return part
  }

  put([left, top, right, bottom], part) {
    const width = right - left
    for (let y = top; y < bottom; y++) {
      this.levels.set(part.subarray((y - top) * width, (y - top + 1) * width), y * this.width + left)
    }
  }

  get isEmpty() {
    return this.levels.every((level) => level === 0)
  }

  #towards(at, level, covered) {
    const now = this.levels[at]
    const wanted = Math.round(level * covered + (255 - level) * (1 - covered))
    this.levels[at] = level ? Math.max(now, Math.round(255 * covered)) : Math.min(now, wanted)
  }

  #inside([left, top, right, bottom]) {
    const box = [Math.max(0, left), Math.max(0, top), Math.min(this.width, right), Math.min(this.height, bottom)]
    return box[0] < box[2] && box[1] < box[3] ? box : null
  }

  *#border() {
    const { width, height } = this
    for (let x = 0; x < width; x++) yield* [x, (height - 1) * width + x]
    for (let y = 0; y < height; y++) yield* [y * width, y * width + width - 1]
  }

  // Everything that hangs together with a pixel, marked in `seen`; side by side counts, corner to corner doesn't.
  #flood(start, belongs, seen) {
    const { width, height } = this
    const waiting = [start]
    let [count, left, top, right, bottom] = [0, width, height, 0, 0]
    const visit = (at, from) => {
      if (seen[at] || !belongs(at, from)) return
      seen[at] = 1
      waiting.push(at)
    }
    seen[start] = 1
    while (waiting.length) {
      const at = waiting.pop()
      const [x, y] = [at % width, Math.floor(at / width)]
      count++
      left = Math.min(left, x)
      right = Math.max(right, x + 1)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y + 1)
      if (x > 0) visit(at - 1, at)
      if (x < width - 1) visit(at + 1, at)
      if (y > 0) visit(at - width, at)
      if (y < height - 1) visit(at + width, at)
    }
    return { count, box: [left, top, right, bottom] }
  }
}

export function united(one, other) {
  if (!one || !other) return one ?? other
  return [
    Math.min(one[0], other[0]),
    Math.min(one[1], other[1]),
    Math.max(one[2], other[2]),
    Math.max(one[3], other[3]),
  ]
}

// The mean of each level and its neighbours along lines; beyond the edge of the picture its last level goes on.
function means(from, to, lines, length, step, apart, radius) {
  const whole = 2 * radius + 1
  for (let line = 0; line < lines; line++) {
    const first = line * apart
    const last = first + (length - 1) * step
    let sum = from[first] * radius
    for (let index = 0; index < radius; index++) sum += from[first + Math.min(index, length - 1) * step]
    for (let index = 0; index < length; index++) {
      sum += from[Math.min(first + (index + radius) * step, last)]
      to[first + index * step] = Math.round(sum / whole)
      sum -= from[Math.max(first + (index - radius) * step, first)]
    }
  }
}
