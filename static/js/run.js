// The page of a run that is worked on: its title says how far that is, and trouble on the way is told.

const title = document.title;
const trouble = document.querySelector("[data-trouble]");
const told = document.querySelector("[data-told]");
const TOLD_BY_THE_PAGE = [401, 403, 404];

function say(place, sentence) {
  // Written anew, it would be read out anew.
  if (place.textContent !== sentence) place.textContent = sentence;
}

function show() {
  const progress = document.getElementById("progress");
  const { percent } = progress.dataset;
  document.title = percent ? `${percent} % · ${title}` : title;
  say(told, progress.querySelector("[data-waits]")?.textContent ?? "");
}

function tell(sentence) {
  trouble.hidden = !sentence;
  say(trouble, sentence);
}

document.addEventListener("htmx:afterSwap", () => {
  tell("");
  show();
});
document.addEventListener("htmx:sendError", () => {
  tell("The server cannot be reached just now. The run needs no page: this one looks again by itself.");
});
document.addEventListener("htmx:responseError", ({ detail }) => {
  // Signed out, no longer allowed, or deleted.
  if (TOLD_BY_THE_PAGE.includes(detail.xhr.status)) location.reload();
  else tell(`The server answered with ${detail.xhr.status}. This page looks again by itself.`);
});
show();
