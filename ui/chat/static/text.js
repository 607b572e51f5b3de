// Elements made of text, with the language and the direction that the text has.

// Languages written from right to left that articles come in.
const RIGHT_TO_LEFT = new Set(["ar", "fa", "ckb", "ur", "ps", "ug", "he", "syr"]);

/** Make an element with attributes; children are nodes or strings, which stay text. */
export function element(name, attributes = {}, children = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== ""));
  return made;
}

/** Make `old` look like `made`; what stays the same is kept, so that it can be pressed meanwhile.
 *
 * Only what holds nothing but other elements and text is changed within.
 */
export function patch(old, made) {
  if (old.isEqualNode(made)) return;
  if (old.nodeName !== made.nodeName || !/^(SECTION|DIV|P)$/.test(old.nodeName)) {
    old.replaceWith(made);
    return;
  }
  for (const { name, value } of made.attributes) old.setAttribute(name, value);
  const kept = [...old.childNodes];
  const wanted = [...made.childNodes];
  wanted.forEach((child, n) => (kept[n] ? patch(kept[n], child) : old.append(child)));
  kept.slice(wanted.length).forEach((child) => child.remove());
}

/** Text that cannot reorder what stands around it, whatever marks it holds. */
export function isolated(text, lang) {
  return element("bdi", lang ? language({ language: lang }) : { dir: "auto" }, [text]);
}

/** The attributes by which browsers, translators and screen readers know the text's language. */
export function language({ language: code }) {
  if (!code || code === "und") return { dir: "auto" };
  return { lang: code, dir: RIGHT_TO_LEFT.has(code) ? "rtl" : "ltr" };
}
