// Finds a key by its label, its help or Apple's name; or shows only what is set.

import { read } from "./values.js";
import { isSet } from "./conditions.js";
import { current, formOf } from "./form.js";

export function refresh(form) {
  const query = form.querySelector("[data-find]").value.trim().toLowerCase();
  const onlySet = form.querySelector("[data-only-set]").checked;
  form.classList.toggle("is-finding", query !== "");
  const filtering = query !== "" || onlySet;
  for (const row of form.querySelectorAll(".key")) {
    const missed = (query !== "" && !text(row).includes(query)) || (onlySet && !isSet(read(row)));
    row.toggleAttribute("data-missed", filtering && missed);
  }
  for (const section of form.querySelectorAll(".group")) {
    section.toggleAttribute("data-missed", filtering && !section.querySelector(visible(query)));
  }
  form.querySelector("[data-nothing]").hidden = !filtering || form.querySelector(`.group ${visible(query)}`) !== null;
}

// Concealed rows come up in a search too, with a note that says when they are used.
function visible(query) {
  return query ? ".key:not([data-missed])" : ".key:not([data-missed]):not([data-concealed])";
}

function text(row) {
  const words = [".key__label", ".key__help"].map((part) => row.querySelector(part).textContent);
  return `${words.join(" ")} ${row.dataset.path}`.toLowerCase();
}

export function clear(form) {
  form.querySelector("[data-find]").value = "";
  form.querySelector("[data-only-set]").checked = false;
  refresh(form);
}

export function start() {
  document.addEventListener("input", (event) => {
    const form = formOf(event);
    if (form && event.target.matches("[data-find], [data-only-set]")) refresh(form);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-action=clear-find]")) clear(current());
  });
}
