// Asks what changed meanwhile: candidates that arrived, colleagues' marks, the shortlist. Only while the page is seen.

import { read } from "winnow/cull/table"

const OFTEN = 1000 // ms, while candidates are arriving
const SELDOM = 2500
const LONGEST = 30_000

export class Feed {
  #timer = 0
  #tries = 0

  /** `cursor` is how far the page has heard, `isOpen` whether more are on their way; `take` gets what is new. */
  constructor({ url, cursor, isOpen, pool, outbox, take }) {
    this.url = url
    this.cursor = cursor
    this.isOpen = isOpen
    this.pool = pool
    this.outbox = outbox
    this.take = take
  }

  start() {
    this.#later()
    document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(this.#timer) : this.look()))
  }

  async look() {
    clearTimeout(this.#timer)
    const { turn } = this.pool
    const news = await this.#ask()
    if (news && !this.pool.isOlder(news, turn)) this.#hear(news) // what is older is asked for again
    if (!document.hidden) this.#later()
  }

  async #ask() {
    const { outbox, pool } = this
    try {
      const reply = await fetch(`${this.url}?since=${this.cursor}&person=${pool.person}`, {
        redirect: "error",
        headers: { "HX-Request": "true" },
      })
      if (!reply.ok) throw new Error(reply.status)
      outbox.renew(reply)
      if (this.#tries && !outbox.size) outbox.onState("sent")
      this.#tries = 0
      return reply.status === 200 ? read(await reply.json()) : null
    } catch (error) {
      this.#tries++
      if (!outbox.size) outbox.onState({ 401: "signed out", 403: "no right" }[error.message] ?? "offline")
      return null // it is asked for again
    }
  }

  #hear(news) {
    this.isOpen = news.open
    this.take(news)
    this.cursor = news.cursor // last: what could not be shown is told again
  }

  #later() {
    const wait = this.isOpen ? OFTEN : SELDOM
    this.#timer = setTimeout(() => this.look(), Math.min(LONGEST, wait * 2 ** this.#tries))
  }
}
