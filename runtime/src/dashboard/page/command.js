// Commands: each asks for a reason, and a forced state for its end.

import { byId, element, write } from "./dom.js";

const DURATIONS = [["300000", "5 min"], ["900000", "15 min"], ["3600000", "1 h"], ["14400000", "4 h"], ["other", "Other"], ["", "Until released"]];

const COMMANDS = {
  force_open: { title: "Force open", tone: "bad", text: "Every call is rejected, and fallbacks answer.", isForced: true },
  force_closed: { title: "Force closed", tone: "forced", text: "Every call is admitted. The breaker records and never trips.", isForced: true },
  release: { title: "Release", tone: "", text: "The override ends, and the breaker decides again." },
  trip: { title: "Trip", tone: "bad", text: "The breaker opens for one cooldown, then admits a trial call." },
  reset: { title: "Reset", tone: "", text: "The breaker closes now, with an empty window." },
  set: { title: "Settings", tone: "", text: "Until the program starts again. The window starts empty, and a cooldown that runs keeps its end.", isSettings: true },
};

/** What an operator can do on all instances of a fleet. */
const FOR_ALL = ["force_open", "force_closed", "release"];

export class Commands {
  token = null;
  /** The name of the instance whose page this is; null until the fleet is read. */
  instance = null;
  /** The names of the other instances that take commands for them alone; empty until the fleet is read. */
  others = [];

  constructor(feed) {
    this.feed = feed;
    this.isAllowed = document.documentElement.dataset.commands === "on";
    this.hasFleet = document.documentElement.dataset.fleet === "on";
    this.dialog = byId("command");
  }

  /** Sets the names of the instances, unless the fleet has set them. Each other one is offered, whatever its version. */
  setInstances(instances) {
    this.instance ??= instances.find((one) => one.is_this)?.instance ?? null;
    if (!this.others.length) this.others = instances.filter((one) => !one.is_this).map((one) => one.instance);
  }

  /** The buttons that open the dialogs. */
  buttons(name) {
    if (!this.isAllowed) return [element("p", { class: "note" }, "This page is read-only. ", element("code", {}, "Dashboard::allow_commands"), " switches commands on.")];
    return Object.entries(COMMANDS).map(([command, { title, tone }]) =>
      element("button", { type: "button", class: `command ${tone}`, "data-command": command, onclick: () => this.ask(command, name()) }, title));
  }

  /** Shows the commands to one instance. */
  choose(name, instance, isForced) {
    const offered = FOR_ALL.filter((command) => command !== "release" || isForced);
    const open = (command) => { this.dialog.close(); this.ask(command, name, instance); };
    this.dialog.replaceChildren(element("form", { method: "dialog" },
      element("h2", { id: "command-title" }, element("span", { class: "target" }, name), ` on ${instance}`),
      element("div", { class: "choices" }, ...offered.map((command) => element("button", { type: "button", class: `command ${COMMANDS[command].tone}`, "data-command": command, onclick: () => open(command) },
        element("b", {}, COMMANDS[command].title), element("span", {}, COMMANDS[command].text)))),
      element("div", { class: "buttons" }, element("button", { type: "button", class: "quiet", onclick: () => this.dialog.close() }, "Cancel"))));
    this.dialog.showModal();
  }

  /** Shows the dialog of a command. `at`: the first choice: `instance` for this one, `fleet` for all, or the name of one. */
  ask(command, name, at = "instance") {
    const { title, text, tone, isForced, isSettings } = COMMANDS[command];
    const problem = element("p", { class: "problem", role: "alert" });
    const send = element("button", { type: "submit", class: `primary ${tone}` }, title);
    const form = element("form", { method: "dialog", novalidate: "" },
      element("h2", { id: "command-title" }, `${title}: `, element("span", { class: "target" }, name)),
      element("p", {}, text),
      this.hasFleet && FOR_ALL.includes(command) ? this.#where(at) : null,
      isForced ? durations() : null,
      ...(isSettings ? [
        field("Threshold", element("input", { name: "threshold", placeholder: "5 or 50%", autocomplete: "off" }), "Empty: unchanged"),
        field("Cooldown in seconds", element("input", { name: "cooldown", inputmode: "decimal", placeholder: "30", autocomplete: "off" }), "Empty: unchanged")] : []),
      field("Reason", element("input", { name: "reason", maxlength: "200", required: "", autocomplete: "off" }), "Shown in the history, in events and in logs"),
      field("Your name", element("input", { name: "who", maxlength: "200", required: "", value: localStorage.getItem("who") ?? "", autocomplete: "username" })),
      this.token ? null : field("Token", element("input", { name: "token", type: "password", required: "", autocomplete: "current-password" }), "Kept until this page is closed"),
      problem,
      element("div", { class: "buttons" }, element("button", { type: "button", class: "quiet", onclick: () => this.dialog.close() }, "Cancel"), send));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      send.disabled = true;
      try {
        const detail = await this.#send(name, command, new FormData(form));
        this.dialog.close();
        this.onDone?.(detail, title);
      } catch (error) {
        if (error.status === 401) { this.token = null; this.#showToken(form, problem); }
        write(problem, error.message);
      } finally {
        send.disabled = false;
      }
    });
    this.dialog.replaceChildren(form);
    this.dialog.showModal();
    form.elements.reason.focus();
  }

  #where(at) {
    const names = at === "instance" || at === "fleet" || at === this.instance || this.others.includes(at) ? this.others : [at, ...this.others];
    const isOther = names.includes(at);
    const select = element("select", { name: "instance", "aria-label": "Other instance" }, ...names.map((name) => element("option", { value: name, selected: name === at }, name)));
    const first = isOther ? "other" : at === "fleet" ? "fleet" : "instance";
    const choice = (value, text) => element("label", {}, element("input", { type: "radio", name: "at", value, checked: value === first }), element("span", {}, text));
    const set = element("fieldset", { class: "durations" }, element("legend", {}, "Where"),
      choice("instance", this.instance ? `This instance, ${this.instance}` : "This instance"),
      names.length ? choice("other", "One other instance") : null,
      choice("fleet", "All instances"), names.length ? select : null);
    const update = () => { select.hidden = set.querySelector(":checked").value !== "other"; };
    set.addEventListener("change", update);
    update();
    return set;
  }

  async #send(name, command, form) {
    const text = (key) => (form.get(key) ?? "").trim();
    const body = { command, who: text("who"), reason: text("reason") };
    if (!body.reason) throw new Error("Write a reason.");
    if (!body.who) throw new Error("Write your name.");
    Object.assign(body, forMs(text("for"), text("minutes")), settings(text("threshold"), text("cooldown")));
    if (text("at") === "fleet") body.at = "fleet";
    if (text("at") === "other") body.instance = text("instance");
    localStorage.setItem("who", body.who);
    const token = text("token") || this.token;
    if (!token) throw new Error("Enter the token.");
    const detail = await this.feed.json(`api/v1/breakers/${encodeURIComponent(name)}/commands`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    this.token = token;
    return detail;
  }

  /** After a wrong token: another chance. */
  #showToken(form, problem) {
    if (form.elements.token) return;
    problem.before(field("Token", element("input", { name: "token", type: "password", required: "" })));
    form.elements.token.focus();
  }
}

export function field(title, input, hint) {
  return element("label", { class: "field" }, element("span", {}, title), input, hint ? element("small", {}, hint) : null);
}

function durations() {
  const other = element("input", { name: "minutes", inputmode: "decimal", "aria-label": "Minutes", placeholder: "minutes", autocomplete: "off" });
  const choice = ([value, title]) => element("label", {}, element("input", { type: "radio", name: "for", value, checked: value === "900000" }), element("span", {}, title));
  const set = element("fieldset", { class: "durations" }, element("legend", {}, "Ends by itself after"), ...DURATIONS.map(choice), other);
  const update = () => { other.hidden = set.querySelector(":checked").value !== "other"; };
  set.addEventListener("change", () => { update(); if (!other.hidden) other.focus(); });
  update();
  return set;
}

function forMs(chosen, minutes) {
  if (chosen === "") return {};
  const ms = chosen === "other" ? Math.round(Number(minutes) * 60000) : Number(chosen);
  if (!(ms > 0)) throw new Error("Write how many minutes the forced state lasts.");
  return { for_ms: ms };
}

function settings(threshold, cooldown) {
  const body = {};
  if (threshold) body.threshold = /^\d+$/.test(threshold) ? Number(threshold) : threshold;
  if (cooldown) {
    body.cooldown_ms = Math.round(Number(cooldown) * 1000);
    if (!(body.cooldown_ms > 0)) throw new Error("Write the cooldown in seconds.");
  }
  return body;
}
