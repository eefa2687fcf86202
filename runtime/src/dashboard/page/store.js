// The breakers as the server last described them.

const POINTS = 60;
const COLUMNS = ["answered", "failed", "rejected"];

export class Store extends EventTarget {
  breakers = new Map();
  second = 0;
  secondsPerPoint = 5;
  isReady = false;

  /** Which part of the last point's time has passed. */
  get passed() {
    return (this.second % this.secondsPerPoint + 1) / this.secondsPerPoint;
  }

  /** Everything, after each connection. */
  snapshot(list) {
    this.breakers.clear();
    this.second = list.second;
    this.secondsPerPoint = list.seconds_per_point;
    for (const entry of [...list.groups, ...list.breakers]) {
      this.breakers.set(entry.name, this.#arrived({ ...entry, points: entry.sparkline ?? emptyPoints() }));
    }
    this.isReady = true;
    this.#changed(true);
  }

  /** What has changed within the last second. */
  changes({ second, changed, removed }) {
    this.#advance(second);
    let isReordered = removed.length > 0;
    for (const name of removed) this.breakers.delete(name);
    for (const fields of changed) {
      const known = this.breakers.get(fields.name);
      isReordered ||= !known || "state" in fields;
      if (known && "state" in fields) this.dispatchEvent(new CustomEvent("state", { detail: { ...fields, from: known.state } }));
      const breaker = known ?? { points: emptyPoints() };
      if (known) addCalls(known, fields);
      this.breakers.set(fields.name, this.#arrived(Object.assign(breaker, fields), fields));
    }
    this.#changed(isReordered);
  }

  /** A duration until some moment becomes the moment, by this browser's clock. */
  #arrived(breaker, fields = breaker) {
    const at = (ms) => (ms === null || ms === undefined ? null : performance.now() + ms);
    if ("retry_after_ms" in fields) breaker.retryAt = at(fields.retry_after_ms);
    if ("override_ends_in_ms" in fields) breaker.overrideEndsAt = at(fields.override_ends_in_ms);
    return breaker;
  }

  /** Moves every sparkline on by the points that have begun. */
  #advance(second) {
    const point = (second) => Math.floor(second / this.secondsPerPoint);
    const begun = Math.min(POINTS, point(second) - point(this.second));
    this.second = second;
    if (begun <= 0) return;
    for (const { points } of this.breakers.values()) {
      for (const column of COLUMNS) {
        points[column].splice(0, begun);
        while (points[column].length < POINTS) points[column].push(0);
      }
    }
  }

  #changed(isReordered) {
    this.dispatchEvent(new CustomEvent("change", { detail: { isReordered } }));
  }
}

const emptyPoints = () => Object.fromEntries(COLUMNS.map((column) => [column, new Array(POINTS).fill(0)]));

function addCalls(breaker, fields) {
  for (const column of COLUMNS) {
    if (column in fields) breaker.points[column][POINTS - 1] += Math.max(0, fields[column] - breaker[column]);
  }
}
