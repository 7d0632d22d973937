// Marks the lines of the XML that the last change brought.

let before = null;

function lines(review) {
  return [...review.querySelectorAll(".xml__line")];
}

export function start() {
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target.id === "review") before = lines(event.target).map((line) => line.textContent);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "review" && before) mark(lines(event.target), before);
  });
}

// Whatever lies between the common beginning and the common end is new.
function mark(after, old) {
  const same = (i, j) => after[i]?.textContent === old[j];
  let head = 0;
  while (head < after.length && head < old.length && same(head, head)) head += 1;
  let tail = 0;
  while (tail < Math.min(after.length, old.length) - head && same(after.length - 1 - tail, old.length - 1 - tail)) tail += 1;
  const changed = after.slice(head, after.length - tail);
  for (const line of changed) line.classList.add("xml__line--changed");
  const box = after[0]?.parentElement;
  if (changed.length && box) box.scrollTop = Math.max(0, changed[0].offsetTop - box.clientHeight / 3);
}
