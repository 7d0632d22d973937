// “Fix” beside a problem: leads on to the next one, and “Undo” brings back the form as it was, with all that was typed.

import { current, formOf } from "./form.js";
import * as unsaved from "./unsaved.js";

const FIXES = "#review :is([name=fix], [name=fix_all])";
const WIDE = "(min-width: 821px)"; // where problems stand beside the form, as in designer.css

const MOST = 20; // forms that are kept to go back to

// What was there before each fix, the last one at the end.
let before = [];
let pressed = null;
let focused = null;

function isFix(button) {
  return Boolean(button?.matches(FIXES));
}

// The number of the problem whose button it is, among those that can be fixed.
function numberOf(button) {
  return buttons(button.form).indexOf(button.closest(".problem").querySelector("[name=fix]"));
}

function buttons(form) {
  return [...form.querySelectorAll("#review [name=fix]")];
}

// The old form with all that is typed in it. Some of it is moved into the new one, see `hx-preserve`.
function remember(form) {
  const places = [...form.querySelectorAll("[id]")].map((element) => ({ element, parent: element.parentNode, next: element.nextSibling }));
  before.push({ form, places, ...pressed });
  if (before.length > MOST) before.shift();
}

function forget() {
  before = [];
  for (const old of document.querySelectorAll("[data-action=undo-fix], [data-brought]")) old.hidden = true;
}

function tell(text) {
  document.getElementById("told").textContent = text;
}

function undo() {
  const { form, places, dirty, button } = before.pop();
  const moved = places.filter(({ element, parent }) => !form.contains(element) && form.contains(parent));
  // From the end, so that what stood behind it is there again.
  for (const { element, parent, next } of moved.reverse()) parent.insertBefore(element, next);
  current().replaceWith(form);
  window.htmx.process(form);
  unsaved.set(dirty);
  document.dispatchEvent(new Event("designer:back"));
  focus(sameButton(button) ?? button);
  tell("Undone.");
  window.htmx.trigger("#review", "look");
}

function lead(form, status) {
  tell([...status.querySelectorAll("p")].map(({ textContent }) => textContent).join(" "));
  const undoing = status.querySelector("[data-action=undo-fix]");
  undoing.hidden = !status.hasAttribute("data-undoable");
  const left = buttons(form);
  focus(left[Math.min(pressed.number, left.length - 1)] ?? undoing);
  const rows = status.dataset.mended.split(" ").filter(Boolean).map((id) => document.getElementById(id));
  const shown = rows.filter((row) => row && !row.matches("[data-concealed], [data-missed]"));
  for (const row of shown) {
    row.classList.add("key--mended");
    for (let box = row.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  }
  if (matchMedia(WIDE).matches) shown[0]?.scrollIntoView({ block: "center", behavior: "instant" });
}

// A new review brings other buttons for the same problems.
function sameButton({ name, value }) {
  return [...document.querySelectorAll(FIXES)].find((button) => button.name === name && button.value === value);
}

function focus(button) {
  button.focus({ preventScroll: true });
  // At once: the page is another one, so there is no way to go along.
  button.scrollIntoView({ block: "nearest", behavior: "instant" });
}

export function start() {
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.elt.id !== "designer") return;
    const button = detail.requestConfig.triggeringEvent?.submitter;
    pressed = isFix(button) ? { button, number: numberOf(button), dirty: unsaved.isDirty() } : null;
    if (!pressed) forget();
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target?.id === "review") focused = isFix(document.activeElement) ? document.activeElement : null;
    if (detail.target?.id !== "designer" || !detail.shouldSwap) return;
    if (pressed) remember(detail.target);
  });
  document.addEventListener("htmx:afterSwap", ({ target }) => {
    if (target.id === "review" && focused) sameButton(focused)?.focus({ preventScroll: true });
  });
  // Until it has settled, htmx leaves each row the attributes of the old one.
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    const status = target.id === "designer" && pressed && current().querySelector("[data-mended]");
    if (!status) return;
    if (!status.hasAttribute("data-undoable")) before.pop();
    lead(current(), status);
    pressed = null;
  });
  // What is typed after a fix would be lost by going back before it.
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      if (formOf(event) && !event.target.matches("[data-find], [data-only-set]")) forget();
    });
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-action=undo-fix]")) undo();
  });
}
