// Taking articles out and putting them back, in the list and in the part that shows what is out.

import { element, isolated } from "/static/chat/text.js";
import { button, day, facts, fetched, named, newestOnly, say, send, tell, titleLink, withdrawal, words } from "./api.js";
import { attempt } from "./incoming.js";

const look = newestOnly();

/** What can be done with an article of the list; `changed` is told how many are there more. */
export function actsOf(article, row, changed) {
  const title = named(article);
  const acts = element("div", { class: "acts" });
  const out = button(words.remove, () => attempt(out, () => leaveList(null)), { "aria-label": say("remove_name", { title }) });
  const retract = button(words.retract, () => {
    acts.replaceChildren(reasonForm(leaveList, () => {
      acts.replaceChildren(out, retract);
      retract.focus();
    }));
    acts.querySelector("textarea").focus();
  }, { "aria-label": say("retract_name", { title }) });

  async function leaveList(reason) {
    await send("PUT", withdrawal(article), { reason });
    tell(reason ? say("retracted_one", { title }) : say("removed_one", { title }));
    row.classList.add("out");
    const undo = button(words.undo, () => attempt(undo, async () => {
      await fetched(withdrawal(article), { method: "DELETE" });
      tell(say("returned", { title }));
      row.classList.remove("out");
      acts.replaceChildren(out, retract);
      out.focus();
      changed(1);
    }), { "aria-label": say("put_back_name", { title }) });
    acts.replaceChildren(undo);
    undo.focus();
    changed(-1);
  }

  acts.append(out, retract);
  return acts;
}

// Asks why an article is retracted; `done` gets the reason, `cancelled` is told of none.
function reasonForm(done, cancelled) {
  const field = element("textarea", { rows: "2", maxlength: "1000", dir: "auto", required: "" });
  const yes = element("button", { type: "submit", class: "strong" }, [words.retract]);
  const form = element("form", { class: "reason" }, [
    element("label", {}, [words.reason, field]),
    yes,
    button(words.cancel, cancelled),
  ]);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) attempt(yes, () => done(field.value));
  });
  form.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") cancelled();
  });
  return form;
}

/** Show what was taken out. */
export async function showWithdrawn() {
  try {
    const { articles } = await fetched("/api/library/withdrawn", { signal: look() });
    const rows = articles.map(withdrawnRow);
    document.getElementById("withdrawn").replaceChildren(...(rows.length ? rows : [nothing()]));
  } catch (error) {
    if (error.name !== "AbortError") tell(error.message, true);
  }
}

function nothing() {
  return element("li", { class: "quiet" }, [words.removed_none]);
}

function withdrawnRow(article) {
  const out = { day: day(article.at) };
  const when = article.reason ? say("retracted_on", out) : say("removed_on", out);
  const why = article.reason ? [" ", isolated(article.reason)] : [];
  const told = element("p", { class: "why" }, [when, ...why]);
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
  // Links in saved answers lead to what was retracted, and to why.
  acts.replaceChildren(...(article.reason ? [back] : [back, erase]));
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
