// The fleet: which breaker is open on which instance, and the store that connects them.

import { attribute, byId, element, setShape, shape, write } from "./dom.js";
import { STATES, count, countdown, duration, word } from "./format.js";

/** How many rows and columns are drawn; what is not closed comes first, so the rest is closed everywhere. */
const ROWS = 200;
const COLUMNS = 40;

export class Fleet {
  #last = null;
  #isBusy = false;
  #drawn = "";

  constructor({ feed, store, commands }) {
    Object.assign(this, { feed, store, commands });
    this.isThere = document.documentElement.dataset.fleet === "on";
    this.root = byId("fleet");
    byId("view-fleet").hidden = !this.isThere;
    this.parts = build(this.root);
  }

  /** Reads the fleet again, if it is shown. */
  async refresh() {
    if (!this.isThere || this.root.hidden || this.#isBusy) return;
    this.#isBusy = true;
    try {
      this.#last = await this.feed.json("api/v1/fleet");
      this.#last.readAt = performance.now();
      this.commands.instance = this.#last.instance;
      this.commands.others = this.#last.instances.filter((one) => one.is_addressable && one.name !== this.#last.instance).map((one) => one.name);
      this.draw();
    } catch (error) {
      write(this.parts.problem, error.message);
    } finally {
      this.#isBusy = false;
    }
  }

  /** Draws what was read last, with the states of this instance as they are now. */
  draw() {
    const fleet = this.#last;
    if (!fleet || this.root.hidden) return;
    const { parts } = this;
    attribute(parts.store, "data-state", fleet.is_up ? "closed" : "open");
    setShape(parts.store.firstChild, fleet.is_up ? "closed" : "open");
    write(parts.store.lastChild, fleet.is_up ? "Store answers" : "Store does not answer");
    write(parts.problem, fleet.problem ?? "");
    write(parts.service, fleet.service);
    write(parts.instance, fleet.instance);
    write(parts.live, count(fleet.instances.length));
    write(parts.lag, fleet.lag_ms === null ? "–" : duration(fleet.lag_ms));
    const instances = columns(fleet);
    const rows = this.#rows(fleet, instances);
    this.#table(instances.slice(0, COLUMNS), rows.slice(0, ROWS));
    const more = [[rows.length - ROWS, "breakers"], [instances.length - COLUMNS, "instances"]].filter(([number]) => number > 0);
    write(parts.more, more.length ? `And ${more.map(([number, what]) => `${count(number)} ${what}`).join(" and ")} that have less to report.` : "");
    this.count();
  }

  /** The countdowns. */
  count() {
    if (!this.#last || this.root.hidden) return;
    for (const node of this.root.querySelectorAll("[data-ends]")) {
      const left = Number(node.dataset.ends) - performance.now();
      write(node, left > 0 ? countdown(left) : "");
    }
  }

  /** Every breaker that an instance has reported or that this one has, the worst first. */
  #rows(fleet, instances) {
    const forced = new Map(fleet.forced.map((one) => [one.name, one]));
    const open = new Map(fleet.open.map((one) => [one.name, one]));
    const reported = new Map(fleet.instances.map((one) => [one.name, new Map(one.breakers.map((breaker) => [breaker.name, breaker]))]));
    const names = new Set([...forced.keys(), ...open.keys(), ...[...reported.values()].flatMap((breakers) => [...breakers.keys()])]);
    for (const breaker of this.store.breakers.values()) if (!breaker.group) names.add(breaker.name);
    const row = (name) => {
      const own = this.store.breakers.get(name);
      const cells = instances.map((instance) => {
        const report = reported.get(instance.name)?.get(name);
        const isThis = instance.name === fleet.instance;
        if (isThis && own) return { isThis, takes: true, state: own.state, endsAt: own.state === "open" ? own.retryAt : own.overrideEndsAt, by: own.override_by };
        const takes = instance.is_addressable;
        const force = forced.get(name);
        if (report) return { takes, state: report.state, endsAt: ends(fleet, report.remaining_ms), by: report.by };
        if (force) return { takes, state: force.state, endsAt: ends(fleet, force.remaining_ms), by: force.by, isAsOnAll: true };
        return { takes, state: "closed", endsAt: null, by: null };
      });
      const not = cells.filter((cell) => cell.state !== "closed").length;
      return { name, cells, not, worst: Math.min(...cells.map((cell) => STATES.indexOf(cell.state))), forced: forced.get(name), open: open.get(name) };
    };
    const rows = [...names].map(row);
    return rows.sort((one, other) => (other.not > 0) - (one.not > 0) || one.worst - other.worst || other.not - one.not || (one.name < other.name ? -1 : 1));
  }

  #table(instances, rows) {
    const { head, body } = this.parts;
    // The same rows and columns keep their elements, so that the focus and the pointer stay where they are.
    const drawn = JSON.stringify([instances.map((instance) => instance.name), rows.map((row) => [row.name, Boolean(row.forced)])]);
    if (drawn !== this.#drawn) {
      this.#drawn = drawn;
      head.replaceChildren(element("th", { scope: "col" }, "Breaker"), ...instances.map(() => element("th", { scope: "col" }, element("b"), element("small"))),
        ...(this.commands.isAllowed ? [element("th", { scope: "col" }, "On all instances")] : []));
      body.replaceChildren(...rows.map((row) => this.#row(row, instances.length)));
    }
    instances.forEach((instance, index) => {
      const [name, note] = head.children[index + 1].children;
      write(name, instance.name);
      attribute(head.children[index + 1], "title", `${instance.name}, ${instance.program}`);
      write(note, instance.name === this.#last.instance ? "this page" : instance.program);
    });
    rows.forEach((row, index) => fill(body.children[index], row, instances));
  }

  #row(row, instances) {
    const link = element("a", { href: `${location.pathname}#/${encodeURIComponent(row.name)}` }, row.name);
    // Each cell holds the name of its instance, because the order of the columns may change.
    const one = (event) => {
      const { instance, state } = event.currentTarget.closest("td").dataset;
      this.commands.choose(row.name, instance, state.startsWith("forced") || state === "disabled");
    };
    const cell = () => element("td", {}, element("span", { class: "state" }, shape("closed"), element("span", { class: "word" }), element("span", { class: "number ends" })),
      this.commands.isAllowed ? element("button", { type: "button", class: "one", onclick: one }, "…") : null, element("small"));
    const button = (command, title) => element("button", { type: "button", class: "command", onclick: () => this.commands.ask(command, row.name, "fleet") }, title);
    const actions = element("td", { class: "all" }, element("div", {}, row.forced ? button("release", "Release") : null, button("force_open", "Force open"), button("force_closed", "Force closed")));
    return element("tr", {}, element("th", { scope: "row" }, link, element("small")), ...Array.from({ length: instances }, cell), ...(this.commands.isAllowed ? [actions] : []));
  }
}

function build(root) {
  const parts = {
    store: element("p", { class: "state-of-store", role: "status" }, shape("closed"), element("b")),
    problem: element("p", { class: "problem", role: "alert" }),
    service: element("dd"), instance: element("dd"), live: element("dd", { class: "number" }), lag: element("dd", { class: "number" }),
    head: element("tr"), body: element("tbody"), more: element("p", { class: "note" }),
  };
  const fact = (title, node) => element("div", {}, element("dt", {}, title), node);
  root.append(
    element("div", { class: "fleet-head" }, parts.store,
      element("dl", {}, fact("Service", parts.service), fact("This instance", parts.instance), fact("Live instances", parts.live), fact("Last message", parts.lag))),
    parts.problem,
    element("div", { class: "matrix", tabindex: "0", role: "region", "aria-label": "Breakers by instance" }, element("table", {}, element("thead", {}, parts.head), parts.body)),
    parts.more);
  return parts;
}

/** This instance first, then those with the most breakers that are not closed. */
function columns(fleet) {
  const isThis = (instance) => instance.name === fleet.instance;
  return [...fleet.instances].sort((one, other) => isThis(other) - isThis(one) || other.breakers.length - one.breakers.length || (one.name < other.name ? -1 : 1));
}

function ends(fleet, ms) {
  return ms === null ? null : fleet.readAt + ms;
}

function fill(node, row, instances) {
  const note = node.firstChild.lastChild;
  const { forced, open } = row;
  if (forced) write(note, `${word(forced.state)} on all by ${forced.by}`);
  else if (open) write(note, `Open on all: ${open.tripped_instances} of ${open.live_instances} tripped${open.trial_by ? `, trial by ${open.trial_by}` : ""}`);
  else write(note, "");
  attribute(note, "title", note.textContent);
  row.cells.forEach((cell, index) => {
    const td = node.children[index + 1];
    const [sign, text, end] = td.firstChild.children;
    attribute(td, "data-state", cell.state);
    setShape(sign, cell.state);
    write(text, word(cell.state));
    if (cell.endsAt) end.dataset.ends = String(Math.round(cell.endsAt));
    else { delete end.dataset.ends; write(end, ""); }
    const instance = instances[index].name;
    td.dataset.instance = instance;
    const button = td.querySelector("button");
    if (button) {
      button.hidden = !cell.takes;
      attribute(button, "aria-label", `Command ${row.name} on ${instance} alone`);
      attribute(button, "title", `On ${instance} alone`);
    }
    // What is forced on all is shown once, beside the name.
    write(td.lastChild, cell.by && !cell.isAsOnAll && cell.by !== forced?.by ? cell.by : "");
    attribute(td.lastChild, "title", td.lastChild.textContent);
  });
}
