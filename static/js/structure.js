// After a payload was added, copied or moved: leads to it, or to the question that has to be answered first.

let typed = [];

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
}

export function lead(form) {
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
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.elt.id !== "designer") return;
    const button = detail.requestConfig.triggeringEvent?.submitter;
    const part = button?.name === "duplicate_payload" && button.closest(".part");
    typed = part ? secretsIn(part).map(({ value }) => value) : [];
  });
}
