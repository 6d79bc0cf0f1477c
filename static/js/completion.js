// A [data-completes="id"] field offers the phrases of that datalist that go on from the words before the caret.
// The list is help that nobody has to take: Down and Up choose, Enter or Tab takes what is chosen, Escape closes.

const MOST = 6
const WORDS = 4 // a phrase may begin so many words back

export function attachCompletion() {
  for (const field of document.querySelectorAll("[data-completes]")) complete(field)
}

function complete(field) {
  const { list, status } = beside(field)
  let phrases = []
  let from = 0 // where the words begin that a phrase would replace
  let to = 0 // the caret, behind them
  let at = -1

  const choose = (number) => {
    at = number
    for (const [index, option] of [...list.children].entries()) option.setAttribute("aria-selected", index === at)
    if (at < 0) field.removeAttribute("aria-activedescendant")
    else field.setAttribute("aria-activedescendant", list.children[at].id)
  }

  const close = () => {
    list.hidden = true
    status.textContent = ""
    choose(-1)
  }

  const show = () => {
    to = field.selectionStart
    const offer = offerFor(field.value.slice(0, to), knownTo(field))
    if (!offer) return close()
    phrases = offer.phrases
    from = to - offer.begun.length
    list.replaceChildren(...phrases.map((phrase, index) => option(list.id, phrase, index)))
    list.hidden = false
    status.textContent = `${phrases.length} known: ${phrases.join(", ")}`
    choose(-1)
    list.scrollIntoView({ block: "nearest" })
  }

  const take = (phrase) => {
    field.setSelectionRange(from, to)
    document.execCommand("insertText", false, phrase) // the one way that leaves the browser's own undo whole
    close()
  }

  field.addEventListener("input", ({ inputType }) => (inputType?.startsWith("insert") ? show() : close()))
  field.addEventListener("blur", close)
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return
    const count = phrases.length
    if (event.key === "ArrowDown") choose((at + 1) % count)
    else if (event.key === "ArrowUp") choose(at <= 0 ? count - 1 : at - 1)
    else if (event.key === "Escape") close()
    else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) take(phrases[at])
    else return
    event.preventDefault()
  })
  document.addEventListener("selectionchange", () => {
    if (!list.hidden && (field.selectionStart !== to || field.selectionEnd !== to)) close()
  })
  list.addEventListener("pointerdown", (event) => event.preventDefault()) // the field keeps the focus
  list.addEventListener("click", ({ target }) => {
    const chosen = target.closest("[role=option]")
    if (chosen) take(chosen.textContent)
  })
}

function beside(field) {
  const list = Object.assign(document.createElement("ul"), {
    className: "completion",
    id: `${field.id}-known`,
    hidden: true,
  })
  list.setAttribute("role", "listbox")
  list.setAttribute("aria-label", "Words the model knows")
  const status = Object.assign(document.createElement("span"), { className: "visually-hidden" })
  status.setAttribute("role", "status")
  const place = Object.assign(document.createElement("div"), { className: "completes" })
  field.before(place)
  place.append(field, list, status)
  field.setAttribute("autocomplete", "off")
  field.setAttribute("aria-autocomplete", "list")
  field.setAttribute("aria-haspopup", "listbox")
  field.setAttribute("aria-controls", list.id)
  return { list, status }
}

// Looked up each time: the list belongs to the preset, and the page changes it with the preset.
function knownTo(field) {
  const source = document.getElementById(field.dataset.completes)
  return source ? [...source.options].map((known) => known.value) : []
}

function offerFor(before, known) {
  const words = before.split(/(?<=[\s,])/).slice(-WORDS)
  for (const index of words.keys()) {
    const begun = words.slice(index).join("")
    if (!/^\p{L}/u.test(begun)) continue
    const small = begun.toLowerCase()
    const phrases = known.filter((phrase) => phrase.toLowerCase().startsWith(small) && phrase.length > begun.length)
    if (phrases.length) return { phrases: phrases.slice(0, MOST), begun }
  }
  return null
}

function option(listId, phrase, index) {
  const line = Object.assign(document.createElement("li"), { id: `${listId}-${index}`, textContent: phrase })
  line.setAttribute("role", "option")
  line.setAttribute("aria-selected", "false")
  return line
}
