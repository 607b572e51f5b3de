// A quote as the language model translates it: under the quote, when it is wanted, marked as such.

import { element, isolated } from "./text.js";
import { unfolding } from "./unfold.js";

// The languages of answers, which are those that quotes are translated into.
const INTO = new Set(["ar", "en", "fr", "de", "es", "tr", "ru", "fa", "ckb", "kmr"]);

/** Put a button under each quote of `shown`, a turn, that is in another language than its question.
 *
 * Only where a language model is set: `page.model` is its name.
 */
export function addTranslations(page, shown, turn) {
  if (!page.model) return;
  const into = INTO.has(turn.language) ? turn.language : page.language;
  const cited = [...(turn.answer?.citations ?? []), ...(turn.answer?.possible ?? [])];
  for (const quote of shown.querySelectorAll("blockquote.quote")) {
    const text = quote.querySelector("bdi")?.textContent;
    const citation = cited.find((one) => one.quote === text);
    const own = citation?.language;
    if (own && own !== into && own !== turn.language) quote.after(offer(page, citation, into));
  }
}

function offer(page, citation, into) {
  const { words } = page;
  const { button, held } = unfolding(words.translate, async () => {
    const made = await translated(citation, into);
    return made ? shownTranslation(page, made) : [words.failed];
  }, words.translating);
  held.setAttribute("role", "status");
  return element("div", { class: "gloss translation" }, [button, held]);
}

async function translated({ article_id: article, version, start, end }, into) {
  try {
    const response = await fetch("/api/translations", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ article, version, start, end, into }),
    });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

function shownTranslation({ words, language: spoken }, { text, into, model, missing, added }) {
  const attributes = { lang: spoken, dir: words.direction };
  const [before, after] = words.translation_note.split("{name}");
  const lacks = (said, those) =>
    those.length
      ? [element("p", { ...attributes, class: "lacks" }, [`${said} `, ...separated(those, words)])]
      : [];
  return [
    element("p", attributes, [before, isolated(model), after]),
    element("p", { class: "said" }, [isolated(text, into)]),
    ...lacks(words.translation_missing, missing),
    ...lacks(words.translation_added, added),
  ];
}

function separated(those, words) {
  const comma = words.direction === "rtl" ? "، " : ", ";
  return those.flatMap((one, n) => [n ? comma : "", isolated(one)]);
}
