// The page: what is shown, in which order, and what a key does.

import { Circles } from "./circles.js";
import { Commands, field } from "./command.js";
import { Detail } from "./detail.js";
import { attribute, byId, element, shape, write } from "./dom.js";
import { Feed } from "./feed.js";
import { Fleet } from "./fleet.js";
import { STATES, count, rate, word } from "./format.js";
import { Group } from "./group.js";
import { List } from "./list.js";
import { forgetColours } from "./sparkline.js";
import { Store } from "./store.js";

/** Numbers change each second; the order only follows this often, so that a row stays under the pointer. */
const REORDER = 5000;
const saved = JSON.parse(localStorage.getItem("view") ?? "{}");
const view = { sort: "worst", group: "", state: "", filter: "", shows: "list", theme: "auto", ...saved, filter: "", state: "" };
const collapsed = new Set();
const VIEWS = ["list", "circles", "fleet"];

const store = new Store();
const feed = new Feed(store);
const commands = new Commands(feed);
const detail = new Detail({ feed, commands });
const group = new Group({ feed });
const fleet = new Fleet({ feed, store, commands });
const list = new List({ onSort: (sort) => change({ sort }), onToggle: toggle });
const circles = new Circles();
let items = [];
let lastOrder = 0;

const number = (key) => (one, other) => (other[key] ?? -1) - (one[key] ?? -1);
const byName = (one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0);
const severity = (breaker) => STATES.indexOf(breaker.state);
const ORDERS = {
  worst: (one, other) => severity(one) - severity(other) || quarter(other) - quarter(one),
  name: () => 0,
  calls: number("calls_per_second"),
  failing: number("threshold_used"),
  rejected: number("rejected"),
  p99: number("p99_ms"),
};

/** In steps: two healthy breakers do not change places for one failed call. */
function quarter(breaker) {
  return Math.floor(breaker.threshold_used * 4);
}

function prefix(name) {
  if (view.group === "key" && store.breakers.get(name)?.group) return "groups of keys";
  if (view.group === "key") return name.endsWith("]") ? name.slice(0, name.indexOf("[")) : "without a key";
  return name.split(/::|[.\/:_\-[ ]/, 1)[0];
}

function order() {
  lastOrder = performance.now();
  const filter = view.filter.toLowerCase();
  const isShown = (breaker) => (!view.state || breaker.state === view.state)
    && (!filter || breaker.name.toLowerCase().includes(filter) || (breaker.last_error ?? "").toLowerCase().includes(filter));
  const shown = [...store.breakers.values()].filter(isShown);
  shown.sort((one, other) => ORDERS[view.sort](one, other) || byName(one, other));
  items = view.group ? grouped(shown) : shown;
  const empty = byId("empty");
  empty.hidden = shown.length > 0 || !store.isReady;
  write(empty, store.breakers.size === 0 ? "No breaker has been made yet. Registry::declare_all makes those of all annotated functions." : "No breaker matches.");
  list.sortedBy(view.sort);
}

/** Groups stand in the order of their first member. */
function grouped(shown) {
  const groups = new Map();
  for (const breaker of shown) {
    const name = prefix(breaker.name);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(breaker);
  }
  return [...groups].flatMap(([group, members]) => {
    const isCollapsed = collapsed.has(group);
    const open = members.filter((breaker) => breaker.state !== "closed").length;
    const calls = members.reduce((sum, breaker) => sum + breaker.calls_per_second, 0);
    const heading = { key: `group ${group}`, heading: group, members: members.length, open, calls, isCollapsed };
    return isCollapsed ? [heading] : [heading, ...members];
  });
}

function toggle(group) {
  if (!collapsed.delete(group)) collapsed.add(group);
  show();
}

/** Orders and draws. */
function show() {
  order();
  if (view.shows === "fleet" && !fleet.isThere) view.shows = "list";
  for (const name of VIEWS) byId(name).hidden = name !== view.shows;
  byId("tools").hidden = view.shows === "fleet";
  if (view.shows === "list") list.show(items);
  if (view.shows === "circles") circles.show(items);
  if (view.shows === "fleet") fleet.draw();
  summary();
}

function summary() {
  const counts = Object.fromEntries(STATES.map((state) => [state, 0]));
  let [calls, rejected, hasLatency] = [0, 0, false];
  for (const breaker of store.breakers.values()) {
    counts[breaker.state] = (counts[breaker.state] ?? 0) + 1;
    calls += breaker.calls_per_second;
    rejected += breaker.rejected_per_second;
    hasLatency ||= breaker.p99_ms !== undefined && breaker.p99_ms !== null;
  }
  byId("table").classList.toggle("no-p99", !hasLatency);
  write(byId("sum-calls"), rate(calls));
  write(byId("sum-rejected"), rate(rejected));
  for (const chip of byId("chips").children) {
    const { state } = chip.dataset;
    const number = state ? counts[state] : store.breakers.size;
    write(chip.lastChild, count(number));
    attribute(chip, "aria-pressed", String(view.state === state));
    chip.classList.toggle("zero", number === 0);
    chip.hidden = state === "disabled" && number === 0;
  }
  const notClosed = store.breakers.size - counts.closed;
  document.title = notClosed ? `(${notClosed}) fusebox` : "fusebox";
}

function change(part) {
  Object.assign(view, part);
  const { sort, group, shows, theme } = view;
  localStorage.setItem("view", JSON.stringify({ sort, group, shows, theme }));
  byId("sort").value = sort;
  byId("group").value = group;
  for (const name of VIEWS) attribute(byId(`view-${name}`), "aria-pressed", String(shows === name));
  document.documentElement.dataset.theme = theme;
  write(byId("theme"), `Theme: ${theme}`);
  forgetColours();
  show();
  fleet.refresh();
}

function start() {
  write(byId("host"), location.host);
  byId("chips").append(...["", ...STATES].map((state) => element("button", { type: "button", class: "chip", "data-state": state, "aria-pressed": "false", onclick: () => change({ state: view.state === state ? "" : state }) },
    state ? shape(state) : "", element("span", {}, state ? word(state) : "All"), element("b", { class: "number" }, "0"))));
  byId("filter").addEventListener("input", (event) => change({ filter: event.target.value }));
  byId("sort").addEventListener("change", (event) => change({ sort: event.target.value }));
  byId("group").addEventListener("change", (event) => change({ group: event.target.value }));
  for (const name of VIEWS) byId(`view-${name}`).addEventListener("click", () => change({ shows: name }));
  byId("theme").addEventListener("click", () => change({ theme: { auto: "light", light: "dark", dark: "auto" }[view.theme] }));
  byId("skip").addEventListener("click", (event) => { event.preventDefault(); byId("list").focus(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { forgetColours(); list.update(); });
  addEventListener("hashchange", route);
  addEventListener("popstate", route);
  addEventListener("keydown", keys);
  store.addEventListener("change", changed);
  store.addEventListener("state", announce);
  feed.addEventListener("live", ({ detail }) => live(detail));
  feed.addEventListener("login", ({ detail }) => login(detail));
  detail.onClose = group.onClose = () => lastName && list.focus(lastName);
  commands.onDone = (answer, title) => { if (answer.explain) detail.show(answer); detail.refresh(); fleet.refresh(); write(byId("announce"), `${title}: done`); };
  setInterval(() => { list.count(); detail.count(); group.count(); fleet.count(); }, 250);
  setInterval(() => { detail.refresh(); group.refresh(); fleet.refresh(); }, 1000);
  change({});
  feed.run();
}

let lastName = null;
let isFirst = true;

function route() {
  const name = location.hash.startsWith("#/") ? decodeURIComponent(location.hash.slice(2)) : null;
  const isGroup = name !== null && Boolean(store.breakers.get(name)?.group);
  // Until the first snapshot, a name may be that of a group.
  if (name === null || !store.isReady || isGroup) detail.close();
  if (!isGroup) group.close();
  if (name === null || !store.isReady) return;
  // The keys of a group are opened from its sheet: closing one of them leads back to the group's row.
  lastName = store.breakers.has(name) ? name : name.split("[")[0];
  if (isGroup) group.open(name);
  else detail.open(name);
}

function changed({ detail: { isReordered } }) {
  list.passed = store.passed;
  // A link may be older than the first snapshot, or than the group that it names.
  if (isFirst || store.breakers.get(detail.name)?.group) { isFirst = false; route(); }
  const isHeld = byId("viewport").matches(":hover, :focus-within") && view.sort !== "worst";
  const isDue = performance.now() - lastOrder > REORDER && !isHeld;
  if (isReordered || isDue || view.shows !== "list") return show();
  list.update();
  summary();
}

/** A screen reader hears of every change of a state. */
function announce({ detail: { name, state } }) {
  write(byId("announce"), `${name}: ${word(state)}`);
}

function live({ live, silent, problem }) {
  const node = byId("live");
  const seconds = Math.max(1, Math.round(silent / 1000));
  attribute(node, "data-live", live);
  attribute(document.body, "data-live", live);
  const stale = `Stale for ${seconds} s, reconnecting`;
  write(byId("live-text"), { live: "Live", connecting: problem ?? "Connecting", stale }[live]);
  attribute(node, "title", problem ?? "");
}

function login({ message, enter }) {
  const dialog = byId("login");
  const input = element("input", { type: "password", name: "token", required: "", autocomplete: "current-password" });
  const form = element("form", { method: "dialog" }, element("h2", { id: "login-title" }, "Token"), element("p", {}, message), field("Token", input, "Kept until this page is closed"),
    element("div", { class: "buttons" }, element("button", { type: "submit", class: "primary" }, "Show breakers")));
  dialog.addEventListener("close", () => enter(input.value), { once: true });
  dialog.replaceChildren(form);
  dialog.showModal();
}

function keys(event) {
  const isTyping = event.target.matches("input:not([type=radio]), select, textarea");
  if (isTyping && event.key === "Escape" && event.target.id === "filter") { event.target.value = ""; change({ filter: "" }); byId("viewport").querySelector("a")?.focus(); return; }
  if (isTyping && event.key === "ArrowDown" && event.target.id === "filter") { event.preventDefault(); byId("viewport").querySelector("a")?.focus(); return; }
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "/") { event.preventDefault(); byId("filter").focus(); }
  if (event.key === "v") change({ shows: nextView() });
}

function nextView() {
  const views = VIEWS.filter((name) => name !== "fleet" || fleet.isThere);
  return views[(views.indexOf(view.shows) + 1) % views.length];
}

start();
