// Elements: found, made, shown.

const SVG = "http://www.w3.org/2000/svg";

/** The element with this id. Throws where there is none: a typo must not pass in silence. */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element #${id}`);
  return found;
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== false) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** A new HTML element; an attribute of null or false is left out. */
export const make = (tag, attributes = {}, ...children) => filled(document.createElement(tag), attributes, children);

/** A new SVG element, as `make`. */
export const draw = (tag, attributes = {}, ...children) =>
  filled(document.createElementNS(SVG, tag), attributes, children);

/** Shows `text` in a notice and hides the notice where `text` is empty. Says the same thing once only. */
export function notice(element, text) {
  if (element.textContent !== text) element.textContent = text;
  element.hidden = !text;
}

/** Makes the letters of `element` as large as its box allows: from `most` down to `least`, in pixels. */
export function fit(element, box, most, least) {
  let size = most;
  element.style.fontSize = `${size}px`;
  while (size > least && (element.scrollHeight > box.clientHeight || element.scrollWidth > box.clientWidth)) {
    size = Math.max(least, size * 0.93);
    element.style.fontSize = `${size}px`;
  }
}

/** Asks before something is deleted; true if the user says yes, by the button called `word`. */
export function confirmed(question, word = "Delete") {
  const dialog = byId("confirm");
  byId("confirm-words").textContent = question;
  byId("confirm-yes").textContent = word;
  dialog.returnValue = "no"; // Esc closes it without a value
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
