// Payloads of a long profile are folded: the page has their titles, and asks for the fields of one once it is opened.

import { clear } from "./find.js";
import { current, formOf } from "./form.js";
import { show } from "./panes.js";

// What to do once a part is open that is on its way, by its id.
const opening = new Map();

// The folded part that stands for an element which is not on the page yet: itself, its title, or one of its rows.
export function holding(id) {
  const parts = [...(current()?.querySelectorAll(".part--folded") ?? [])];
  const rows = (part) => `id_${part.id.slice("part-".length)}-`;
  return parts.find((part) => id === part.id || id.startsWith(`${part.id}-`) || id.startsWith(rows(part)));
}

export function open(part, next = () => {}) {
  show(part.closest("form"), "form");
  opening.set(part.id, next);
  part.querySelector(".part__open").click();
}

function opened(part) {
  const next = opening.get(part.id);
  opening.delete(part.id);
  // A search that does not find it would hide all of its fields.
  if (!part.querySelector(".key:not([data-missed])")) clear(part.closest("form"));
  part.scrollIntoView({ block: "start" });
  next?.();
  review();
}

// The notes beside its keys come with the next review; one that is under way was asked for without it.
function review() {
  const pane = document.getElementById("review");
  const look = () => window.htmx.trigger(pane, "look");
  if (pane.matches(".htmx-request")) pane.addEventListener("htmx:afterRequest", () => setTimeout(look), { once: true });
  else look();
}

// A new form has taken the place of that in which a part was being opened.
function openAgain() {
  for (const [id, next] of opening) {
    const part = document.getElementById(id);
    if (part?.matches(".part--folded")) open(part, next);
    else opening.delete(id);
  }
}

function isPart(element) {
  return element.matches?.(".part");
}

export function start() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".editor__part--folded");
    const part = link && formOf(event) && document.getElementById(link.hash.slice(1));
    if (!part) return;
    event.preventDefault();
    open(part);
  });
  document.addEventListener("htmx:beforeSend", ({ target }) => {
    const part = target.matches?.(".part__open") && target.closest(".part");
    if (part && !opening.has(part.id)) opening.set(part.id);
  });
  document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
    if (target.matches?.(".part__open") && !detail.successful) opening.delete(target.closest(".part").id);
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    // htmx takes the button that has the focus for the one that the form is sent by.
    if (isPart(detail.target) && detail.target.contains(document.activeElement)) document.activeElement.blur();
  });
  // Before what else listens looks at it, or moves the focus.
  document.addEventListener("htmx:afterSwap", ({ target }) => {
    if (!isPart(target)) return;
    // Until it has settled, htmx leaves it the classes of what had its id before.
    target.classList.remove("part--folded");
    target.querySelector(".part__title").focus({ preventScroll: true });
  });
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    if (isPart(target)) opened(target);
    else if (target.id === "designer") openAgain();
  });
}
