// Taking articles out and putting them back, in the list and in the part that shows what is out.

import { element } from "/static/chat/text.js";
import { button, day, facts, fetched, named, say, send, tell, titleLink, withdrawal, words } from "./api.js";

/** What can be done with an article of the list; `changed` is told how many are there more. */
export function actsOf(article, row, changed) {
  const title = named(article);
  const acts = element("div", { class: "acts" });
  const out = button(words.remove, () => attempt(out, async () => {
    await send("PUT", withdrawal(article), {});
    tell(say("removed_one", { title }));
    row.classList.add("out");
    const undo = button(words.undo, () => attempt(undo, async () => {
      await fetched(withdrawal(article), { method: "DELETE" });
      tell(say("returned", { title }));
      row.classList.remove("out");
      acts.replaceChildren(out);
      out.focus();
      changed(1);
    }), { "aria-label": say("put_back_name", { title }) });
    acts.replaceChildren(undo);
    undo.focus();
    changed(-1);
  }), { "aria-label": say("remove_name", { title }) });
  acts.append(out);
  return acts;
}

/** Show what was taken out. */
export async function showWithdrawn() {
  try {
    const { articles } = await fetched("/api/library/withdrawn");
    const rows = articles.map(withdrawnRow);
    document.getElementById("withdrawn").replaceChildren(...(rows.length ? rows : [nothing()]));
  } catch (error) {
    tell(error.message, true);
  }
}

function nothing() {
  return element("li", { class: "quiet" }, [words.removed_none]);
}

function withdrawnRow(article) {
  const when = say("removed_on", { day: day(article.at) });
  const told = element("p", { class: "why" }, [when]);
  const about = element("div", { class: "about" }, [titleLink(article, article.version), facts(article), told]);
  const acts = element("div", { class: "acts" });
  const made = element("li", {}, [about, acts]);
  showActs(article, made, acts);
  return made;
}

function showActs(article, row, acts) {
  const title = named(article);
  const back = button(words.put_back, () => attempt(back, async () => {
    await fetched(withdrawal(article), { method: "DELETE" });
    leave(row, say("returned", { title }));
  }), { "aria-label": say("put_back_name", { title }) });
  const erase = button(words.erase, () => {
    const yes = button(words.erase_yes, () => attempt(yes, async () => {
      await fetched(`/api/articles/${encodeURIComponent(article.id)}`, { method: "DELETE" });
      leave(row, say("erased", { title }));
    }), { class: "strong" });
    const no = button(words.cancel, () => {
      showActs(article, row, acts);
      acts.querySelector("button:last-child").focus();
    });
    acts.replaceChildren(element("span", { role: "alert" }, [words.erase_sure]), yes, no);
    no.focus();
  }, { "aria-label": say("erase_name", { title }) });
  acts.replaceChildren(back, erase);
}

// Who works by keys goes on where the row was.
function leave(row, told) {
  tell(told);
  const list = row.parentNode;
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  if (!list.children.length) list.append(nothing());
  (next?.querySelector(".acts button") ?? document.getElementById("main")).focus();
}

/** Do something that takes a moment by a button, once, and tell what went wrong. */
async function attempt(pressed, work) {
  pressed.disabled = true;
  try {
    await work();
  } catch (error) {
    tell(error.message, true);
  }
  pressed.disabled = false;
}
