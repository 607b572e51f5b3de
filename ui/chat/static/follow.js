// Questions to go on with, under the last answer; each was asked and answered before it is shown.

import { element } from "./text.js";

/** Offer questions below the conversation `log` after `turn`, its last, once they are known. */
export async function offer(page, log, turn) {
  const { answer_id: id, citations = [], possible = [] } = turn.answer ?? {};
  if (!id || !(citations.length || possible.length)) return;
  const questions = await found(id, page.language);
  // Somebody may have gone on meanwhile, or begun anew.
  const last = [...log.querySelectorAll(".turn")].at(-1);
  if (!questions.length || last?.dataset.key !== turn.key) return;
  withdraw(log);
  const heading = element("h3", { id: "follow" }, [page.words.follow]);
  const items = questions.map((question) => element("li", {}, [button(page, question)]));
  const list = element("ul", {}, items);
  log.append(element("div", { class: "follow", role: "group", "aria-labelledby": "follow" }, [heading, list]));
}

/** Take the questions away; return whether one of them was pressed. */
export function withdraw(log) {
  const offered = log.querySelector(".follow");
  offered?.remove();
  return Boolean(offered?.querySelector("[aria-busy]"));
}

function button({ retry }, question) {
  const made = element("button", { type: "button", class: "plain", dir: "auto" }, [question]);
  made.addEventListener("click", () => {
    // Pressed twice it would be asked twice.
    made.closest(".follow").querySelectorAll("button").forEach((one) => { one.disabled = one !== made; });
    if (!made.hasAttribute("aria-busy")) retry(question);
    made.setAttribute("aria-busy", "true");
  });
  return made;
}

async function found(answer, language) {
  try {
    const response = await fetch(`/api/suggestions?${new URLSearchParams({ answer, language })}`);
    return response.ok ? (await response.json()).suggestions : [];
  } catch {
    return [];
  }
}
