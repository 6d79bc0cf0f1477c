// What this browser keeps. One that keeps nothing says so by null or false, and the page goes on without.

export const kept = (name) => tried(() => localStorage.getItem(name)) ?? null

export const keep = (name, text) => tried(() => localStorage.setItem(name, text) ?? true) ?? false

export const drop = (name) => tried(() => localStorage.removeItem(name))

/** The names that begin so, in their order. */
export const keptNames = (prefix) =>
  tried(() =>
    Object.keys(localStorage)
      .filter((name) => name.startsWith(prefix))
      .sort(),
  ) ?? []

/** What was kept as JSON; null where there is nothing, or something broken. */
export const keptJson = (name) => tried(() => JSON.parse(localStorage.getItem(name))) ?? null

function tried(act) {
  try {
    return act()
  } catch {
    return undefined
  }
}
