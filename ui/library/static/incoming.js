// What links, feeds and folders have in common: times, buttons that take a moment, looking again.

import { button, language, newestOnly, tell } from "./api.js";

const locale = language === "ar" ? "ar-EG" : "en-GB";
const moments = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" });
const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];

/** A time as the page's language writes it, where the reader is. */
export function moment(iso) {
  return moments.format(new Date(iso));
}

/** So many seconds in the largest unit that they are whole in. */
export function interval(seconds) {
  const [unit, length] = UNITS.find(([, each]) => seconds % each === 0);
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(seconds / length);
}

/** An address or a path within a sentence, read from left to right (U+2066, U+2069). */
export function apart(text) {
  return `\u2066${text}\u2069`;
}

/** A button that does something that takes a moment, once, and tells what went wrong. */
export function slowButton(label, work, attributes = {}) {
  const made = button(label, () => attempt(made, work), attributes);
  return made;
}

export async function attempt(pressed, work) {
  const focused = document.activeElement === pressed;
  pressed.disabled = true;
  try {
    await work();
  } catch (error) {
    tell(error.message, true);
  }
  pressed.disabled = false;
  // What is disabled loses the focus; who works by keys goes on where they were.
  if (focused && document.activeElement === document.body) pressed.focus();
}

/** Return a function that does `work` now and again and again while `section` is shown.
 *
 * `work` gets the signal that gives it up, and returns after how many milliseconds to look again.
 */
export function repeated(section, work) {
  const next = newestOnly();
  let timer;
  let failed = "";
  let newest;
  async function once(signal) {
    let pause = 10_000;
    try {
      pause = await work(signal);
      failed = "";
    } catch (error) {
      // Whoever waits for this look sees what the next one shows.
      if (signal.aborted) return newest;
      // Told once, not at every look.
      if (error.message !== failed) tell(error.message, true);
      failed = error.message;
    }
    clearTimeout(timer);
    if (!section.hidden) timer = setTimeout(look, pause);
    return undefined;
  }
  function look() {
    clearTimeout(timer);
    newest = once(next());
    return newest;
  }
  return look;
}

/** Show one row for each of `found`, keeping those that are there: who is at a button stays there. */
export function showRows(list, rows, found, keyOf, makeRow, nothing) {
  const wanted = new Set(found.map(keyOf));
  for (const [key, row] of rows) {
    if (wanted.has(key)) continue;
    row.element.remove();
    rows.delete(key);
  }
  list.querySelector(":scope > .none")?.remove();
  found.forEach((one, place) => {
    const key = keyOf(one);
    if (!rows.has(key)) rows.set(key, makeRow(one));
    const row = rows.get(key);
    // Moving an element takes the focus from it.
    if (list.children[place] !== row.element) list.insertBefore(row.element, list.children[place] ?? null);
    row.update(one);
  });
  if (!found.length) list.append(nothing());
}
