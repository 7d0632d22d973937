// After a payload was added, copied or moved: leads to it, or to the question that has to be answered first. Payloads
// that are folded are opened by folded.js.

import { current } from "./form.js";
import * as folded from "./folded.js";

let typed = [];
let led;

function secretsIn(part) {
  return [...part.querySelectorAll(".secret > input")];
}

// No answer holds a secret, so those that were typed into the original are typed into its copy here.
function typeSecrets(part) {
  const inputs = secretsIn(part);
  typed.forEach((value, index) => {
    if (!value) return;
    inputs[index].value = value;
    inputs[index].dispatchEvent(new Event("input", { bubbles: true }));
  });
  typed = [];
}

// A form leads there once, not again when a piece of it comes.
export function lead(form) {
  if (form === led) return;
  led = form;
  const question = form.querySelector("[data-lead]");
  const part = document.getElementById(`part-${form.dataset.focus}`);
  if (question) {
    question.scrollIntoView({ block: "start" });
    question.querySelector("button").focus({ preventScroll: true });
  } else if (form.dataset.focus && part) {
    typeSecrets(part);
    part.scrollIntoView({ block: "start" });
    part.querySelector(".part__title").focus({ preventScroll: true });
  }
}

export function start() {
  led = current();
  folded.start();
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.elt.id !== "designer") return;
    const button = detail.requestConfig.triggeringEvent?.submitter;
    const part = button?.name === "duplicate_payload" && button.closest(".part");
    typed = part ? secretsIn(part).map(({ value }) => value) : [];
  });
}
