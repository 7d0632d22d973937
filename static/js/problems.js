// Brings the problems and badges of the review to the rows they are about, and leads from a problem to its row.

import { clear } from "./find.js";
import { holding, open } from "./folded.js";
import { current } from "./form.js";
import { show } from "./panes.js";

const WORST = ["error", "warning", "advice"];
const ROWS = ".key, .targets__one, .unknown__row";
const LED_TO = `${ROWS}, .unknown`;

export function refresh(form) {
  for (const row of form.querySelectorAll(ROWS)) reset(row);
  for (const problem of form.querySelectorAll("#review .problem")) place(problem);
  for (const badge of form.querySelectorAll("#review [data-badges] > [data-row]")) {
    const row = document.getElementById(badge.dataset.row);
    const mark = document.createElement("span");
    mark.className = "tag";
    mark.textContent = badge.textContent;
    row?.querySelector(".key__badges").append(mark);
  }
  const folded = new Map([...form.querySelectorAll("#review [data-folded-problems] > [data-part]")].map((told) => [told.dataset.part, told]));
  for (const pill of form.querySelectorAll("[data-problems-of]")) {
    const box = document.getElementById(pill.dataset.problemsOf);
    if (box?.matches(".part--folded")) tell(pill, folded.get(box.id)?.textContent ?? 0, folded.get(box.id)?.dataset.severity);
    else count(pill, [...(box?.querySelectorAll("[data-problem]") ?? [])]);
  }
  for (const total of form.querySelectorAll("[data-total]")) count(total, [...form.querySelectorAll("#review .problem")]);
}

function note(row) {
  return row.querySelector(":scope > .key__problem, :scope > .key__value > .key__problem");
}

function reset(row) {
  delete row.dataset.problem;
  note(row).replaceChildren();
  row.querySelector(":scope > .key__name > .key__badges")?.replaceChildren();
  for (const control of controls(row)) control.removeAttribute("aria-invalid");
}

function place(problem) {
  const row = document.getElementById(problem.dataset.row);
  if (!row?.matches(ROWS)) return;
  const { severity, message } = problem.dataset;
  const told = document.createElement("span");
  told.className = "key__told";
  told.dataset.severity = severity;
  told.textContent = message;
  note(row).append(told);
  if (!row.dataset.problem || WORST.indexOf(severity) < WORST.indexOf(row.dataset.problem)) row.dataset.problem = severity;
  if (severity === "error") for (const control of controls(row)) control.setAttribute("aria-invalid", "true");
}

// Those of the row itself, not of the items in its list.
function controls(row) {
  const all = row.querySelectorAll("input[name]:not([type=hidden]), select[name], textarea[name]");
  return row.matches(".key") ? [...all].filter((control) => control.closest(".key") === row) : all;
}

function count(pill, problems) {
  const severities = problems.map(({ dataset }) => dataset.problem ?? dataset.severity);
  tell(pill, problems.length, WORST.find((severity) => severities.includes(severity)));
}

function tell(pill, number, severity = "") {
  pill.hidden = Number(number) === 0;
  pill.textContent = number;
  pill.dataset.severity = severity;
}

export function goTo(row) {
  const form = row.closest("form");
  show(form, "form");
  if (row.matches("[data-missed], [data-missed] *")) clear(form);
  for (let box = row.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  row.scrollIntoView({ block: "center" });
  if (row.matches("[tabindex]")) {
    row.focus({ preventScroll: true });
    return;
  }
  const control = row.querySelector("input:checked:not([type=hidden])") ?? row.querySelector("input:not([type=hidden]), select, textarea, button, summary");
  control?.focus({ preventScroll: true });
}

// Leads to the row of that id, or says that there is none; one of a folded part is there once that is open.
export function goToRow(id, part = holding(id)) {
  const lead = () => {
    const row = document.getElementById(id);
    if (row) goTo(row);
    return row !== null;
  };
  if (lead()) return true;
  if (part?.matches(".part--folded")) open(part, lead);
  else part?.querySelector(".part__title").focus();
  return Boolean(part);
}

// After a refused save: what has to be looked at first.
export function lead(form) {
  const conflict = form.querySelector(".conflict");
  const unreadable = form.querySelector("#review .problem[data-code=unreadable]");
  if (conflict) {
    show(form, "form");
    conflict.scrollIntoView({ block: "start" });
    conflict.querySelector("button").focus({ preventScroll: true });
  } else if (unreadable) {
    const row = document.getElementById(unreadable.dataset.row);
    if (row) goTo(row);
  }
}

export function start() {
  // From a page elsewhere, such as the one that lists the errors of a download; not before htmx knows the buttons.
  addEventListener("load", () => {
    const id = location.hash.slice(1);
    const look = () => {
      const place = document.getElementById(id);
      if (place?.matches(LED_TO)) goTo(place);
      else place?.scrollIntoView({ block: "nearest" });
    };
    const part = id && holding(id);
    if (part) open(part, look);
    else if (current() && document.getElementById(id)?.matches(LED_TO)) look();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.problem__place");
    if (!link) return;
    const { row = link.hash.slice(1), part } = link.closest(".problem").dataset;
    if (goToRow(row, part ? document.getElementById(part) : holding(row))) event.preventDefault();
  });
}
