// Small helpers for elements and pictures.

/** Make an element: `element("p", {class: "small"}, "text", child)`. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  fill(made, attributes, children);
  return made;
}

/** Make an element of a picture. */
export function drawn(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  fill(made, attributes, children);
  return made;
}

function fill(made, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
}

/** Return the element with an id. */
export const at = (id) => document.getElementById(id);

/** Set the text of an element only if it differs, so that a screen reader is not disturbed. */
export function say(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

export const INK = "#1a1a1a", GREY = "#6b6b6b", ACCENT = "#0b4f8a", BAND = "#b9d0e6", WITHIN = "#ececec";
