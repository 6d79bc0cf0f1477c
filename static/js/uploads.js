// Files are sent one by one, so that one that fails loses none of the others. Without this, the form sends them together.

export function attachUploads() {
  const form = document.querySelector("form[data-uploads]")
  if (!form) return
  const input = form.querySelector("input[type=file]")
  const progress = form.querySelector("[data-progress]")
  form.querySelector("[data-drop-hint]").hidden = false
  const waiting = []
  let busy = false

  const next = async () => {
    if (busy || !waiting.length) return
    busy = true
    const { file, row } = waiting.shift()
    await send(form, input.name, file, row)
    busy = false
    next()
  }
  const take = (files) => {
    for (const file of files) waiting.push({ file, row: progress.appendChild(rowOf(file)) })
    next()
  }

  form.addEventListener("submit", (event) => {
    if (!input.files.length) return
    event.preventDefault()
    take([...input.files])
    input.value = ""
  })
  document.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault()
  })
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return
    event.preventDefault()
    take([...event.dataTransfer.files])
  })
}

function rowOf(file) {
  const row = document.createElement("li")
  const name = document.createElement("span")
  name.textContent = `${file.name} `
  row.append(name, Object.assign(document.createElement("progress"), { max: 1, value: 0 }))
  return row
}

// A request of its own by XMLHttpRequest, which alone tells how much of it has gone.
function send(form, name, file, row) {
  const body = new FormData(form)
  body.delete(name)
  body.append(name, file)
  const request = new XMLHttpRequest()
  request.open("POST", form.action)
  request.setRequestHeader("HX-Request", "true")
  request.upload.onprogress = ({ loaded, total }) => {
    row.querySelector("progress").value = loaded / total
  }
  return new Promise((resolve) => {
    request.onloadend = () => {
      show(request, row)
      resolve()
    }
    request.send(body)
  })
}

function show(request, row) {
  row.querySelector("progress").remove()
  if (request.status === 200) {
    row.append("is in the kit.")
    document.querySelector("[data-taken-in]").prepend(list(request.response))
  } else if (request.status === 422) {
    row.innerHTML = request.response
  } else {
    row.append("could not be sent. Try it again.")
  }
}

function list(html) {
  const sheet = document.querySelector("[data-just-in]") ?? document.createElement("ul")
  sheet.className = "sheet sheet--contact"
  sheet.dataset.justIn = ""
  const card = document.createElement("template")
  card.innerHTML = html
  sheet.prepend(card.content)
  return sheet
}
