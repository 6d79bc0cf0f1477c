// The demo's sign-in cards fill in the form and send it.

export function attachPeople() {
  for (const card of document.querySelectorAll("[data-password]")) {
    card.addEventListener("click", () => {
      const form = document.querySelector("#sign-in")
      form.elements.username.value = card.dataset.person
      form.elements.password.value = card.dataset.password
      form.requestSubmit()
    })
  }
}
