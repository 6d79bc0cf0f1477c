// The CSRF token of an open page. Signing in again, perhaps in another tab, changes it: then the page asks for the new
// one. What htmx could not send for that, for the network or for a busy site, goes out again.

import { tell } from "winnow/toast"

const OFFLINE = "The server did not answer, so this was not saved. What you typed is still here."
const SIGNED_OUT = "You were signed out. Sign in again in another tab, then go on here."
const SOMEBODY_ELSE = "Somebody else signed in in this browser. Nothing more is saved here."

const BUSY = "The site is busy, so this is not saved yet. It is tried again by itself; what you typed is still here."

const BUSY_PAUSE = 5000 // ms, as the server's Retry-After
const PATIENCE = 3000 // ms that a form waits for its token

let asking = null
const waiting = new Map() // what htmx could not send, by the element that sent it

export function attachToken(user) {
  for (const kind of ["focus", "online"]) addEventListener(kind, () => again(user))
  document.addEventListener("visibilitychange", () => document.hidden || again(user))
  // Pressed while the answer is under way, a form waits for it.
  document.addEventListener("submit", (event) => asking && hold(event), { capture: true })
  document.addEventListener("htmx:sendError", ({ detail: { requestConfig } }) => {
    wait(requestConfig)
    tell(OFFLINE)
  })
  document.addEventListener("htmx:responseError", ({ detail: { xhr, requestConfig } }) => {
    const isStale = xhr.status === 403 && xhr.getResponseHeader("X-CSRF-Stale")
    if (xhr.status === 403 && !isStale) return tell("Your role does not include this.")
    if (xhr.status === 503) {
      wait(requestConfig)
      setTimeout(() => again(user), BUSY_PAUSE)
      return tell(requestConfig.verb === "get" ? "The site is busy. Try again in a moment." : BUSY)
    }
    if (xhr.status !== 401 && !isStale) return tell("That did not work. Reload and try again.")
    wait(requestConfig)
    if (isStale) again(user)
    else tell(SIGNED_OUT)
  })
}

/** The token that forms and requests of this page carry from now on. */
export function carry(token) {
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }))
  for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = token
}

function again(user) {
  asking ??= ask(user).finally(() => {
    asking = null
  })
}

async function ask(user) {
  const headers = { "HX-Request": "true" }
  const reply = await fetch("/token/", { headers, redirect: "error", signal: AbortSignal.timeout(PATIENCE) }).catch(
    () => null,
  )
  if (!reply?.ok) return
  const { person, token } = await reply.json()
  if (String(person) !== user) return tell(SOMEBODY_ELSE)
  carry(token)
  send()
}

function wait({ verb, elt, triggeringEvent }) {
  if (verb !== "get") waiting.set(elt, triggeringEvent)
}

function send() {
  const back = [...waiting].filter(([elt]) => elt.isConnected)
  waiting.clear()
  for (const [elt, event] of back) {
    if (event?.type === "submit") elt.requestSubmit(event.submitter)
    else elt.dispatchEvent(new Event(event?.type ?? "change", { bubbles: true }))
  }
}

function hold(event) {
  const { target, submitter } = event
  event.preventDefault()
  event.stopImmediatePropagation()
  asking.finally(() => target.requestSubmit(submitter))
}
