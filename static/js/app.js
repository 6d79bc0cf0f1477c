// Attaches behaviours by data attribute. Every page works without them, by forms and links.

import { attachCompletion } from "winnow/completion"
import { Outbox } from "winnow/cull/outbox"
import { attachDialogs } from "winnow/dialog"
import { attachHotkeys } from "winnow/hotkeys"
import { attachPeople } from "winnow/people"
import { attachRows } from "winnow/rows"
import { attachTheme } from "winnow/theme"
import { attachToasts, tell } from "winnow/toast"

attachTheme()
attachToasts()
attachDialogs()
attachPeople()
attachHotkeys()
attachRows()
attachCompletion()

// Marks that a closed tab or a lost network left behind go out from whatever page comes next.
const { user } = document.body.dataset
const outbox =
  user && new Outbox({ person: user, token: JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"] })
const room = document.querySelector("[data-cull]")
if (room) import("winnow/cull/room").then(({ openRoom }) => openRoom(room, outbox))
else if (outbox) {
  outbox.onRefused = (marks) => tell(`Of the marks that waited here, ${marks.length} could not be saved any more.`)
  outbox.flush()
}

document.addEventListener("htmx:sendError", () =>
  tell("The server did not answer, so this was not saved. What you typed is still here."),
)
const SENTENCES = {
  401: "You were signed out. Sign in again in another tab, then go on here.",
  403: "Your role does not include this.",
}
document.addEventListener("htmx:responseError", ({ detail }) =>
  tell(SENTENCES[detail.xhr.status] ?? "That did not work. Reload and try again."),
)
