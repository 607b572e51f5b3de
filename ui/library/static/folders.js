// Folders that are followed: their state, and which of their files could not be read.

import { element, isolated } from "/static/chat/text.js";
import { fetched, number, say, send, tell, words } from "./api.js";
import { apart, attempt, moment, repeated, showRows, slowButton } from "./incoming.js";

const LOOK_MS = 3_000;
const list = document.getElementById("folder-list");
const rows = new Map();

/** Show the folders as they are, again and again. */
export const showFolders = repeated(document.getElementById("folders") ?? {}, async (signal) => {
  const { folders } = await fetched("/api/library/folders", { signal });
  showRows(list, rows, folders, (folder) => folder.path, rowOf, () => element("li", { class: "none quiet" }, [words.folders_none]));
  return LOOK_MS;
});

/** Take new folders. */
export function readyForFolders() {
  const form = document.getElementById("folder-form");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(form.querySelector("button"), async () => {
      await follow(form.path.value);
      form.reset();
    });
  });
}

async function follow(path) {
  const folder = await send("POST", "/api/library/folders", { path });
  tell(say("folder_begun", { path: apart(folder.path) }));
  await showFolders();
}

function rowOf(first) {
  const path = apart(first.path);
  const about = element("div", { class: "about" });
  const acts = element("div", { class: "acts" });
  let folder = first;
  let shown = "";
  // One button, so that who has pressed it stays at it.
  const toggle = slowButton("", async () => {
    if (!folder.followed) return follow(folder.path);
    await fetched(`/api/library/folders/${encodeURIComponent(folder.path)}`, { method: "DELETE" });
    tell(say("folder_stopped", { path }));
    return showFolders();
  });

  function update(newest) {
    folder = newest;
    const state = JSON.stringify(folder);
    if (state === shown) return;
    shown = state;
    toggle.textContent = folder.followed ? words.folder_stop : words.folder_again;
    toggle.setAttribute("aria-label", folder.followed ? say("folder_stop_name", { path }) : say("folder_again_name", { path }));
    const open = about.querySelector("details")?.open;
    about.replaceChildren(...aboutOf(folder));
    if (open) about.querySelector("details")?.setAttribute("open", "");
    if (folder.fixed) acts.replaceChildren(element("span", { class: "quiet" }, [words.folder_fixed]));
    else if (!toggle.isConnected) acts.replaceChildren(toggle);
  }

  return { element: element("li", {}, [about, acts]), update };
}

function aboutOf(folder) {
  const state = element("strong", { class: folder.followed ? "state good" : "state" }, [folder.followed ? words.folder_followed : words.folder_not]);
  const facts = [state, ...figures(folder)];
  const said = [
    element("p", { class: "headline" }, [element("bdi", { dir: "ltr" }, [folder.path])]),
    element("p", { class: "facts" }, facts.map((fact) => element("span", {}, [fact]))),
  ];
  if (folder.error) said.push(element("p", { class: "why wrong" }, [isolated(folder.error)]));
  if (folder.failures) said.push(unread(folder));
  return said;
}

function figures({ checked_at: at, articles, followed }) {
  if (!at) return followed ? [words.folder_reading] : [];
  const count = articles === 1 ? words.one : say("all", { count: number(articles) });
  return [count, element("time", { datetime: at }, [say("folder_changed", { time: moment(at) })])];
}

function unread({ path, failures, failed }) {
  const items = failed.map(({ file, error }) => {
    const name = file.startsWith(path) ? file.slice(path.length).replace(/^\/+/, "") : file;
    return element("li", {}, [element("bdi", { dir: "ltr", class: "file-name" }, [name || file]), isolated(error)]);
  });
  const rest = failures - items.length;
  if (rest > 0) items.push(element("li", {}, [say("unread_more", { count: number(rest) })]));
  return element("details", { class: "wrong" }, [
    element("summary", {}, [say("unread_files", { count: number(failures) })]),
    element("ul", {}, items),
  ]);
}
