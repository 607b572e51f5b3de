// The conversation as a file.

import { element } from "./text.js";

// As many answers as one document takes.
const MOST = 50;

/** A button that saves the turns of `log` whose answers are kept, as Markdown with their sources. */
export function saveButton({ words, language, answers }, log) {
  const button = element("button", { type: "button", class: "plain" }, [words.save]);
  const status = element("span", { role: "status", class: "thanks" });
  button.addEventListener("click", async () => {
    const ids = [...log.children].map((turn) => answers.get(turn.dataset.key)).filter(Boolean);
    button.disabled = true;
    status.textContent = "";
    try {
      const response = await fetch("/api/conversation.md", {
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
  });
  return element("div", { class: "tools" }, [button, status]);
}

function offer(content, name) {
  const link = element("a", { href: URL.createObjectURL(content), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}
