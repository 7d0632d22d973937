// What helps with a key: dialogs that ask the server about what is typed, and change nothing.

import { holding } from "./folded.js";
import { formOf } from "./form.js";
import { goToRow } from "./problems.js";

function open(name, row) {
  const dialog = document.getElementById(name);
  if (row) {
    dialog.querySelector("[name=part]")?.setAttribute("value", row.closest(".part").id.replace("part-", ""));
    dialog.querySelector("[name=path]")?.setAttribute("value", row.dataset.path);
  }
  dialog.showModal();
  for (const asking of dialog.querySelectorAll("[hx-trigger*=look]")) window.htmx.trigger(asking, "look");
}

export function start() {
  document.addEventListener("click", (event) => {
    const tool = event.target.closest("[data-tool]");
    if (tool && formOf(event)) {
      event.preventDefault();
      open(tool.dataset.tool, tool.closest(".key"));
      return;
    }
    const link = event.target.closest("[data-tool-dialog] a.problem__place");
    const id = link?.hash.slice(1);
    if (!link || !(document.getElementById(id) || holding(id))) return;
    event.preventDefault();
    link.closest("dialog").close();
    goToRow(id);
  });
}
