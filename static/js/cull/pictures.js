// Pictures fetched and decoded before they are wanted, so that showing one is only putting it into the page.

const KEPT = 32 // decoded pictures
const SMALL = 512 // pixels: up to here the picture itself is light enough to look at

export class Pictures {
  #loaded = new Map() // address -> {image, ready}, oldest first

  constructor(urls) {
    this.urls = urls
  }

  small({ id }) {
    return at(this.urls.thumbnail, id)
  }

  /** What is looked at as a whole: the large thumbnail, or of a small picture itself. */
  whole(candidate) {
    return Math.max(candidate.width, candidate.height) <= SMALL
      ? this.exact(candidate)
      : at(this.urls.large, candidate.id)
  }

  /** The picture itself, pixel for pixel. */
  exact({ id }) {
    return at(this.urls.picture, id)
  }

  isReady(address) {
    return this.#loaded.get(address)?.isReady ?? false
  }

  /** A decoded image of this address, soon. Rejects when it can't be had. */
  async load(address) {
    let entry = this.#loaded.get(address)
    if (entry) {
      this.#loaded.delete(address)
    } else {
      const image = imageOf(address)
      image.decoding = "sync"
      entry = { image, isReady: false }
      entry.ready = image.decode().then(() => (entry.isReady = true))
      entry.ready.catch(() => this.#loaded.delete(address))
    }
    this.#loaded.set(address, entry)
    for (const oldest of this.#loaded.keys()) {
      if (this.#loaded.size <= KEPT) break
      this.#loaded.delete(oldest)
    }
    await entry.ready
    return entry.image
  }

  /** The decoded image if it is here already. */
  take(address) {
    return this.isReady(address) ? this.#loaded.get(address).image : null
  }

  prefetch(addresses) {
    for (const address of addresses) this.load(address).catch(() => {}) // it is asked for again when wanted
  }
}

export function imageOf(address) {
  const image = new Image()
  image.alt = ""
  image.draggable = false
  image.src = address
  return image
}

export const at = (address, id) => address.replace("/0/", `/${id}/`)
