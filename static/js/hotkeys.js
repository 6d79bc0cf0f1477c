// A key presses a button or link that is already in the page: [aria-keyshortcuts] inside [data-hotkeys]. In a form that
// plain Enter does not submit, Ctrl+Enter presses its [data-submit].

import { hasModifier, isTyping, keyOf } from "winnow/keys"

export function attachHotkeys() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey))
      event.target.form?.querySelector("[data-submit]")?.click()
    if (isTyping(event) || hasModifier(event) || event.repeat) return
    const button = document.querySelector(`[data-hotkeys] [aria-keyshortcuts="${CSS.escape(keyOf(event))}"]`)
    if (!button || document.querySelector("dialog[open]")) return
    event.preventDefault()
    button.matches("textarea, input") ? button.focus() : button.click()
  })
}
