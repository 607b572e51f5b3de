// The library's page: which part of it is shown.

import { keeps, tell } from "./api.js";
import { showArticles } from "./articles.js";
import { readyForFeeds, showFeeds } from "./feeds.js";
import { readyForFolders, showFolders } from "./folders.js";
import { readyForLinks } from "./links.js";
import { showQuestions } from "./questions.js";
import { readyToAdd } from "./upload.js";
import { showWithdrawn } from "./withdrawn.js";

const parts = {
  articles: showArticles,
  add: () => {},
  feeds: showFeeds,
  folders: showFolders,
  removed: showWithdrawn,
  questions: showQuestions,
};
const links = [...document.querySelectorAll(".sections a")];

function show() {
  const wanted = location.hash.slice(1);
  const name = wanted in parts && document.getElementById(wanted) ? wanted : "articles";
  for (const section of document.querySelectorAll("main > section")) section.hidden = section.id !== name;
  for (const link of links) {
    if (link.hash === `#${name}`) {
      link.setAttribute("aria-current", "page");
      link.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else link.removeAttribute("aria-current");
  }
  // In another language the same part is read on.
  for (const link of document.querySelectorAll(".switch")) link.hash = name;
  tell("");
  parts[name]();
}

if (keeps) {
  readyToAdd();
  readyForLinks();
  readyForFeeds();
  readyForFolders();
}

addEventListener("hashchange", show);
show();
