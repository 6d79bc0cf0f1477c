// The culling room: grid and loupe, keyboard, mouse and touch over the same marks.

import { hasModifier, isTyping, keyOf } from "winnow/keys"
import { Marks, read } from "winnow/marks"
import { Filmstrip } from "winnow/filmstrip"
import { swipe } from "winnow/swipe"
import { zoom } from "winnow/zoom"

const FLAGS = { p: "pick", ".": "pick", x: "reject", u: "unflagged" }
const VIEWS = { g: "grid", Escape: "grid", e: "loupe", Enter: "loupe" }

export function cullingRoom(room) {
  const sheet = room.querySelector(".sheet")
  if (!sheet) return
  const strip = new Filmstrip(room.querySelector(".filmstrip"))
  const advance = room.querySelector("[data-advance]")
  const marks = new Marks(report)
  const frames = () => [...sheet.querySelectorAll(".frame")]
  const current = () => sheet.querySelector('.frame[aria-current="true"]')
  const inLoupe = () => room.dataset.view === "loupe"

  function go(frame, { focus = true } = {}) {
    if (!frame) return
    current()?.setAttribute("aria-current", "false")
    frame.setAttribute("aria-current", "true")
    strip.follow(frame)
    if (focus) frame.focus({ preventScroll: true })
    frame.scrollIntoView({ block: "nearest" })
    show(frame)
    for (const near of [beside(frame, 1), beside(frame, -1)]) if (near) new Image().src = near.dataset.picture
  }

  // The loupe shows the picture itself; the grid its thumbnail.
  function show(frame) {
    const image = frame.querySelector("img")
    const wanted = inLoupe() ? frame.dataset.picture : frame.dataset.thumbnail
    if (image.getAttribute("src") !== wanted) image.src = wanted
  }

  function look(view) {
    room.dataset.view = view
    delete room.dataset.zoom
    for (const button of room.querySelectorAll("[data-view-button]")) {
      button.setAttribute("aria-pressed", String(button.dataset.viewButton === view))
    }
    go(current())
  }

  // Past either end there is nothing: the last frame stays.
  function beside(frame, by) {
    const all = frames()
    return all[all.indexOf(frame) + by]
  }

  function step(key) {
    const row = inLoupe() ? 1 : columns(frames())
    go(beside(current(), { ArrowRight: 1, ArrowLeft: -1, ArrowDown: row, ArrowUp: -row }[key]))
  }

  function judge(mark, shift) {
    const frame = current()
    if (!frame) return
    marks.set(frame, mark)
    if (advance.checked !== shift) go(beside(frame, 1) ?? frame)
  }

  // A press on what is set already takes it back; a key never does, as in Lightroom.
  function press({ dataset: { value, rate } }, shift) {
    const is = read(current())
    if (rate) return judge({ rating: Number(rate) === is.rating ? 0 : Number(rate) }, !advance.checked)
    judge({ flag: value === is.flag ? "unflagged" : value }, shift)
  }

  function report(frame) {
    const left = frames().filter((each) => each.dataset.flag === "unflagged").length
    room.querySelector("[data-left]").textContent = left ? `${left} left` : "All judged"
    strip.mark(frame)
    const { flag, rating } = read(frame)
    const stars = rating ? `, ${rating} star${rating > 1 ? "s" : ""}` : ""
    room.querySelector("[data-announce]").textContent = `${frame.getAttribute("aria-label")}: ${flag}${stars}`
  }

  document.addEventListener("keydown", (event) => {
    if (isTyping(event) || document.querySelector("dialog[open]")) return
    if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      return go(marks.undo())
    }
    if (hasModifier(event)) return
    const key = keyOf(event)
    const act =
      key.startsWith("Arrow") && (() => step(key)) ||
      FLAGS[key] && (() => judge({ flag: FLAGS[key] }, event.shiftKey)) ||
      /^[0-5]$/.test(key) && (() => judge({ rating: Number(key) }, event.shiftKey)) ||
      VIEWS[key] && !(key === "Enter" && event.target.closest("button, a")) && (() => look(VIEWS[key])) ||
      key === "b" && (() => current()?.querySelector("[data-shortlist]")?.click()) ||
      key === "z" && (() => room.toggleAttribute("data-zoom", inLoupe() && !room.hasAttribute("data-zoom"))) ||
      key === "?" && (() => document.querySelector("#keys").showModal())
    if (!act) return
    event.preventDefault()
    if (event.repeat && !key.startsWith("Arrow")) return // a held key judges once
    act()
  })

  room.addEventListener("click", (event) => {
    const button = event.target.closest("[data-value], [data-rate], [data-view-button], [data-undo], [data-go], [data-shortlist]")
    const frame = event.target.closest(".frame")
    if (frame && frame !== current()) go(frame, { focus: !button })
    if (!button || button.matches("[data-shortlist]")) return
    event.preventDefault()
    if (button.matches("[data-value], [data-rate]")) return press(button, event.shiftKey)
    if (button.dataset.viewButton) return look(button.dataset.viewButton)
    if (button.dataset.go) return go(document.getElementById(button.dataset.go))
    go(marks.undo())
  })
  sheet.addEventListener("dblclick", ({ target }) => target.matches("img") && look(inLoupe() ? "grid" : "loupe"))
  swipe(sheet, (key) => inLoupe() && step(key))
  zoom(room, inLoupe)

  // The shortlist's marks follow the tray, whoever changed it.
  document.addEventListener("htmx:afterSwap", () => {
    const listed = new Set([...room.querySelectorAll(".tray [data-candidate]")].map((each) => each.dataset.candidate))
    for (const frame of frames()) {
      const on = listed.has(frame.dataset.candidate)
      const button = frame.querySelector("[data-shortlist]")
      frame.dataset.listed = String(on)
      button?.setAttribute("aria-pressed", String(on))
      if (button) button.value = on ? "0" : "1"
    }
    strip.fill(frames())
    room.querySelector("[data-awaiting]")?.toggleAttribute("hidden", frames().length > 0)
    if (!current()) go(frames()[0])
  })

  // Moving on is each person's habit, kept in their browser.
  advance.checked = localStorage.getItem("advance") !== "off"
  advance.addEventListener("change", () => localStorage.setItem("advance", advance.checked ? "on" : "off"))

  strip.fill(frames())
  look(room.dataset.view)
}

function columns(frames) {
  const second = frames.findIndex((frame) => frame.offsetTop > frames[0].offsetTop)
  return second > 0 ? second : frames.length
}
