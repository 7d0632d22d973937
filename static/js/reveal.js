// Shows and hides rows as their conditions say, at once while the admin types.

import { keysOf } from "./form.js";
import { SCOPES, concealed, inherits, rowsOf, scopeOf } from "./values.js";

export function refresh(root) {
  for (const scope of root.querySelectorAll(SCOPES)) refreshScope(scope);
}

export function refreshScope(part) {
  const rows = rowsOf(part);
  const scope = scopeOf(rows);
  const hidden = concealed(rows, scope);
  for (const row of rows) {
    row.classList.toggle("appears", row.hasAttribute("data-concealed") && !hidden.has(row));
    row.toggleAttribute("data-concealed", hidden.has(row));
    row.classList.toggle("is-set", row.dataset.path in scope.values);
    if (row.dataset.inherits) showInherited(row, rows, scope);
  }
}

// What a key of the Child SA falls back to changes with the IKE SA.
function showInherited(row, rows, scope) {
  const note = row.querySelector(":scope > .key__value > .key__default");
  if (!inherits(row, scope.values)) {
    note.textContent = note.dataset.own;
    return;
  }
  const source = rows.find((other) => other.dataset.path === row.dataset.inherits);
  note.textContent = `As for ${note.dataset.source}: ${shown(source) || note.dataset.value}`;
}

function shown(row) {
  const select = row.querySelector(".key__control > select");
  if (select) return select.value && select.selectedOptions[0].textContent;
  const items = [...row.querySelectorAll(".rows__list select")].filter((item) => item.value);
  if (items.length) return items.map((item) => item.selectedOptions[0].textContent).join(", ");
  const input = row.querySelector(".key__control > input");
  return input?.value && `${input.value} ${row.querySelector(".key__unit")?.textContent ?? ""}`;
}

export function start() {
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      let scope = keysOf(event) && event.target.closest(SCOPES);
      // A list that holds something now may reveal a key beside it.
      for (; scope; scope = scope.parentElement.closest(SCOPES)) refreshScope(scope);
    });
  }
}
