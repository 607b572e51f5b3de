// Adding pages of the web: each link is sent by itself, so that each has a result of its own.

import { element, isolated } from "/static/chat/text.js";
import { number, say, send, tell, words } from "./api.js";
import { attempt } from "./incoming.js";
import { told } from "./upload.js";

const results = document.getElementById("link-results");

/** Take links, where the settings allow connections. */
export function readyForLinks() {
  const form = document.getElementById("link-form");
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(form.querySelector("button"), () => addAll(form));
  });
}

async function addAll(form) {
  const links = [...new Set(form.links.value.split(/\s+/).filter(Boolean))];
  if (!links.length) return;
  const rows = links.map((link) => {
    const outcome = element("div", { class: "outcome" }, [words.waiting]);
    const name = element("div", { class: "name" }, [element("bdi", { dir: "ltr" }, [link])]);
    return { link, outcome, row: element("li", { class: "file" }, [name, outcome]) };
  });
  results.replaceChildren(...rows.map(({ row }) => row));
  tell("");
  const bad = [];
  for (const one of rows) if (!(await add(one))) bad.push(one.link);
  // What failed stays there, to be mended and sent again.
  form.links.value = bad.join("\n");
  tell(say("links_done", { good: number(links.length - bad.length), bad: number(bad.length) }), bad.length > 0);
}

async function add({ link, outcome, row }) {
  outcome.textContent = words.fetching;
  try {
    outcome.replaceChildren(...told(await send("POST", "/api/library/links", { link })));
    row.classList.add("good");
    return true;
  } catch (error) {
    outcome.replaceChildren(element("strong", {}, [words.failed_file]), ". ", isolated(error.message));
    row.classList.add("bad");
    return false;
  }
}
