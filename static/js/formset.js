// [data-formset] holds rows of fields, a template of one more, and buttons to add and to take out.
// Without this the page has a few empty rows, and an emptied one counts as none.

export function attachFormsets() {
  for (const set of document.querySelectorAll("[data-formset]")) attach(set)
  document.addEventListener("input", ({ target }) => {
    if (target.matches("[data-colour]")) hexOf(target).value = target.value
    else if (/^#[0-9a-f]{6}$/i.test(target.value)) paint(colourBeside(target), target.value)
  })
}

function paint(colour, hex) {
  if (colour) colour.value = hex
}

const hexOf = (colour) => colour.parentElement.querySelector("input[name]")
const colourBeside = (field) => field.parentElement.querySelector("[data-colour]")

function attach(set) {
  const add = set.querySelector("[data-add]")
  add.hidden = false
  add.addEventListener("click", () => more(set).querySelector("input:not([type=color]), select, textarea").focus())
  set.addEventListener("click", ({ target }) => {
    const row = target.closest("[data-remove]")?.closest("[data-row]")
    if (!row) return
    const next = row.nextElementSibling?.matches("[data-row]") ? row.nextElementSibling : row.previousElementSibling
    row.remove()
    const near = next?.matches("[data-row]") ? next.querySelector("[data-remove]") : add
    near.focus()
    set.dispatchEvent(new Event("change", { bubbles: true }))
  })
  // Words that this browser kept may stand in rows that the page does not have.
  set.closest("form")?.addEventListener("words:back", ({ detail }) => {
    const prefix = nameOf(set, "")
    const last = Math.max(-1, ...detail.filter((name) => name.startsWith(prefix)).map((name) => numberIn(name, prefix)))
    while (total(set).value <= last) more(set)
  })
  show(set)
}

function more(set) {
  const row = set.querySelector("template").content.firstElementChild.cloneNode(true)
  const number = total(set).value
  for (const each of row.querySelectorAll("[id], [name], [for]"))
    for (const name of ["id", "name", "for"])
      if (each.hasAttribute(name)) each.setAttribute(name, each.getAttribute(name).replace("__prefix__", number))
  set.querySelector("template").before(row)
  total(set).value = Number(number) + 1
  show(set)
  return row
}

function show(set) {
  for (const each of set.querySelectorAll("[data-remove], [data-colour]")) each.hidden = false
}

const total = (set) => set.querySelector("input[name$=-TOTAL_FORMS]")
const nameOf = (set, rest) => total(set).name.replace("TOTAL_FORMS", rest)
const numberIn = (name, prefix) => Number.parseInt(name.slice(prefix.length), 10)
