// Near-duplicates by perceptual hash. Pure: who stands in a stack never changes when more candidates arrive.

const ALIKE = 10 // bits of 64 that may differ: up to there a variation, beyond another picture (Krawetz, "Looks Like It", 2011)

/** Map of candidate id -> its stack (an array of candidates, in their order); candidates without a like are left out. */
export function stacksOf(candidates) {
  const stacks = []
  for (const candidate of candidates) {
    if (!candidate.hash) continue
    const bits = halves(candidate.hash)
    const found = stacks.find((stack) => distance(stack.bits, bits) <= ALIKE)
    if (found) found.members.push(candidate)
    else stacks.push({ bits, members: [candidate] })
  }
  const byId = new Map()
  for (const { members } of stacks) {
    if (members.length > 1) for (const { id } of members) byId.set(id, members)
  }
  return byId
}

/** The best first: picks, then by rating, then what is unflagged, rejects last; among equals the earlier one. */
export function best(members, markOf) {
  const rank = { pick: 0, unflagged: 1, reject: 2 }
  return members.toSorted((a, b) => {
    const [one, other] = [markOf(a.id), markOf(b.id)]
    return rank[one.value] - rank[other.value] || other.rating - one.rating
  })
}

const halves = (hash) => [parseInt(hash.slice(0, 8), 16), parseInt(hash.slice(8), 16)]

const distance = ([a, b], [c, d]) => ones(a ^ c) + ones(b ^ d)

// All 32 at once: 2,000 candidates are two million pairs.
function ones(bits) {
  const pairs = bits - ((bits >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
