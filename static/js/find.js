// Finds a key by its label, its help or Apple's name, and a payload by its title; or shows only what is set.

import { read } from "./values.js";
import { isSet } from "./conditions.js";
import { current, formOf } from "./form.js";

export function refresh(form) {
  const query = form.querySelector("[data-find]").value.trim().toLowerCase();
  const onlySet = form.querySelector("[data-only-set]").checked;
  form.classList.toggle("is-finding", query !== "");
  const filtering = query !== "" || onlySet;
  const rows = [...form.querySelectorAll(".key")];
  const hits = new Set(filtering ? rows.filter((row) => matches(row, query, onlySet)) : rows);
  if (query) for (const row of foundByTitle(form, query, hits)) if (!onlySet || isSet(read(row))) hits.add(row);
  for (const row of rows) {
    row.toggleAttribute("data-missed", !hits.has(row) && !within(row, hits) && ![...row.querySelectorAll(".key")].some((inner) => hits.has(inner)));
  }
  if (query) openTo(rows.filter((row) => hits.has(row)));
  for (const section of form.querySelectorAll(".group")) {
    section.toggleAttribute("data-missed", filtering && !section.querySelector(visible(query)));
  }
  for (const part of form.querySelectorAll(".part")) {
    part.toggleAttribute("data-missed", query !== "" && !isTitled(part, query) && !part.querySelector(visible(query)));
  }
  for (const entry of form.querySelectorAll(".editor__part")) {
    entry.toggleAttribute("data-missed", document.getElementById(entry.dataset.part)?.matches("[data-missed]"));
  }
  const found = `.group ${visible(query)}, .part--folded:not([data-missed])`;
  form.querySelector("[data-nothing]").hidden = !filtering || form.querySelector(found) !== null;
}

// The rows of payloads that are open and found by nothing but what they are called: the search is for the whole.
function foundByTitle(form, query, hits) {
  return [...form.querySelectorAll(".part:not(.part--folded)")]
    .filter((part) => isTitled(part, query))
    .map((part) => [...part.querySelectorAll(".key")])
    .filter((rows) => !rows.some((row) => hits.has(row)))
    .flat();
}

function isTitled(part, query) {
  return part.querySelector(".part__title").textContent.toLowerCase().includes(query);
}

function matches(row, query, onlySet) {
  return (query === "" || text(row).includes(query)) && (!onlySet || isSet(read(row)));
}

// What stands inside a list that was found stays with it, and so does a list with what was found inside.
function within(row, hits) {
  const outer = row.parentElement.closest(".key");
  return outer !== null && (hits.has(outer) || within(outer, hits));
}

function openTo(rows) {
  for (const row of rows) {
    const box = row.closest("details.item__box");
    if (box) box.open = true;
  }
}

// Concealed rows come up in a search too, with a note that says when they are used.
function visible(query) {
  return query ? ".key:not([data-missed])" : ".key:not([data-missed]):not([data-concealed])";
}

function text(row) {
  const words = [".key__name > .key__label", ".key__value > .key__help"].map((part) => row.querySelector(`:scope > ${part}`).textContent);
  return `${words.join(" ")} ${row.dataset.path}`.toLowerCase();
}

// Of a long profile little may be left to see where the page was scrolled to.
function leadToFirst(form) {
  if (!form.matches(".is-finding")) return;
  form.querySelector(".part:not([data-missed])")?.scrollIntoView({ block: "start", behavior: "instant" });
}

export function clear(form) {
  form.querySelector("[data-find]").value = "";
  form.querySelector("[data-only-set]").checked = false;
  refresh(form);
}

export function start() {
  document.addEventListener("input", (event) => {
    const form = formOf(event);
    if (!form || !event.target.matches("[data-find], [data-only-set]")) return;
    refresh(form);
    if (form.querySelector(".part--folded")) leadToFirst(form);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-action=clear-find]")) clear(current());
  });
}
