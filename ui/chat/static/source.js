// The panel beside the conversation that shows the whole article, scrolled to the quote.

import { element, isolated } from "./text.js";
import { met, origin } from "./answer.js";

const COVERS = "(max-width: 68rem)";

let shut = () => {};

/** Open the article at a citation or hit; the focus returns to `opener` when it is closed. */
export function openSource(page, place, { address, opener }) {
  shut();
  const { words } = page;
  const close = element("button", { type: "button", class: "plain", "aria-label": words.close }, ["✕"]);
  const heading = element("h2", { id: "source-title" }, [
    place.title ? isolated(place.title, place.language) : words.untitled,
  ]);
  const framed = address.replace("?", "?panel=1&");
  const panel = element("dialog", { class: "panel", "aria-labelledby": "source-title" }, [
    element("header", {}, [
      element("div", { class: "bar" }, [
        element("a", { href: address, target: "_blank", rel: "noopener" }, [words.new_tab]),
        close,
      ]),
      heading,
      origin(page, place),
      opened(met(page, place)),
    ]),
    element("iframe", { src: framed, title: place.title ?? words.source }),
  ]);
  shut = () => {
    panel.remove();
    document.body.classList.remove("reading");
    document.removeEventListener("keydown", onKey);
    shut = () => {};
  };
  const leave = () => {
    shut();
    opener.focus();
  };
  const onKey = (event) => {
    if (event.key === "Escape") leave();
  };
  close.addEventListener("click", leave);
  document.addEventListener("keydown", onKey);
  panel.addEventListener("cancel", leave);
  document.body.append(panel);
  // Where it covers the conversation, the focus has to stay inside it.
  if (matchMedia(COVERS).matches) panel.showModal();
  else panel.show();
  document.body.classList.add("reading");
  close.focus();
}

function opened(details) {
  if (details) details.open = true;
  return details;
}
