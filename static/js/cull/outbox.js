// Marks on their way to the server: kept in the browser until they were heard, sent in order, whatever becomes of
// the network or the tab. Each carries an id of its own, so that one sent twice counts once.

import { drop, keep, keptJson, keptNames } from "winnow/kept"
import { newPress } from "winnow/presses"
import { carry } from "winnow/token"

const KEPT = "outbox"
const TOGETHER = 100 // marks in a request
const SHORT = 60_000 // bytes: what a browser still sends from a tab that is being closed
const LATER = new Set([401, 408, 425, 429]) // replies that say nothing about the marks
const LONGEST_WAIT = 30_000 // ms between two tries

export class Outbox {
  #waiting = []
  #sending = false
  #tries = 0
  #at = 0 // ms: of the newest mark, which none that follows comes before, whatever becomes of the clock
  #timer = 0

  constructor({ person, token }) {
    this.person = Number(person)
    this.prefix = `${KEPT}:${person}:`
    this.token = token
    this.onReply = () => {}
    this.onRefused = () => {}
    this.onState = () => {} // "sent", "waiting", "not kept", "offline" or "signed out"
    this.#waiting = found(this.prefix)
    this.#at = Number(this.#waiting.at(-1)?.key.slice(this.prefix.length).split(":")[0] ?? 0)
    addEventListener("online", () => this.#soon(0))
    document.addEventListener("visibilitychange", () => document.hidden || this.#soon(0))
  }

  get size() {
    return this.#waiting.length
  }

  /** Of the marks that wait for `url`, oldest first. */
  changes(url) {
    return this.#waiting.filter((mark) => mark.url === url).flatMap(({ changes }) => changes)
  }

  add(url, changes) {
    const mark = { id: newPress(), url, changes }
    this.#at = Math.max(Date.now(), this.#at + 1)
    mark.key = `${this.prefix}${String(this.#at).padStart(14, "0")}:${mark.id}`
    this.#waiting.push(mark)
    const { key, ...rest } = mark
    const isKept = keep(key, JSON.stringify(rest))
    if (!this.#tries) this.onState(isKept ? "waiting" : "not kept")
    this.#soon(0)
    return mark.id
  }

  /** The CSRF token as a reply tells it, for the forms of this page too: signing in again changes it. */
  renew(reply) {
    this.token = reply.headers.get("X-CSRFToken")
    carry(this.token)
  }

  /** Send what waits. Does nothing while a request is under way: that one goes on with the rest. */
  async flush() {
    if (this.#sending) return
    this.#gather()
    if (!this.#waiting.length) return
    this.#sending = true
    let next = 0
    try {
      while (this.#waiting.length) await this.#send(this.#batch())
      this.#tries = 0
      this.onState("sent")
    } catch (error) {
      next = Math.min(LONGEST_WAIT, 1000 * 2 ** this.#tries++)
      this.onState(error.message === "401" ? "signed out" : "offline")
    } finally {
      this.#sending = false
    }
    if (next) this.#soon(next)
  }

  #soon(wait) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.flush(), wait)
  }

  // What other tabs of this person kept goes along in its place: they may be closed, and their marks are older.
  #gather() {
    const here = new Set(this.#waiting.map(({ key }) => key))
    const others = found(this.prefix).filter(({ key }) => !here.has(key))
    if (others.length)
      this.#waiting = [...this.#waiting, ...others].sort((one, other) => (one.key < other.key ? -1 : 1))
  }

  #batch() {
    const [{ url }] = this.#waiting
    const end = this.#waiting.findIndex((mark) => mark.url !== url)
    return this.#waiting.slice(0, Math.min(TOGETHER, end < 0 ? TOGETHER : end))
  }

  async #send(marks) {
    const reply = await this.#post(marks)
    if (LATER.has(reply.status) || reply.status >= 500) throw new Error(reply.status)
    // One of them is not understood: which one shows when each goes alone.
    if (reply.status === 400 && marks.length > 1) {
      for (const mark of marks) await this.#send([mark])
      return
    }
    const heard = reply.ok && (await reply.json()) // the line may break here too
    this.#forget(marks)
    if (!heard) return this.onRefused(marks, reply.status)
    this.onReply(heard)
    const refused = new Map(heard.refused.map(({ id, because }) => [id, because]))
    const back = marks.filter(({ id }) => refused.has(id))
    if (back.length) this.onRefused(back, refused.get(back[0].id))
  }

  async #post(marks) {
    const [{ url }] = marks
    const body = JSON.stringify({ person: this.person, marks: marks.map(({ id, changes }) => ({ id, changes })) })
    const send = () =>
      fetch(url, {
        method: "POST",
        redirect: "error", // a sign-in page is no answer
        keepalive: body.length < SHORT,
        headers: { "Content-Type": "application/json", "HX-Request": "true", "X-CSRFToken": this.token },
        body,
      })
    const reply = await send()
    if (reply.status !== 403 && reply.status !== 404) return reply
    // Who signed in again has a new token, who lost the right gets none, and where somebody else sits now it is 401.
    const now = await fetch(`${url}?since=0&person=${this.person}`, {
      redirect: "error",
      headers: { "HX-Request": "true" },
    })
    if (!now.ok) return now
    this.renew(now)
    return send()
  }

  #forget(marks) {
    const gone = new Set(marks)
    this.#waiting = this.#waiting.filter((mark) => !gone.has(mark))
    for (const { key } of marks) drop(key)
  }
}

// Those of other tabs too. What is not ours, or broken, stands in nobody's way.
const found = (prefix) =>
  keptNames(prefix).flatMap((key) => {
    const mark = keptJson(key)
    return mark ? [{ ...mark, key }] : []
  })
