// Everything about one breaker, in a sheet at the side.

import { attribute, byId, element, setShape, shape, write } from "./dom.js";
import { against, count, duration, latency, moment, percent, rate, word } from "./format.js";
import { writeNext } from "./list.js";
import { draw, inWords } from "./sparkline.js";

export const TOTALS = [
  ["successes", "Succeeded"], ["failures", "Failed"], ["rejected", "Rejected"], ["ignored", "Ignored"],
  ["cancelled", "Cancelled"], ["timed_out", "Timed out"], ["panicked", "Panicked"], ["slow", "Slow"],
  ["fallback_ok", "Fallback answered"], ["fallback_failed", "Fallback failed"], ["last_good", "Last good value"], ["late", "Stale results"],
];
const SPAN = 300_000;

export class Detail {
  name = null;
  #generation = null;
  #isBusy = false;

  constructor({ feed, commands }) {
    Object.assign(this, { feed, commands });
    this.sheet = byId("detail");
    this.parts = build(this.sheet, commands, () => this.name);
    this.sheet.addEventListener("close", () => { this.name = null; if (location.hash === this.hash) history.pushState(null, "", location.pathname); this.onClose?.(); });
    this.sheet.addEventListener("click", (event) => { if (event.target === this.sheet) this.sheet.close(); });
  }

  open(name) {
    if (this.name === name) return;
    this.name = name;
    this.hash = location.hash;
    this.#generation = null;
    write(this.parts.name, name);
    write(this.parts.problem, "");
    this.parts.body.hidden = true;
    this.parts.history.replaceChildren();
    this.parts.events = [];
    if (!this.sheet.open) this.sheet.showModal();
    this.refresh();
  }

  close() {
    if (this.sheet.open) this.sheet.close();
  }

  /** Reads the breaker again. */
  async refresh() {
    const { name } = this;
    if (name === null || this.#isBusy) return;
    this.#isBusy = true;
    const path = `api/v1/breakers/${encodeURIComponent(name)}`;
    try {
      const breaker = await this.feed.json(path);
      if (this.#generation !== breaker.generation) {
        const events = await this.feed.json(`${path}/history`);
        if (this.name === name) this.parts.events = showHistory(this.parts.history, events.history);
        this.#generation = breaker.generation;
      }
      if (this.name === name) this.show(breaker);
    } catch (error) {
      if (this.name === name) write(this.parts.problem, error.message);
    } finally {
      this.#isBusy = false;
    }
  }

  show(breaker) {
    const { parts } = this;
    const at = (ms) => (ms === null || ms === undefined ? null : performance.now() + ms);
    this.breaker = Object.assign(breaker, { retryAt: at(breaker.retry_after_ms), overrideEndsAt: at(breaker.override_ends_in_ms) });
    write(parts.problem, "");
    parts.body.hidden = false;
    attribute(parts.head, "data-state", breaker.state);
    setShape(parts.shape, breaker.state);
    write(parts.word, word(breaker.state));
    write(parts.declared, breaker.declared_at ? `Declared at ${breaker.declared_at}` : "Made by a builder");
    showLines(parts.explain, breaker.explain.split("\n"));
    fillFacts(parts.facts, breaker);
    this.count();
    draw(parts.chart, breaker.samples, { gap: 0 });
    attribute(parts.chart, "aria-label", inWords(breaker.samples));
    showBand(parts.band, parts.events, breaker);
    for (const [key] of TOTALS) write(parts.totals[key], count(breaker.totals[key]));
    showSettings(parts.settings, breaker.settings);
    showInstances(parts, breaker.instances ?? []);
    if (breaker.instances?.length) this.commands.setInstances(breaker.instances);
    const isForced = breaker.state.startsWith("forced") || breaker.state === "disabled";
    for (const button of parts.actions.querySelectorAll("button")) {
      if (button.dataset.command === "release") button.disabled = !isForced && (breaker.instances ?? []).every(({ state }) => !state.startsWith("forced"));
    }
  }

  /** The countdown. */
  count() {
    if (!this.breaker) return;
    writeNext(this.parts.facts.next, this.breaker);
    if (!this.parts.facts.next.textContent) write(this.parts.facts.next, "–");
  }
}

function build(sheet, commands, name) {
  const parts = {
    shape: shape("closed"), word: element("span", { class: "word" }), name: element("h2", { id: "detail-name" }),
    declared: element("p", { class: "declared" }), problem: element("p", { class: "problem", role: "alert" }),
    explain: element("div", { class: "explain" }), facts: {}, chart: element("canvas", { class: "chart", role: "img", "aria-label": "Last 5 minutes" }),
    band: element("div", { class: "band", role: "img" }), totals: {}, settings: element("tbody"),
    history: element("ol", { class: "history" }), instances: element("tbody"), events: [],
  };
  const fact = (key, title) => element("div", {}, element("dt", {}, title), parts.facts[key] = element("dd", { class: "number" }));
  const total = ([key, title]) => element("div", {}, element("dt", {}, title), parts.totals[key] = element("dd", { class: "number" }));
  parts.actions = element("div", { class: "actions", role: "group", "aria-label": "Commands" }, ...commands.buttons(name));
  parts.instancesSection = element("section", { hidden: true }, element("h3", {}, "Instances"), element("table", {}, parts.instances));
  parts.body = element("div", { class: "sheet-body" },
    parts.actions, parts.explain,
    element("dl", { class: "facts" }, fact("next", "Next trial"), fact("against", "Failures / threshold"), fact("calls", "Calls /s"),
      fact("rejected", "Rejected /s"), fact("p99", "p99"), fact("trials", "Trial calls")),
    element("section", {}, element("h3", {}, "Last 5 minutes"), parts.chart, parts.band,
      element("p", { class: "axis", "aria-hidden": "true" }, element("span", {}, "5 min ago"), element("span", {}, "now"))),
    parts.instancesSection,
    element("section", {}, element("h3", {}, "History"), parts.history),
    element("section", {}, element("h3", {}, "Totals since the start"), element("dl", { class: "totals" }, ...TOTALS.map(total))),
    element("section", {}, element("h3", {}, "Settings"), element("table", {}, parts.settings)));
  parts.head = sheetHead(sheet, parts);
  sheet.append(parts.head, parts.problem, parts.body);
  return parts;
}

/** State, name and the button that closes the sheet. */
export function sheetHead(sheet, parts) {
  return element("header", { class: "sheet-head" },
    element("div", {}, element("span", { class: "state" }, parts.shape, parts.word), parts.name, parts.declared),
    element("button", { type: "button", class: "quiet close", "aria-label": "Close", onclick: () => sheet.close() }, "✕"));
}

/** One element a line, so that a long line is indented where it goes on. */
export function showLines(node, lines) {
  if (node.children.length !== lines.length) node.replaceChildren(...lines.map(() => element("p")));
  lines.forEach((line, index) => write(node.children[index], line));
}

function fillFacts(facts, breaker) {
  const { trials } = breaker;
  write(facts.against, against(breaker));
  write(facts.calls, rate(breaker.calls_per_second));
  write(facts.rejected, rate(breaker.rejected_per_second));
  write(facts.p99, breaker.p99_ms === null || breaker.p99_ms === undefined ? "–" : latency(breaker.p99_ms));
  const isTrying = breaker.state === "half_open";
  write(facts.trials, isTrying ? `${trials.completed} of ${trials.needed}, ${trials.in_flight} running` : `${trials.needed} to close`);
}

export function showSettings(body, settings) {
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

function showInstances(parts, instances) {
  parts.instancesSection.hidden = instances.length === 0;
  const row = () => element("tr", {}, element("th", { scope: "row" }), element("td", {}, element("span", { class: "state" }, shape("closed"), element("span", { class: "word" }))), element("td", { class: "source" }));
  const body = parts.instances;
  while (body.children.length > instances.length) body.lastChild.remove();
  while (body.children.length < instances.length) body.append(row());
  instances.forEach((instance, index) => {
    const [name, state, note] = body.children[index].children;
    attribute(state, "data-state", instance.state);
    setShape(state.firstChild.firstChild, instance.state);
    write(name, instance.instance);
    write(state.firstChild.lastChild, word(instance.state));
    const end = instance.remaining_ms ? `${instance.state === "open" ? "next trial" : "ends"} in ${duration(instance.remaining_ms)}` : "";
    write(note, [instance.is_this ? "this page" : "", end, instance.by ? `by ${instance.by}` : ""].filter(Boolean).join(", "));
  });
}

/** Newest first; returns the events, oldest first. */
function showHistory(list, events) {
  const entry = (event) => {
    const sign = event.to ? shape(event.to) : element("span", { class: "shape", "aria-hidden": "true" }, "·");
    const lines = [element("p", {}, event.text)];
    if (event.who) lines.push(element("p", { class: "who" }, `${event.who}: ${event.why}`));
    if (event.error) lines.push(element("p", { class: "error" }, event.error));
    return element("li", { "data-state": event.to ?? undefined }, element("time", { class: "number", datetime: new Date(event.time_ms).toISOString() }, moment(event.time_ms)), sign, element("div", {}, ...lines));
  };
  const newest = [...events].reverse();
  list.replaceChildren(...newest.map(entry));
  if (events.length === 0) list.append(element("li", { class: "none" }, "No change yet."));
  return events;
}

/** The state at each moment of the chart. */
function showBand(band, events, breaker) {
  const now = Date.now();
  const start = now - SPAN;
  const changes = events.filter((event) => event.to);
  let state = changes.findLast((event) => event.time_ms <= start)?.to ?? changes[0]?.from ?? breaker.state;
  let from = start;
  const pieces = [];
  const end = (at) => { if (at > from) pieces.push([state, at - from]); from = Math.max(from, at); };
  for (const event of changes.filter((event) => event.time_ms > start)) {
    end(Math.min(now, event.time_ms));
    state = event.to;
  }
  end(now);
  // The cooldown has elapsed, and no call has come since to make the transition.
  if (pieces.length && state !== breaker.state) pieces.push([breaker.state, SPAN / 300]);
  band.replaceChildren(...pieces.map(([state, ms]) => {
    const piece = element("i", { "data-state": state, title: `${word(state)} for ${duration(ms)}` });
    piece.style.flexGrow = String(ms);
    return piece;
  }));
  attribute(band, "aria-label", `State: ${pieces.map(([state, ms]) => `${word(state)} ${duration(ms)}`).join(", ")}`);
}
