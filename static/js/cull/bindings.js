// Which key does what: Lightroom's by default, other tools' by choice, and each person's own changes over that.

import { keep, keptJson } from "winnow/kept"

/** What the acts are about, and each one's words and keys. Letters are small; "Shift+b" is a key of its own. */
export const GROUPS = {
  Marks: {
    pick: ["Pick", ["p", "."]],
    reject: ["Reject", ["x"]],
    unflag: ["Unflag", ["u"]],
    reason: ["Reject, and say why", ["r"]],
    "rating-0": ["No stars", ["0"]],
    "rating-1": ["1 star", ["1"]],
    "rating-2": ["2 stars", ["2"]],
    "rating-3": ["3 stars", ["3"]],
    "rating-4": ["4 stars", ["4"]],
    "rating-5": ["5 stars", ["5"]],
    "label-red": ["Red label", ["6"]],
    "label-yellow": ["Yellow label", ["7"]],
    "label-green": ["Green label", ["8"]],
    "label-blue": ["Blue label", ["9"]],
    advance: ["Go on after a mark, or stay", ["a"]],
  },
  Views: {
    grid: ["Grid", ["g"]],
    loupe: ["Loupe", ["e", "Enter"]],
    compare: ["Compare two", ["c"]],
    survey: ["Survey the chosen", ["n"]],
    defects: ["What the checks saw", ["d"]],
    zoom: ["100 % and back", ["z"]],
    info: ["Info", ["i"]],
    fullscreen: ["Full screen", ["f"]],
    surround: ["Light or dark surround", ["l"]],
  },
  "In compare": {
    swap: ["Swap the two", ["ArrowDown"]],
    promote: ["The Challenger wins", ["ArrowUp"]],
    other: ["Mark the other one", ["o"]],
    pin: ["Pin this one", ["k"]],
  },
  "In survey": {
    drop: ["Take this one out", ["/", "d"]],
  },
  Stacks: {
    stack: ["Open or close its stack", ["s"]],
    stacks: ["Open or close all stacks", ["Shift+s"]],
    "stack-pick": ["Pick this, reject the rest of its stack", ["Shift+b"]],
  },
  Shortlist: {
    shortlist: ["Put on it, or take off", ["b"]],
    earlier: ["Earlier on it", ["[", "q"]],
    later: ["Later on it", ["]", "w"]],
    send: ["Send to review", ["y"]],
  },
}

export const ACTS = Object.assign({}, ...Object.values(GROUPS))

const VIEW_ONLY = { swap: "compare", promote: "compare", other: "compare", pin: "compare", drop: "survey" }

/** What differs from Lightroom's. */
export const PRESETS = {
  lightroom: ["Lightroom", {}],
  "photo-mechanic": ["Photo Mechanic, stars on plain digits", { pick: ["t"], loupe: ["Space", "Enter"] }],
  darktable: [
    "darktable",
    {
      reject: ["r"],
      reason: ["Shift+r"],
      survey: ["x"],
      loupe: ["f", "w"],
      fullscreen: ["Shift+f"],
      "label-red": ["F1"],
      "label-yellow": ["F2"],
      "label-green": ["F3"],
      "label-blue": ["F4"],
    },
  ],
}

/** Signs need Shift on some keyboards, so with them it means nothing more. */
const SIGN = /^[^a-z0-9]$/

/** Keys that always mean the same: moving, choosing, undoing, this sheet. */
const FIXED = /^(Shift\+)?(Arrow(Left|Right)|Home|End|Tab|Escape|\?)$/

export class Bindings {
  constructor(person) {
    this.place = `keys:${person}`
    const { preset = "lightroom", own = {} } = keptJson(this.place) ?? {}
    this.preset = PRESETS[preset] ? preset : "lightroom"
    this.own = own
  }

  keysOf(act) {
    return this.own[act] ?? PRESETS[this.preset][1][act] ?? ACTS[act][1]
  }

  /** The act of a key in a view, whether Shift was held beside it: {act, shift}, or null. */
  find(key, shift, view) {
    const inView = (act) => !VIEW_ONLY[act] || VIEW_ONLY[act] === view
    const acts = Object.keys(ACTS).filter(inView)
    const of = (name) =>
      acts.find((act) => VIEW_ONLY[act] && this.keysOf(act).includes(name)) ??
      acts.find((act) => this.keysOf(act).includes(name))
    const whole = shift && of(`Shift+${key}`)
    if (whole) return { act: whole, shift: false }
    const act = of(key)
    return act ? { act, shift: shift && !SIGN.test(key) } : null
  }

  choose(preset) {
    this.preset = preset
    this.own = {}
    this.#keep()
  }

  /** Give `key` to `act`. Returns the act that had it and lost it, or null; throws in a sentence where it is taken for good. */
  bind(act, key) {
    const moves = key.endsWith("ArrowUp") || key.endsWith("ArrowDown")
    if (FIXED.test(key) || (moves && !VIEW_ONLY[act]))
      throw new Error(`${nameOf(key)} always means the same here; choose another key.`)
    const before = Object.keys(ACTS).find(
      (each) => each !== act && this.keysOf(each).includes(key) && together(each, act),
    )
    if (before) this.own[before] = this.keysOf(before).filter((each) => each !== key)
    this.own[act] = [key]
    this.#keep()
    return before ?? null
  }

  reset() {
    this.choose(this.preset)
  }

  #keep() {
    keep(this.place, JSON.stringify({ preset: this.preset, own: this.own }))
  }
}

/** As it stands on a keyboard: "P", "Shift+B", "↓". */
export const nameOf = (key) =>
  key.replace(
    /[^+]+$/,
    (last) =>
      ({ ArrowDown: "↓", ArrowUp: "↑", ArrowLeft: "←", ArrowRight: "→" })[last] ??
      (last.length === 1 ? last.toUpperCase() : last),
  )

// Two acts of different views may share a key, and one of a view may take it from those that hold everywhere.
const together = (one, other) => (VIEW_ONLY[one] ?? null) === (VIEW_ONLY[other] ?? null)
