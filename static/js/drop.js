// Files dropped on the import page, and boxes that are ticked together.

function names(zone) {
  const list = zone.querySelector("[data-names]");
  const files = [...zone.querySelector("input[type=file]").files];
  list.replaceChildren(
    ...files.map(({ name }) => {
      const item = document.createElement("li");
      item.textContent = name;
      return item;
    }),
  );
  list.hidden = files.length < 2;
}

function over(event) {
  const zone = event.target.closest?.("[data-drop]");
  if (!zone || ![...event.dataTransfer.types].includes("Files")) return null;
  event.preventDefault();
  return zone;
}

function boxes(button) {
  const within = button.closest("[data-choices]") ?? button.closest("section, form");
  // What needs judgement is chosen by itself.
  return [...within.querySelectorAll("input[type=checkbox][name=repair]:not([data-single])")];
}

function retitle(button) {
  const all = boxes(button);
  button.textContent = all.every((box) => box.checked) ? "Select none" : "Select all";
}

function retitleAll() {
  for (const button of document.querySelectorAll("[data-action=choose-all]")) {
    button.hidden = !boxes(button).length;
    retitle(button);
  }
}

export function start() {
  document.addEventListener("dragover", (event) => over(event)?.setAttribute("data-over", ""));
  document.addEventListener("dragleave", (event) => {
    const zone = event.target.closest?.("[data-drop]");
    if (zone && !zone.contains(event.relatedTarget)) zone.removeAttribute("data-over");
  });
  document.addEventListener("drop", (event) => {
    const zone = over(event);
    if (!zone) return;
    zone.removeAttribute("data-over");
    const input = zone.querySelector("input[type=file]");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("change", (event) => {
    const zone = event.target.closest("[data-drop]");
    if (zone) names(zone);
    if (event.target.name === "repair") retitleAll();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action=choose-all]");
    if (!button) return;
    const all = boxes(button);
    const ticked = !all.every((box) => box.checked);
    for (const box of all) box.checked = ticked;
    retitleAll();
  });
  retitleAll();
}
