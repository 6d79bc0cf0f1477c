// In a [data-rows] list the up and down arrows, and J and K, go from row to row; Enter opens.

import { hasModifier, isTyping, keyOf } from "winnow/keys"

const STEPS = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }

export function attachRows() {
  const list = document.querySelector("[data-rows]")
  if (!list) return
  document.addEventListener("keydown", (event) => {
    const step = STEPS[keyOf(event)]
    if (!step || isTyping(event) || hasModifier(event)) return
    const links = [...list.querySelectorAll(".wide a")]
    const at = links.indexOf(document.activeElement)
    event.preventDefault()
    links[at < 0 ? 0 : Math.max(0, Math.min(links.length - 1, at + step))]?.focus()
  })
}
