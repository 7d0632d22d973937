// The answer to some forms is a file: the page stays, and may be sent again once that is under way.

const UNDER_WAY = 5000; // milliseconds

export function start() {
  document.addEventListener("submit", ({ target }) => {
    if (target.hasAttribute("data-stays")) setTimeout(() => delete target.dataset.sent, UNDER_WAY);
  });
}
