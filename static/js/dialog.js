// <button data-dialog="id"> opens a <dialog>; a [data-close] button, Escape or a click outside closes it, and so does
// a form in it that htmx sent and the server took.

export function attachDialogs() {
  document.addEventListener("click", ({ target }) => {
    const opener = target.closest("[data-dialog]")
    if (opener) document.getElementById(opener.dataset.dialog).showModal()
    if (target.closest("[data-close]") || target.matches("dialog")) target.closest("dialog")?.close()
  })
  document.addEventListener(
    "htmx:afterRequest",
    ({ target, detail }) => detail.successful && target.closest("dialog")?.close(),
  )
}
