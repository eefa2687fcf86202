// Elements made of text nodes and attributes. Nothing that the server sends is ever parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** An element. A property is set if the element has it, an attribute otherwise. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key in made && typeof value !== "string") made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export const byId = (id) => document.getElementById(id);

/** Writes a text only if it differs, so that a screen reader is not interrupted. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function attribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

// Each state has a silhouette of its own: colour is never the only sign.
const SHAPES = {
  closed: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z",
  half_open: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 3.8v8.4a4.2 4.2 0 0 0 0-8.4z",
  open: "M5.4 1.8h5.2l3.6 3.6v5.2l-3.6 3.6H5.4l-3.6-3.6V5.4z",
  forced_open: "M2.5 2.5h11v11h-11z",
  forced_closed: "M2.5 2.5h11v11h-11zM4.7 4.7v6.6h6.6V4.7z",
  disabled: "M2.5 6.8h11v2.4h-11z",
};

/** The shape of a state. */
export function shape(state) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("shape");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  setShape(svg, state);
  return svg;
}

export function setShape(svg, state) {
  attribute(svg.firstChild, "d", SHAPES[state] ?? SHAPES.disabled);
}
