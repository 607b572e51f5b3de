// What the widget asks of the server, and what a page of another origin can know of a refusal.

import { serverEvents } from "./events.js";

const PATIENCE_MS = 10000;

/** A failure: the key of the sentence that tells of it, the server's own words, when to come back. */
export class Trouble extends Error {
  constructor(kind, detail = "", seconds = 0) {
    super(kind);
    Object.assign(this, { kind, detail, seconds });
  }
}

/** The embed `id` of the server whose script is at the address `script`. */
export class Embed {
  constructor(script, id) {
    this.script = new URL(script);
    this.path = `/embed/${encodeURIComponent(id)}`;
  }

  /** Return the greeting and the language that its keeper chose. */
  async settings() {
    return (await this.#call(this.path, { signal: AbortSignal.timeout(PATIENCE_MS) })).json();
  }

  /** Yield the events of an answer; throw `Trouble` if it can't be had. */
  async *ask(question, history, signal) {
    const response = await this.#call(`${this.path}/ask`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
      body: JSON.stringify({ question, history }),
      signal,
    });
    try {
      yield* serverEvents(response);
    } catch (error) {
      if (signal.aborted) throw error;
      throw new Trouble("broken");
    }
  }

  /** Return the whole address of an article view, nothing if it leads anywhere else. */
  address(href, language) {
    const url = href ? new URL(href, this.script) : {};
    if (url.origin !== this.script.origin) return undefined;
    url.searchParams.set("ui", language);
    return url.href;
  }

  async #call(path, options) {
    let response;
    try {
      response = await fetch(new URL(path, this.script), { credentials: "omit", cache: "no-store", ...options });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      const refused = error.name !== "TimeoutError" && (await this.#reached());
      throw new Trouble(refused ? "refused" : "offline");
    }
    if (response.ok) return response;
    const kind = { 403: "refused", 429: "limited", 503: "busy" }[response.status] ?? "";
    const { error = "" } = await response.json().catch(() => ({}));
    throw new Trouble(kind, error, Number(response.headers.get("Retry-After")) || 0);
  }

  // A refused page may not read the refusal, so to it that looks like a server that is down.
  #reached() {
    const options = { method: "HEAD", mode: "no-cors", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) };
    return fetch(this.script, options).then(() => true, () => false);
  }
}
