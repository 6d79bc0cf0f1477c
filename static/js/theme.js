// Light, dark, or what the system says; and the surround of picture rooms. Kept in a cookie, so pages never flash.

export function attachTheme() {
  document.querySelector("[data-theme-toggle]")?.addEventListener("click", () => {
    const root = document.documentElement
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches
    root.dataset.theme = dark ? "light" : "dark"
    keep("theme", root.dataset.theme)
  })
  document.querySelector("[data-surround-toggle]")?.addEventListener("click", () => {
    const room = document.querySelector(".room")
    const dark = getComputedStyle(room).colorScheme === "dark" || room.dataset.surround === "dark"
    room.dataset.surround = dark ? "light" : "dark"
  })
}

const keep = (name, value) => {
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`
}
