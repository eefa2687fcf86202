// Everything about one group of keyed breakers, and its keys on demand.

import { attribute, element, setShape, shape, write } from "./dom.js";
import { against, count, countdown, groupWord, word } from "./format.js";
import { Sheet, section } from "./sheet.js";

const FACTS = [["keys", "Keys"], ["against", "Not closed"], ["calls", "Calls /s"],
  ["rejected", "Rejected /s"], ["p99", "p99"], ["evicted", "Evicted"]];
/** How many keys are shown before "Show more". */
const STEP = 100;
const MOST = 1000;

export class Group extends Sheet {
  #limit = STEP;

  constructor({ feed }) {
    super("group-sheet", { feed, path: "api/v1/groups", facts: FACTS });
    this.#arrange();
  }

  /** Empties what belongs to the group before. */
  clear() {
    this.#limit = STEP;
    this.parts.search.value = "";
  }

  request() {
    return `${this.path}/keys?limit=${this.#limit}&search=${encodeURIComponent(this.parts.search.value.trim())}`;
  }

  /** The group, and the keys that are shown. */
  async read(request) {
    const [group, keys] = await Promise.all([this.feed.json(this.path), this.feed.json(request)]);
    return { group, keys };
  }

  show({ group, keys: { found, keys } }) {
    const { facts } = this.parts;
    this.showShared(group, groupWord(group));
    write(facts.keys, `${count(group.group.keys)} of ${count(group.group.max_keys)}`);
    write(facts.evicted, count(group.group.evicted));
    this.#showKeys(found, keys);
  }

  /** The countdowns. */
  count() {
    if (this.name === null) return;
    for (const node of this.parts.keys.querySelectorAll("[data-ends]")) {
      const left = Number(node.dataset.ends) - performance.now();
      write(node, left > 0 ? countdown(left) : "now");
    }
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

  #showFirst(limit) {
    this.#limit = limit;
    this.refresh();
  }

  #arrange() {
    const { parts } = this;
    Object.assign(parts, {
      search: element("input", { type: "search", placeholder: "Find a key", autocomplete: "off", spellcheck: "false", "aria-label": "Find a key", oninput: () => this.#showFirst(STEP) }),
      found: element("p", { class: "note", role: "status" }), keys: element("ol", { class: "keys" }),
      more: element("button", { type: "button", class: "quiet", onclick: () => this.#showFirst(Math.min(MOST, this.#limit + STEP)) }, "Show more"),
    });
    parts.body.append(parts.explain, parts.factList, section("Keys", parts.search, parts.found, parts.keys, parts.more),
      section("Last 5 minutes, all keys", parts.chart, parts.axis), section("Totals since the start, all keys", parts.totalList), parts.settingsSection);
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
