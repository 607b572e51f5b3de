// What a reader can do with an answer: copy it, and say if it helped.

import { element } from "./text.js";

/** Put text on the clipboard, also where the browser keeps its new interface to itself. */
export async function copyText(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = element("textarea", { class: "hidden" }, [text]);
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

/** Two thumbs and a note, stored with the answer. */
export function feedback({ words }, answer) {
  const status = element("span", { role: "status", class: "thanks" });
  const note = element("textarea", { rows: "2", maxlength: "2000", dir: "auto", "aria-label": words.note, placeholder: words.note });
  const send = element("button", { type: "submit", class: "plain" }, [words.send]);
  const form = element("form", { class: "note", hidden: "" }, [note, send]);
  const up = thumb("👍", words.helpful);
  const down = thumb("👎", words.unhelpful);

  const mark = (helpful) => {
    up.setAttribute("aria-pressed", String(helpful === true));
    down.setAttribute("aria-pressed", String(helpful === false));
  };
  const vote = async (helpful) => {
    mark(helpful);
    // Emptied first, so that the same words are announced anew.
    status.textContent = "";
    const stored = await post(answer.answer_id, helpful, note.value);
    status.textContent = stored ? words.thanks : words.failed;
    return stored;
  };
  up.addEventListener("click", () => vote(true).then(() => { form.hidden = false; }));
  down.addEventListener("click", () => vote(false).then(() => { form.hidden = false; note.focus(); }));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await vote(up.getAttribute("aria-pressed") === "true")) form.hidden = true;
  });
  if (answer.feedback) {
    mark(answer.feedback.helpful);
    note.value = answer.feedback.note;
  }
  return element("div", { class: "feedback" }, [up, down, status, form]);
}

function thumb(sign, label) {
  return element("button", { type: "button", class: "plain thumb", "aria-pressed": "false", "aria-label": label, title: label }, [sign]);
}

async function post(answerId, helpful, note) {
  try {
    const response = await fetch(`/api/answers/${answerId}/feedback`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ helpful, note }),
    });
    return response.ok;
  } catch {
    return false;
  }
}
