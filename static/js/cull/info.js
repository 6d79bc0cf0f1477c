// The info panel: recipe, history and acts of the current candidate, fetched when the hand rests, beside the pictures.

import { at } from "winnow/cull/pictures"

const RESTED = 150 // ms

export function attachInfo({ element, url, current }) {
  const panel = element.querySelector("[data-info]")
  const body = panel.querySelector("[data-info-body]")
  let timer = 0
  let shown = null

  // Nothing is swapped under a hand that writes. A button that was pressed there is no reason to stay behind.
  const isFilledIn = () => body.querySelector("input:focus, select:focus, textarea:focus")

  async function fetchIt() {
    const id = current()
    if (panel.hidden || id === null || id === shown || isFilledIn()) return
    try {
      const reply = await fetch(at(url, id), { redirect: "error", headers: { "HX-Request": "true" } })
      if (!reply.ok) throw new Error(reply.status)
      const html = await reply.text()
      if (current() !== id) return
      shown = id
      body.innerHTML = html
      htmx.process(body)
    } catch {
      body.textContent = "This could not be loaded. Move on and come back to try again."
    }
  }

  return {
    /** What may be seen is another: nothing old stays. */
    clear() {
      body.replaceChildren()
      shown = null
    },
    toggle() {
      panel.hidden = !panel.hidden
      for (const button of element.querySelectorAll("[data-act=info]"))
        button.setAttribute("aria-pressed", String(!panel.hidden))
      shown = null
      fetchIt()
    },
    follow() {
      clearTimeout(timer)
      if (!panel.hidden) timer = setTimeout(fetchIt, RESTED)
    },
    /** The server knows something new about these. */
    stale(ids) {
      if (ids.includes(shown)) shown = null
      if (!ids.includes(current())) return
      clearTimeout(timer)
      timer = setTimeout(() => {
        shown = null // what was asked for before may have come meanwhile
        fetchIt()
      }, RESTED)
    },
  }
}
