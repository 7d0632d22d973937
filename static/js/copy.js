// Copies an address, and says so.

const SHOWN = 2000; // milliseconds

async function copy(button) {
  const field = button.closest(".address").querySelector("[data-copied]");
  // Selected, it can be copied by hand where the clipboard is not to be had, as without HTTPS.
  field.focus();
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    if (!document.execCommand("copy")) return;
  }
  tell(button);
}

function tell(button) {
  button.dataset.label ??= button.textContent;
  button.textContent = "Copied";
  clearTimeout(button.timer);
  button.timer = setTimeout(() => (button.textContent = button.dataset.label), SHOWN);
}

export function start() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action=copy]");
    if (button) copy(button);
  });
}
