// What was pressed: letters whatever Caps Lock says, digits by their place on the keyboard (those of the number pad while
// they are digits), signs as they are typed.

export const keyOf = (event) =>
  isDigit(event)
    ? event.code.at(-1)
    : event.key === " "
      ? "Space"
      : event.key.length === 1
        ? event.key.toLowerCase()
        : event.key

const isDigit = (event) =>
  (/^Digit\d$/.test(event.code) && !event.getModifierState("AltGraph")) ||
  (/^Numpad\d$/.test(event.code) && /^\d$/.test(event.key))

export const isTyping = ({ target, isComposing }) =>
  isComposing ||
  Boolean(target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]"))

// AltGr types signs on many keyboards; Windows tells it as Ctrl and Alt.
export const hasModifier = (event) =>
  !event.getModifierState("AltGraph") && (event.ctrlKey || event.metaKey || event.altKey)
