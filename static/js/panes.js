// On a narrow screen the three panes are tabs; on a wide one the navigation follows what is being read.

let current = "form";

export function show(form, pane) {
  current = pane;
  form.dataset.pane = pane;
  for (const tab of form.querySelectorAll("[data-show]")) {
    tab.setAttribute("aria-pressed", String(tab.dataset.show === pane));
  }
}

function fold(form, folded) {
  form.toggleAttribute("data-folded", folded);
  form.querySelector("[data-action=fold]").setAttribute("aria-expanded", String(!folded));
}

let observer;

export function refresh(form) {
  show(form, current);
  fold(form, localStorage.getItem("review") === "folded");
  observer?.disconnect();
  const visible = new Set();
  observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) visible[isIntersecting ? "add" : "delete"](target);
      const first = [...form.querySelectorAll(".group")].find((section) => visible.has(section));
      for (const link of form.querySelectorAll(".editor__sections a")) {
        if (first && link.hash === `#${first.id}`) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    },
    { rootMargin: "-120px 0px -50% 0px" },
  );
  for (const section of form.querySelectorAll(".group")) observer.observe(section);
}

export function start() {
  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-show]");
    if (tab) show(tab.form, tab.dataset.show);
    const folder = event.target.closest("[data-action=fold]");
    if (folder) {
      const folded = !folder.form.hasAttribute("data-folded");
      localStorage.setItem("review", folded ? "folded" : "open");
      fold(folder.form, folded);
    }
    const section = event.target.closest(".editor__sections a, .editor__state a");
    if (section) show(section.closest("form"), "form");
  });
}
