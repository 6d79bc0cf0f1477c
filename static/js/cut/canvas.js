// Draws a picture and its mask: what isn't product under a hatch, or the product alone on a ground; and the tip over it.

const GROUNDS = { light: "#f4f4f4", dark: "#1c1c1c" }
const CHECKS = ["#c8c8c8", "#9a9a9a"]
const HATCH = ["rgb(120 120 120 / 0.86)", "rgb(60 60 60 / 0.9)"]

export class Canvas {
  look = "overlay"
  #asked = false

  constructor(element, picture, mask, viewport) {
    Object.assign(this, { element, picture, mask, viewport })
    this.drawing = element.getContext("2d")
    this.layer = new OffscreenCanvas(1, 1)
    this.levels = new OffscreenCanvas(mask.width, mask.height)
    this.checks = tiled(16, (drawing) => {
      drawing.fillStyle = CHECKS[0]
      drawing.fillRect(0, 0, 16, 16)
      drawing.fillStyle = CHECKS[1]
      drawing.fillRect(0, 0, 8, 8)
      drawing.fillRect(8, 8, 8, 8)
    })
    this.hatch = tiled(8, (drawing) => {
      drawing.fillStyle = HATCH[0]
      drawing.fillRect(0, 0, 8, 8)
      drawing.strokeStyle = HATCH[1]
      drawing.lineWidth = 1.5
      for (const from of [-8, 0, 8]) {
        drawing.moveTo(from, 8)
        drawing.lineTo(from + 8, 0)
      }
      drawing.stroke()
    })
    this.tip = null // { at, radius, isDown }: where the next stroke goes
    this.take([0, 0, mask.width, mask.height])
    new ResizeObserver(() => this.resize()).observe(element)
    this.resize()
  }

  resize() {
    const { clientWidth, clientHeight } = this.element
    this.density = devicePixelRatio
    this.element.width = Math.max(1, Math.round(clientWidth * this.density))
    this.element.height = Math.max(1, Math.round(clientHeight * this.density))
    this.layer.width = this.element.width
    this.layer.height = this.element.height
    this.viewport.resize(clientWidth, clientHeight)
    this.#draw()
  }

  /** What changed of the mask, in a box of it. */
  take([left, top, right, bottom]) {
    const width = right - left
    const pixels = new ImageData(width, bottom - top)
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        pixels.data[4 * ((y - top) * width + x - left) + 3] = this.mask.levels[y * this.mask.width + x]
      }
    }
    this.levels.getContext("2d").putImageData(pixels, left, top)
    this.refresh()
  }

  refresh() {
    if (this.#asked) return
    this.#asked = true
    requestAnimationFrame(() => this.#draw())
  }

  #draw() {
    this.#asked = false
    const { drawing, element } = this
    drawing.resetTransform()
    drawing.clearRect(0, 0, element.width, element.height)
    if (this.look === "overlay") this.#overlay()
    else this.#alone()
    if (this.tip) this.#tip()
  }

  #overlay() {
    this.#place(this.drawing, this.picture)
    const layer = this.#cleared()
    this.#fillPicture(layer, layer.createPattern(this.hatch, "repeat"))
    layer.globalCompositeOperation = "destination-out"
    this.#place(layer, this.levels)
    this.drawing.resetTransform()
    this.drawing.drawImage(this.layer, 0, 0)
  }

  #alone() {
    const ground = GROUNDS[this.look] ?? this.drawing.createPattern(this.checks, "repeat")
    this.#fillPicture(this.drawing, ground)
    const layer = this.#cleared()
    this.#place(layer, this.levels)
    layer.globalCompositeOperation = "source-in"
    this.#place(layer, this.picture)
    this.drawing.resetTransform()
    this.drawing.drawImage(this.layer, 0, 0)
  }

  #tip() {
    const { at, radius, isDown } = this.tip
    const [x, y] = this.viewport.toScreen(at)
    const { drawing, density } = this
    drawing.setTransform(density, 0, 0, density, 0, 0)
    for (const [colour, width] of [
      ["#000", 3],
      ["#fff", 1.25],
    ]) {
      drawing.beginPath()
      drawing.arc(x, y, Math.max(2, radius * this.viewport.scale), 0, 2 * Math.PI)
      if (isDown !== null) {
        drawing.moveTo(x - 6, y)
        drawing.lineTo(x + 6, y)
        drawing.moveTo(x, y - 6)
        drawing.lineTo(x, y + 6)
      }
      Object.assign(drawing, { strokeStyle: colour, lineWidth: width * (isDown ? 1.6 : 1) })
      drawing.stroke()
    }
  }

  #cleared() {
    const layer = this.layer.getContext("2d")
    layer.globalCompositeOperation = "source-over"
    layer.resetTransform()
    layer.clearRect(0, 0, this.layer.width, this.layer.height)
    return layer
  }

  #fillPicture(drawing, fill) {
    const { left, top, scale, width, height } = this.viewport
    const { density } = this
    drawing.resetTransform()
    drawing.fillStyle = fill
    drawing.fillRect(left * density, top * density, width * scale * density, height * scale * density)
  }

  #place(drawing, what) {
    const { left, top, scale, width, height } = this.viewport
    const { density } = this
    drawing.setTransform(density * scale, 0, 0, density * scale, density * left, density * top)
    drawing.imageSmoothingEnabled = scale < 4
    drawing.drawImage(what, 0, 0, width, height)
  }
}

function tiled(side, draw) {
  const tile = new OffscreenCanvas(side, side)
  draw(tile.getContext("2d"))
  return tile
}
