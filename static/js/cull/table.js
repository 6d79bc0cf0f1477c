// Tables of the server: what the columns mean is said once a reply, and then each row is values alone.

/** A reply whose `columns` name those of its tables: the same with each row as an object. */
export function read({ columns, ...reply }) {
  const tables = Object.entries(columns).map(([table, names]) => [table, reply[table].map((row) => named(names, row))])
  return { ...reply, ...Object.fromEntries(tables) }
}

const named = (names, row) => Object.fromEntries(names.map((name, at) => [name, row[at]]))
