// What can go wrong between the page and the server, told without losing what was typed.

import { current } from "./form.js";

let told = false;

function token() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
}

function open(id, reason) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return;
  if (reason) dialog.querySelector("[data-reason]").textContent = reason;
  dialog.showModal();
}

function reasonIn(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const text = (selector) => page.querySelector(selector)?.textContent.trim();
  return [text("main h1"), text("main [data-remedy]")].filter(Boolean).join(". ");
}

export function start() {
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    // A new login in another tab changes the token, so the one in the cookie counts, not the one in the page.
    if (detail.parameters.csrfmiddlewaretoken && token()) detail.parameters.csrfmiddlewaretoken = token();
  });
  document.addEventListener(
    "submit",
    ({ target }) => {
      const field = target.querySelector("[name=csrfmiddlewaretoken]");
      if (field && token()) field.value = token();
    },
    true,
  );
  document.addEventListener("htmx:responseError", ({ detail }) => {
    const saving = detail.requestConfig.elt.id === "designer";
    if (told && !saving) return;
    told = true;
    if (detail.xhr.status === 401) open("signed-out");
    else open("failed", reasonIn(detail.xhr.responseText) || `The server answered with ${detail.xhr.status}.`);
  });
  document.addEventListener("htmx:sendError", ({ detail }) => {
    if (told && detail.requestConfig.elt.id !== "designer") return;
    told = true;
    open("failed", "The server cannot be reached. What you typed is still here: try again in a moment.");
  });
  document.addEventListener("htmx:afterOnLoad", ({ detail }) => {
    if (detail.xhr.status >= 400) return;
    told = false;
    document.getElementById("signed-out")?.close();
  });
  document.addEventListener("visibilitychange", () => {
    if (told && current() && document.visibilityState === "visible") window.htmx.trigger("#review", "look");
  });
}
