// Numbers and words for people. Columns stay aligned: no unit changes from row to row without need.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

export const WORDS = {
  open: "Open",
  half_open: "Half-open",
  forced_open: "Forced open",
  forced_closed: "Forced closed",
  disabled: "Disabled",
  closed: "Closed",
};

/** The states from the worst to the best. */
export const STATES = Object.keys(WORDS);

export const word = (state) => WORDS[state] ?? state;

export function rate(perSecond) {
  if (perSecond >= 100000) return `${whole.format(perSecond / 1000)}k`;
  if (perSecond >= 100) return whole.format(perSecond);
  return perSecond.toFixed(1);
}

export const count = (number) => whole.format(number);

export function percent(part) {
  const value = part * 100;
  return `${value > 0 && value < 10 ? value.toFixed(1) : value.toFixed(0)}%`;
}

/** A duration in its two largest units. */
export function duration(ms) {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${String(Math.floor(seconds / 60) % 60).padStart(2, "0")} min`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor(seconds / 3600) % 24} h`;
}

/** A countdown that fits a narrow column: `9 s`, `14:53`, `3:59:59`. */
export function countdown(ms) {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}:${two(seconds % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** A latency. */
export function latency(ms) {
  if (ms < 0.1) return "<0.1 ms";
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 10000) return `${whole.format(ms)} ms`;
  return `${(ms / 1000).toFixed(1)} s`;
}

export const time = (ms) => clock.format(ms);

export function moment(ms) {
  const isToday = new Date(ms).toDateString() === new Date().toDateString();
  return isToday ? clock.format(ms) : `${day.format(ms)} ${clock.format(ms)}`;
}

/** The state of a group: that of its worst keys, and how many they are. */
export function groupWord({ state, group }) {
  return state === "closed" ? word(state) : `${count(group[state])} ${word(state).toLowerCase()}`;
}

/** What the window holds, against the threshold. Of a group: how many breakers are not closed. */
export function against(breaker) {
  if (breaker.group) return `${count(breaker.failures)} / ${count(breaker.failures + breaker.group.closed)} keys`;
  if (!breaker.threshold.endsWith("%")) return `${count(breaker.failures)} / ${breaker.threshold}`;
  const now = breaker.failure_rate === null ? "–" : percent(breaker.failure_rate);
  return `${now} / ${breaker.threshold}`;
}
