// The shortlist: everybody's, so the server decides. Order by drag, by buttons, by keys; each sends the whole order.

import { at } from "winnow/cull/pictures"

export function attachTray(room) {
  const tray = () => document.getElementById("tray")
  const item = (id) => tray().querySelector(`li[data-candidate="${id}"]`)
  const send = () => tray().querySelector("[data-order]").requestSubmit()

  function move(from, by) {
    const beside = by < 0 ? from.previousElementSibling : from.nextElementSibling
    if (!beside) return room.say(by < 0 ? "It is the first already." : "It is the last already.")
    by < 0 ? beside.before(from) : beside.after(from)
    send()
    room.say(`Candidate ${room.pool.byId.get(Number(from.dataset.candidate))?.number} moved ${by < 0 ? "earlier" : "later"} on the shortlist.`)
  }

  room.element.addEventListener("click", ({ target }) => {
    const button = target.closest("#tray [data-move]")
    if (button) move(button.closest("li"), Number(button.dataset.move))
  })

  let dragged = null
  room.element.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("#tray li[draggable]")
    if (dragged) event.dataTransfer.effectAllowed = "move"
  })
  room.element.addEventListener("dragover", (event) => {
    const over = event.target.closest("#tray li[draggable]")
    if (!dragged || !over) return
    event.preventDefault()
    if (over === dragged) return
    const { left, width } = over.getBoundingClientRect()
    event.clientX < left + width / 2 ? over.before(dragged) : over.after(dragged)
  })
  room.element.addEventListener("drop", (event) => dragged && event.preventDefault())
  room.element.addEventListener("dragend", () => {
    if (dragged) send()
    dragged = null
  })

  // What the tray shows is the truth, whoever changed it.
  document.addEventListener("htmx:afterSwap", () => {
    if (!tray()) return
    room.listed([...tray().querySelectorAll("li[data-candidate]")].map(({ dataset }) => Number(dataset.candidate)), { shown: true })
  })

  room.tray = {
    /** Put the current one on the shortlist, or take it off. */
    toggle() {
      const { current } = room
      if (!current || !room.data.rights.compose) return room.say("A designer puts candidates on the shortlist.")
      const on = room.pool.listed.includes(current.id) ? "0" : "1"
      htmx.ajax("POST", at(room.data.urls.shortlisting, current.id), { target: "#tray", swap: "outerHTML", values: { on } })
      room.say(`Candidate ${current.number} ${on === "1" ? "goes on" : "leaves"} the shortlist.`)
    },
    shift(by) {
      const here = room.current && item(room.current.id)
      if (here && room.data.rights.compose) move(here, by)
      else room.say("It is not on the shortlist.")
    },
    /** Somebody else changed it. */
    renew() {
      htmx.ajax("GET", room.data.urls.tray, { target: "#tray", swap: "outerHTML" })
    },
  }
}
