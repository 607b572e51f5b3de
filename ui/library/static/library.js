// The library's page: which part of it is shown.

import { showArticles } from "./articles.js";

const parts = { articles: showArticles };
const links = [...document.querySelectorAll(".sections a")];

function show() {
  const wanted = location.hash.slice(1);
  const name = wanted in parts && document.getElementById(wanted) ? wanted : "articles";
  for (const section of document.querySelectorAll("main > section")) section.hidden = section.id !== name;
  for (const link of links) {
    if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  parts[name]();
}

addEventListener("hashchange", show);
show();
