// The panel of one embed: the turns of its conversation, and the field for the next question.

import { element, patch } from "./text.js";
import { turnOf } from "./answer.js";
import { Trouble } from "./client.js";
import { icon } from "./icon.js";

const LONGEST_QUESTION = 2000;
const MOST_HISTORY = 20;

/** Make the panel; `page` holds `embed`, `memory`, `words`, `language` and `greeting`. */
export class Panel {
  #turns = [];
  #asking = null;
  #count = 0;
  #follow = true;

  constructor(page) {
    this.page = {
      ...page,
      link: (...place) => this.#link(...place),
      retry: (question) => this.#retry(question),
      tools: () => "",
    };
    const { words } = page;
    this.field = element("textarea", { rows: "1", maxlength: LONGEST_QUESTION, dir: "auto", enterkeyhint: "send", "aria-label": words.question, placeholder: words.question });
    this.button = element("button", { type: "submit", class: "ask" }, [words.ask]);
    this.form = element("form", { class: "composer" }, [this.field, this.button]);
    this.log = element("div", { class: "log", role: "log", tabindex: "0", "aria-label": words.conversation });
    this.head = element("header", {}, [icon(), element("strong", { class: "name" }, [words.title]), this.#again()]);
    const made = element("p", { class: "made" }, [page.llm ? "" : words.made_by]);
    this.nodes = [this.head, this.log, this.form, made];
    this.#listen();
    this.#restore();
  }

  /** Stop the answer that is coming. */
  stop() {
    this.#asking?.abort();
    this.#asking = null;
    this.button.removeAttribute("aria-disabled");
  }

  /** Say in place of the conversation why there is none; `again` tries to have one. */
  refuse(trouble, again) {
    const turn = { state: "failed", question: "", error: this.#tell(trouble) };
    const words = { ...this.page.words, retry: this.page.words.retry_page };
    const shown = turnOf({ ...this.page, words, retry: again }, turn);
    shown.firstChild.remove();
    this.log.replaceChildren(shown);
    this.nodes = [this.log];
  }

  #again() {
    const { words } = this.page;
    const button = element("button", { type: "button", class: "plain" }, [words.again]);
    button.addEventListener("click", () => {
      this.stop();
      this.#keep([]);
      this.#clear();
      this.field.focus();
    });
    return button;
  }

  #listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    // Who scrolls while an answer comes reads something else.
    for (const kind of ["wheel", "touchmove", "keydown"]) {
      this.log.addEventListener(kind, () => { this.#follow = false; }, { passive: true });
    }
  }

  #restore() {
    this.#clear();
    try {
      const turns = this.page.memory.read().map((turn) => this.#turn(turn.question, { ...turn, state: "done" }));
      this.log.append(...turns.map((turn) => turnOf(this.page, turn)));
      this.#turns = turns;
    } catch {
      // What the page's own scripts left under our name is not a conversation.
      this.#keep([]);
      this.#clear();
    }
  }

  #clear() {
    const greeting = this.page.greeting || this.page.words.greeting;
    this.log.replaceChildren(element("p", { class: "greeting", dir: "auto" }, [greeting]));
  }

  #turn(question, rest) {
    this.#count += 1;
    return { ...rest, key: `${this.#count}`, question: String(question), language: "und" };
  }

  #submit() {
    const question = this.field.value.trim();
    if (!question || this.#asking) return;
    this.field.value = "";
    this.#ask(question);
  }

  #retry(question) {
    this.field.focus();
    if (!this.#asking) this.#ask(question);
  }

  async #ask(question) {
    const asking = new AbortController();
    this.#asking = asking;
    this.#follow = true;
    this.button.setAttribute("aria-disabled", "true");
    let turn = this.#turn(question, { state: "working", text: "", citations: [] });
    const show = (news) => {
      if (asking.signal.aborted) return;
      turn = { ...turn, ...news };
      this.#show(turn);
      // Who sees the end may go on at once, or begin anew.
      if (turn.state === "done") this.#keep([...this.#turns, turn]);
      if (turn.state !== "working") this.stop();
    };
    show({});
    try {
      await this.#read(asking.signal, () => turn, show);
    } catch (error) {
      show({ state: "failed", error: this.#tell(error) });
    }
  }

  async #read(signal, now, show) {
    const { embed } = this.page;
    const history = this.#turns.map((turn) => turn.question).slice(-MOST_HISTORY);
    for await (const [kind, data] of embed.ask(now().question, history, signal)) {
      if (kind === "token") show({ text: now().text + data.text });
      else if (kind === "status") show({ doing: data.text });
      else if (kind === "restart") show({ doing: kind, text: "", citations: [] });
      else if (kind === "citation") show({ citations: [...now().citations, data] });
      else if (kind === "error") throw new Trouble("", data.error);
      // What comes after would only keep the next question waiting.
      else if (kind === "done") return show({ state: "done", answer: data });
    }
    throw new Trouble("broken");
  }

  #keep(turns) {
    this.#turns = turns;
    this.page.memory.write(turns);
  }

  #show(turn) {
    const { log } = this;
    const before = log.querySelector(`[data-key="${turn.key}"]`);
    const made = turnOf(this.page, turn);
    const shown = before ?? made;
    if (before) patch(before, made);
    else {
      log.querySelectorAll(".turn.failed").forEach((failed) => failed.remove());
      log.append(shown);
    }
    log.setAttribute("aria-busy", String(turn.state === "working"));
    // Only the log is scrolled: `scrollIntoView` would move the page around it too.
    if (this.#follow) log.scrollTop = shown.offsetTop - log.offsetTop;
  }

  #tell({ kind, detail, seconds }) {
    const { words, language } = this.page;
    const parts = [words[kind] ?? detail ?? ""];
    if (seconds) {
      const format = new Intl.NumberFormat(language, { style: "unit", unit: "second", unitDisplay: "long" });
      parts.push(words.wait.replace("{time}", format.format(seconds)));
    }
    return parts.join(" ");
  }

  #link(place, attributes, children) {
    const { embed, language, words } = this.page;
    const href = embed.address(place.href, language);
    if (!href) return element("span", { class: attributes.class }, children);
    return element("a", { href, target: "_blank", rel: "noopener", title: words.new_tab, ...attributes }, children);
  }
}
