// What was pressed: letters whatever Caps Lock says, digits by their place on the keyboard (those of the number pad while
// they are digits), signs as they are typed. On a layout of another script a letter is that of its place.

export function keyOf(event) {
  if (isDigit(event) || isOfAnotherScript(event)) return event.code.at(-1).toLowerCase()
  if (event.key === " ") return "Space"
  return event.key.length === 1 ? event.key.toLowerCase() : event.key
}

// Cyrillic, Greek, Hebrew, Arabic, Hangul, Kana; and what an input method has taken before it became a letter.
const isOfAnotherScript = ({ key, code }) =>
  /^Key[A-Z]$/.test(code) && (key === "Process" || (/^\p{L}$/u.test(key) && !/^\p{Script=Latin}$/u.test(key)))

const isDigit = (event) =>
  (/^Digit\d$/.test(event.code) && !event.getModifierState("AltGraph")) ||
  (/^Numpad\d$/.test(event.code) && /^\d$/.test(event.key))

export const isTyping = ({ target, isComposing }) =>
  isComposing ||
  Boolean(target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]"))

// AltGr types signs on many keyboards; Windows tells it as Ctrl and Alt.
export const hasModifier = (event) =>
  !event.getModifierState("AltGraph") && (event.ctrlKey || event.metaKey || event.altKey)
