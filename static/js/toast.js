// Short messages at the foot of the page. They go when dismissed, or after a while without being hovered. While a dialog
// is open all else is inert and behind it, so they stand in the dialog then.

const LINGER = 7000

export function attachToasts() {
  const list = document.querySelector("#toasts")
  for (const toast of list.children) leaveLater(toast)
  new MutationObserver((changes) =>
    changes
      .flatMap(({ addedNodes }) => [...addedNodes])
      .filter((node) => node.matches?.("[data-toast]"))
      .forEach((toast) => {
        const within = document.querySelector("dialog:modal") ?? document.body
        if (list.parentElement !== within) within.append(list)
        leaveLater(toast)
      }),
  ).observe(list, { childList: true })
  document.addEventListener("close", () => document.body.append(list), { capture: true })
  list.addEventListener("click", ({ target }) => target.closest("[data-dismiss]")?.closest("[data-toast]").remove())
}

export function tell(text, tone = "error") {
  const told = [...document.querySelectorAll("#toasts [data-toast] span")].some((each) => each.textContent === text)
  if (told) return
  const toast = document.querySelector("#toast").content.firstElementChild.cloneNode(true)
  toast.querySelector("span").textContent = text
  if (tone !== "error") toast.classList.replace("toast--error", `toast--${tone}`)
  document.querySelector("#toasts").append(toast)
}

const leaveLater = (toast) =>
  setTimeout(() => (toast.matches(":hover, :focus-within") ? leaveLater(toast) : toast.remove()), LINGER)
