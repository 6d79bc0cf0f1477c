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
    try {
      const reply = await this.#ask(this.cursor)
      if (reply.status === 200) this.#tell(await reply.json(), turn)
      else if (reply.status !== 204) throw new Error(reply.status)
      this.#tries = 0
    } catch {
      this.#tries++ // the outbox says what it means for marks
    }
    if (!document.hidden) this.#later()
  }

  #ask(since) {
    const asked = `${this.url}?since=${since}&person=${this.room.pool.person}`
    return fetch(asked, { redirect: "error", headers: { "HX-Request": "true" } })
  }

  #tell(news, turn) {
    const { room } = this
    if (room.pool.isOlder(news, turn)) return // it is asked for again
    this.cursor = news.cursor
    room.outbox.renew(news.token)
    room.data.open = news.open
    room.pool.meet(news.people)
    room.arrived(news.candidates)
    room.heard(news.marks, news.whole)
    room.listed(news.listed)
    room.blind(news.blind)
  }

  #later() {
    const wait = this.room.data.open ? OFTEN : SELDOM
    this.#timer = setTimeout(() => this.look(), Math.min(LONGEST, wait * 2 ** this.#tries))
  }
}
