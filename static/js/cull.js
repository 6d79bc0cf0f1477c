// The culling room: grid and loupe, keyboard, mouse and touch over the same buttons.

import { hasModifier, isTyping, keyOf } from "winnow/keys"
import { Marks, read } from "winnow/marks"

const FLAGS = { p: "pick", ".": "pick", x: "reject", u: "unflagged" }
const VIEWS = { g: "grid", e: "loupe", Enter: "loupe" }

export function cullingRoom(room) {
  const sheet = room.querySelector(".sheet")
  const strip = room.querySelector(".filmstrip")
  const advance = room.querySelector("[data-advance]")
  const marks = new Marks(report)
  const frames = () => [...sheet.querySelectorAll(".frame")]
  const current = () => sheet.querySelector('.frame[aria-current="true"]')

  function go(frame, { focus = true } = {}) {
    if (!frame) return
    current()?.setAttribute("aria-current", "false")
    frame.setAttribute("aria-current", "true")
    for (const each of strip.children) each.setAttribute("aria-current", String(each.dataset.for === frame.id))
    strip.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest", inline: "nearest" })
    if (focus) frame.focus({ preventScroll: true })
    frame.scrollIntoView({ block: "nearest" })
    show(frame)
    for (const near of [frame.nextElementSibling, frame.previousElementSibling]) if (near) new Image().src = near.dataset.picture
  }

  // The loupe shows the picture itself; the grid its thumbnail.
  function show(frame) {
    const image = frame.querySelector("img")
    const wanted = room.dataset.view === "loupe" ? frame.dataset.picture : frame.dataset.thumbnail
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

  function step(key) {
    const all = frames()
    const at = all.indexOf(current())
    const row = room.dataset.view === "grid" ? columns(all) : 1
    const to = at + { ArrowRight: 1, ArrowLeft: -1, ArrowDown: row, ArrowUp: -row }[key]
    go(all[Math.max(0, Math.min(all.length - 1, to))])
  }

  function judge(mark, shift) {
    const frame = current()
    if (!frame) return
    marks.set(frame, mark)
    if (advance.checked !== shift) go(frame.nextElementSibling ?? frame)
  }

  function report(frame) {
    const all = frames()
    const left = all.filter((each) => each.dataset.flag === "unflagged").length
    room.querySelector("[data-left]").textContent = left ? `${left} left` : "All judged"
    const thumb = strip.querySelector(`[data-for="${frame.id}"]`)
    if (thumb) thumb.dataset.flag = frame.dataset.flag
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
      key === "z" && (() => room.toggleAttribute("data-zoom", room.dataset.view === "loupe" && !room.hasAttribute("data-zoom"))) ||
      key === "?" && (() => document.querySelector("#keys").showModal())
    if (!act) return
    event.preventDefault()
    if (event.repeat && !key.startsWith("Arrow")) return // a held key judges once
    act()
  })

  room.addEventListener("click", ({ target, shiftKey }) => {
    const button = target.closest("[data-value], [data-view-button], [data-undo], .filmstrip button")
    const frame = target.closest(".frame")
    if (frame && frame !== current()) go(frame, { focus: !button })
    if (button?.dataset.value) return judge({ flag: button.dataset.value }, shiftKey)
    if (button?.dataset.viewButton) return look(button.dataset.viewButton)
    if (button?.matches("[data-undo]")) return go(marks.undo())
    if (button?.dataset.for) return go(document.getElementById(button.dataset.for))
  })
  sheet.addEventListener("dblclick", () => look(room.dataset.view === "grid" ? "loupe" : "grid"))
  swipe(sheet, (direction) => room.dataset.view === "loupe" && step(direction))

  // The shortlist's marks follow the tray, whoever changed it.
  document.addEventListener("htmx:afterSwap", () => {
    const listed = new Set([...room.querySelectorAll(".tray [data-candidate]")].map((each) => each.dataset.candidate))
    for (const frame of frames()) {
      frame.dataset.listed = String(listed.has(frame.dataset.candidate))
      const on = frame.querySelector("[data-shortlist-on]")
      if (on) on.value = listed.has(frame.dataset.candidate) ? "0" : "1"
    }
    for (const frame of frames()) if (!strip.querySelector(`[data-for="${frame.id}"]`)) strip.append(thumbnailOf(frame))
  })

  for (const frame of frames()) strip.append(thumbnailOf(frame))
  look(room.dataset.view)
  go(sheet.querySelector('[aria-current="true"]') ?? frames()[0])
}

const columns = (frames) => frames.findIndex((frame) => frame.offsetTop > frames[0].offsetTop) > 0
  ? frames.findIndex((frame) => frame.offsetTop > frames[0].offsetTop)
  : frames.length

function thumbnailOf(frame) {
  const button = document.createElement("button")
  button.type = "button"
  button.dataset.for = frame.id
  button.dataset.flag = frame.dataset.flag
  button.setAttribute("aria-label", frame.getAttribute("aria-label"))
  const image = new Image()
  image.src = frame.dataset.thumbnail
  image.alt = ""
  button.append(image)
  return button
}

function swipe(element, move) {
  let from = null
  element.addEventListener("touchstart", ({ touches }) => (from = touches[0].clientX), { passive: true })
  element.addEventListener("touchend", ({ changedTouches }) => {
    const far = changedTouches[0].clientX - from
    if (Math.abs(far) > 40) move(far < 0 ? "ArrowRight" : "ArrowLeft")
  })
}
