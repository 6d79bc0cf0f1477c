// Light, dark, or what the system says; and the surround of picture rooms. Kept in cookies, so pages never flash.

export function attachTheme() {
  const root = document.documentElement
  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-theme-toggle]")) {
      root.dataset.theme = isDark(root.dataset.theme) ? "light" : "dark"
      keep("theme", root.dataset.theme)
    }
    const room = target.closest("[data-surround-toggle]") && document.querySelector(".room")
    if (room) {
      room.dataset.surround = isDark(room.dataset.surround ?? root.dataset.theme) ? "light" : "dark"
      keep("surround", room.dataset.surround)
    }
  })
}

const isDark = (chosen) => (chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches)

const keep = (name, value) => {
  const prefix = document.documentElement.dataset.cookies // __Host- in production, which browsers take when secure alone
  const where = prefix ? "; secure" : ""
  document.cookie = `${prefix}${name}=${value}; path=/; max-age=31536000; samesite=lax${where}`
}
