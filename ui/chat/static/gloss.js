// A quote word by word in the reader's language: under the quote, when it is wanted.

import { element, isolated, language } from "./text.js";
import { unfolding } from "./unfold.js";

// The languages that quotes of each language can be looked up in.
const INTO = { ar: ["en"] };
const MARKS = { sound: (said) => `~${said}`, guess: (said) => `${said}?`, unknown: () => "?" };

/** Put a button under each quote of `shown`, a turn, that is not in the reader's language. */
export function addGlosses(page, shown, turn) {
  const cited = [...(turn.answer?.citations ?? []), ...(turn.answer?.possible ?? [])];
  for (const quote of shown.querySelectorAll("blockquote.quote")) {
    const text = quote.querySelector("bdi")?.textContent;
    const citation = cited.find((one) => one.quote === text);
    const into = citation && wanted(page, turn, citation);
    if (into) quote.after(offer(page, citation, into));
  }
}

function wanted(page, turn, citation) {
  const asked = [turn.language, page.language];
  if (citation.language === turn.language) return undefined;
  return asked.find((code) => INTO[citation.language]?.includes(code));
}

function offer(page, citation, into) {
  const { words } = page;
  const { button, held } = unfolding(words.gloss, async () => {
    const glossed = await look(citation, into);
    return glossed ? shownWords(page, citation, glossed) : [words.failed];
  });
  return element("div", { class: "gloss" }, [button, held]);
}

async function look({ article_id: article, version, start, end }, into) {
  try {
    const response = await fetch(`/api/gloss?${new URLSearchParams({ article, version, start, end, into })}`);
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

function shownWords({ words, language: spoken }, citation, { words: glossed, into }) {
  // Spans count code points of the article, of which a string of JavaScript may need two units.
  const letters = [...citation.quote];
  const cut = (from, to) => letters.slice(from - citation.start, to - citation.start).join("").trim();
  const items = glossed.map((each, n) => {
    // Punctuation stands with the word before it.
    const from = n ? each.start : citation.start;
    const to = glossed[n + 1]?.start ?? citation.end;
    return element("li", { "data-kind": each.kind }, [
      isolated(cut(from, to), citation.language),
      element("span", { class: "meaning", ...language({ language: into }) }, meaning(each)),
    ]);
  });
  const attributes = { lang: spoken, dir: words.direction };
  return [
    element("p", attributes, [words.gloss_note]),
    element("ol", { class: "words", ...language(citation) }, items),
    element("p", { ...attributes, class: "marks" }, [words.gloss_marks]),
  ];
}

// What is written together with the word is said smaller; a screen reader hears one phrase.
function meaning({ words, kind, before, after }) {
  const said = words.join(" / ");
  const small = (parts) => (parts.length ? element("small", {}, [parts.join(" ")]) : "");
  const parts = [small(before), MARKS[kind]?.(said) ?? said, small(after)].filter(Boolean);
  return parts.flatMap((part, n) => (n ? [" ", part] : [part]));
}
