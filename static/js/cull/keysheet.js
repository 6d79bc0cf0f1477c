// The sheet of keys: what each does, other tools' presets, and a key of one's own for every act.

import { ACTS, GROUPS, nameOf, PRESETS } from "winnow/cull/bindings"
import { keyOf } from "winnow/keys"

export function attachKeySheet({ element, bindings, focus }) {
  const dialog = document.getElementById("keys")
  const list = dialog.querySelector("[data-keys]")
  const preset = dialog.querySelector("[data-preset]")
  const told = dialog.querySelector("[data-told]")
  let waiting = null // the act that gets the next key

  preset.replaceChildren(...Object.entries(PRESETS).map(([name, [words]]) => new Option(words, name)))
  preset.addEventListener("change", () => {
    const hadOwn = Object.keys(bindings.own).length > 0
    bindings.choose(preset.value)
    told.textContent = hadOwn ? "The keys that you had changed gave way to the preset’s." : ""
    draw()
  })
  dialog.querySelector("[data-reset]").addEventListener("click", () => {
    bindings.reset()
    told.textContent = "Your own keys are gone; these are the preset's."
    draw()
  })
  list.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-bind]")
    if (!button) return
    waiting = button.dataset.bind
    draw()
    list.querySelector(`[data-bind="${waiting}"]`).focus()
    told.textContent = `Press the key for “${ACTS[waiting][0]}”, or Escape.`
  })
  dialog.addEventListener("keydown", (event) => {
    if (
      !waiting ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      ["Shift", "Control", "Alt", "Meta"].includes(event.key)
    )
      return
    event.preventDefault()
    event.stopPropagation()
    bind(event)
  })
  dialog.addEventListener("close", () => {
    waiting = null
    focus()
  })

  function bind(event) {
    const act = waiting
    const key = `${event.shiftKey ? "Shift+" : ""}${keyOf(event)}`
    waiting = null
    told.textContent = ""
    try {
      const lost = key === "Escape" ? null : bindings.bind(act, key)
      if (lost)
        told.textContent = `${nameOf(key)} was for “${ACTS[lost][0]}”, which has ${bindings.keysOf(lost).map(nameOf).join(" ") || "no key"} now.`
    } catch (error) {
      told.textContent = error.message
    }
    draw()
    list.querySelector(`[data-bind="${act}"]`).focus()
  }

  function draw() {
    preset.value = bindings.preset
    list.replaceChildren(...Object.entries(GROUPS).map(([about, acts]) => group(about, acts)))
    for (const button of element.querySelectorAll("[data-act], [data-view-button]")) nameKeys(button)
  }

  function group(about, acts) {
    const [section, heading, lines] = ["section", "h3", "ul"].map((name) => document.createElement(name))
    heading.textContent = about
    lines.className = "plain"
    lines.append(...Object.entries(acts).map(([act, [words]]) => line(act, words)))
    section.append(heading, lines)
    return section
  }

  function line(act, words) {
    const row = document.createElement("li")
    const button = document.createElement("button")
    button.type = "button"
    button.className = "button button--quiet key"
    button.dataset.bind = act
    const keys = bindings.keysOf(act)
    button.setAttribute("aria-label", `Key for “${words}”: ${keys.map(nameOf).join(" or ") || "none"}. Change it`)
    if (waiting === act) button.append("press a key")
    else button.append(...(keys.length ? keys.map(keyCap) : ["set a key"]))
    row.append(words, button)
    return row
  }

  // Buttons tell their key, in a tooltip and to readers.
  function nameKeys(button) {
    const act = button.dataset.act ?? button.dataset.viewButton
    if (!ACTS[act]) return
    const keys = bindings.keysOf(act)
    button.title = `${ACTS[act][0]}${keys.length ? ` (${keys.map(nameOf).join(", ")})` : ""}`
    if (keys.length) button.setAttribute("aria-keyshortcuts", keys.map(nameOf).join(" "))
    else button.removeAttribute("aria-keyshortcuts")
  }

  draw()
  return {
    open() {
      draw()
      dialog.showModal()
    },
  }
}

function keyCap(key) {
  const cap = document.createElement("kbd")
  cap.textContent = nameOf(key)
  return cap
}
