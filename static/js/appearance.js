// The choice between light, dark and the system's own appearance; theme.js applies it.

export function start() {
  for (const radio of document.querySelectorAll("[data-theme-choice] input")) {
    radio.checked = radio.value === (localStorage.getItem("theme") ?? "auto");
    radio.addEventListener("change", () => {
      localStorage.setItem("theme", radio.value);
      document.dispatchEvent(new Event("theme"));
    });
  }
}
