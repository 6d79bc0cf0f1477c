// What somebody writes in a form is kept in this browser until the server has taken it, and put back where it was
// written: after the session or the network ended, after a refusal, after the tab was closed.

import { asLoaded, fill, shown, takesWords } from "winnow/fields"
import { drop, keep, keptJson, keptNames } from "winnow/kept"
import { newPress } from "winnow/presses"
import { tell } from "winnow/toast"

const OLDEST = 30 * 24 * 60 * 60 * 1000 // ms
const ids = new WeakMap() // of a form on this page
const bases = new WeakMap() // what the server has of a form, as far as this page knows
const sending = new WeakMap() // by request: a form, and what it held

/** `user` is an id; `taken` names the forms that the server took since it last said so. */
export function attachWords({ user, taken }) {
  const prefix = `words:${user}:`
  const gone = new Set(taken.split(" "))
  for (const name of keptNames(prefix)) {
    const record = keptJson(name)
    if (!record || gone.has(record.press) || record.at < Date.now() - OLDEST) drop(name)
  }
  const bringAll = (root) => {
    for (const form of root.querySelectorAll("form")) if (takesWords(form)) bring(prefix, form)
  }
  bringAll(document)
  document.addEventListener("htmx:load", ({ target }) => target !== document.body && bringAll(target))
  for (const kind of ["input", "change", "submit"]) document.addEventListener(kind, (event) => written(prefix, event))
  document.addEventListener("htmx:beforeRequest", ({ detail: { elt, xhr } }) => {
    const form = elt.closest("form")
    if (form) sending.set(xhr, { form, held: shown(form) })
  })
  document.addEventListener("htmx:afterRequest", ({ detail: { xhr, successful } }) => {
    const sent = successful && sending.get(xhr)
    if (!sent || !takesWords(sent.form)) return
    bases.set(sent.form, sent.held)
    keepWords(prefix, sent.form)
  })
}

function written(prefix, { target }) {
  const form = target.form ?? target
  if (form.tagName === "FORM" && takesWords(form)) keepWords(prefix, form)
}

function keepWords(prefix, form) {
  const base = bases.get(form) ?? asLoaded(form)
  const changed = Object.entries(shown(form)).filter(([name, values]) => !same(values, base[name]))
  const key = `${prefix}${placeOf(form)}:${idOf(form)}`
  if (!changed.length) return drop(key)
  const fields = Object.fromEntries(changed.map(([name, is]) => [name, { was: base[name] ?? [], is }]))
  keep(key, JSON.stringify({ at: Date.now(), press: pressOf(form), fields }))
}

function bring(prefix, form) {
  const base = asLoaded(form)
  const back = []
  for (const [key, record] of recordsOf(prefix, form)) {
    const lost = {}
    form.dispatchEvent(new CustomEvent("words:back", { detail: Object.keys(record.fields) })) // winnow/formset has rows
    for (const [name, { was, is }] of Object.entries(record.fields)) {
      const now = shown(form)[name]
      if (!now) continue
      if (!same(now, is) && !same(now, was)) lost[name] = { was, is }
      else {
        base[name] = was
        back.push([name, is])
      }
    }
    drop(key)
    if (Object.keys(lost).length) showLost(form, key, { ...record, fields: lost })
  }
  if (!back.length) return
  bases.set(form, base)
  const isNew = back.filter(([name, is]) => !same(shown(form)[name], is))
  for (const [name, is] of isNew) fill(form, name, is)
  keepWords(prefix, form)
  const folded = form.closest("details")
  if (folded) folded.open = true
  if (isNew.length) tell("What you wrote here is back. It was not sent yet.", "success")
}

// Somebody else, or another tab, changed the field since: theirs stands, and these words stand beside it.
function showLost(form, key, record) {
  keep(key, JSON.stringify(record))
  const note = document.querySelector("#lost-words")?.content.firstElementChild.cloneNode(true)
  if (!note) return
  for (const { is } of Object.values(record.fields))
    note.lastElementChild.before(
      Object.assign(document.createElement("blockquote"), { className: "as-written", textContent: is.join(", ") }),
    )
  note.querySelector("button").addEventListener("click", () => {
    drop(key)
    note.remove()
  })
  form.before(note)
}

const recordsOf = (prefix, form) =>
  keptNames(`${prefix}${placeOf(form)}:`)
    .map((key) => [key, keptJson(key)])
    .filter(([, record]) => record)
    .sort(([, one], [, other]) => one.at - other.at)

const placeOf = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname

function idOf(form) {
  if (!ids.has(form)) ids.set(form, newPress())
  return ids.get(form)
}

// A form of the admin comes without one.
function pressOf(form) {
  if (!form.elements.press)
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "press", value: newPress() }))
  return form.elements.press.value
}

const same = (one, other = []) =>
  one.length === other.length && one.every((each, place) => lines(each) === lines(other[place]))

const lines = (text) => text.replaceAll("\r\n", "\n")
