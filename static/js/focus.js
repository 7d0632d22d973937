// Keeps the focus where it was when a save brings a new form; htmx itself does so only for controls with an id.

let place = null;

function controls(row) {
  return [...row.querySelectorAll("input, select, textarea, button")];
}

export function restore(form) {
  const row = place && document.getElementById(place.row);
  if (!row || (document.activeElement && document.activeElement !== document.body)) return;
  if (form.contains(row)) controls(row)[place.index]?.focus({ preventScroll: true });
}

export function start() {
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target?.id !== "designer") return;
    const row = document.activeElement?.closest(".key");
    place = row ? { row: row.id, index: controls(row).indexOf(document.activeElement) } : null;
  });
}
