// Lists of dictionaries: add, copy, move, drag and remove items; their sentences come with each review.

import { keysOf } from "./form.js";
import { refresh as reveal, refreshScope } from "./reveal.js";

const ACTIONS = {
  "add-item": (button) => add(button.closest(".items")),
  "remove-item": (button) => remove(button.closest(".item")),
  "restore-item": (button) => restore(button.closest(".item-gone")),
  "duplicate-item": (button) => duplicate(button.closest(".item")),
  "item-up": (button) => move(button, (item) => previous(item)?.before(item)),
  "item-down": (button) => move(button, (item) => next(item)?.after(item)),
};

const gone = new WeakMap();

function listOf(element) {
  return element.closest(".items");
}

function token() {
  return `n${crypto.getRandomValues(new Uint32Array(2)).join("")}`;
}

function previous(item) {
  const other = item.previousElementSibling;
  return other?.matches(".item-gone") ? previous(other) : other;
}

function next(item) {
  const other = item.nextElementSibling;
  return other?.matches(".item-gone") ? next(other) : other;
}

function fromHtml(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  // Inside a template it counts as if there were no scripts.
  for (const spare of box.content.querySelectorAll("noscript")) spare.remove();
  return box.content.firstElementChild;
}

function add(list) {
  const html = document
    .getElementById(list.dataset.blank)
    .innerHTML.replaceAll("__list__", list.dataset.name)
    .replaceAll("__item__", token());
  const item = fromHtml(html);
  list.querySelector(":scope > .items__list").append(item);
  reveal(item.parentElement);
  item.querySelector("input:not([type=hidden]), select, textarea").focus();
  changed(list);
}

// A copy of a stored item names it, so that its secrets come along; so do the items in its lists.
function duplicate(item) {
  const box = document.createElement("div");
  box.append(item.cloneNode(true));
  let html = box.innerHTML;
  for (const { value } of [item, ...item.querySelectorAll(".item")].map((each) => each.querySelector(":scope > input"))) {
    const copied = /^\d/.test(value) ? `${value.split("y")[0]}y${token()}` : token();
    // As a whole: the token of the first item may be the end of that of the eleventh.
    html = html.replaceAll(new RegExp(`(?<![A-Za-z0-9])${value}(?![A-Za-z0-9])`, "g"), copied);
    copyNotes(value, copied);
  }
  const copy = fromHtml(html);
  keepTyped(item, copy);
  item.after(copy);
  copy.querySelector(":scope > details").open = true;
  copy.querySelector("summary").focus();
  changed(listOf(item));
}

// What fixes changed that no control says, see designer/forms/mended.py, holds for the copy, too.
function copyNotes(token, copied) {
  for (const note of document.getElementsByName(`${token}.~mended`)) {
    const copy = note.cloneNode();
    copy.name = `${copied}.~mended`;
    note.after(copy);
  }
}

// A clone has what the page came with, not what was typed since.
function keepTyped(from, to) {
  const fields = (root) => [...root.querySelectorAll("input, select, textarea")];
  const targets = fields(to);
  fields(from).forEach((field, index) => {
    if (field.type === "hidden") return;
    if (field.type === "radio" || field.type === "checkbox") targets[index].checked = field.checked;
    else targets[index].value = field.value;
  });
}

function remove(item) {
  const list = listOf(item);
  const note = fromHtml(
    '<li class="item-gone"><span>Removed.</span> <button type="button" class="btn btn-link" data-action="restore-item">Undo</button></li>',
  );
  gone.set(note, item);
  item.replaceWith(note);
  note.querySelector("button").focus();
  changed(list);
}

function restore(note) {
  const item = gone.get(note);
  note.replaceWith(item);
  item.querySelector("summary").focus();
  changed(listOf(item));
}

function move(button, act) {
  const item = button.closest(".item");
  act(item);
  const other = item.querySelector(`:scope > .item__tools > [data-action^=item-]:not([data-action=${button.dataset.action}])`);
  (getComputedStyle(button).visibility === "hidden" ? other : button).focus();
  changed(listOf(item));
}

function changed(list) {
  limit(list);
  const scope = list.parentElement.closest(".part, .item");
  if (scope) refreshScope(scope);
  list.dispatchEvent(new Event("input", { bubbles: true }));
}

function limit(list) {
  const most = Number(list.dataset.most || Infinity);
  const items = list.querySelectorAll(":scope > .items__list > .item");
  const buttons = list.querySelectorAll(
    ":scope > .items__add, :scope > .items__list > .item > .item__tools > [data-action=duplicate-item]",
  );
  for (const button of buttons) button.disabled = items.length >= most;
}

function drag(event) {
  const grip = event.target.closest("[data-grip]");
  if (!grip || !keysOf(event)) return;
  event.preventDefault();
  const item = grip.closest(".item");
  const list = item.parentElement;
  const follow = ({ clientY }) => {
    const others = [...list.children].filter((other) => other !== item && other.matches(".item"));
    const below = others.find((other) => clientY < middle(other));
    if (below) below.before(item);
    else list.append(item);
  };
  item.classList.add("item--dragged");
  const dragging = new AbortController();
  const drop = () => {
    dragging.abort();
    item.classList.remove("item--dragged");
    changed(listOf(item));
  };
  addEventListener("pointermove", follow, { signal: dragging.signal });
  // A call that comes in, or a second finger, takes the pointer away without letting it go.
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, drop, { signal: dragging.signal });
}

function middle(item) {
  const { top, height } = item.getBoundingClientRect();
  return top + height / 2;
}

export function refresh(form) {
  for (const list of form.querySelectorAll(".items")) limit(list);
  for (const told of form.querySelectorAll("#review [data-sentences] > [data-item]")) {
    const sentence = document.getElementById(told.dataset.item)?.querySelector(".item__sentence");
    if (sentence) sentence.textContent = told.textContent;
  }
}

export function start() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-action]");
    const act = ACTIONS[button?.dataset.action];
    if (!act) return;
    // Without scripts some of these buttons ask the server.
    event.preventDefault();
    act(button);
  });
  document.addEventListener("pointerdown", drag);
}
