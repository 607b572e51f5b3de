// A turn of a conversation: the question, the answer with numbered citations, or a refusal.
//
// Everything that comes from articles, questions or models is put into the page as text nodes,
// never as HTML, so that nothing of it can act there.

import { element, isolated, language } from "./text.js";

// As the article view writes dates.
const DATES = { en: "en-GB", ar: "ar-u-nu-arab" };

/** A question and what is known of its answer.
 *
 * `page` holds the `words` and the `language` of the interface and what the surface does in its own
 * way: `retry(question)` asks again, `link(place, attributes, children)` makes the link to a citation
 * or hit, and `tools(turn)` what stands below a finished answer.
 */
export function turnOf(page, turn) {
  const { words } = page;
  const question = element("h2", { class: "question" }, [
    element("span", { class: "hidden" }, [`${words.you}: `]),
    isolated(turn.question, turn.language),
  ]);
  const attributes = { class: `turn ${turn.state}`, "data-key": turn.key };
  return element("section", attributes, [question, reply(page, turn)]);
}

function reply(page, turn) {
  const { words } = page;
  if (turn.state === "failed") return failure(page, turn);
  if (turn.answer) return finished(page, turn);
  const children = turn.text ? answerText(page, turn.text, turn, turn.doing === "writing") : [];
  const doing = { writing: words.writing, restart: words.restart }[turn.doing] ?? words.searching;
  const status = element("p", { class: "status", role: "status" }, [doing]);
  return element("div", { class: "answer" }, [...children, status]);
}

function failure({ words, retry }, turn) {
  const button = element("button", { type: "button", class: "plain" }, [words.retry]);
  button.addEventListener("click", () => retry(turn.question));
  return element("div", { class: "answer failure", role: "alert" }, [
    element("p", {}, [element("strong", {}, [words.failed]), " ", isolated(turn.error)]),
    button,
  ]);
}

function finished(page, turn) {
  const { words } = page;
  const { answer } = turn;
  const written = answer.mode === "llm" && answer.status === "answered";
  const parts = [];
  const possible = answer.possible ?? [];
  const asked = { ...answer, language: turn.language };
  if (answer.status === "abstained") parts.push(...refusal(page, answer));
  else parts.push(...answerText(page, answer.text, asked, written));
  if (written) parts.push(element("p", { class: "by" }, [words.written]));
  if (answer.notice) parts.push(element("p", { class: "notice", dir: "auto" }, [answer.notice]));
  if (answer.citations.length) parts.push(sources(page, turn));
  for (const one of possible) {
    parts.push(element("div", { class: "said maybe" }, [quotation(one), ...place(page, one)]));
  }
  if (answer.related.length) parts.push(nearest(page, answer.related));
  parts.push(page.tools(turn));
  const maybe = possible.length ? " possible" : "";
  return element("div", { class: `answer ${answer.status}${maybe}` }, parts);
}

// Said once, in the words of the page: the answer's text says the same in the question's language.
function refusal(page, answer) {
  const { words } = page;
  const { possible = [], unmet = [] } = answer;
  const verdict = possible.length ? words.possible : words.abstained;
  const parts = [element("h3", { class: "verdict" }, [verdict])];
  const lacking = [words.lacking, ...listed(words, " ", unmet)];
  if (unmet.length) parts.push(element("p", { class: "lacking" }, lacking));
  return [...parts, page.beyond?.(answer) ?? ""];
}

// Words of others in a line of ours, behind what stands before the first.
function listed(words, before, parts) {
  return parts.flatMap((part, n) => [n ? comma(words) : before, isolated(part)]);
}

/** What stands between the members of a list in the language of the page. */
export function comma({ direction }) {
  return direction === "rtl" ? "، " : ", ";
}

// Each line is a paragraph of its own direction.  A line that is a quote and the words before it
// becomes a block of the article's direction; a quote among other words keeps that within the line.
// What a model has `written` is shown as it is, and its statements without support are marked.
function answerText(page, text, { language: asked, citations = [], statements = [] }, written) {
  const doubts = statements.filter(({ supported }) => !supported);
  const quotes = citations.flatMap(({ quote }) => quote || []).sort((a, b) => b.length - a.length);
  let at = 0;
  return text.split("\n").flatMap((line) => {
    const alone = !written && citations.find((citation) => standsAlone(line, citation));
    if (alone) return said(page, line, alone, asked);
    const paragraph = element("p", { class: "line", dir: "auto", lang: asked });
    for (const piece of pieces(line, quotes)) {
      const citation = citations.find(({ n }) => piece === `[${n}]`);
      const plain = () => (written ? doubted(page, piece, at, doubts) : [quoted(piece, citations)]);
      paragraph.append(...(citation ? [marker(page, citation)] : plain()));
      at += [...piece].length;
    }
    at += 1;
    return line.trim() || !written ? paragraph : [];
  });
}

// A line cut at its markers; "[2]" within a sentence of an article is a part of that.
function pieces(line, [quote, ...rest]) {
  if (!quote) return line.split(/(\[\d+\])/);
  // Nothing is put before the first part: a further quote would move the markers under the mouse.
  return line.split(quote).flatMap((part, n) => [...(n ? [quote] : []), ...pieces(part, rest)]);
}

// Spans count code points, of which a string of JavaScript may need two units for one.
function doubted(page, piece, at, doubts) {
  const letters = [...piece];
  const cut = (start, end) => letters.slice(start, end).join("");
  const nodes = [];
  let done = 0;
  for (const doubt of doubts) {
    const [start, end] = [Math.max(doubt.start - at, done), doubt.end - at];
    if (start >= Math.min(end, letters.length)) continue;
    nodes.push(cut(done, start), element("span", { class: "doubt" }, [cut(start, end)]));
    if (end <= letters.length) nodes.push(" ", flag(page, doubt));
    done = end;
  }
  return [...nodes, cut(done)];
}

function flag({ words, language: spoken }, doubt) {
  const missing = listed(words, ": ", doubt.missing);
  const attributes = { class: "flag", lang: spoken, dir: words.direction };
  return element("small", attributes, [doubtOf(words, doubt), ...missing]);
}

/** What is wrong with a statement without support, in words. */
export function doubtOf(words, { citations }) {
  return citations.length ? words.unfound : words.uncited;
}

function standsAlone(line, { n, quote }) {
  // A line has no line feed, so that it is not cut where there is no quote.
  const [, behind] = line.split(quote || "\n");
  return behind?.replace(/^[\u201d\u00bb"]/u, "").trim() === `[${n}]`;
}

function said(page, line, citation, asked) {
  const before = line.slice(0, line.indexOf(citation.quote)).replace(/[\u201c\u00ab"]\s*$/u, "");
  return element("div", { class: "said" }, [
    element("p", { class: "line", dir: "auto", lang: asked }, [before]),
    quotation(citation, [marker(page, citation)]),
  ]);
}

function quotation(citation, behind = []) {
  const quote = element("bdi", {}, answering(citation));
  return element("blockquote", { class: "quote", ...language(citation) }, [quote, ...behind]);
}

// The quote with the words that answer in bold; spans count code points of the article.
function answering({ quote, start, focus_start: first, focus_end: last }) {
  if (!last) return [quote];
  const cut = (...span) => [...quote].slice(...span).join("");
  const from = first - start;
  const to = last - start;
  return [cut(0, from), element("strong", {}, [cut(from, to)]), cut(to)];
}

function quoted(piece, citations) {
  const citation = citations.find(({ quote }) => quote === piece);
  return citation && piece ? element("bdi", { class: "quote", ...language(citation) }, answering(citation)) : piece;
}

function marker(page, citation) {
  const { words } = page;
  const label = `${words.source} ${citation.n}: ${citation.title ?? words.untitled}`;
  return page.link(citation, { class: "marker", "aria-label": label }, [String(citation.n)]);
}

function sources(page, turn) {
  const { answer_id: answer, citations, mode } = turn.answer;
  const numbered = (one, group) => (group[1] ? [marker(page, one)] : []);
  const items = together(citations).map((group) => {
    const [first] = group;
    const matches = group.flatMap((citation) => citation.matches ?? []);
    const quotes = mode === "llm" ? group.map((one) => quotation(one, numbered(one, group))) : [];
    const numbers = group.map(({ n }) => element("span", { class: "number" }, [String(n)]));
    return element("li", { class: "source", id: answer && `source-${answer}-${first.n}` }, [
      element("span", { class: "numbers", "aria-hidden": "true" }, numbers),
      element("div", {}, place(page, { ...first, matches }, ...quotes)),
    ]);
  });
  return element("section", { class: "sources" }, [
    element("h3", {}, [page.words.sources]),
    element("ol", {}, items),
  ]);
}

/** Citations of one version of an article together, in the order of the first of each. */
export function together(citations) {
  const groups = new Map();
  for (const one of citations) {
    const key = `${one.version} ${one.article_id}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

function nearest(page, related) {
  const items = related.map((hit) =>
    element("li", { class: "source" }, [
      element("div", {}, [
        ...place(page, hit, element("p", { class: "excerpt", ...language(hit) }, [hit.text])),
      ]),
    ]),
  );
  return element("section", { class: "sources nearest" }, [
    element("h3", {}, [page.words.nearest]),
    element("ul", {}, items),
  ]);
}

function place(page, cited, ...held) {
  const { title } = cited;
  const named = title ? isolated(title, cited.language) : page.words.untitled;
  const number = pageOf(page.words, cited);
  // Beside a title, the page of a file on which the words stand.
  const link = page.link(cited, { class: "title" }, number ? [named, comma(page.words), isolated(number)] : [named]);
  return [link, origin(page, cited), repeated(page, cited), ...held, met(page, cited)];
}

/** The page of a file on which a place begins, in words, if it has pages. */
export function pageOf(words, cited) {
  return cited.page && words.page.replace("{number}", cited.page);
}

// Articles with the same report, or the same sentence.
function repeated({ words }, { also }) {
  if (!also?.length) return "";
  const named = also.map(({ outlet, title }) => outlet ?? title ?? words.untitled);
  return element("p", { class: "origin" }, [words.also, ...listed(words, " ", [...new Set(named)])]);
}

/** The outlet and the date of an article, the date in the words of the interface's language. */
export function origin(page, place) {
  const parts = [];
  if (place.outlet) parts.push(isolated(place.outlet));
  if (place.published) {
    const format = new Intl.DateTimeFormat(DATES[page.language], {
      dateStyle: "long",
      timeZone: "UTC",
    });
    const date = format.format(new Date(place.published));
    parts.push(element("time", { datetime: place.published, dir: "auto" }, [date]));
  }
  return element("p", { class: "origin" }, parts.flatMap((part, n) => (n ? [" · ", part] : [part])));
}

/** Which words of the question met which words of the quote. */
export function met({ words }, citation) {
  if (!citation.matches?.length) return "";
  // Quotes of one article may have met the same words.
  const unlike = new Map(citation.matches.map((pair) => [pair.question + pair.quote, pair]));
  const pairs = [...unlike.values()].map(({ question, quote }) =>
    element("li", {}, [isolated(question), " ↔ ", isolated(quote, citation.language)]),
  );
  return element("details", { class: "met" }, [
    element("summary", { title: words.met_hint }, [words.met]),
    element("ul", {}, pairs),
  ]);
}
