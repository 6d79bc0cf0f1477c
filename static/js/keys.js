// What was pressed: letters whatever Caps Lock says, digits by their place on the keyboard.

export const keyOf = (event) => /^Digit\d$/.test(event.code) || /^Numpad\d$/.test(event.code)
  ? event.code.at(-1)
  : event.key === " " ? "Space" : event.key.length === 1 ? event.key.toLowerCase() : event.key

export const isTyping = ({ target, isComposing }) =>
  isComposing || Boolean(target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]"))

export const hasModifier = (event) => event.ctrlKey || event.metaKey || event.altKey
