// Lists: add, remove and move rows. Secrets: show what is typed. Any key: back to “not set”.

const ACTIONS = {
  "add-row": addRow,
  "remove-row": (button) => {
    const row = button.closest("li");
    const next = row.nextElementSibling ?? row.previousElementSibling;
    const list = row.closest(".rows");
    row.remove();
    (next?.querySelector("input, select, textarea") ?? list.querySelector(".rows__add")).focus();
    changed(list);
  },
  "move-up": (button) => move(button, (row) => row.previousElementSibling?.before(row)),
  "move-down": (button) => move(button, (row) => row.nextElementSibling?.after(row)),
  "show-secret": (button) => {
    const input = button.parentElement.querySelector("input[name]:not([type=checkbox])");
    const show = input.type === "password";
    input.type = show ? "text" : "password";
    button.setAttribute("aria-pressed", String(show));
    button.textContent = show ? "Hide" : "Show";
  },
  unset: (button) => {
    const row = button.closest(".key");
    for (const item of row.querySelectorAll(".rows__list > li")) item.remove();
    for (const control of row.querySelectorAll(".key__control > input, .key__control textarea")) control.value = "";
    for (const box of row.querySelectorAll(".key__control input[type=checkbox]")) box.checked = false;
    row.querySelector("input, textarea, select, .rows__add")?.focus();
    changed(row.querySelector(".key__control"));
  },
};

function addRow(button) {
  const list = button.closest(".rows");
  const row = list.querySelector("template").content.cloneNode(true);
  list.querySelector(".rows__list").append(row);
  list.querySelector(".rows__list > li:last-child").querySelector("input, select, textarea").focus();
  limit(list);
}

function move(button, act) {
  const row = button.closest("li");
  act(row);
  // At either end of the list the button that was used goes out of sight.
  const other = row.querySelector(`[data-action^=move-]:not([data-action=${button.dataset.action}])`);
  (getComputedStyle(button).visibility === "hidden" ? other : button).focus();
  changed(button.closest(".rows"));
}

function changed(element) {
  const list = element.closest(".rows") ?? element.querySelector(".rows");
  if (list) limit(list);
  element.dispatchEvent(new Event("input", { bubbles: true }));
}

function limit(list) {
  const most = Number(list.dataset.most || Infinity);
  list.querySelector(".rows__add").disabled = list.querySelectorAll(".rows__list > li").length >= most;
}

export function refresh(form) {
  for (const list of form.querySelectorAll(".rows")) limit(list);
}

export function start() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-action]");
    ACTIONS[button?.dataset.action]?.(button);
  });
}
