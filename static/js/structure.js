// After a payload was added or moved: leads to it, or to the question that has to be answered first.

export function lead(form) {
  const question = form.querySelector("[data-lead]");
  const part = document.getElementById(`part-${form.dataset.focus}`);
  if (question) {
    question.scrollIntoView({ block: "start" });
    question.querySelector("button").focus({ preventScroll: true });
  } else if (form.dataset.focus && part) {
    part.scrollIntoView({ block: "start" });
    part.querySelector(".part__title").focus({ preventScroll: true });
  }
}
