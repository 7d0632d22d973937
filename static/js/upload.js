// Uploads to the certificates library from within a payload: what was added is offered, and chosen, at once.

let asking = null;

function offer(entry) {
  for (const select of document.querySelectorAll(`select[data-library=${entry.kind}]`)) {
    const known = [...select.options].find((option) => option.value === entry.id);
    if (!known) select.add(new Option(entry.title, entry.id));
  }
}

function choose(entries) {
  const fitting = entries.find((entry) => entry.kind === asking?.dataset.library);
  if (!fitting) return;
  asking.value = fitting.id;
  asking.dispatchEvent(new Event("change", { bubbles: true }));
}

export function start() {
  keepFile();
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-action=upload]");
    if (!button) return;
    asking = document.getElementById(button.parentElement.querySelector("select").id);
    document.getElementById("upload").showModal();
  });
  document.addEventListener("certificate-added", ({ detail }) => {
    const dialog = document.getElementById("upload");
    detail.entries.forEach(offer);
    choose(detail.entries);
    dialog.querySelector("form").reset();
    for (const told of dialog.querySelectorAll(".invalid-feedback, .alert")) told.remove();
    dialog.close();
    asking?.focus();
    tell(detail);
  });
}

// A refused file need not be chosen again, though no answer holds it.
function keepFile() {
  const file = () => document.querySelector("#upload input[type=file]");
  let chosen = null;
  document.addEventListener("htmx:beforeSwap", ({ target }) => {
    if (target.id === "upload-fields") chosen = file().files;
  });
  document.addEventListener("htmx:afterSwap", ({ target }) => {
    if (target.id === "upload-fields") file().files = chosen;
  });
}

function tell({ entries, notes }) {
  const note = document.createElement("p");
  note.className = "notice";
  note.setAttribute("role", "status");
  note.textContent = [`In the library: ${entries.map(({ title }) => `“${title}”`).join(", ")}.`, ...notes].join(" ");
  document.querySelector(".editor__messages").replaceChildren(note);
}
