// The stream of events. `fetch` and not `EventSource`: it can send a token, and shows why a connection failed.

const SILENCE = 3500;
const LONGEST_PAUSE = 5000;

export class Feed extends EventTarget {
  token = null;
  #lastEvent = 0;
  #pause = 500;

  constructor(store) {
    super();
    this.store = store;
  }

  /** Reads events for ever, from one connection after the other. */
  async run() {
    setInterval(() => this.#check(), 500);
    for (;;) {
      const abort = new AbortController();
      this.abort = abort;
      try {
        await this.#read(abort.signal);
      } catch (error) {
        if (error.status === 401) await this.#login(error.message);
        else this.problem = error.message;
      }
      this.#check();
      await new Promise((resolve) => setTimeout(resolve, this.#pause));
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    }
  }

  headers() {
    return this.token ? { Authorization: `Bearer ${this.token}` } : {};
  }

  /** A JSON answer, or an error with the server's own words. */
  async json(path, options = {}) {
    const response = await fetch(path, { ...options, headers: { ...this.headers(), ...options.headers } });
    return accepted(response).then((response) => response.json());
  }

  async #read(signal) {
    this.#lastEvent = performance.now();
    const response = await accepted(await fetch("api/v1/events", { headers: this.headers(), signal }));
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    let parts = [];
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.#lastEvent = performance.now();
      const text = decoder.decode(value, { stream: true });
      parts.push(text);
      // A snapshot comes in many pieces: join them once, at its end.
      if (!text.includes("\n\n") && !(text.startsWith("\n") && parts.length > 1)) continue;
      const events = parts.join("").split("\n\n");
      parts = [events.pop()];
      for (const event of events) this.#take(event);
    }
  }

  #take(event) {
    const fields = Object.fromEntries(event.split("\n").map((line) => {
      const colon = line.indexOf(": ");
      return [line.slice(0, colon), line.slice(colon + 2)];
    }));
    const data = JSON.parse(fields.data);
    this.#pause = 500;
    this.problem = null;
    if (fields.event === "snapshot") this.store.snapshot(data);
    if (fields.event === "changes") this.store.changes(data);
    this.#report("live", 0);
  }

  /** After some silence, the numbers on the screen are old. */
  #check() {
    const silent = performance.now() - this.#lastEvent;
    if (!this.store.isReady) this.#report("connecting", 0);
    else if (silent > SILENCE || this.problem) this.#report("stale", silent);
    // A connection that is open and silent is broken: a new one may not be.
    if (silent > 3 * SILENCE) this.abort?.abort();
  }

  #report(live, silent) {
    this.dispatchEvent(new CustomEvent("live", { detail: { live, silent, problem: this.problem } }));
  }

  #login(message) {
    return new Promise((resolve) => {
      this.dispatchEvent(new CustomEvent("login", {
        detail: { message, enter: (token) => { this.token = token; this.#pause = 100; resolve(); } },
      }));
    });
  }
}

async function accepted(response) {
  if (response.ok) return response;
  const text = await response.text();
  let message = `${response.status} ${response.statusText}`;
  try { message = JSON.parse(text).error ?? message; } catch { /* not from this server */ }
  throw Object.assign(new Error(message), { status: response.status });
}
