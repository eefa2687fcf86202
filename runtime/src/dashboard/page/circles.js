// Hystrix' picture: a circle for each breaker. Its size is the traffic, its colour the health.

import { attribute, byId, element, setShape, shape, write } from "./dom.js";
import { groupWord, rate, word } from "./format.js";

const SMALLEST = 0.12;
/** Calls per second of the largest circle. */
const LARGEST = 10000;

export class Circles {
  #cells = new Map();

  constructor() {
    this.root = byId("circles");
  }

  /** Shows these, in this order. A cell keeps its place until the order changes. */
  show(items) {
    const kept = new Set();
    const nodes = items.map((item) => {
      const key = item.key ?? item.name;
      kept.add(key);
      const cell = this.#cells.get(key) ?? (item.heading ? heading() : circle());
      this.#cells.set(key, cell);
      cell.fill(item);
      return cell.node;
    });
    for (const key of [...this.#cells.keys()].filter((key) => !kept.has(key))) this.#cells.delete(key);
    const isSame = nodes.length === this.root.children.length && nodes.every((node, index) => node === this.root.children[index]);
    if (!isSame) this.root.replaceChildren(...nodes);
  }
}

function heading() {
  const node = element("h2");
  return { node, fill: (item) => write(node, `${item.heading} · ${item.members}`) };
}

function circle() {
  const parts = {
    disc: element("span", { class: "disc", "aria-hidden": "true" }),
    shape: shape("closed"),
    name: element("span", { class: "name" }),
    text: element("span", { class: "text number" }),
  };
  const node = element("a", { class: "cell" }, element("span", { class: "stage" }, parts.disc, parts.shape), parts.name, parts.text);
  node.addEventListener("click", (event) => {
    event.preventDefault();
    location.hash = node.dataset.hash;
  });
  const fill = (breaker) => {
    attribute(node, "data-state", breaker.state);
    node.classList.toggle("near", breaker.threshold_used >= 0.5);
    node.dataset.hash = `#/${encodeURIComponent(breaker.name)}`;
    node.href = location.pathname + node.dataset.hash;
    attribute(node, "title", breaker.name);
    parts.disc.style.transform = `scale(${size(breaker.calls_per_second)})`;
    setShape(parts.shape, breaker.state);
    write(parts.name, breaker.name);
    write(parts.text, `${breaker.group ? groupWord(breaker) : word(breaker.state)} · ${rate(breaker.calls_per_second)} /s`);
  };
  return { node, fill };
}

/** Ten times the traffic is one step larger, so that small services stay visible beside large ones. */
function size(perSecond) {
  const part = Math.log10(1 + perSecond) / Math.log10(1 + LARGEST);
  return Math.min(1, SMALLEST + (1 - SMALLEST) * part);
}
