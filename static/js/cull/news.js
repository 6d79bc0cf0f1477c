// What comes from elsewhere, into a room under the person's hands: arrivals, marks, the shortlist, and what was refused.

import { read } from "winnow/cull/table"
import { tell } from "winnow/toast"

export class News {
  /** `page` is told what changed: {arrived, painted(ids), seen(ids), listed, blind, stale(ids)}; `outbox` holds own marks on their way. */
  constructor({ pool, marks, outbox, url, page }) {
    this.pool = pool
    this.marks = marks
    this.outbox = outbox
    this.url = url
    this.page = page
    outbox.onReply = (reply) => {
      const heard = read(reply).marks
      pool.touch(heard.map(({ candidate }) => candidate))
      this.hear(heard)
    }
    outbox.onRefused = (refused, why) => this.#takeBack(refused, why)
    this.#markWhatWaits()
  }

  /** A reply of the feed. */
  take(news) {
    this.pool.meet(news.people)
    const added = this.pool.add(news.candidates)
    if (added.length) this.page.arrived(added)
    this.hear(news.marks, news.whole)
    this.#see(news)
    this.list(news.listed)
    this.page.blind(news.blind)
  }

  /** `whole`: all marks there are, not only what changed. */
  hear(rows, whole = false) {
    const kept = new Set(this.outbox.changes(this.url).flatMap(({ candidates }) => candidates))
    if (whole) this.pool.forget(kept)
    const changed = this.pool.hear(rows, kept)
    if (whole || changed.size) this.page.painted(whole ? [...this.pool.byId.keys()] : [...changed])
    this.page.stale(rows.map(({ candidate }) => candidate))
  }

  #see(news) {
    const ids = this.pool.see(news)
    if (!ids.length) return
    this.page.seen(ids.filter((id) => this.pool.byId.has(id)))
    this.page.stale(ids)
  }

  /** The shortlist as it is now; the tray follows where it does not show it yet. */
  list(ids, { shown = false } = {}) {
    const { pool, page } = this
    if (ids.join() === pool.listed.join()) return
    const changed = [...new Set([...ids, ...pool.listed])].filter((id) => pool.byId.has(id))
    pool.listed = ids
    page.painted(changed)
    page.stale(changed)
    if (!shown) page.listed()
  }

  // Where the server said no.
  #takeBack(refused, why) {
    const ids = [...new Set(refused.flatMap(({ changes }) => changes.flatMap(({ candidates }) => candidates)))]
    this.marks.forget(refused.map(({ id }) => id))
    this.pool.takeBack(ids)
    this.#markWhatWaits()
    this.page.painted(ids)
    const because = typeof why === "string" ? why : "Your role here may have changed."
    tell(`Not saved, and taken back: ${this.#which(ids)}. ${because}`)
  }

  #which(ids) {
    const numbers = ids.map((id) => this.pool.byId.get(id)?.number).filter(Boolean)
    if (numbers.length > 4) return `${numbers.length} candidates`
    return numbers.length ? `candidate ${numbers.join(", ")}` : "marks of another brief"
  }

  #markWhatWaits() {
    const { pool } = this
    for (const { candidates, ...fields } of this.outbox.changes(this.url)) {
      for (const id of candidates) if (pool.byId.has(id)) pool.set(id, { ...pool.mark(id), ...fields })
    }
  }
}
