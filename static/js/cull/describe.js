// What a candidate's marks look like and how they are said. No colour: shapes and words.

/** Puts marks into an element made of the template's [data-...] parts: grid tile, strip cell or pane caption. */
export function paintMarks(element, candidate, { pool, pass }) {
  const { value, rating, label, reason } = pool.mark(candidate.id)
  const parts = element.dataset
  parts.flag = value
  parts.rating = rating
  parts.listed = pool.listed.includes(candidate.id)
  put(element, "number", candidate.number)
  put(element, "stars", "★".repeat(rating))
  put(element, "label", label)
  put(element, "reason", reason)
  putFound(element, pool, pool.found(candidate.id))
  put(element, "stack", stackOf(pass, candidate.id))
  element.toggleAttribute("data-closed", pass.isClosed(candidate.id))
  put(element, "place", placeOf(pass, candidate))
  const theirs = element.querySelector("[data-theirs]")
  theirs?.replaceChildren(
    ...pool.theirs(candidate.id).map(([person, mark]) => theirMark(element, pool.people.get(person), mark)),
  )
}

/** "Candidate 5 of 20: picked, 3 stars, red label, on the shortlist. Maya Lindqvist: rejected." */
export function sentence(candidate, { pool, pass }) {
  const stack = pass.stackOf(candidate.id)
  const mine = said(pool.mark(candidate.id))
  const found = pool.found(candidate.id)
  const more = [
    found.length && `${counted(found.length, "finding")} (${kindsOf(found, pool)})`,
    pool.listed.includes(candidate.id) && "on the shortlist",
    stack && `one of ${stack.length} alike`,
  ].filter(Boolean)
  const theirs = pool.theirs(candidate.id).map(([person, mark]) => ` ${pool.people.get(person)}: ${said(mark)}.`)
  const place = pass.has(candidate.id) ? `${pass.at(candidate.id) + 1} of ${pass.list.length}` : "not among those shown"
  return `Candidate ${candidate.number}, ${place}: ${[mine, ...more].join(", ")}.${theirs.join("")}`
}

const FLAGS = { pick: "picked", reject: "rejected", unflagged: "unflagged" }

export function said({ value, rating, label, reason }) {
  const parts = [FLAGS[value] + (reason ? ` (${reason})` : "")]
  if (rating) parts.push(`${rating} star${rating > 1 ? "s" : ""}`)
  if (label) parts.push(`${label} label`)
  return parts.join(", ")
}

/** What a mark did, whatever else they have: "picked", "3 stars", "no label". */
export function did({ value, rating, label, reason }) {
  if (value) return FLAGS[value] + (reason ? ` (${reason})` : "")
  if (rating !== undefined) return rating ? `${rating} star${rating > 1 ? "s" : ""}` : "no stars"
  return label ? `${label} label` : "no label"
}

// Where it stands, as soon as that is not what its number says.
function placeOf(pass, { id, number }) {
  const place = pass.at(id) + 1
  return place && (place !== number || pass.list.length !== pass.pool.order.length)
    ? `${place} of ${pass.list.length}`
    : ""
}

function stackOf(pass, id) {
  const stack = pass.stackOf(id)
  return stack ? `${pass.isClosed(id) ? "+" : "≈"}${pass.isClosed(id) ? stack.length - 1 : stack.length}` : ""
}

// How many, and on hovering of which kinds.
function putFound(element, pool, found) {
  const part = element.querySelector("[data-found]")
  if (!part || part.textContent === String(found.length || "")) return
  part.textContent = found.length || ""
  part.parentElement.title = found.length ? `The checks found: ${kindsOf(found, pool)}` : ""
  element.toggleAttribute("data-has-findings", found.length > 0)
}

const counted = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`

const kindsOf = (found, { kinds }) =>
  kinds
    .filter(([kind]) => found.some((each) => each.kind === kind))
    .map(([, label]) => label.toLowerCase())
    .join(", ")

function put(element, name, text) {
  const part = element.querySelector(`[data-${name}]`)
  if (part && part.textContent !== String(text)) part.textContent = text
}

// A colleague's initial and the shape of their flag.
function theirMark(element, name, mark) {
  const their = document.createElement("span")
  their.className = "their"
  their.title = `${name}: ${said(mark)}`
  their.append(
    name
      .trim()
      .split(/\s+/)
      .map((word) => word[0])
      .join(""),
  )
  const shape = element.querySelector(`.glyph--${mark.value}`)?.cloneNode(true)
  if (shape) their.append(shape)
  if (mark.rating) their.append(`${mark.rating}★`)
  return their
}
