// The list of articles, with its search, filters and figures.

import { element } from "/static/chat/text.js";
import { day, facts, fetched, keeps, languageName, newestOnly, number, say, tell, titleLink, words } from "./api.js";
import { allowChoice, choiceOf, letGo, readyToEdit } from "./edit.js";
import { actsOf } from "./withdrawn.js";

const form = document.getElementById("filters");
const list = document.getElementById("list");
const count = document.getElementById("count");
const more = document.getElementById("more");
const clear = document.getElementById("clear");
// As long as a reader may pause within a word.
const PAUSE_MS = 250;
const nextFigures = newestOnly();
const nextList = newestOnly();
// How many articles there are, and how many of them fit, once each is known.
let total;
let fitting;

/** Show figures and articles as they are now. */
export async function showArticles() {
  await Promise.all([guarded(showFigures), guarded(() => showList())]);
  document.body.dataset.opened = "";
}

async function showFigures() {
  const found = await fetched("/api/library", { signal: nextFigures() });
  total = found.articles;
  const undated = found.articles - found.dated;
  const dates = found.first ? [...new Set([found.first, found.last])].map(day).join(" – ") : "";
  const span = [dates, undated ? `${number(undated)} ${words.undated}` : ""].filter(Boolean).join(" · ");
  const spoken = found.languages.map((one) => `${languageName(one.language)} ${number(one.articles)}`);
  const shown = [
    [words.articles, number(found.articles)],
    [words.outlets, number(found.outlets.length)],
    [words.span, span],
    [words.languages_label, spoken.join(" · ")],
  ];
  const entries = shown.filter(([, value]) => value);
  document.getElementById("figures").replaceChildren(
    ...entries.map(([name, value]) => element("div", {}, [element("dt", {}, [name]), element("dd", {}, [value])])),
  );
  choices(form.outlet, found.outlets.map((one) => [one.outlet, `${one.outlet} (${number(one.articles)})`]));
  choices(form.language, found.languages.map((one) => [one.language ?? "", `${languageName(one.language)} (${number(one.articles)})`]));
  showCount();
}

function choices(select, values) {
  const chosen = select.value;
  const kept = select.options[0];
  select.replaceChildren(kept, ...values.map(([value, label]) => element("option", { value, dir: "auto" }, [label])));
  select.value = [...select.options].some((option) => option.value === chosen) ? chosen : kept.value;
}

function asked() {
  const fields = [...new FormData(form)].map(([name, value]) => [name, value.trim()]);
  return fields.filter(([name, value]) => (name === "language" ? value !== "any" : value));
}

/** Show the articles that fit, or with a cursor those that follow. */
async function showList(cursor) {
  const signal = nextList();
  const filters = asked();
  const query = new URLSearchParams([...filters, ...(cursor ? [["cursor", cursor]] : [])]);
  const found = await fetched(`/api/articles?${query}`, { signal });
  const rows = found.articles.map(row);
  if (cursor) {
    list.append(...rows);
    rows[0]?.querySelector("a").focus();
  } else {
    if (keeps) letGo();
    list.replaceChildren(...rows);
  }
  more.hidden = found.next === null;
  more.onclick = () => guarded(() => showList(found.next));
  clear.hidden = filters.length === 0;
  fitting = found.total;
  showCount();
}

// Figures and list are asked for together, and either may come first.
function showCount() {
  const filtered = asked().length > 0;
  const known = fitting !== undefined && (total !== undefined || !filtered);
  count.textContent = known ? counted(fitting, filtered) : "";
}

function counted(found, filtered) {
  if (!filtered && !found) return keeps ? words.empty_keeper : words.empty;
  if (!found) return words.none;
  if (filtered) return say("found", { count: number(found), total: number(total) });
  return found === 1 ? words.one : say("all", { count: number(found) });
}

function row(article) {
  const about = element("div", { class: "about" }, [titleLink(article), facts(article)]);
  const made = element("li", {}, [about]);
  if (keeps) made.prepend(choiceOf(article, made));
  if (keeps) made.append(actsOf(article, made, (more) => {
    fitting += more;
    allowChoice(article, made, more > 0);
    guarded(showFigures);
  }));
  return made;
}

async function guarded(work) {
  try {
    await work();
  } catch (error) {
    if (error.name !== "AbortError") tell(error.message, true);
  }
}

if (keeps) readyToEdit(() => guarded(showFigures));

let pausing;
form.addEventListener("input", ({ target }) => {
  clearTimeout(pausing);
  const typed = target.matches("input:not([type=date])");
  pausing = setTimeout(() => guarded(() => showList()), typed ? PAUSE_MS : 0);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(pausing);
  guarded(() => showList());
});
clear.addEventListener("click", () => {
  form.reset();
  form.words.focus();
  guarded(() => showList());
});
