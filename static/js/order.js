// [data-earlier] moves its item one place forward in a [data-order] form and sends the new order.

export function attachOrder() {
  document.addEventListener("click", ({ target }) => {
    const item = target.closest("[data-earlier]")?.closest("li")
    if (!item) return
    item.previousElementSibling?.before(item)
    item.closest("[data-order]").requestSubmit()
  })
}
