// The page where a product is cut out by hand. Buttons, sliders and keys press the same acts; each step can be undone, is
// kept in this browser until it is saved, and is told to who can't see it.

import { Canvas } from "winnow/cut/canvas"
import { Hands } from "winnow/cut/hands"
import { History } from "winnow/cut/history"
import { Mask, united } from "winnow/cut/mask"
import { decoded, encoded } from "winnow/cut/png"
import { Store } from "winnow/cut/store"
import { Viewport } from "winnow/cut/viewport"
import { tell } from "winnow/toast"

const PAUSE = 300 // ms without a stroke, before it is kept
const LOOKS = ["overlay", "checks", "light", "dark"]
const SOFTENED = "Softening"
const UNKEPT = "This browser keeps no unsaved strokes. Save before you leave."

export async function openEditor(room) {
  const { picture, mask, width, height, key } = JSON.parse(room.querySelector("#cut-out").textContent)
  const image = new Image()
  image.src = picture
  const [levels] = await Promise.all([mask ? fetched(mask) : undefined, image.decode()])
  const editor = new Editor(room, image, new Mask(width, height, levels), new Store(key))
  await editor.restore()
  room.dataset.ready = ""
}

async function fetched(url) {
  const reply = await fetch(url)
  if (!reply.ok) throw new Error(`${url}: ${reply.status}`)
  return decoded(await reply.blob())
}

class Editor {
  #box = null // of the stroke under way
  #waiting = 0
  #isSaved = true
  #isKept = true

  constructor(room, image, mask, store) {
    Object.assign(this, { room, mask, store })
    this.form = room.querySelector("[data-cut-form]")
    this.history = new History(mask)
    this.viewport = new Viewport(mask.width, mask.height)
    const element = room.querySelector("canvas")
    this.canvas = new Canvas(element, image, mask, this.viewport)
    this.size = room.querySelector("[data-size]")
    this.soft = room.querySelector("[data-soft]")
    this.hands = new Hands(element, this.viewport, {
      strokes: {
        begin: () => this.#begin(),
        go: (from, to) => this.#go(from, to),
        end: () => this.#end(),
        giveUp: () => this.#giveUp(),
      },
      radius: () => this.#radius,
      tip: (at, isDown) => this.#tip(at, isDown),
      moved: () => this.canvas.refresh(),
      tell: (text) => this.#say(text),
    })
    this.#sizeIs(Math.round(Math.min(mask.width, mask.height) / 16))
    this.#toolIs("brush")
    this.#lookIs("overlay")
    room.addEventListener("click", ({ target }) => this.#press(target.closest("button")))
    document.addEventListener("keydown", (event) => this.#key(event))
    this.size.addEventListener("input", () => this.#sizeIs(this.size.valueAsNumber))
    this.soft.addEventListener("input", () => this.#soften())
    addEventListener("pagehide", () => this.#keep())
    addEventListener(
      "beforeunload",
      (event) => this.#isSaved || (this.#isKept && !this.#waiting) || event.preventDefault(),
    )
    this.#shown()
  }

  /** What was painted here before and never saved. */
  async restore() {
    const levels = await this.store.kept()
    if (levels?.length !== this.mask.levels.length) return
    const put = () => {
      this.mask.levels.set(levels)
      return this.#all
    }
    if (!this.history.step("Unsaved strokes", put)) return
    this.#isSaved = false
    this.canvas.take(this.#all)
    this.#shown()
    tell("Your strokes that were not saved are back. Undo shows what was saved.", "success")
  }

  #press(button) {
    if (this.room.inert) return
    const { act, tool, look } = button?.dataset ?? {}
    if (tool) this.#toolIs(tool)
    if (look) this.#lookIs(look)
    if (act) this.#acts[act]()
  }

  #acts = {
    undo: () => this.#back("undo", "Undone"),
    redo: () => this.#back("redo", "Done again"),
    holes: () =>
      this.#step(
        "Filling holes",
        () => this.mask.fillHoles(),
        ({ holes }) => counted(holes, "hole", "filled"),
      ),
    largest: () =>
      this.#step(
        "Taking away pieces",
        () => this.mask.keepLargest(),
        ({ pieces }) => counted(pieces, "piece", "taken away"),
      ),
    smaller: () => this.#sizeIs(Math.floor(this.size.valueAsNumber * 0.8)),
    larger: () => this.#sizeIs(Math.ceil(this.size.valueAsNumber * 1.25)),
    look: () => this.#lookIs(LOOKS[(LOOKS.indexOf(this.canvas.look) + 1) % LOOKS.length]),
    zoom: () => this.#zoom(),
    save: () => this.#save(),
  }

  // What is no letter and no button: undo and redo.
  #key(event) {
    if (this.room.inert || !(event.ctrlKey || event.metaKey) || event.altKey || document.querySelector("dialog[open]"))
      return
    const key = event.key.toLowerCase()
    if (key !== "z" && key !== "y") return
    event.preventDefault()
    this.#acts[key === "y" || event.shiftKey ? "redo" : "undo"]()
  }

  #begin() {
    this.#box = null
    this.history.begin()
  }

  #go(from, to) {
    const box = this.mask.stroke(from, to, this.#radius, this.tool === "brush" ? 255 : 0)
    if (!box) return
    this.#box = united(this.#box, box)
    this.canvas.take(box)
  }

  #end() {
    const name = this.tool === "brush" ? "Painting" : "Erasing"
    if (this.history.end(name, this.#box)) this.#changed(`${name} done.`)
    else this.#say(`Nothing changed: ${this.tool === "brush" ? "this is product already" : "nothing was there"}.`)
  }

  // A second finger came: it was no stroke.
  #giveUp() {
    if (this.history.end("Stroke", this.#box)) this.canvas.take(this.history.undo().box)
  }

  #step(name, act, told) {
    if (this.hands.isPainting) return
    let result
    const isChanged = this.history.step(name, () => {
      result = act()
      return result.box
    })
    if (isChanged) this.canvas.take(result.box)
    if (isChanged) this.#changed(told(result))
    else this.#say(told(result))
  }

  // The slider says how soft the edges of what was there before it are, and not how much softer yet.
  #soften() {
    const pixels = this.soft.valueAsNumber
    if (this.history.last === SOFTENED) this.history.undo()
    this.history.step(SOFTENED, () => this.mask.soften(pixels))
    this.canvas.take(this.#all)
    this.#changed(pixels ? `Edges are ${pixels} pixels soft.` : "Edges are as they were.", pixels)
  }

  #back(way, told) {
    if (this.hands.isPainting) return
    const step = this.history[way]()
    if (!step) return this.#say(way === "undo" ? "Nothing is left to undo." : "Nothing is left to do again.")
    this.canvas.take(step.box)
    this.#changed(`${told}: ${step.name.toLowerCase()}.`)
  }

  #changed(told, softness = 0) {
    this.#isSaved = false
    this.soft.value = softness
    this.#shown()
    this.#say(told)
    clearTimeout(this.#waiting)
    this.#waiting = setTimeout(() => this.#keep(), PAUSE)
  }

  async #keep() {
    clearTimeout(this.#waiting)
    if (this.#isSaved) return
    const was = this.#isKept
    this.#isKept = await this.store.keep(this.mask.levels)
    this.#waiting = 0
    if (was && !this.#isKept) tell(UNKEPT)
  }

  async #save() {
    if (this.hands.isPainting) return
    this.room.inert = true // what is painted from now on would not be in it
    this.#say("Saving.")
    try {
      await this.#keep()
      const body = new FormData(this.form)
      body.set("mask", await encoded(this.mask), "mask.png")
      const reply = await fetch(this.form.action, { method: "POST", body, headers: { "HX-Request": "true" } })
      if (reply.ok) return await this.#leave(reply.headers.get("HX-Redirect"))
      tell(await sentence(reply))
    } catch {
      tell("The server did not answer, so this was not saved. Your strokes are kept here.")
    } finally {
      this.room.inert = false
      this.room.querySelector("[data-act=save]").focus()
    }
  }

  async #leave(to) {
    this.#isSaved = true
    await this.store.drop()
    location.assign(to)
  }

  #zoom() {
    if (this.viewport.isFitted) this.viewport.zoom(1 / this.viewport.scale)
    else this.viewport.fit()
    this.canvas.refresh()
    this.#say(this.viewport.isFitted ? "The whole picture." : `${Math.round(this.viewport.scale * 100)} %.`)
  }

  #tip(at, isDown) {
    this.canvas.tip = at && { at, isDown, radius: this.#radius }
    this.canvas.refresh()
  }

  #toolIs(tool) {
    this.tool = tool
    this.#pressed("tool", tool)
    this.#say(tool === "brush" ? "The brush paints product." : "The eraser takes away.")
  }

  #lookIs(look) {
    this.canvas.look = look
    this.canvas.refresh()
    this.#pressed("look", look)
    this.#say(this.room.querySelector(`[data-look=${look}]`).title)
  }

  #pressed(name, value) {
    for (const button of this.room.querySelectorAll(`[data-${name}]`)) {
      button.setAttribute("aria-pressed", String(button.dataset[name] === value))
    }
  }

  #sizeIs(size) {
    this.size.value = size
    this.room.querySelector("[data-size-told]").textContent = `${this.size.value} px`
    if (this.canvas.tip) this.#tip(this.canvas.tip.at, this.canvas.tip.isDown)
  }

  #shown() {
    this.room.querySelector("[data-act=undo]").setAttribute("aria-disabled", String(!this.history.canUndo))
    this.room.querySelector("[data-act=redo]").setAttribute("aria-disabled", String(!this.history.canRedo))
    this.room.querySelector("[data-soft-told]").textContent = `${this.soft.value} px`
    this.room.querySelector("[data-unsaved]").hidden = this.#isSaved
  }

  #say(text) {
    this.room.querySelector("[data-told]").textContent = text
  }

  get #radius() {
    return this.size.valueAsNumber / 2
  }

  get #all() {
    return [0, 0, this.mask.width, this.mask.height]
  }
}

const counted = (count, word, done) =>
  count ? `${count} ${word}${count === 1 ? "" : "s"} ${done}.` : `No ${word} is left.`

// A refusal is a fragment with a sentence in it; of anything else there is one to say.
async function sentence(reply) {
  if (reply.status !== 409) return "That was not saved. Your strokes are kept here: reload, and try again."
  const { body } = new DOMParser().parseFromString(await reply.text(), "text/html")
  return body.querySelector("span")?.textContent.trim() ?? body.textContent.trim()
}
