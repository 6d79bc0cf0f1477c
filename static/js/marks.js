// Marks on candidates: painted before any request, sent in order, told and taken back where they fail.

export class Marks {
  #done = []
  #sending = Promise.resolve()

  constructor(onChange) {
    this.onChange = onChange
  }

  set(frame, mark) {
    const before = read(frame)
    const after = { ...before, ...mark }
    if (after.flag === before.flag && after.rating === before.rating) return
    this.#done.push({ frame, before })
    this.#apply(frame, after)
  }

  undo() {
    const last = this.#done.pop()
    if (last) this.#apply(last.frame, last.before)
    return last?.frame
  }

  #apply(frame, mark) {
    paint(frame, mark)
    frame.wanted = mark
    this.onChange(frame)
    this.#sending = this.#sending.then(() => this.#send(frame, mark))
  }

  async #send(frame, mark) {
    try {
      const reply = await fetch(frame.dataset.url, {
        method: "POST",
        redirect: "error", // a sign-in page is no answer
        headers: { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" },
        body: new URLSearchParams({ value: mark.flag, rating: mark.rating }),
      })
      if (!reply.ok) throw new Error(reply.status)
      frame.saved = mark
      frame.querySelector(".failure").hidden = true
    } catch {
      if (frame.wanted !== mark) return // a later mark is on its way and decides
      paint(frame, frame.saved ?? { flag: frame.dataset.savedFlag, rating: Number(frame.dataset.savedRating) })
      frame.querySelector(".failure").hidden = false
      this.onChange(frame)
    }
  }
}

export const read = (frame) => ({ flag: frame.dataset.flag, rating: Number(frame.dataset.rating) })

function paint(frame, { flag, rating }) {
  frame.dataset.flag = flag
  frame.dataset.rating = rating

  for (const button of frame.querySelectorAll("[data-value]")) {
    button.setAttribute("aria-pressed", String(button.dataset.value === flag))
  }
}
