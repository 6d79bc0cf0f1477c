// The shortlist: everybody's, so the server decides. Order by drag, by buttons, by keys; each sends the whole order.

import { at } from "winnow/cull/pictures"

/** `targets` and `current` say what an act is for; `list` takes the shortlist that is shown. */
export function attachTray({ element, urls, pool, announcer, focus, mayCompose, targets, current, list }) {
  const { tray: url, shortlisting } = urls
  const tray = () => document.getElementById("tray")
  const rows = () => [...tray().querySelectorAll("li[data-candidate]")]
  const row = (id) => rows().find(({ dataset }) => dataset.candidate === String(id))
  const ids = () => rows().map(({ dataset }) => Number(dataset.candidate))

  // One request after the other, or htmx would leave out all but the last of those that wait.
  let last = Promise.resolve()
  let waiting = 0
  function ask(verb, address, values) {
    waiting++
    last = last
      .then(() => htmx.ajax(verb, address, { target: "#tray", swap: "outerHTML", values }))
      .catch(() => {}) // it was told, by app.js
      .finally(() => waiting--)
  }
  const send = () => ask("POST", url, { candidate: ids() })
  const renew = () => ask("GET", url)

  function move(from, by) {
    const beside = by < 0 ? from.previousElementSibling : from.nextElementSibling
    if (!beside) return announcer.say(by < 0 ? "It is the first already." : "It is the last already.")
    by < 0 ? from.after(beside) : from.before(beside) // the one that has the focus keeps it
    send()
    announcer.say(
      `Candidate ${pool.byId.get(Number(from.dataset.candidate))?.number} moved ${by < 0 ? "earlier" : "later"} on the shortlist.`,
    )
  }

  element.addEventListener("click", ({ target, detail }) => {
    const button = target.closest("#tray [data-move]")
    if (!button) return
    move(button.closest("li"), Number(button.dataset.move))
    if (detail) focus()
  })

  let dragged = null
  element.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("#tray li[draggable]")
    if (dragged) event.dataTransfer.effectAllowed = "move"
  })
  element.addEventListener("dragover", (event) => {
    if (!dragged || !event.target.closest("#tray")) return
    event.preventDefault()
    const over = event.target.closest("#tray li[draggable]")
    if (!over || over === dragged) return
    const { left, width } = over.getBoundingClientRect()
    event.clientX < left + width / 2 ? over.before(dragged) : over.after(dragged)
  })
  element.addEventListener("drop", (event) => dragged && event.preventDefault())
  element.addEventListener("dragend", ({ dataTransfer }) => {
    if (dragged) dataTransfer.dropEffect === "none" ? renew() : send()
    dragged = null
  })

  // Shown only when it is the newest, and not under somebody who writes a note. The focus stays with its row.
  let held = null
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.xhr.status === 409) detail.swapOverride = "beforeend" // a toast among the others, whatever was to be swapped
    if (detail.target !== tray() || detail.xhr.status !== 200) return
    const dialog = tray().querySelector("dialog[open]")
    dialog?.addEventListener("close", renew, { once: true })
    detail.shouldSwap = !dialog && waiting < 2 && !dragged
    const focused = document.activeElement.closest("#tray") && document.activeElement
    held = focused && { id: focused.closest("li")?.dataset.candidate, label: focused.getAttribute("aria-label") }
  })
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target.id !== "tray" || !tray()) return
    list(ids()) // what the tray shows is the truth, whoever changed it
    if (!held) return
    const here = row(held.id)
    if (here)
      here.querySelector("a").focus({ preventScroll: true }) // which brings the row's buttons into sight
    else focus()
    const same = held.label && here?.querySelector(`[aria-label="${CSS.escape(held.label)}"]`)
    if (held.label) (same ?? here?.querySelector("[data-move]"))?.focus()
    held = null
  })
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.xhr.status === 409)
      renew() // refused, and told: back to what the server has
    else if (!detail.successful && detail.target === tray()) list(ids()) // told, and not done
  })
  addEventListener("online", renew)

  return {
    /** Put what a mark would be for on the shortlist, or take it off when all of it is on. */
    toggle() {
      const wanted = targets()
      if (!wanted.length) return
      if (!mayCompose) return announcer.tell("A designer puts candidates on the shortlist.")
      const { listed } = pool
      const off = wanted.every((id) => listed.includes(id))
      const moving = off ? wanted : wanted.filter((id) => !listed.includes(id))
      list(off ? listed.filter((id) => !moving.includes(id)) : [...listed, ...moving])
      for (const id of moving) ask("POST", at(shortlisting, id), { on: off ? "0" : "1" })
      const which = moving.length > 1 ? `${moving.length} candidates` : `Candidate ${pool.byId.get(moving[0]).number}`
      announcer.say(`${which}: ${off ? "off" : "on"} the shortlist.`)
    },
    shift(by) {
      const here = row(current())
      if (here && mayCompose) move(here, by)
      else announcer.tell("It is not on the shortlist.")
    },
    /** The dialog to send what is on it, with a note. */
    send() {
      const opener = tray().querySelector("[data-dialog=send]")
      if (opener) opener.click()
      else announcer.tell("Nothing new is on the shortlist.")
    },
    /** Somebody else changed it. */
    renew,
  }
}
