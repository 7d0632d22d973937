// What the form holds: the value of each row as the conditions see it, and which rows the device looks at.

import { evaluate, isSet } from "./conditions.js";

const SECRET = "set";

export function rowsOf(part) {
  return [...part.querySelectorAll(".key")];
}

export function read(row) {
  if (row.dataset.secret) return readSecret(row);
  const lists = row.querySelector(".rows");
  if (lists) return readList(lists);
  const control = row.querySelector("input[type=radio]:checked, select, input:not([type=radio]), textarea");
  return control ? convert(control.value.trim(), row.dataset.type) : undefined;
}

function readSecret(row) {
  const typed = row.querySelector("input[type=password], input[type=text]").value !== "";
  const stored = row.querySelector(".secret").dataset.stored === "true";
  const removed = row.querySelector("input[type=checkbox]")?.checked;
  return typed || (stored && !removed) ? SECRET : undefined;
}

function readList(list) {
  const texts = [...list.querySelectorAll(".rows__list li")].map((item) => {
    const controls = [...item.querySelectorAll("input, select, textarea")];
    return controls.at(-1).value;
  });
  return texts.filter((text) => text !== "");
}

function convert(text, type) {
  if (text === "") return undefined;
  if (type === "integer" || type === "real") return Number.isNaN(Number(text)) ? undefined : Number(text);
  if (type === "boolean") return text === "true";
  return text;
}

// All values of a part, and its defaults, as Scope in profiles/catalogue/scope.py has them.
export function scopeOf(rows) {
  const values = {};
  for (const row of rows) {
    const value = read(row);
    if (isSet(value)) values[row.dataset.path] = value;
  }
  return { values, defaults: defaultsOf(rows, values) };
}

export function anySet(container, values) {
  return Object.keys(values).some((path) => path.startsWith(`${container}.`));
}

function containerOf(path) {
  return path.slice(0, path.lastIndexOf("."));
}

export function inherits(row, values) {
  return Boolean(row.dataset.inherits) && !anySet(containerOf(row.dataset.path), values);
}

function defaultsOf(rows, values) {
  const declared = Object.fromEntries(
    rows.filter((row) => row.dataset.default).map((row) => [row.dataset.path, JSON.parse(row.dataset.default)]),
  );
  const defaults = { ...declared };
  for (const row of rows.filter((row) => inherits(row, values))) {
    const source = row.dataset.inherits;
    defaults[row.dataset.path] = values[source] ?? declared[source];
  }
  return defaults;
}

// The rows that the device would not look at. A value that goes may conceal others, so this looks again until
// nothing more goes, as Scope.settled does.
export function concealed(rows, scope) {
  const values = { ...scope.values };
  const unrevealed = (defaults) =>
    rows.filter(
      (row) =>
        row.dataset.revealedBy &&
        !("kept" in row.dataset) &&
        !evaluate(JSON.parse(row.dataset.revealedBy), values, defaults),
    );
  for (;;) {
    const gone = unrevealed(defaultsOf(rows, values));
    const vain = gone.filter((row) => row.dataset.path in values);
    if (vain.length === 0) return new Set(gone);
    for (const row of vain) delete values[row.dataset.path];
  }
}
