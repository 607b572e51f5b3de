// Questions that found no answer, for who collects articles.

import { element, isolated } from "/static/chat/text.js";
import { day, fetched, newestOnly, number, say, tell, words } from "./api.js";

const look = newestOnly();

export async function showQuestions() {
  try {
    const { groups } = await fetched("/api/library/unanswered", { signal: look() });
    const none = element("li", { class: "quiet" }, [words.questions_none]);
    document.getElementById("asked").replaceChildren(...(groups.length ? groups.map(row) : [none]));
  } catch (error) {
    if (error.name !== "AbortError") tell(error.message, true);
  }
}

function row({ times, unmet, questions }) {
  const [newest, ...older] = questions;
  const asked = times === 1 ? words.once : say("times", { count: number(times) });
  const when = element("p", { class: "facts" }, [
    element("span", {}, [asked]),
    element("span", {}, [element("time", { datetime: newest.at }, [say("last", { day: day(newest.at) })])]),
  ]);
  const said = [element("p", { class: "headline" }, [isolated(newest.question)]), ...context(newest), when];
  if (unmet.length) said.push(element("p", { class: "why" }, [`${words.unmet} `, ...listed(unmet)]));
  const wordings = [...new Map(older.map((one) => [one.question, one])).values()].filter((one) => one.question !== newest.question);
  if (wordings.length) {
    const items = wordings.map((one) => element("li", {}, [isolated(one.question), ...context(one)]));
    said.push(element("details", {}, [element("summary", {}, [`${words.others} (${number(items.length)})`]), element("ul", {}, items)]));
  }
  return element("li", {}, [element("div", { class: "about" }, said)]);
}

function context({ after }) {
  return after ? [element("p", { class: "facts" }, [say("after", { question: `\u2068${after}\u2069` })])] : [];
}

function listed(names) {
  const comma = words.direction === "rtl" ? "، " : ", ";
  return names.flatMap((name, n) => [n ? comma : "", isolated(name)]).filter(Boolean);
}
