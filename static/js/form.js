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
