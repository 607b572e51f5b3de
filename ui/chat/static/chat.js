// The conversation of the chat page: its turns, and what a reader can open and do.

import { element, isolated, patch } from "./text.js";
import { comma, doubtOf, pageOf, together, turnOf } from "./answer.js";
import { openSource } from "./source.js";
import { copyText, feedback } from "./actions.js";
import { addGlosses } from "./gloss.js";
import { offer, withdraw } from "./follow.js";
import { saveButtons } from "./saving.js";
import { addTranslations } from "./translation.js";

/** Show a conversation inside `host` and return a function that shows a new state of it.
 *
 * A state is `{restored}` (turns of an earlier visit), `{opened}` (those of another conversation),
 * `{turn}` (a new one, or the newest as it is now), or `{}` (none any more).
 * `words` are those of the interface, in `language`; `retry(question, preferences)` asks
 * again, with or without what the question prefers.  `model` names the language model, "" for none.
 */
export function conversation(host, words, language, retry, model) {
  const log = element("div", { class: "turns", role: "log", "aria-label": words.conversation });
  const page = { words, language, retry, model, answers: new Map() };
  const foot = element("div", { class: "foot", hidden: "" }, [saveButtons(page, log)]);
  page.link = (...place) => sourceLink(page, ...place);
  page.tools = (turn) => tools(page, turn);
  page.beyond = (answer) => beyond(page, answer);
  return function show(state) {
    // Gradio renders its template anew with each value, which drops what was put into it.
    if (log.parentNode !== host) host.replaceChildren(log, foot);
    // Gradio names the browser's language there, whatever language this page is in.
    document.documentElement.lang = language;
    if (!state) return;
    // Somebody may have asked already while the earlier turns were being read.
    if (state.restored) {
      log.prepend(...state.restored.map((turn) => made(page, turn)));
      if (state.restored.length) offer(page, log, state.restored.at(-1));
      document.body.dataset.opened = "";
    } else if (state.opened) open(page, log, state.opened);
    else if (state.turn) showTurn(page, log, state.turn);
    else log.replaceChildren();
    document.body.classList.toggle("asked", log.children.length > 0);
    foot.hidden = ![...log.children].some((turn) => page.answers.has(turn.dataset.key));
    const shown = [...log.children].map((turn) => page.answers.get(turn.dataset.key));
    document.body.dataset.answers = shown.filter(Boolean).join(" ");
  };
}

function open(page, log, turns) {
  log.replaceChildren(...turns.map((turn) => made(page, turn)));
  log.removeAttribute("aria-busy");
  const last = log.lastElementChild;
  if (!last) return;
  offer(page, log, turns.at(-1));
  last.scrollIntoView({ block: "start" });
  // Nothing behind the open list can have the focus.
  document.querySelector("dialog.drawer[open]")?.close();
  focus(last.querySelector(".question"));
}

function made(page, turn) {
  if (turn.answer?.answer_id) page.answers.set(turn.key, turn.answer.answer_id);
  const shown = turnOf(page, turn);
  // What is put under a quote last stands first.
  addTranslations(page, shown, turn);
  addGlosses(page, shown, turn);
  return shown;
}

function showTurn(page, log, turn) {
  const before = log.querySelector(`[data-key="${turn.key}"]`);
  const now = made(page, turn);
  const shown = before ?? now;
  if (before) patch(before, now);
  else {
    // A question that failed is not part of the conversation once another has been asked.
    log.querySelectorAll(".turn.failed").forEach((failed) => failed.remove());
    page.pressed = withdraw(log);
    log.append(shown);
  }
  log.setAttribute("aria-busy", String(turn.state === "working"));
  if (!before || turn.state !== "working") {
    shown.scrollIntoView({ block: before ? "nearest" : "start" });
  }
  // Who pressed a question to go on with goes on from there, wherever Gradio's rendering left them.
  if (page.pressed && document.activeElement === document.body) focus(shown.querySelector(".question"));
  if (turn.state === "done") offer(page, log, turn);
}

function focus(heading) {
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

function sourceLink(page, place, attributes, children) {
  const link = element("a", { href: address(place), ...attributes }, children);
  link.addEventListener("click", (event) => {
    // Who wants a new tab or window gets the article's own page.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    openSource(page, place, { address: address(place), opener: link });
  });
  return link;
}

function address({ article_id, version, start, end, focus_start: first, focus_end: last }) {
  const focus = last ? { focus: `${first}-${last}` } : {};
  const ui = document.documentElement.lang;
  const span = new URLSearchParams({ version, start, end, ...focus, ui });
  return `/articles/${encodeURIComponent(article_id)}?${span}#quote`;
}

// What the reader's own filters hide; an embed's are nothing that its readers chose.
function beyond({ words, language }, { outside }) {
  if (!outside) return "";
  const count = new Intl.NumberFormat(language === "ar" ? "ar-u-nu-arab" : "en").format(outside.articles);
  return element("p", { class: "lacking" }, [words.outside.replace("{count}", count)]);
}

function tools(page, turn) {
  const { answer } = turn;
  const copy = element("button", { type: "button", class: "plain" }, [page.words.copy]);
  copy.addEventListener("click", async () => {
    await copyText(withSources(page, answer));
    copy.textContent = page.words.copied;
  });
  const vote = answer.answer_id ? feedback(page, answer) : "";
  // What is said of the library itself has no sources to copy.
  const taken = answer.kind === "about" ? "" : copy;
  return element("div", { class: "tools" }, [preferred(page, answer), taken, vote]);
}

// What the question named and made Dalil look at first; pressed away, it is asked again without.
function preferred({ words, retry }, { question, preferences = [] }) {
  if (!preferences.length) return "";
  const letters = [...question];
  const spans = new Map(preferences.map(({ start, end }) => [start, letters.slice(start, end)]));
  const named = [...spans.values()].flatMap((part, n) => [n ? comma(words) : "", isolated(part.join(""))]);
  const away = element("button", { type: "button", "aria-label": words.unpreferred, title: words.unpreferred }, ["×"]);
  away.addEventListener("click", () => retry(question, false));
  return element("span", { class: "preferred" }, [`${words.preferred}: `, ...named, away]);
}

function withSources({ words }, answer) {
  const written = answer.mode === "llm";
  const entry = (group, marked, quoted) => {
    const [first] = group;
    const { title, outlet, published, url } = first;
    const mark = ({ n }) => (marked ? `[${n}] ` : "");
    const facts = [title ?? words.untitled, outlet, published, pageOf(words, first)];
    const about = facts.filter(Boolean).join(comma(words));
    const several = group.length > 1;
    const quotes = group.map((one) => `${several ? mark(one) : ""}“${one.quote}”`);
    // Who gets the copy may not reach this server, but reaches the outlet.
    const own = group.map((one) => new URL(address(one), location.href).href);
    // An address with a name before its host may look like another's.
    const links = /^https?:\/\/[^\s/?#@\\]+([/?#]\S*)?$/i.test(url ?? "") ? [url] : own;
    return [group.map(mark).join("") + about, ...(quoted ? quotes : []), ...links].join("\n");
  };
  const lines = [
    ...together(answer.citations).map((group) => entry(group, true, written)),
    ...(answer.possible ?? []).map((citation) => entry([citation], false, true)),
  ];
  const text = answer.status === "abstained" ? refusal(words, answer) : withDoubts(words, answer);
  return [text, ...(written ? [words.written] : []), ...lines].join("\n\n");
}

// As on the page, in the page's language.
function refusal(words, { possible = [], unmet = [] }) {
  const lacking = unmet.length ? [`${words.lacking} ${unmet.join(comma(words))}`] : [];
  return [possible.length ? words.possible : words.abstained, ...lacking].join("\n");
}

// A copy must not look better founded than what is on the page.
function withDoubts(words, { text, statements = [] }) {
  const letters = [...text];
  for (const statement of statements) {
    if (!statement.supported) letters[statement.end - 1] += ` (${doubtOf(words, statement)})`;
  }
  return letters.join("");
}
