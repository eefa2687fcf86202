// Everything about one group of keyed breakers, and its keys on demand.

import { attribute, byId, element, setShape, shape, write } from "./dom.js";
import { against, count, countdown, groupWord, latency, rate, word } from "./format.js";
import { TOTALS, sheetHead, showLines, showSettings } from "./detail.js";
import { draw, inWords } from "./sparkline.js";

/** How many keys are shown before "Show more". */
const STEP = 100;
const MOST = 1000;

export class Group {
  name = null;
  #isBusy = false;
  #limit = STEP;

  constructor({ feed }) {
    this.feed = feed;
    this.sheet = byId("group-sheet");
    this.parts = this.#build();
    this.sheet.addEventListener("close", () => { this.name = null; if (location.hash === this.hash) history.pushState(null, "", location.pathname); this.onClose?.(); });
    this.sheet.addEventListener("click", (event) => { if (event.target === this.sheet) this.sheet.close(); });
  }

  open(name) {
    if (this.name === name) return;
    this.name = name;
    this.hash = location.hash;
    this.#limit = STEP;
    write(this.parts.name, name);
    write(this.parts.problem, "");
    this.parts.search.value = "";
    this.parts.body.hidden = true;
    if (!this.sheet.open) this.sheet.showModal();
    this.refresh();
  }

  close() {
    if (this.sheet.open) this.sheet.close();
  }

  /** Reads the group and the keys that are shown again. */
  async refresh() {
    const { name } = this;
    if (name === null || this.#isBusy) return;
    this.#isBusy = true;
    const path = `api/v1/groups/${encodeURIComponent(name)}`;
    const search = this.parts.search.value.trim();
    try {
      const [group, keys] = await Promise.all([
        this.feed.json(path),
        this.feed.json(`${path}/keys?limit=${this.#limit}&search=${encodeURIComponent(search)}`),
      ]);
      if (this.name === name) this.#show(group, keys);
    } catch (error) {
      if (this.name === name) write(this.parts.problem, error.message);
    } finally {
      this.#isBusy = false;
    }
    if (this.name === name && this.parts.search.value.trim() !== search) this.refresh();
  }

  /** The countdowns. */
  count() {
    if (this.name === null) return;
    for (const node of this.parts.keys.querySelectorAll("[data-ends]")) {
      const left = Number(node.dataset.ends) - performance.now();
      write(node, left > 0 ? countdown(left) : "now");
    }
  }

  #show(group, { found, keys }) {
    const { parts } = this;
    write(parts.problem, "");
    parts.body.hidden = false;
    attribute(parts.head, "data-state", group.state);
    setShape(parts.shape, group.state);
    write(parts.word, groupWord(group));
    write(parts.declared, group.declared_at ? `Declared at ${group.declared_at}` : "Made by a builder");
    showLines(parts.explain, group.explain.split("\n"));
    const { facts } = parts;
    write(facts.keys, `${count(group.group.keys)} of ${count(group.group.max_keys)}`);
    write(facts.against, against(group));
    write(facts.calls, rate(group.calls_per_second));
    write(facts.rejected, rate(group.rejected_per_second));
    write(facts.p99, group.p99_ms === null ? "–" : latency(group.p99_ms));
    write(facts.evicted, count(group.group.evicted));
    draw(parts.chart, group.samples, { gap: 0 });
    attribute(parts.chart, "aria-label", inWords(group.samples));
    for (const [key] of TOTALS) write(parts.totals[key], count(group.totals[key]));
    showSettings(parts.settings, group.settings);
    this.#showKeys(found, keys);
  }

  #showKeys(found, keys) {
    const { parts } = this;
    const list = parts.keys;
    while (list.children.length > keys.length) list.lastChild.remove();
    while (list.children.length < keys.length) list.append(keyRow());
    keys.forEach((key, index) => fillKey(list.children[index], key));
    write(parts.found, found === 0 ? "No key matches." : `${count(keys.length)} of ${count(found)} ${found === 1 ? "key" : "keys"}, the worst first`);
    parts.more.hidden = keys.length >= found || this.#limit >= MOST;
    this.count();
  }

  #build() {
    const parts = {
      shape: shape("closed"), word: element("span", { class: "word" }), name: element("h2", { id: "group-name" }),
      declared: element("p", { class: "declared" }), problem: element("p", { class: "problem", role: "alert" }),
      explain: element("div", { class: "explain" }), facts: {}, totals: {}, settings: element("tbody"),
      chart: element("canvas", { class: "chart", role: "img", "aria-label": "Last 5 minutes" }),
      search: element("input", { type: "search", placeholder: "Find a key", autocomplete: "off", spellcheck: "false", "aria-label": "Find a key" }),
      found: element("p", { class: "note", role: "status" }), keys: element("ol", { class: "keys" }),
      more: element("button", { type: "button", class: "quiet", onclick: () => { this.#limit = Math.min(MOST, this.#limit + STEP); this.refresh(); } }, "Show more"),
    };
    const fact = (key, title) => element("div", {}, element("dt", {}, title), parts.facts[key] = element("dd", { class: "number" }));
    const total = ([key, title]) => element("div", {}, element("dt", {}, title), parts.totals[key] = element("dd", { class: "number" }));
    parts.search.addEventListener("input", () => { this.#limit = STEP; this.refresh(); });
    parts.body = element("div", { class: "sheet-body" }, parts.explain,
      element("dl", { class: "facts" }, fact("keys", "Keys"), fact("against", "Not closed"), fact("calls", "Calls /s"),
        fact("rejected", "Rejected /s"), fact("p99", "p99"), fact("evicted", "Evicted")),
      element("section", {}, element("h3", {}, "Keys"), parts.search, parts.found, parts.keys, parts.more),
      element("section", {}, element("h3", {}, "Last 5 minutes, all keys"), parts.chart,
        element("p", { class: "axis", "aria-hidden": "true" }, element("span", {}, "5 min ago"), element("span", {}, "now"))),
      element("section", {}, element("h3", {}, "Totals since the start, all keys"), element("dl", { class: "totals" }, ...TOTALS.map(total))),
      element("section", {}, element("h3", {}, "Settings"), element("table", {}, parts.settings)));
    parts.head = sheetHead(this.sheet, parts);
    this.sheet.append(parts.head, parts.problem, parts.body);
    return parts;
  }
}

function keyRow() {
  const link = element("a", { class: "name" });
  return element("li", {}, element("span", { class: "state" }, shape("closed"), element("span", { class: "word" })), link,
    element("span", { class: "number ends" }), element("span", { class: "number against" }), element("span", { class: "error" }));
}

function fillKey(node, key) {
  const [state, link, next, failing, error] = node.children;
  attribute(node, "data-state", key.state);
  setShape(state.firstChild, key.state);
  write(state.lastChild, word(key.state));
  write(link, key.key === "*" ? "* (keys without room)" : key.key || "(empty)");
  attribute(link, "title", key.name);
  link.href = `${location.pathname}#/${encodeURIComponent(key.name)}`;
  if (key.retry_after_ms === null) { delete next.dataset.ends; write(next, ""); }
  else next.dataset.ends = String(Math.round(performance.now() + key.retry_after_ms));
  write(failing, against(key));
  write(error, key.last_error ?? "");
  attribute(error, "title", key.last_error ?? "");
}
