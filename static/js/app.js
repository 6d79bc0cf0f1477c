// Attaches behaviours by data attribute. Every page works without them, by forms and links.

import { cullingRoom } from "winnow/cull"
import { attachCompletion } from "winnow/completion"
import { attachDialogs } from "winnow/dialog"
import { attachToasts, tell } from "winnow/toast"
import { attachTheme } from "winnow/theme"
import { attachPeople } from "winnow/people"
import { attachHotkeys } from "winnow/hotkeys"
import { attachOrder } from "winnow/order"
import { attachRows } from "winnow/rows"

attachTheme()
attachToasts()
attachDialogs()
attachPeople()
attachHotkeys()
attachOrder()
attachRows()
attachCompletion()

const room = document.querySelector("[data-cull]")
if (room) cullingRoom(room)

document.addEventListener("htmx:sendError", () => tell("The server did not answer. What you typed is still here."))
const SENTENCES = {
  401: "You were signed out. Sign in again in another tab, then go on here.",
  403: "Your role does not include this.",
}
document.addEventListener("htmx:responseError", ({ detail }) =>
  tell(SENTENCES[detail.xhr.status] ?? "That did not work. Reload and try again."))
