// What the fields of a form hold: by name, the values that are shown, or those that the page came with.

const NO_WORDS = new Set(["hidden", "password", "file", "submit", "button", "image", "reset"])

/** Whether somebody writes words in it, rather than choosing or counting. */
export const takesWords = (form) =>
  form.method === "post" && [...form.elements].some((each) => each.matches("textarea, input") && isText(each))

const isText = ({ type }) => ["textarea", "text", "search", "url", "email", "tel"].includes(type)

export const shown = (form) => values(form, ({ value }) => value, "checked", "selected")

export const asLoaded = (form) => values(form, ({ defaultValue }) => defaultValue, "defaultChecked", "defaultSelected")

function values(form, text, checked, selected) {
  const found = {}
  for (const field of form.elements) {
    if (!field.name || NO_WORDS.has(field.type)) continue
    found[field.name] ??= []
    if (field.options) found[field.name].push(...chosen(field, selected))
    else if (!isChoice(field)) found[field.name].push(text(field))
    else if (field[checked]) found[field.name].push(field.value)
  }
  return found
}

function chosen(select, selected) {
  const values = [...select.options].filter((option) => option[selected]).map(({ value }) => value)
  return values.length || select.multiple || !select.options.length ? values : [select.options[0].value]
}

/** Put these values into the fields of that name, as somebody would who types them. */
export function fill(form, name, values) {
  const left = [...values]
  for (const field of [...form.elements].filter((each) => each.name === name)) {
    if (field.multiple && field.options)
      for (const option of field.options) option.selected = values.includes(option.value)
    else if (isChoice(field)) field.checked = values.includes(field.value)
    else field.value = left.shift() ?? ""
    field.dispatchEvent(new Event("input", { bubbles: true }))
  }
}

const isChoice = ({ type }) => type === "checkbox" || type === "radio"
