// Attaches behaviours by data attribute. Every page works without them, by forms and links.

import { attachCompletion } from "winnow/completion"
import { Outbox } from "winnow/cull/outbox"
import { attachDialogs } from "winnow/dialog"
import { attachFormsets } from "winnow/formset"
import { attachHotkeys } from "winnow/hotkeys"
import { attachPeople } from "winnow/people"
import { attachPresses } from "winnow/presses"
import { attachRows } from "winnow/rows"
import { attachTheme } from "winnow/theme"
import { attachToasts, tell } from "winnow/toast"
import { attachToken } from "winnow/token"
import { attachUploads } from "winnow/uploads"
import { attachWords } from "winnow/words"

attachTheme()
attachToasts()
attachDialogs()
attachPeople()
attachHotkeys()
attachPresses()
attachRows()
attachCompletion()
attachUploads()
attachFormsets()

// Marks that a closed tab or a lost network left behind go out from whatever page comes next.
const { user, taken } = document.body.dataset
if (user) {
  attachToken(user)
  attachWords({ user, taken })
}
const outbox =
  user && new Outbox({ person: user, token: JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"] })
const room = document.querySelector("[data-cull]")
if (room) import("winnow/cull/room").then(({ openRoom }) => openRoom(room, outbox))
else if (outbox) {
  outbox.onRefused = (marks) => tell(`Of the marks that waited here, ${marks.length} could not be saved any more.`)
  outbox.flush()
}

const cutting = document.querySelector("[data-cut]")
if (cutting) import("winnow/cut/editor").then(({ openEditor }) => openEditor(cutting))
