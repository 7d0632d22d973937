// Narrows a list that is on the page as a whole to the rows with all the words that are typed; `data-narrowed` has words
// of a row that are not shown.

function narrow(box) {
  const list = document.getElementById(box.dataset.narrow);
  const query = box.querySelector("input").value.trim();
  const words = query.toLowerCase().split(/\s+/);
  for (const row of list.querySelectorAll("[data-narrowed]")) {
    const text = `${row.textContent} ${row.dataset.narrowed}`.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
  }
  for (const group of list.querySelectorAll("[data-narrowed-group]")) group.hidden = !group.querySelector("[data-narrowed]:not([hidden])");
  const none = !list.querySelector("[data-narrowed]:not([hidden])");
  list.querySelector("[data-narrowed-none]").textContent = none && query ? `Nothing matches “${query}”.` : "";
}

export function start() {
  for (const box of document.querySelectorAll("[data-narrow]")) {
    box.hidden = false;
    // What was typed before is there again where somebody comes back to the page.
    narrow(box);
  }
  document.addEventListener("input", ({ target }) => {
    const box = target.closest("[data-narrow]");
    if (box) narrow(box);
  });
  addEventListener("pageshow", () => document.querySelectorAll("[data-narrow]").forEach(narrow));
}
