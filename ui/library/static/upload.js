// Adding files: each is sent by itself, so that each has a result of its own.

import { element, isolated } from "/static/chat/text.js";
import { fetched, kinds, most, number, say, tell, titleLink, words } from "./api.js";

const MEGABYTE = 1_000_000;
// More titles of one file would hide the results of the others.
const SHOWN = 5;
const waiting = [];
const results = document.getElementById("results");
let running = false;
let done = 0;
let good = 0;
let all = 0;

/** Take files that are dropped or chosen. */
export function readyToAdd() {
  const size = number(most / MEGABYTE);
  document.getElementById("takes").textContent = say("takes", { kinds: `\u2066${kinds.join(" ")}\u2069`, size });
  const drop = document.getElementById("drop");
  const field = document.getElementById("files");
  document.getElementById("choose").addEventListener("click", () => field.click());
  field.addEventListener("change", () => {
    take([...field.files]);
    field.value = "";
  });
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", async (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    take(await dropped(event.dataTransfer));
  });
  // A file that misses the place would take the page's.
  for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
  document.getElementById("stop").addEventListener("click", () => {
    for (const { row } of waiting.splice(0)) row.remove();
    all = done + 1;
    showProgress();
  });
}

async function dropped({ items, files }) {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...files];
  return (await Promise.all(entries.map(filesOf))).flat();
}

async function filesOf(entry) {
  if (entry.name.startsWith(".")) return [];
  if (entry.isFile) return [await new Promise((good, bad) => entry.file(good, bad))];
  const reader = entry.createReader();
  const found = [];
  // A folder is told in parts; the last is empty.
  for (;;) {
    const part = await new Promise((good, bad) => reader.readEntries(good, bad));
    if (!part.length) break;
    found.push(...part);
  }
  return (await Promise.all(found.map(filesOf))).flat();
}

function take(files) {
  if (!files.length) {
    tell(words.no_files, true);
    return;
  }
  if (!running) {
    results.replaceChildren();
    done = good = all = 0;
  }
  for (const file of files) {
    const outcome = element("div", { class: "outcome" }, [words.waiting]);
    const row = element("li", { class: "file" }, [element("div", { class: "name" }, [isolated(file.name)]), outcome]);
    results.append(row);
    waiting.push({ file, row, outcome });
  }
  all += files.length;
  if (!running) work();
}

async function work() {
  running = true;
  tell("");
  showProgress();
  while (waiting.length) {
    const { file, row, outcome } = waiting.shift();
    outcome.textContent = words.reading;
    try {
      outcome.replaceChildren(...told(await sent(file)));
      row.classList.add("good");
      good += 1;
    } catch (error) {
      // One file was sent, so what the sentence begins with is what stands before it here.
      const why = error.message.replace(words.nothing_added, "").trim();
      outcome.replaceChildren(element("strong", {}, [words.failed_file]), ". ", isolated(why));
      row.classList.add("bad");
    }
    done += 1;
    showProgress();
  }
  running = false;
  document.getElementById("progress").hidden = true;
  tell(say("added_all", { good: number(good), bad: number(done - good) }), good < done);
}

async function sent(file) {
  if (file.size > most) throw new Error(say("too_large", { size: number(most / MEGABYTE) }));
  const body = new FormData();
  body.append("files", file);
  return fetched("/api/articles", { method: "POST", body });
}

/** What came of a file or a page: how many articles, links to them, and what is not in them. */
export function told(found) {
  const notices = found.notices.map((one) => element("p", { class: "note" }, [isolated(`${one.path}: ${one.notice}`)]));
  const groups = ["added", "updated", "unchanged"].filter((name) => found[name].length);
  const counted = groups.map((name) => {
    const articles = found[name];
    const count = { count: number(articles.length) };
    const heading = { added: () => say("added", count), updated: () => say("updated", count), unchanged: () => say("unchanged", count) };
    const titles = articles.slice(0, SHOWN).map((article) => element("li", {}, [titleLink(article)]));
    const rest = articles.length > SHOWN ? [element("li", {}, ["…"])] : [];
    return element("div", {}, [heading[name](), element("ul", {}, [...titles, ...rest])]);
  });
  return [...counted, ...notices];
}

function showProgress() {
  document.getElementById("progress").hidden = false;
  document.getElementById("progress-text").textContent = say("adding", { done: number(done), total: number(all) });
  const bar = document.getElementById("bar");
  bar.max = all;
  bar.value = done;
}
