// The HTTP API as the page uses it, and what it tells its readers.

import { element, isolated } from "/static/chat/text.js";

const handed = JSON.parse(document.getElementById("handed").textContent);
export const { words, language, kinds, most } = handed;
const locale = language === "ar" ? "ar-EG" : "en-GB";
const numbers = new Intl.NumberFormat(locale);
const days = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

export const keeps = "keeps" in document.body.dataset;

export function number(value) {
  return numbers.format(value);
}

/** The day of an ISO date or time, as the page's language writes it. */
export function day(value) {
  return days.format(new Date(value.slice(0, 10)));
}

export function languageName(code) {
  if (!code) return words.unknown_language;
  return handed.languages[code.split("-")[0].toLowerCase()] ?? code;
}

/** Words under a key, with `values` in their places, as they are: "$&" of a title, too. */
export function say(key, values = {}) {
  return Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, () => value), words[key]);
}

/** Tell something to everybody, also to who hears the page. */
export function tell(text, wrong = false) {
  const said = document.getElementById("said");
  said.classList.toggle("wrong", wrong);
  said.replaceChildren(...(text ? [isolated(text)] : []));
}

/** Return the JSON of an address; raise an `Error` whose message is a sentence for the reader. */
export async function fetched(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: { ...options.headers, "Dalil-Language": language } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error(words.offline);
  }
  const found = await response.json().catch((error) => {
    // Given up while it came: that is no empty answer.
    if (error.name === "AbortError") throw error;
    return {};
  });
  // Who is logged in no more is shown the log-in, and comes back here.
  if (response.status === 401) location.assign(`/login?next=${encodeURIComponent("/library")}`);
  if (!response.ok) throw new Error(found.error ?? words.failed);
  return found;
}

/** Return a function that gives up what was asked for before, and returns a signal for what is asked for now.
 *
 * An answer of before that comes later would show what is so no more.
 */
export function newestOnly() {
  let asking = new AbortController();
  return () => {
    asking.abort();
    asking = new AbortController();
    return asking.signal;
  };
}

export function send(method, path, body) {
  return fetched(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) });
}

/** The address of an article that was taken out, or is to be. */
export function withdrawal({ id }) {
  return `/api/library/withdrawn/${encodeURIComponent(id)}`;
}

/** The title of an article in a sentence of the page's own, isolated from it (U+2068, U+2069). */
export function named(article) {
  return `\u2068${article.title ?? words.untitled}\u2069`;
}

export function articleAddress(id, version) {
  const query = new URLSearchParams({ ...(version ? { version } : {}), ui: language });
  return `/articles/${encodeURIComponent(id)}?${query}`;
}

/** The facts of an article in a line: outlet, day, language, where it came from. */
export function facts(article) {
  // Name and password before a host are nobody's to read.
  const place = (article.url ?? article.source)?.replace(/^(\s*[a-z][a-z0-9+.-]*:[/\\]{2,})[^/?#\\]*@/i, "$1");
  const parts = [
    article.outlet && isolated(article.outlet),
    article.published && element("time", { datetime: article.published }, [day(article.published)]),
    article.language && languageName(article.language),
    place && element("bdi", { class: "place", dir: "ltr" }, [place]),
  ];
  return element("p", { class: "facts" }, parts.filter(Boolean).map((part) => element("span", {}, [part])));
}

export function titleLink(article, version) {
  const title = article.title ? isolated(article.title, article.language) : words.untitled;
  return element("a", { href: articleAddress(article.id, version), class: "headline" }, [title]);
}

export function button(label, press, attributes = {}) {
  const made = element("button", { type: "button", class: "plain", ...attributes }, [label]);
  made.addEventListener("click", press);
  return made;
}
