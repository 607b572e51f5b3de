// The conversations that are kept: a list to open, look through, name and delete them.

import { element, isolated } from "./text.js";

const PAGE = 50;
// Until a reader pauses; then words are looked for.
const PAUSE_MS = 250;

/** Put the button into `host` that opens the list; `open(id)` shows a conversation in its place.
 *
 * Returns a function that is told whether conversations are `{kept}` at all, and then what came of
 * opening one: `{opened}`, or `{trouble}`, a sentence.
 */
export function keptConversations(host, words, language, open) {
  const drawer = new Drawer(words, language, open);
  const label = words.conversations;
  const button = element("button", { type: "button", class: "plain", "aria-haspopup": "dialog" }, [label]);
  button.addEventListener("click", () => drawer.show());
  let kept = false;
  return function show(state) {
    kept = state?.kept ?? kept;
    // Gradio renders its template anew with each value, which drops what was put into it.
    if (kept && button.parentNode !== host) host.replaceChildren(button);
    if (state?.trouble) drawer.tell(state.trouble);
    else if (state?.opened) drawer.leave();
  };
}

class Drawer {
  constructor(words, language, open) {
    Object.assign(this, { words, language, open, asked: 0 });
    const locale = language === "ar" ? "ar-u-nu-arab" : "en-GB";
    this.days = new Intl.DateTimeFormat(locale, { dateStyle: "long" });
    this.numbers = new Intl.NumberFormat(locale);
    this.list = element("ul", {});
    this.said = element("p", { role: "status" });
    this.field = element("input", { type: "search", maxlength: "200", dir: "auto", "aria-label": words.find, placeholder: words.find });
    this.more = this.#button(words.more, () => this.#load(this.list.children.length));
    const close = this.#button("✕", () => this.dialog.close(), { "aria-label": words.close_list });
    const bar = element("header", {}, [element("h2", { id: "kept-title" }, [words.conversations]), close]);
    const parts = [bar, this.field, this.said, this.list, this.more];
    this.dialog = element("dialog", { class: "drawer", "aria-labelledby": "kept-title" }, parts);
    this.field.addEventListener("input", () => {
      clearTimeout(this.pause);
      this.pause = setTimeout(() => this.#load(0), PAUSE_MS);
    });
    this.dialog.addEventListener("click", ({ target, clientX, clientY }) => {
      const { left, right, top, bottom } = this.dialog.getBoundingClientRect();
      const inside = clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
      if (target === this.dialog && !inside) this.dialog.close();
    });
    document.body.append(this.dialog);
  }

  show() {
    this.field.value = "";
    this.tell("");
    this.dialog.showModal();
    // On a touch screen a keyboard would cover the list.
    if (matchMedia("(pointer: fine)").matches) this.field.focus();
    this.#load(0);
  }

  tell(text) {
    this.list.removeAttribute("aria-busy");
    this.said.replaceChildren(...(text ? [isolated(text)] : []));
  }

  leave() {
    this.list.removeAttribute("aria-busy");
    this.dialog.close();
  }

  async #load(skip) {
    const asked = (this.asked += 1);
    const query = new URLSearchParams({ limit: PAGE, skip, words: this.field.value });
    const found = await this.#send("GET", `?${query}`);
    // Somebody may have written on meanwhile.
    if (!found || asked !== this.asked) return;
    const rows = found.conversations.map((one) => this.#row(one));
    if (skip) this.list.append(...rows);
    else this.list.replaceChildren(...rows);
    this.more.hidden = this.list.children.length >= found.total;
    this.#count(found.total);
  }

  #count(total) {
    const { words } = this;
    const none = this.field.value.trim() ? words.none_found : words.none_kept;
    this.tell(total ? words.count.replace("{count}", this.numbers.format(total)) : none);
  }

  #row(one) {
    const row = element("li");
    this.#fill(row, one);
    return row;
  }

  #fill(row, one) {
    const { words } = this;
    const when = element("time", { datetime: one.asked_at }, [this.days.format(new Date(one.asked_at))]);
    const count = words.questions.replace("{count}", this.numbers.format(one.questions));
    const open = this.#button("", () => {
      this.list.setAttribute("aria-busy", "true");
      this.open(one.id);
    }, { class: "open" });
    open.append(isolated(one.name), element("small", {}, [when, ` · ${count}`]));
    // Each says which conversation it is about, isolated from our words (U+2068, U+2069).
    const named = (text) => ({ "aria-label": text.replace("{name}", () => `\u2068${one.name}\u2069`) });
    const rename = this.#button(words.rename, () => this.#rename(row, one), named(words.rename_one));
    const erase = this.#button(words.erase, () => this.#erase(row, one), named(words.erase_one));
    row.replaceChildren(open, element("div", { class: "acts" }, [rename, erase]));
  }

  #rename(row, one) {
    const { words } = this;
    const field = element("input", { maxlength: "200", dir: "auto", "aria-label": words.name_of });
    field.value = one.name;
    const back = (now) => {
      this.#fill(row, now);
      row.querySelector(".acts button").focus();
    };
    const save = element("button", { type: "submit", class: "plain" }, [words.save_name]);
    const form = element("form", {}, [field, save, this.#button(words.cancel, () => back(one))]);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const now = await this.#send("PATCH", `/${one.id}`, { name: field.value });
      if (now) back(now);
    });
    this.#escapes(form, () => back(one));
    row.replaceChildren(form);
    field.select();
  }

  #erase(row, one) {
    const { words } = this;
    const back = () => {
      this.#fill(row, one);
      row.querySelector(".acts button:last-child").focus();
    };
    const yes = this.#button(words.erase_yes, () => this.#gone(row, one), { class: "plain wrong" });
    const no = this.#button(words.cancel, back);
    const acts = row.querySelector(".acts");
    acts.replaceChildren(element("span", { role: "alert" }, [words.erase_sure]), yes, no);
    this.#escapes(acts, back);
    no.focus();
  }

  async #gone(row, one) {
    const gone = await this.#send("DELETE", `/${one.id}`);
    if (!gone) return;
    const next = (row.nextElementSibling ?? row.previousElementSibling)?.querySelector("button");
    row.remove();
    this.tell(this.words.erased);
    // What is shown behind the list may be what was deleted.
    const shown = (document.body.dataset.answers ?? "").split(" ");
    if (gone.answers.some((id) => shown.includes(id))) document.querySelector("#again").click();
    (next ?? this.field).focus();
  }

  // Escape takes the last step back and leaves the list open.
  #escapes(part, back) {
    part.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      back();
    });
  }

  #button(label, press, attributes = {}) {
    const made = element("button", { type: "button", class: "plain", ...attributes }, [label]);
    made.addEventListener("click", press);
    return made;
  }

  async #send(method, path, body) {
    try {
      const headers = { "Dalil-Language": this.language, ...(body && { "Content-Type": "application/json" }) };
      const response = await fetch(`/api/conversations${path}`, { method, headers, body: body && JSON.stringify(body) });
      const told = await response.json();
      if (response.ok) return told;
      this.tell(told.error ?? this.words.failed);
    } catch {
      this.tell(this.words.failed);
    }
    return undefined;
  }
}
