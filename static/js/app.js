// Starts everything. Each module listens on the document, so that a swapped-in form works without more ado;
// `refresh` brings what it shows up to date with a new form.

import * as appearance from "./appearance.js";
import * as copy from "./copy.js";
import * as drop from "./drop.js";
import * as fixes from "./fixes.js";
import { current, short } from "./form.js";
import * as focus from "./focus.js";
import * as find from "./find.js";
import * as items from "./items.js";
import * as keyboard from "./keyboard.js";
import * as menus from "./menus.js";
import * as narrow from "./narrow.js";
import * as once from "./once.js";
import * as panes from "./panes.js";
import * as preview from "./preview.js";
import * as problems from "./problems.js";
import * as reveal from "./reveal.js";
import * as rows from "./rows.js";
import * as session from "./session.js";
import * as stays from "./stays.js";
import * as structure from "./structure.js";
import * as tools from "./tools.js";
import * as upload from "./upload.js";
import * as unsaved from "./unsaved.js";

for (const module of [appearance, copy, drop, focus, menus, narrow, once, stays, keyboard, session, reveal, rows, items, find, problems, panes, preview, structure, tools, upload, unsaved, fixes]) {
  module.start();
}

function refreshAll() {
  if (short()) for (const module of [reveal, rows, items]) module.refresh(short());
  const form = current();
  if (!form) return;
  // A form that was swapped in was read as if there were no scripts.
  for (const spare of form.querySelectorAll("noscript")) spare.remove();
  for (const module of [reveal, rows, items, problems, find, panes, unsaved]) module.refresh(form);
}

refreshAll();
document.addEventListener("designer:back", refreshAll);
document.addEventListener("htmx:afterSwap", ({ target, detail }) => {
  const form = current();
  if (!form) return;
  if (target.id === "review") {
    problems.refresh(form);
    items.refresh(form);
    return;
  }
  refreshAll();
  focus.restore(form);
  if (detail.xhr.status !== 200) problems.lead(form);
  else structure.lead(form);
});
