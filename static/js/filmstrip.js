// One small picture for each frame, under the loupe. Never re-ordered or filtered under the person's hands.

export class Filmstrip {
  constructor(element) {
    this.element = element
  }

  fill(frames) {
    for (const frame of frames) if (!this.#of(frame)) this.element.append(thumbnailOf(frame))
  }

  follow(frame) {
    this.element.querySelector('[aria-current="true"]')?.setAttribute("aria-current", "false")
    this.#of(frame)?.setAttribute("aria-current", "true")
    this.#of(frame)?.scrollIntoView({ block: "nearest", inline: "nearest" })
  }

  mark(frame) {
    const thumbnail = this.#of(frame)
    if (thumbnail) thumbnail.dataset.flag = frame.dataset.flag
  }

  #of(frame) {
    return this.element.querySelector(`[data-go="${frame.id}"]`)
  }
}

function thumbnailOf(frame) {
  const button = document.createElement("button")
  button.type = "button"
  button.dataset.go = frame.id
  button.dataset.flag = frame.dataset.flag
  button.setAttribute("aria-label", frame.getAttribute("aria-label"))
  const image = new Image()
  image.src = frame.dataset.thumbnail
  image.alt = ""
  button.append(image)
  return button
}
