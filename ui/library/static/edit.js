// Setting outlet and date of several articles together, with a result on each row.

import { element, isolated } from "/static/chat/text.js";
import { day, facts, named, number, say, send, tell, titleLink, words } from "./api.js";

const form = document.getElementById("edit");
// The chosen articles by id, each with its row and its box.
const chosen = new Map();
const NAMES = { outlet: words.outlet, published: words.span, title: words.edit_title, language: words.language_label, url: words.source };
let changed = () => {};
let working = false;

/** Make the form ready; `after` is called when articles have changed. */
export function readyToEdit(after) {
  changed = after;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = [...new FormData(form)].filter(([name, value]) => name !== "empty" && value.trim());
    const set = Object.fromEntries([...given, ...emptied().map((box) => [box.value, null])]);
    if (Object.keys(set).length) change({ set });
    else tell(words.edit_nothing, true);
  });
  form.addEventListener("change", showFields);
  // The boxes are empty again only after this event.
  form.addEventListener("reset", () => setTimeout(showFields));
  form.querySelector("#edit-undo").addEventListener("click", () => change({ undo: true }));
  form.querySelector("#edit-all").addEventListener("click", () => {
    for (const box of document.querySelectorAll("#list .choice input:enabled")) {
      if (!box.checked) box.click();
    }
  });
  form.querySelector("#edit-none").addEventListener("click", () => {
    letGo();
    document.querySelector("#list .choice input:enabled")?.focus();
  });
}

// The boxes of the fields that are to be unknown.
function emptied() {
  return [...form.querySelectorAll("[name=empty]:checked")];
}

// What is to be unknown takes no value.
function showFields() {
  for (const box of form.querySelectorAll("[name=empty]")) form.elements[box.value].disabled = box.checked;
}

/** Return the box by which an article of the list is chosen. */
export function choiceOf(article, row) {
  const box = element("input", { type: "checkbox", "aria-label": say("edit_choose", { title: named(article) }) });
  box.addEventListener("change", () => {
    if (box.checked) chosen.set(article.id, { row, box });
    else chosen.delete(article.id);
    show();
  });
  return element("label", { class: "choice" }, [box]);
}

/** Let an article be chosen or not: what was taken out of the library cannot be changed. */
export function allowChoice(article, row, allowed) {
  const box = row.querySelector(".choice input");
  box.disabled = !allowed;
  if (allowed) return;
  box.checked = false;
  chosen.delete(article.id);
  show();
}

/** Choose none, as when other articles are listed. */
export function letGo() {
  for (const { box } of chosen.values()) box.checked = false;
  chosen.clear();
  show();
}

function show() {
  form.hidden = chosen.size === 0;
  form.querySelector("#edit-count").textContent = say("edit_chosen", { count: number(chosen.size) });
}

async function change(how) {
  if (working) return;
  working = true;
  const counts = { changed: 0, same: 0, bad: 0 };
  // Another list may come meanwhile, with which none is chosen.
  const rows = new Map([...chosen].map(([id, { row }]) => [id, row]));
  const ids = [...rows.keys()];
  try {
    // As many as the server takes at a time.
    for (let first = 0; first < ids.length; first += 500) {
      const found = await send("POST", "/api/library/edits", { articles: ids.slice(first, first + 500), ...how });
      for (const one of found.articles) counts[told(one, rows.get(one.id))] += 1;
    }
    tell(say("edit_done", Object.fromEntries(Object.entries(counts).map(([key, count]) => [key, number(count)]))), counts.bad > 0);
    form.reset();
  } catch (error) {
    tell(error.message, true);
  }
  working = false;
  if (counts.changed) changed();
}

// Shows what came of an article on its row.
function told({ article, changes, error }, row) {
  const about = row.querySelector(".about");
  if (error) {
    about.querySelector(".result")?.remove();
    about.append(element("p", { class: "why result" }, [isolated(error)]));
    return "bad";
  }
  const parts = Object.entries(changes).map(([name, values], place) => [
    `${place ? " · " : ""}${NAMES[name]}: `,
    shown(name, values.from), words.direction === "rtl" ? " ← " : " → ", shown(name, values.to),
  ]);
  const result = parts.length ? parts.flat() : [words.edit_same];
  about.replaceChildren(titleLink(article), facts(article), element("p", { class: "why result" }, result));
  return parts.length ? "changed" : "same";
}

function shown(name, value) {
  if (value === null) return words.edit_unknown;
  return name === "published" ? day(value) : isolated(value);
}
