// What the room says: to readers of screens alone, or to everybody.

const LINGER = 2500 // ms that a sentence stays to be read

export class Announcer {
  #timer = 0

  constructor(element) {
    this.heard = element.querySelector("[data-announce]")
    this.seen = element.querySelector("[data-spoken]")
  }

  /** To readers alone: the page shows it. */
  say(text) {
    this.heard.textContent = text
  }

  /** To everybody: nothing else on the page shows it. Readers hear `shown` first, which is to be seen already. */
  tell(text, shown = "") {
    this.say(`${shown} ${text}`)
    this.seen.textContent = text
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => (this.seen.textContent = ""), LINGER)
  }
}
