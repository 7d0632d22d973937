// Menus are <details>: this closes them when the next click or Escape falls elsewhere.

export function start() {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      const inside = menu.contains(event.target);
      if (!inside || event.target.closest("a.menu__item, button.menu__item")) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
