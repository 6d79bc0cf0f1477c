// Keyboard, mouse and fingers. Focus belongs to the room: its keys work wherever the pointer last was.

import { hasModifier, isTyping, keyOf } from "winnow/keys"

const NUDGE = 80 // CSS pixels a key pans
const SWIPE = 40 // CSS pixels that make a swipe
const STILL = 5 // CSS pixels a click may wander
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

export function attachHands(room) {
  attachKeys(room)
  attachButtons(room)
  attachPanes(room)
}

const acts = {
  pick: (room, more) => room.mark({ value: "pick" }, more),
  reject: (room, more) => room.mark({ value: "reject" }, more),
  unflag: (room, more) => room.mark({ value: "unflagged" }, more),
  reason: (room) => room.menu.open(),
  rating: (room, more, stars) => room.mark({ rating: Number(stars) }, more),
  label: (room, more, colour) => room.label(colour, more),
  advance: (room) => room.head.toggleAdvance(),
  grid: (room) => room.look("grid"),
  loupe: (room) => room.look("loupe"),
  compare: (room) => room.look("compare"),
  survey: (room) => room.look("survey"),
  defects: (room) => room.look("defects"),
  fewest: (room) => room.toggleFewest(),
  zoom: (room) => room.toggleZoom(),
  info: (room) => room.info.toggle(),
  fullscreen: (room) => room.fullScreen(),
  swap: (room) => room.inView("swap"),
  promote: (room) => room.inView("promote"),
  other: (room) => room.inView("turn"),
  pin: (room) => room.pin(),
  drop: (room) => room.inView("drop"),
  stack: (room) => room.fold(false),
  stacks: (room) => room.fold(true),
  surround: (room) => room.element.querySelector("[data-surround-toggle]").click(),
  "stack-pick": (room) => room.pickOfStack(),
  shortlist: (room) => room.tray.toggle(),
  earlier: (room) => room.tray.shift(-1),
  later: (room) => room.tray.shift(1),
  send: (room) => room.tray.send(),
  undo: (room) => room.undo(false),
  redo: (room) => room.undo(true),
  "show-all": (room) => room.filter("all"),
  "filter-again": (room) => room.filter(room.pass.filter),
  choosing: (room) => room.toggleChoosing(),
  keys: (room) => room.keys.open(),
}

function press(room, name, more = {}) {
  const [, kind, value] = name.match(/^(rating|label)-(\w+)$/) ?? [null, name]
  acts[kind](room, more, value)
}

// Keys

function attachKeys(room) {
  document.addEventListener("keydown", (event) => {
    if (isTyping(event) || document.querySelector("dialog[open]")) return
    const act = actOf(room, event)
    if (!act) return
    event.preventDefault()
    if (event.repeat && !event.key.startsWith("Arrow")) return // a held key judges once
    act()
  })
}

function actOf(room, event) {
  const key = keyOf(event)
  const shift = event.shiftKey
  if (room.menu.isOpen) return hasModifier(event) ? null : room.menu.actOf(key, shift)
  if (document.querySelector(":popover-open")) return alongMenu(key)
  if (hasModifier(event)) return event.altKey ? null : withControl(room, key, shift)
  if (isTheirs(event, key)) return null
  if (key === "?") return () => room.keys.open()
  if (key === "Escape") return () => room.leave()
  if (key === "Home" || key === "End") return () => room.jump(key === "Home" ? 0 : -1)
  const arrow = ARROWS[key]
  if (arrow && shift && room.stage.active?.view.on)
    return () => room.pan(room.stage.active, ...arrow.map((by) => -by * NUDGE))
  const bound = room.bindings.find(key, shift, room.view.name)
  if (bound) return () => event.repeat || press(room, bound.act, { opposite: bound.shift })
  return arrow ? () => room.step(arrow[0] || arrow[1], { rows: arrow[1] !== 0, choose: shift }) : null
}

function withControl(room, key, shift) {
  if (key === "z") return () => room.undo(shift)
  if (key === "y") return () => room.undo(true)
  if (key === "a" && room.view.several) return () => room.chooseAll()
  return null
}

// Enter and Space press the button that has the focus; arrows go through the choices of a question.
const isTheirs = ({ target }, key) =>
  (["Enter", "Space"].includes(key) && target.closest("button, a, input")) ||
  (ARROWS[key] && target.matches("input[type=radio]"))

// An open menu hears the arrows, and nothing else is heard behind it.
function alongMenu(key) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[key]
  if (!by) return null
  const buttons = [...document.querySelectorAll(":popover-open button")].filter((button) => button.checkVisibility())
  return () => buttons.at((buttons.indexOf(document.activeElement) + by) % buttons.length).focus()
}

// Buttons, tiles and the strip

function attachButtons(room) {
  room.element.addEventListener("click", (event) => {
    const { target, detail, shiftKey, ctrlKey, metaKey } = event
    const candidate = target.closest("[data-candidate]:not([data-pane])")
    const id = candidate && Number(candidate.dataset.candidate)
    const crop = target.closest("[data-crop]")
    const button = target.closest("[data-act]")
    target.closest("[popover]")?.hidePopover()
    if (button) {
      if (id && candidate.matches(".tile") && !room.targets.includes(id)) room.go(id)
      press(room, again(button), { opposite: shiftKey })
    } else if (crop) {
      room.goToCrop(Number(crop.dataset.crop))
    } else if (candidate?.matches(".tile")) {
      tapped(room, id, { add: ctrlKey || metaKey || room.choosing, to: shiftKey, again: event.pointerType === "touch" })
    } else if (candidate?.matches(".cell, [data-go]")) {
      event.preventDefault()
      room.go(id)
    } else return
    // By the pointer: keys go on with the pictures. By the keyboard the focus stays on the button, if that is still there.
    if ((detail || !button?.checkVisibility()) && !document.querySelector("dialog[open]") && !room.menu.isOpen)
      room.stage.focus()
  })
  room.element.addEventListener("dblclick", ({ target }) => {
    if (target.closest(".tile, [data-crop]") && !target.closest("button")) room.look("loupe")
  })
}

// A button that shows what is set takes it back; a key never does, as in Lightroom.
function again(button) {
  if (button.getAttribute("aria-pressed") !== "true") return button.dataset.act
  return (
    { pick: "unflag", reject: "unflag" }[button.dataset.act] ?? button.dataset.act.replace(/^rating-\d/, "rating-0")
  )
}

function tapped(room, id, { add, to, again }) {
  if (to) room.chooseTo(id)
  else if (add) room.choose(id)
  else if (again && id === room.pass.current) room.look("loupe")
  else room.go(id)
}

// Panes: click to zoom or to choose, drag to pan, swipe to move on

function attachPanes(room) {
  const { panes } = room.stage
  let down = null
  let last = null
  room.pointer = {
    in: (pane) => {
      const box = pane?.frame.getBoundingClientRect()
      if (!last || !box) return undefined
      const [x, y] = [last.clientX - box.left, last.clientY - box.top]
      return x >= 0 && y >= 0 && x <= box.width && y <= box.height ? { x, y } : undefined
    },
  }
  document.addEventListener("pointermove", (event) => {
    last = event
    if (!down || event.pointerId !== down.id) return
    const [dx, dy] = [event.clientX - down.x, event.clientY - down.y]
    if (Math.hypot(event.clientX - down.fromX, event.clientY - down.fromY) > STILL) down.wandered = true
    if (!down.wandered || !down.pane.view.on) return
    room.pan(down.pane, dx, dy)
    Object.assign(down, { x: event.clientX, y: event.clientY })
  })
  panes.addEventListener("pointerdown", (event) => {
    const pane = room.stage.paneOf(event.target)
    if (!pane || event.button || event.target.closest("button")) return
    last = event
    const { clientX: x, clientY: y, pointerId: id } = event
    down = { pane, id, x, y, fromX: x, fromY: y }
    panes.setPointerCapture(id)
  })
  panes.addEventListener("pointerup", (event) => {
    const from = down
    down = null
    if (!from) return
    room.stage.focus()
    if (!from.wandered) return clicked(room, from.pane)
    const [dx, dy] = [event.clientX - from.fromX, event.clientY - from.fromY]
    const swiped = event.pointerType === "touch" && !from.pane.view.on && Math.abs(dx) > Math.max(SWIPE, Math.abs(dy))
    if (swiped) room.step(dx < 0 ? 1 : -1)
  })
  panes.addEventListener("pointercancel", () => (down = null))
  panes.addEventListener("dblclick", () => room.view.opens && room.look(room.view.opens))
  panes.addEventListener(
    "wheel",
    (event) => {
      const pane = room.stage.paneOf(event.target)
      if (!pane?.view.on) return
      event.preventDefault()
      room.pan(pane, -event.deltaX, -event.deltaY)
    },
    { passive: false },
  )
}

function clicked(room, pane) {
  const isCurrent = pane.candidate.id === room.pass.current
  if (!isCurrent) return room.point(pane.candidate.id)
  if (room.view.zooms) room.toggleZoom(pane, room.pointer.in(pane))
}
