// "/" finds a key, Ctrl or Cmd with S saves, "?" shows the shortcuts.

import { current } from "./form.js";

function typing(target) {
  return target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select");
}

export function start() {
  document.addEventListener("keydown", (event) => {
    const form = current();
    const find = document.querySelector("[data-find], [data-search]");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s" && form) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key === "Escape" && event.target === find) {
      find.value = "";
      find.dispatchEvent(new Event("input", { bubbles: true }));
      find.blur();
    } else if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    } else if (event.key === "/" && find) {
      event.preventDefault();
      find.focus();
      find.select();
    } else if (event.key === "?") {
      document.getElementById("keys")?.showModal();
    }
  });
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    // htmx takes the button that has the focus for the one that was pressed.
    const focused = document.activeElement?.closest("#designer button[name]");
    if (detail.elt === current() && focused && detail.triggeringEvent?.submitter !== focused) detail.parameters.delete(focused.name);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-action=keys]")) document.getElementById("keys").showModal();
  });
}
