// <dalil-chat embed="ID">: a panel in place, or with the attribute `button` a button that opens it.

import { element } from "./text.js";
import { Embed } from "./client.js";
import { icon } from "./icon.js";
import { Memory } from "./memory.js";
import { Panel } from "./panel.js";

const TAG = "dalil-chat";
// A module has no `currentScript`.
const SCRIPT = document.currentScript ?? document.querySelector("script[src*='/widget.js']");
const MISSING = "data-embed, or embed of <dalil-chat>, is missing.";
// Where a panel at the window's edge would leave no room for the page beside it.
const PHONE = "(max-width: 480px)";

class DalilChat extends HTMLElement {
  static observedAttributes = ["embed", "lang", "button"];
  #panel = null;
  #visit = 0;

  connectedCallback() {
    this.#start();
  }

  disconnectedCallback() {
    this.#visit += 1;
    this.#panel?.stop();
    this.#panel = null;
  }

  attributeChangedCallback() {
    if (this.#panel) this.#start();
  }

  async #start() {
    this.#panel?.stop();
    const visit = (this.#visit += 1);
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const id = this.getAttribute("embed") ?? "";
    const embed = new Embed(SCRIPT.src, id);
    let trouble = null;
    const settings = await embed.settings().catch((error) => {
      trouble = error;
      return {};
    });
    if (visit !== this.#visit) return;
    const language = this.#language(settings.language);
    const words = WORDS[language];
    const page = { embed, memory: new Memory(id), words, language, greeting: settings.greeting, llm: settings.llm };
    this.#panel = new Panel(page);
    const attributes = { class: "dalil", lang: language, dir: words.direction };
    const refused = trouble?.kind === "refused";
    shadow.adoptedStyleSheets = [styleSheet()];
    const why = `the embed ${id} does not exist, or may not be used by pages of ${location.origin}.`;
    if (refused || !id) complain(id ? why : MISSING);
    if (!this.hasAttribute("button")) {
      if (refused) this.#panel.refuse(trouble, () => this.#start());
      shadow.replaceChildren(element("section", { ...attributes, "aria-label": words.title }, this.#panel.nodes));
    } else if (refused) shadow.replaceChildren();
    else floating(shadow, attributes, this.#panel);
    quiet(shadow);
  }

  #language(chosen) {
    const around = this.closest("[lang]") ?? document.documentElement;
    const wanted = [chosen, this.lang, around.lang, navigator.language, "en"];
    return wanted.map((code) => code?.split("-")[0].toLowerCase()).find((code) => code && Object.hasOwn(WORDS, code));
  }
}

let sheet;

// A constructed sheet is no inline style to the page's Content-Security-Policy.
function styleSheet() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
  }
  return sheet;
}

// A page's own keys (a "/" that searches) must not act while a question is written.
function quiet(shadow) {
  for (const kind of ["keydown", "keyup", "keypress"]) {
    shadow.addEventListener(kind, (event) => event.stopPropagation());
  }
}

function floating(shadow, attributes, panel) {
  const { words } = panel.page;
  const launcher = element("button", { type: "button", class: "launcher", "aria-haspopup": "dialog", "aria-expanded": "false" }, [words.open]);
  launcher.prepend(icon());
  const close = element("button", { type: "button", class: "plain close", "aria-label": words.close }, ["✕"]);
  panel.head.append(close);
  const dialog = element("dialog", { "aria-label": words.title, tabindex: "-1" }, panel.nodes);
  const layer = element("div", { ...attributes, class: "dalil layer", popover: "manual" }, [launcher, dialog]);
  launcher.addEventListener("click", () => {
    // Where it covers the page, the focus has to stay inside it.
    if (matchMedia(PHONE).matches) dialog.showModal();
    else dialog.show();
    launcher.setAttribute("aria-expanded", "true");
    // On a phone the keyboard would cover what has been said.
    (matchMedia("(pointer: coarse)").matches ? dialog : panel.field).focus();
  });
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) dialog.close();
  });
  dialog.addEventListener("close", () => {
    launcher.setAttribute("aria-expanded", "false");
    launcher.focus();
  });
  shadow.replaceChildren(layer);
  // In the browser's top layer nothing of the page lies above it or cuts it off.
  layer.showPopover?.();
}

function begin() {
  const { embed, lang, theme } = SCRIPT.dataset;
  const all = [...document.querySelectorAll(TAG)];
  if (!embed && !all[0]) complain(MISSING);
  // A page may hold the script twice.
  if (!embed || all.some((one) => one.matches("[button]") && one.getAttribute("embed") === embed)) return;
  const made = element(TAG, { embed, lang, theme, button: "" });
  document.body.append(made);
  // Frameworks replace the body, or all in it; who takes out this one alone means it.
  const watch = new MutationObserver((records) => {
    const gone = records.flatMap(({ removedNodes }) => [...removedNodes]);
    if (gone.length === 1 && gone[0] === made) watch.disconnect();
    else if (!made.isConnected) document.body?.append(made);
  });
  watch.observe(document, { childList: true, subtree: true });
}

function complain(why) {
  console.warn("Dalil:", why);
}

if (!customElements.get(TAG)) customElements.define(TAG, DalilChat);
if (document.body) begin();
else document.addEventListener("DOMContentLoaded", begin);
