// "Reject, and say why": a small menu that takes one more key. Escape leaves without a mark.

export function attachReasons({ element, focus, isWanted, reject }) {
  const menu = element.querySelector("[data-reasons]")
  const buttons = [...menu.querySelectorAll("[data-reason]")]

  const close = () => {
    menu.hidden = true
    focus()
  }
  const choose = (button, more) => {
    close()
    reject(button.dataset.reason, more)
  }
  menu.addEventListener("click", ({ target, shiftKey }) => {
    const button = target.closest("[data-reason]")
    if (button) choose(button, { opposite: shiftKey })
  })
  document.addEventListener("pointerdown", ({ target }) => {
    if (!menu.hidden && !menu.contains(target) && !target.closest("[data-act=reason]")) menu.hidden = true
  })

  const along = (by) => buttons.at((buttons.indexOf(document.activeElement) + by) % buttons.length).focus()

  return {
    get isOpen() {
      return !menu.hidden
    },
    open() {
      if (!menu.hidden) return close()
      if (!isWanted()) return
      menu.hidden = false
      buttons[0].focus()
    },
    /** What a key does while the menu is open: nothing else hears it. */
    actOf(key, shift) {
      const button = buttons.find((each) => each.getAttribute("aria-keyshortcuts").toLowerCase() === key)
      if (button) return () => choose(button, { opposite: shift })
      const move = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[key]
      if (move) return () => along(move)
      if (key === "Enter" || key === "Space") return null
      return key === "Escape" || key === "Tab" ? close : () => {}
    },
  }
}
