// Everything about one breaker, in a sheet at the side.

import { attribute, element, setShape, shape, write } from "./dom.js";
import { duration, moment, word } from "./format.js";
import { writeNext } from "./list.js";
import { Sheet, section } from "./sheet.js";

const FACTS = [["next", "Next trial"], ["against", "Failures / threshold"], ["calls", "Calls /s"],
  ["rejected", "Rejected /s"], ["p99", "p99"], ["trials", "Trial calls"]];
/** How long the chart is. */
const SPAN = 300_000;

export class Detail extends Sheet {
  /** The generation whose history is shown. */
  #generation = null;

  constructor({ feed, commands }) {
    super("detail", { feed, path: "api/v1/breakers", facts: FACTS });
    this.commands = commands;
    this.#arrange();
  }

  /** Empties what belongs to the breaker before. */
  clear() {
    this.#generation = null;
    this.parts.history.replaceChildren();
    this.parts.events = [];
  }

  /** The breaker, and its history if that has changed. */
  async read(path) {
    const breaker = await this.feed.json(path);
    if (this.#generation === breaker.generation) return breaker;
    const { history } = await this.feed.json(`${path}/history`);
    return { ...breaker, history };
  }

  show(breaker) {
    const { parts } = this;
    const at = (ms) => (ms === null || ms === undefined ? null : performance.now() + ms);
    this.breaker = Object.assign(breaker, { retryAt: at(breaker.retry_after_ms), overrideEndsAt: at(breaker.override_ends_in_ms) });
    if (breaker.history) {
      parts.events = showHistory(parts.history, breaker.history);
      this.#generation = breaker.generation;
    }
    this.showShared(breaker, word(breaker.state));
    write(parts.facts.trials, trialCalls(breaker));
    this.count();
    showBand(parts.band, parts.events, breaker);
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

  #arrange() {
    const { parts } = this;
    Object.assign(parts, {
      band: element("div", { class: "band", role: "img" }), events: [],
      history: element("ol", { class: "history" }), instances: element("tbody"),
      actions: element("div", { class: "actions", role: "group", "aria-label": "Commands" }, ...this.commands.buttons(() => this.name)),
    });
    parts.instancesSection = section("Instances", element("table", {}, parts.instances));
    parts.instancesSection.hidden = true;
    parts.body.append(parts.actions, parts.explain, parts.factList,
      section("Last 5 minutes", parts.chart, parts.band, parts.axis), parts.instancesSection, section("History", parts.history),
      section("Totals since the start", parts.totalList), parts.settingsSection);
  }
}

function trialCalls({ state, trials }) {
  return state === "half_open" ? `${trials.completed} of ${trials.needed}, ${trials.in_flight} running` : `${trials.needed} to close`;
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
