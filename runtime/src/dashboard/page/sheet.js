// A sheet at the side. One shows a breaker, another a group of keyed breakers: this is what they share.

import { attribute, byId, element, setShape, shape, write } from "./dom.js";
import { against, count, latency, rate } from "./format.js";
import { draw, inWords } from "./sparkline.js";

const TOTALS = [
  ["successes", "Succeeded"], ["failures", "Failed"], ["rejected", "Rejected"], ["ignored", "Ignored"],
  ["cancelled", "Cancelled"], ["timed_out", "Timed out"], ["panicked", "Panicked"], ["slow", "Slow"],
  ["fallback_ok", "Fallback answered"], ["fallback_failed", "Fallback failed"], ["last_good", "Last good value"], ["late", "Stale results"],
];

/** A section with a title. */
export const section = (title, ...children) => element("section", {}, element("h3", {}, title), ...children);

export class Sheet {
  name = null;
  #isBusy = false;

  /** `path`: where the server lists what the sheet shows. `facts`: keys and titles of the figures at the top. */
  constructor(id, { feed, path, facts }) {
    Object.assign(this, { feed, listPath: path });
    this.sheet = byId(id);
    this.parts = build(this.sheet, facts);
    this.sheet.addEventListener("close", () => this.#closed());
    this.sheet.addEventListener("click", (event) => { if (event.target === this.sheet) this.sheet.close(); });
  }

  open(name) {
    if (this.name === name) return;
    this.name = name;
    this.hash = location.hash;
    write(this.parts.name, name);
    write(this.parts.problem, "");
    this.parts.body.hidden = true;
    this.clear();
    if (!this.sheet.open) this.sheet.showModal();
    this.refresh();
  }

  close() {
    if (this.sheet.open) this.sheet.close();
  }

  #closed() {
    this.name = null;
    if (location.hash === this.hash) history.pushState(null, "", location.pathname);
    this.onClose?.();
  }

  get path() {
    return `${this.listPath}/${encodeURIComponent(this.name)}`;
  }

  /** What the next answer depends on: an answer to another request is not shown. */
  request() {
    return this.path;
  }

  /** Reads again what the sheet shows. */
  async refresh() {
    if (this.name === null || this.#isBusy) return;
    this.#isBusy = true;
    const request = this.request();
    const isCurrent = () => this.request() === request;
    try {
      const answer = await this.read(request);
      if (isCurrent()) this.show(answer);
    } catch (error) {
      if (isCurrent()) write(this.parts.problem, error.message);
    } finally {
      this.#isBusy = false;
    }
    // Meanwhile, another name was opened or another text searched for.
    if (!isCurrent()) this.refresh();
  }

  /** Shows what a breaker and a group both have. */
  showShared(shown, stateWord) {
    const { parts } = this;
    const { facts } = parts;
    write(parts.problem, "");
    parts.body.hidden = false;
    attribute(parts.head, "data-state", shown.state);
    setShape(parts.shape, shown.state);
    write(parts.word, stateWord);
    write(parts.declared, shown.declared_at ? `Declared at ${shown.declared_at}` : "Made by a builder");
    showLines(parts.explain, shown.explain.split("\n"));
    write(facts.against, against(shown));
    write(facts.calls, rate(shown.calls_per_second));
    write(facts.rejected, rate(shown.rejected_per_second));
    write(facts.p99, shown.p99_ms === null || shown.p99_ms === undefined ? "–" : latency(shown.p99_ms));
    draw(parts.chart, shown.samples, { gap: 0 });
    attribute(parts.chart, "aria-label", inWords(shown.samples));
    for (const [key] of TOTALS) write(parts.totals[key], count(shown.totals[key]));
    showSettings(parts.settings, shown.settings);
  }
}

/** The parts of a sheet. Its body is still empty: each kind of sheet arranges them and its own ones in it. */
function build(sheet, facts) {
  const figures = (into, entries) => entries.map(([key, title]) => element("div", {}, element("dt", {}, title), into[key] = element("dd", { class: "number" })));
  const parts = {
    shape: shape("closed"), word: element("span", { class: "word" }), name: element("h2", { id: sheet.getAttribute("aria-labelledby") }),
    declared: element("p", { class: "declared" }), problem: element("p", { class: "problem", role: "alert" }),
    explain: element("div", { class: "explain" }), facts: {}, totals: {}, settings: element("tbody"),
    chart: element("canvas", { class: "chart", role: "img", "aria-label": "Last 5 minutes" }),
    axis: element("p", { class: "axis", "aria-hidden": "true" }, element("span", {}, "5 min ago"), element("span", {}, "now")),
    body: element("div", { class: "sheet-body" }),
  };
  parts.factList = element("dl", { class: "facts" }, ...figures(parts.facts, facts));
  parts.totalList = element("dl", { class: "totals" }, ...figures(parts.totals, TOTALS));
  parts.settingsSection = section("Settings", element("table", {}, parts.settings));
  parts.head = element("header", { class: "sheet-head" },
    element("div", {}, element("span", { class: "state" }, parts.shape, parts.word), parts.name, parts.declared),
    element("button", { type: "button", class: "quiet close", "aria-label": "Close", onclick: () => sheet.close() }, "✕"));
  sheet.append(parts.head, parts.problem, parts.body);
  return parts;
}

/** One element a line, so that a long line is indented where it goes on. */
function showLines(node, lines) {
  if (node.children.length !== lines.length) node.replaceChildren(...lines.map(() => element("p")));
  lines.forEach((line, index) => write(node.children[index], line));
}

function showSettings(body, settings) {
  if (body.children.length !== settings.length) {
    body.replaceChildren(...settings.map(() => element("tr", {}, element("th", { scope: "row" }), element("td", { class: "number" }), element("td", { class: "source" }))));
  }
  settings.forEach(({ key, value, source }, index) => {
    const [head, shown, origin] = body.children[index].children;
    write(head, key);
    write(shown, value);
    write(origin, source ?? "");
    body.children[index].classList.toggle("off", value === "off");
  });
}
