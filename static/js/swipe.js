// A swipe is an arrow key for fingers.

const FAR = 40 // CSS pixels

export function swipe(element, move) {
  let from = null
  element.addEventListener("touchstart", ({ touches }) => (from = touches[0].clientX), { passive: true })
  element.addEventListener("touchend", ({ changedTouches }) => {
    const far = changedTouches[0].clientX - from
    if (Math.abs(far) > FAR) move(far < 0 ? "ArrowRight" : "ArrowLeft")
  })
}
