// What the form holds: the value of each row as the conditions see it, and which rows the device looks at.

import { evaluate, isSet } from "./conditions.js";

const SECRET = "set";

// Conditions are about the keys of one dictionary: those of a payload, or of an item in a list.
export const SCOPES = ".part, .item";

export function rowsOf(scope) {
  return [...scope.querySelectorAll(".key")].filter((row) => row.parentElement.closest(SCOPES) === scope);
}

// How each control that is more than one field is read; the rest is one field.
const READERS = [
  [".items", (list) => [...list.querySelectorAll(":scope > .items__list > .item")].map((item) => item.id)],
  [".secret", readSecret],
  [".content", readContent],
  [".rows", readList],
  [".lines", readLines],
  [".checks", (list) => [...list.querySelectorAll(":checked")].map((box) => box.value)],
];

export function read(row) {
  const box = row.querySelector(":scope > .key__value > .key__control");
  for (const [selector, reader] of READERS) {
    const found = box.querySelector(`:scope > ${selector}`);
    if (found) return reader(found);
  }
  if (row.dataset.type === "data") return box.querySelector("input")?.value.trim() || undefined;
  const control = box.querySelector("input[type=radio]:checked, select, input:not([type=radio]), textarea");
  return control ? convert(control.value.trim(), row.dataset.type) : undefined;
}

function readSecret(box) {
  return isKept(box) || box.querySelector("input[type=password], input[type=text]").value !== "" ? SECRET : undefined;
}

function readContent(box) {
  return isKept(box) || box.querySelector("select").value !== "" ? SECRET : undefined;
}

function isKept(box) {
  return box.dataset.stored === "true" && !box.querySelector("input[type=checkbox]")?.checked;
}

function readLines(box) {
  const lines = box.querySelector("textarea").value.split("\n").map((line) => line.trim());
  const blank = box.querySelector("input[type=checkbox]")?.checked ? [""] : [];
  return [...lines.filter((line) => line !== ""), ...blank];
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
