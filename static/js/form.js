// The designer's form on this page.

export function current() {
  return document.querySelector("#designer");
}

// The form that an event happened in. A save puts the new form before the old one and then takes that out, whereupon
// browsers fire `change` for the field in it that had the focus: such events are about nothing any more.
export function formOf(event) {
  const form = event.target.closest?.("#designer");
  return form === current() ? form : null;
}

// The short form of a template, which shows a few keys by themselves.
export function short() {
  return document.querySelector("#short");
}

// The form that an event in a key happened in, the short one included.
export function keysOf(event) {
  return formOf(event) ?? event.target.closest?.("#short");
}
