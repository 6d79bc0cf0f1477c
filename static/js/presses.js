// A form counts once, however often it arrives (creative/presses.py). One that stays here after the server took it, or
// comes back from the browser's memory, is a new one from then on.

export function attachPresses() {
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.successful) renew(detail.elt.closest("form"))
  })
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) for (const form of document.forms) renew(form)
  })
}

/** An id for a form; crypto.randomUUID needs HTTPS, this works in a studio's plain network too. */
export const newPress = () => [...crypto.getRandomValues(new Uint8Array(16))].map(twoDigits).join("")

function renew(form) {
  const press = form?.elements.press
  if (press) press.value = newPress()
}

const twoDigits = (byte) => byte.toString(16).padStart(2, "0")
