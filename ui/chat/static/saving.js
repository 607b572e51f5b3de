// The conversation as a file.

import { element } from "./text.js";

// As many answers as one document takes.
const MOST = 50;

/** Buttons that save the turns of `log` whose answers are kept, with their sources. */
export function saveButtons({ words, language, answers }, log) {
  const status = element("span", { role: "status", class: "thanks" });
  const save = async (button, kind) => {
    const ids = [...log.children].map((turn) => answers.get(turn.dataset.key)).filter(Boolean);
    button.disabled = true;
    status.textContent = "";
    try {
      const response = await fetch(`/api/conversation.${kind}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ answers: ids.slice(-MOST), language }),
      });
      if (!response.ok) throw new Error((await response.json()).error);
      const [, name] = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition"));
      offer(await response.blob(), name);
    } catch {
      status.textContent = words.failed;
    }
    button.disabled = false;
  };
  const button = (label, kind) => {
    const made = element("button", { type: "button", class: "plain" }, [label]);
    made.addEventListener("click", () => save(made, kind));
    return made;
  };
  return element("div", { class: "tools" }, [button(words.save_word, "docx"), button(words.save, "md"), status]);
}

function offer(content, name) {
  const link = element("a", { href: URL.createObjectURL(content), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}
