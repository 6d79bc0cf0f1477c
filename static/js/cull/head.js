// The room's head and the bar of marks: what is left, which are shown, whether a mark goes on, how the saving stands.

import { keep, kept } from "winnow/kept"

const ADVANCE = "advance" // kept in this browser: a person's habit

export function attachHead({ element, outbox, pool, pass, announcer, isOpen, filter }) {
  const find = (name) => element.querySelector(`[data-${name}]`)
  const [left, agreement, chosen, status, again, shown] = [
    "left",
    "agreement",
    "chosen",
    "status",
    "filter-again",
    "filter-shown",
  ].map(find)
  const advance = find("advance")
  const fewest = element.querySelector("#filters [data-act=fewest]")
  const filters = [...element.querySelectorAll("[data-filter]")]
  const pressed = [...element.querySelectorAll("[data-marking] [data-act][aria-pressed]")]
  const views = [...element.querySelectorAll("[data-view-button]")]
  let asked = 0
  let seen = null // the view that is counted next

  const keepAdvance = () => keep(ADVANCE, advance.checked ? "on" : "off")
  advance.checked = kept(ADVANCE) !== "off"
  advance.addEventListener("change", keepAdvance)
  for (const button of filters) button.addEventListener("click", () => filter(button.dataset.filter))
  find("reload").addEventListener("click", () => location.reload())
  outbox.onState = (state) => (status.textContent = inWords(state, outbox.size))

  function tally() {
    asked = 0
    const unflagged = pool.left()
    const more = isOpen() && pool.order.length ? ", more on their way" : ""
    left.textContent = unflagged ? `${unflagged} left${more}` : pool.order.length ? `All judged${more}` : ""
    const both = pool.order.map(({ id }) => pool.agreement(id)).filter(Boolean)
    agreement.textContent = both.length
      ? `Agreement ${both.filter((each) => each === "same").length} of ${both.length}`
      : ""
    chosen.textContent = seen.count
    const stale = pass.stale()
    again.hidden = !stale
    again.textContent = stale === 1 ? "1 no longer fits: filter again" : `${stale} no longer fit: filter again`
  }

  return {
    get goesOn() {
      return advance.checked
    },
    toggleAdvance() {
      advance.checked = !advance.checked
      keepAdvance()
      announcer.say(advance.checked ? "A mark goes on to the next." : "A mark stays on this one.")
    },
    /** Once the next frame is painted: it goes through all candidates, and no key waits for that. */
    count(view) {
      seen = view
      if (!asked) asked = requestAnimationFrame(() => setTimeout(tally))
    },
    /** The bar shows the marks of the current one. */
    press({ pinned }) {
      const mark = pass.current !== null && pool.mark(pass.current)
      const listed = pool.listed.includes(pass.current)
      for (const button of pressed) {
        button.setAttribute(
          "aria-pressed",
          String(Boolean(mark) && isSet(button.dataset.act, mark, { listed, pinned: pinned !== null })),
        )
      }
    },
    view(name) {
      for (const button of views) button.setAttribute("aria-pressed", String(button.dataset.viewButton === name))
    },
    knows: (name) => filters.some((button) => button.dataset.filter === name),
    filter(name) {
      fewest.setAttribute("aria-pressed", String(pass.fewest))
      for (const button of filters) button.setAttribute("aria-pressed", String(button.dataset.filter === name))
      shown.textContent = element.querySelector(`#filters [data-filter="${name}"]`).textContent.trim()
    },
  }
}

const isSet = (act, mark, { listed, pinned }) =>
  ({
    pick: mark.value === "pick",
    reject: mark.value === "reject",
    shortlist: listed,
    pin: pinned,
    [`rating-${mark.rating}`]: true,
    [`label-${mark.label}`]: true,
  })[act] ?? false

function inWords(state, count) {
  const marks = count === 1 ? "1 mark is" : `${count} marks are`
  const kept = count ? `: ${marks} kept here and sent when it is back` : ". What colleagues do is shown when it is back"
  return (
    {
      offline: `No connection${kept}.`,
      "signed out": `You were signed out${count ? `: ${marks} kept here` : ""}. Sign in again in another tab.`,
      "no right": "You may no longer cull here. What you marked before stands.",
      "not kept": "This browser keeps nothing: leave the tab open until this line is gone.",
    }[state] ?? ""
  )
}
