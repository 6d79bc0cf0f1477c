// Strokes that were not saved yet, kept in this browser per person and picture. Where it keeps nothing, `keep` says false.

const NAME = "winnow-cut-outs"
const KEPT = "masks"

export class Store {
  constructor(key) {
    this.key = key
  }

  async keep(levels) {
    return (await asked("readwrite", (kept) => kept.put(levels, this.key))) !== undefined
  }

  kept() {
    return asked("readonly", (kept) => kept.get(this.key))
  }

  drop() {
    return asked("readwrite", (kept) => kept.delete(this.key))
  }
}

async function asked(mode, ask) {
  try {
    const opening = indexedDB.open(NAME, 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore(KEPT)
    const database = await answer(opening)
    try {
      return await answer(ask(database.transaction(KEPT, mode).objectStore(KEPT)))
    } finally {
      database.close()
    }
  } catch {
    return undefined
  }
}

const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
