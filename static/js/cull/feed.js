// What changed meanwhile: candidates that arrived, colleagues' marks, the shortlist. Asked for while the page is seen.

const OFTEN = 1000 // ms, while candidates are arriving
const SELDOM = 2500
const LONGEST = 30_000

export class Feed {
  #timer = 0
  #tries = 0

  constructor(room) {
    this.room = room
    this.cursor = room.data.cursor
    this.url = room.data.urls.marks
  }

  start() {
    this.#later()
    document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(this.#timer) : this.look()))
  }

  async look() {
    clearTimeout(this.#timer)
    const { turn } = this.room.pool
    const news = await this.#ask()
    if (news) this.#tell(news, turn)
    if (!document.hidden) this.#later()
  }

  async #ask() {
    const { outbox, pool } = this.room
    try {
      const reply = await fetch(`${this.url}?since=${this.cursor}&person=${pool.person}`, {
        redirect: "error",
        headers: { "HX-Request": "true" },
      })
      if (!reply.ok) throw new Error(reply.status)
      outbox.renew(reply)
      if (this.#tries && !outbox.size) outbox.onState("sent")
      this.#tries = 0
      return reply.status === 200 ? await reply.json() : null
    } catch (error) {
      this.#tries++
      if (!outbox.size) outbox.onState({ 401: "signed out", 403: "no right" }[error.message] ?? "offline")
      return null // it is asked for again
    }
  }

  #tell(news, turn) {
    const { room } = this
    if (room.pool.isOlder(news, turn)) return // it is asked for again
    room.data.open = news.open
    room.pool.meet(news.people)
    room.arrived(news.candidates)
    room.heard(news.marks, news.whole)
    room.listed(news.listed)
    room.blind(news.blind)
    this.cursor = news.cursor // last: what could not be shown is told again
  }

  #later() {
    const wait = this.room.data.open ? OFTEN : SELDOM
    this.#timer = setTimeout(() => this.look(), Math.min(LONGEST, wait * 2 ** this.#tries))
  }
}
