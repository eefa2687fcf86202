// The list: only the rows that can be seen exist, so 10,000 breakers scroll like ten.

import { attribute, byId, element, setShape, shape, write } from "./dom.js";
import { against, count, countdown, groupWord, latency, rate, word } from "./format.js";
import { draw, inWords } from "./sparkline.js";

const COLUMNS = [
  ["state", "State", "worst"],
  ["name", "Breaker", "name"],
  ["next", "Next trial", null],
  ["calls", "Calls /s", "calls"],
  ["failing", "Failures / threshold", "failing"],
  ["rejected", "Rejected /s", "rejected"],
  ["p99", "p99", "p99"],
  ["spark", "Last 5 minutes", null],
];
/** Rows above and below the visible ones, so that a fast scroll shows no gap. */
const MARGIN = 6;

export class List {
  #items = [];
  #tops = [0];
  #rows = new Map();
  #spare = [];
  #frame = 0;
  /** Which part of the last point's time has passed. */
  passed = 1;

  constructor({ onSort, onToggle }) {
    this.viewport = byId("viewport");
    this.spacer = byId("spacer");
    this.onToggle = onToggle;
    byId("columns").append(...COLUMNS.map(([key, title, sort]) => column(key, title, sort, onSort)));
    this.viewport.addEventListener("scroll", () => this.#soon(), { passive: true });
    this.viewport.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => this.refresh()).observe(this.viewport);
  }

  /** Shows these: breakers and group headings, in order. */
  show(items) {
    this.#items = items;
    this.refresh();
  }

  /** Measures again: the height of a row depends on the width of the window. */
  refresh() {
    const style = getComputedStyle(this.viewport);
    const heights = { breaker: parseFloat(style.getPropertyValue("--row")), group: parseFloat(style.getPropertyValue("--group")) };
    this.#tops = [0];
    for (const item of this.#items) this.#tops.push(this.#tops.at(-1) + (item.heading ? heights.group : heights.breaker));
    this.spacer.style.height = `${this.#tops.at(-1)}px`;
    attribute(byId("table"), "aria-rowcount", String(this.#items.length + 1));
    this.#paint(true);
  }

  /** Draws the numbers of the visible rows. */
  update() {
    this.#paint(true);
  }

  /** The countdowns of the visible rows. */
  count() {
    for (const row of this.#rows.values()) row.breaker && writeNext(row.parts.next, row.breaker);
  }

  sortedBy(sort) {
    for (const head of byId("columns").children) {
      attribute(head, "aria-sort", head.dataset.sort === sort ? (sort === "name" ? "ascending" : "descending") : "none");
    }
  }

  focus(name) {
    const index = this.#items.findIndex((item) => item.name === name);
    if (index >= 0) this.#focus(index);
  }

  #soon() {
    this.#frame ||= requestAnimationFrame(() => this.#paint(false));
  }

  #paint(isChanged) {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const { scrollTop, clientHeight } = this.viewport;
    const first = Math.max(0, this.#index(scrollTop) - MARGIN);
    const last = Math.min(this.#items.length, this.#index(scrollTop + clientHeight) + 1 + MARGIN);
    const visible = new Map(this.#items.slice(first, last).map((item, offset) => [item.key ?? item.name, first + offset]));
    const focused = document.activeElement;
    for (const [key, row] of this.#rows) {
      if (visible.has(key) || row.node.contains(focused)) continue;
      this.#rows.delete(key);
      row.node.remove();
      if (!row.isGroup) this.#spare.push(row);
    }
    for (const [key, index] of visible) {
      const item = this.#items[index];
      let row = this.#rows.get(key);
      const isNew = !row;
      if (isNew) {
        row = item.heading ? groupRow(this.onToggle) : (this.#spare.pop() ?? breakerRow());
        this.#rows.set(key, row);
        this.spacer.append(row.node);
      }
      if (row.top !== this.#tops[index]) {
        row.top = this.#tops[index];
        row.node.style.transform = `translateY(${row.top}px)`;
        attribute(row.node, "aria-rowindex", String(index + 2));
      }
      if (isNew || isChanged) item.heading ? fillGroup(row, item) : fill(row, item, this.passed);
    }
  }

  /** The item at this height. */
  #index(top) {
    let [low, high] = [0, this.#items.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#tops[middle + 1] <= top) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const focused = [...this.#rows].find(([, row]) => row.node.contains(document.activeElement))?.[0];
    const index = this.#items.findIndex((item) => (item.key ?? item.name) === focused);
    this.#focus(Math.max(0, Math.min(this.#items.length - 1, index + step)));
  }

  #focus(index) {
    const { scrollTop, clientHeight } = this.viewport;
    const [top, bottom] = [this.#tops[index], this.#tops[index + 1]];
    if (top < scrollTop) this.viewport.scrollTop = top;
    else if (bottom > scrollTop + clientHeight) this.viewport.scrollTop = bottom - clientHeight;
    this.#paint(false);
    const item = this.#items[index];
    this.#rows.get(item?.key ?? item?.name)?.focus.focus({ preventScroll: true });
    this.#paint(false);
  }
}

function column(key, title, sort, onSort) {
  const content = sort ? element("button", { type: "button", onclick: () => onSort(sort) }, title) : title;
  const head = element("div", { role: "columnheader", class: `c-${key}` }, content);
  if (sort) head.dataset.sort = sort;
  return head;
}

function breakerRow() {
  const cell = (key, ...children) => element("div", { role: "cell", class: `c-${key}` }, ...children);
  const parts = {
    shape: shape("closed"),
    word: element("span", { class: "word" }),
    link: element("a", { class: "name" }),
    badge: element("span", { class: "badge" }),
    error: element("span", { class: "error" }),
    next: element("span", { class: "number" }),
    calls: element("span", { class: "number" }),
    used: element("i", {}),
    against: element("span", { class: "number" }),
    rejected: element("span", { class: "number" }),
    p99: element("span", { class: "number" }),
    canvas: element("canvas", { role: "img" }),
  };
  const node = element("div", { role: "row", class: "row" },
    cell("state", element("span", { class: "state" }, parts.shape, parts.word)),
    cell("name", element("span", { class: "title" }, parts.link, parts.badge), parts.error),
    cell("next", parts.next),
    cell("calls", parts.calls),
    cell("failing", parts.against, element("span", { class: "meter", "aria-hidden": "true" }, parts.used)),
    cell("rejected", parts.rejected),
    cell("p99", parts.p99),
    cell("spark", parts.canvas));
  parts.link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    location.hash = parts.link.dataset.hash;
  });
  return { node, parts, focus: parts.link };
}

function fill(row, breaker, passed) {
  const { node, parts } = row;
  row.breaker = breaker;
  attribute(node, "data-state", breaker.state);
  setShape(parts.shape, breaker.state);
  write(parts.word, breaker.group ? groupWord(breaker) : word(breaker.state));
  write(parts.badge, breaker.group ? `${count(breaker.group.keys)} ${breaker.group.keys === 1 ? "key" : "keys"}` : "");
  write(parts.link, breaker.name);
  attribute(parts.link, "title", breaker.name);
  parts.link.dataset.hash = `#/${encodeURIComponent(breaker.name)}`;
  parts.link.href = location.pathname + parts.link.dataset.hash;
  const note = breaker.override_by ?? breaker.last_error ?? "";
  write(parts.error, note);
  attribute(parts.error, "title", note);
  writeNext(parts.next, breaker);
  write(parts.calls, rate(breaker.calls_per_second));
  write(parts.rejected, rate(breaker.rejected_per_second));
  node.classList.toggle("rejects", breaker.rejected_per_second > 0);
  node.classList.toggle("idle", breaker.calls_per_second === 0);
  write(parts.against, against(breaker));
  parts.used.style.transform = `scaleX(${breaker.threshold_used})`;
  node.classList.toggle("near", breaker.threshold_used >= 0.5);
  write(parts.p99, breaker.p99_ms === null || breaker.p99_ms === undefined ? "–" : latency(breaker.p99_ms));
  draw(parts.canvas, breaker.points, { passed });
  attribute(parts.canvas, "aria-label", inWords(breaker.points));
}

/** When the next trial call may run, or when an override ends. */
export function writeNext(node, breaker) {
  const left = (at) => Math.max(0, at - performance.now());
  if (breaker.overrideEndsAt) write(node, `ends ${countdown(left(breaker.overrideEndsAt))}`);
  else if (breaker.state === "half_open") write(node, "now");
  else if (breaker.retryAt) write(node, left(breaker.retryAt) > 0 ? countdown(left(breaker.retryAt)) : "now");
  else write(node, "");
}

function groupRow(onToggle) {
  const button = element("button", { type: "button" });
  const parts = { button, title: element("b"), sum: element("span"), open: element("span", { class: "bad" }), calls: element("span", { class: "number" }) };
  button.append(element("span", { class: "chevron", "aria-hidden": "true" }), parts.title, parts.sum, parts.open, parts.calls);
  const node = element("div", { role: "row", class: "group" }, element("div", { role: "cell" }, button));
  const row = { node, parts, isGroup: true, focus: button };
  button.addEventListener("click", () => onToggle(row.group));
  return row;
}

function fillGroup(row, item) {
  row.group = item.heading;
  write(row.parts.title, item.heading);
  write(row.parts.sum, `${count(item.members)} ${item.members === 1 ? "breaker" : "breakers"}`);
  write(row.parts.open, item.open ? `${count(item.open)} not closed` : "");
  write(row.parts.calls, `${rate(item.calls)} calls/s`);
  attribute(row.parts.button, "aria-expanded", String(!item.isCollapsed));
}
