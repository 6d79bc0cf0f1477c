// Which candidates are shown: by one's own marks, by the shortlist, by where colleagues differ, by findings. Pure.

const OF_MARK = {
  unflagged: ({ value }) => value === "unflagged",
  pick: ({ value }) => value === "pick",
  reject: ({ value }) => value === "reject",
}

/** Whether candidate `id` passes the filter `name`: a flag, "rating-3" (and more), "stars-3" (exactly), "label-red", "listed", "differences", "found", "clean", "all". */
export function passes(pool, id, name) {
  const mark = pool.mark(id)
  const [kind, value] = name.split("-")
  if (kind === "rating") return mark.rating >= Number(value)
  if (kind === "stars") return mark.rating === Number(value)
  if (kind === "label") return mark.label === value
  if (name === "listed") return pool.listed.includes(id)
  if (name === "found") return pool.found(id).length > 0
  if (name === "clean") return !pool.found(id).length
  if (name === "differences") return pool.agreement(id) === "different"
  return OF_MARK[name]?.(mark) ?? true
}
