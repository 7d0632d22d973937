// Nothing typed is lost by accident: unsaved changes are shown, guarded, and saved before a download.

import { formOf } from "./form.js";

let dirty = false;
let awaited = null;
let sent = "";

function content(form) {
  return JSON.stringify([...new FormData(form)].filter(([name]) => name !== "base_revision"));
}

// What was typed while the save was under way is not in the answer: then only the new revision is taken from it.
function keepTyping(form, detail) {
  detail.shouldSwap = false;
  const page = new DOMParser().parseFromString(detail.serverResponse, "text/html");
  form.elements.base_revision.value = page.querySelector("[name=base_revision]").value;
  form.querySelector(".editor__state").replaceWith(page.querySelector(".editor__state"));
  tell(form);
}

// What was typed meanwhile is not in an answer that saved nothing, but it is in that to the same question asked again.
function askAgain(detail) {
  detail.shouldSwap = false;
  const button = detail.requestConfig.triggeringEvent?.submitter;
  // Only when htmx is done with this answer does it send another request; it knows a button by its click.
  setTimeout(() => (button ? button.click() : detail.target.requestSubmit()));
}

// The page holds on to concealed rows; one whose stored secret the save dropped must not go on saying that it is set.
function releaseDropped(form) {
  for (const row of form.querySelectorAll(".key[data-concealed][data-secret]")) {
    if (row.querySelector(".secret > input").value === "") row.removeAttribute("id");
  }
}

function tell(form) {
  form.querySelector("[data-unsaved]").hidden = !dirty;
  form.querySelector("[data-saved]").hidden = dirty;
}

export function refresh(form) {
  tell(form);
}

export function isDirty() {
  return dirty;
}

// The form is as it was when this was so.
export function set(unsaved) {
  dirty = unsaved;
}

function touched(event) {
  const form = formOf(event);
  if (!form || event.target.matches("[data-find], [data-only-set]")) return;
  dirty = true;
  tell(form);
}

export function start() {
  document.addEventListener("input", touched);
  document.addEventListener("change", touched);
  addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("a[data-leaves]")) dirty = false;
    const link = event.target.closest("a[data-download]");
    if (!link || !dirty) return;
    event.preventDefault();
    awaited = link.href;
    link.closest("form").requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-leaves]")) dirty = false;
  });
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.elt.id === "designer") sent = content(detail.elt);
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target?.id !== "designer") return;
    if (detail.xhr.status !== 200 || detail.xhr.getResponseHeader("X-Saved") === "no") {
      awaited = null;
      dirty = true;
      if (detail.shouldSwap && content(detail.target) !== sent) askAgain(detail);
    } else if (content(detail.target) !== sent) {
      keepTyping(detail.target, detail);
    } else {
      dirty = false;
      releaseDropped(detail.target);
    }
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (dirty || awaited === null) return;
    const address = awaited;
    awaited = null;
    location.assign(address);
  });
}
