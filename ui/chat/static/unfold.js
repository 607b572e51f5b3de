// A button that fetches something and shows it below itself, and hides it when it is pressed again.

import { element } from "./text.js";

/** Make the button and the place of what `look` brings, an array of nodes; meanwhile `waiting`. */
export function unfolding(label, look, waiting = "") {
  const button = element("button", { type: "button", class: "plain", "aria-expanded": "false" }, [label]);
  const held = element("div", { class: "held" });
  let asking = false;
  button.addEventListener("click", async () => {
    if (asking) return;
    const shown = held.hasChildNodes();
    button.setAttribute("aria-expanded", String(!shown));
    held.replaceChildren(...(shown || !waiting ? [] : [waiting]));
    if (shown) return;
    asking = true;
    button.setAttribute("aria-busy", "true");
    held.replaceChildren(...(await look()));
    button.removeAttribute("aria-busy");
    asking = false;
  });
  return { button, held };
}
