// At 100 % the pointer says which spot is seen. The spot stays while moving on, so that two pictures compare.

export function zoom(room, inLoupe) {
  room.addEventListener("pointermove", ({ target, clientX, clientY, pointerType }) => {
    if (!inLoupe() || pointerType === "touch" || !target.matches(".frame img")) return
    const box = target.getBoundingClientRect()
    room.style.setProperty("--spot-x", `${(100 * (clientX - box.left)) / box.width}%`)
    room.style.setProperty("--spot-y", `${(100 * (clientY - box.top)) / box.height}%`)
  })
}
