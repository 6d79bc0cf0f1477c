// <button data-dialog="id"> opens a <dialog>; a [data-close] button, Escape or a click outside closes it.

export function attachDialogs() {
  document.addEventListener("click", ({ target }) => {
    const opener = target.closest("[data-dialog]")
    if (opener) document.getElementById(opener.dataset.dialog).showModal()
    if (target.closest("[data-close]") || target.matches("dialog")) target.closest("dialog")?.close()
  })
}
