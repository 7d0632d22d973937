// Nothing typed is lost by accident: unsaved changes are shown, guarded, and saved before a download.

let dirty = false;
let awaited = null;

function tell(form) {
  form.querySelector("[data-unsaved]").hidden = !dirty;
  form.querySelector("[data-saved]").hidden = dirty;
}

export function refresh(form) {
  tell(form);
}

function touched(event) {
  const form = event.target.closest?.("#designer");
  if (!form || event.target.matches("[data-find], [data-only-set]")) return;
  dirty = true;
  tell(form);
}

export function start() {
  document.addEventListener("input", touched);
  document.addEventListener("change", touched);
  addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("a[data-leaves]")) dirty = false;
    const link = event.target.closest("a[data-download]");
    if (!link || !dirty) return;
    event.preventDefault();
    awaited = link.href;
    link.closest("form").requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-leaves]")) dirty = false;
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target?.id !== "designer") return;
    if (detail.xhr.status === 200) dirty = false;
    else awaited = null;
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (dirty || awaited === null) return;
    const address = awaited;
    awaited = null;
    location.assign(address);
  });
}
