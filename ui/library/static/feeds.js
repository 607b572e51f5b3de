// Feeds: what came of each last, when it is due, and what can be done with it.

import { element, isolated } from "/static/chat/text.js";
import { button, fetched, number, say, send, tell, words } from "./api.js";
import { apart, attempt, interval, moment, repeated, showRows, slowButton } from "./incoming.js";

const INTERVALS = [300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 604_800];
const USUAL = 3_600;
const SOON_MS = 1_500;
const LATER_MS = 15_000;
const connects = "connects" in document.body.dataset;
const list = document.getElementById("feed-list");
const rows = new Map();
// When a feed was fetched last before somebody wanted it now; each fetch ends at another time.
const asked = new Map();

/** Show the feeds as they are, again and again. */
export const showFeeds = repeated(document.getElementById("feeds") ?? {}, async (signal) => {
  const { feeds } = await fetched("/api/library/feeds", { signal });
  for (const feed of feeds) tellOfEnd(feed);
  showRows(list, rows, feeds, (feed) => feed.url, rowOf, () => element("li", { class: "none quiet" }, [words.feeds_none]));
  return feeds.some(underWay) ? SOON_MS : LATER_MS;
});

/** Take new feeds, where the settings allow connections. */
export function readyForFeeds() {
  const form = document.getElementById("feed-form");
  if (!form) return;
  form.every.append(...options(USUAL, interval));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(form.querySelector("button"), async () => {
      const feed = await send("POST", "/api/library/feeds", { url: form.url.value, every_seconds: Number(form.every.value) });
      form.reset();
      form.every.value = USUAL;
      tell(say("feed_begun", { url: apart(feed.url) }));
      await expect(feed);
    });
  });
}

function options(chosen, name) {
  const all = [...new Set([...INTERVALS, chosen])].sort((a, b) => a - b);
  return all.map((each) => element("option", { value: each, selected: each === chosen ? "" : null }, [name(each)]));
}

function often(seconds) {
  return say("every_value", { time: interval(seconds) });
}

function addressOf({ url }) {
  return `/api/library/feeds/${encodeURIComponent(url)}`;
}

async function expect(feed) {
  if (feed.due_at) asked.set(feed.url, feed.fetched_at);
  await showFeeds();
}

function underWay(feed) {
  return !feed.paused && asked.has(feed.url) && feed.fetched_at === asked.get(feed.url);
}

function tellOfEnd(feed) {
  if (!asked.has(feed.url) || underWay(feed)) return;
  asked.delete(feed.url);
  if (!feed.paused) tell(say("feed_done", { url: apart(feed.url), result: cameOf(feed) }), feed.failures > 0);
}

function cameOf({ failures, report }) {
  if (failures) return words.feed_broken;
  const counts = Object.entries(report ?? {}).filter(([, count]) => count);
  const called = {
    added: (count) => say("added", { count }),
    updated: (count) => say("updated", { count }),
    unchanged: (count) => say("unchanged", { count }),
    failed: (count) => say("unread", { count }),
  };
  return counts.map(([name, count]) => called[name](number(count))).join(" · ") || words.nothing_new;
}

function rowOf(first) {
  const url = apart(first.url);
  const about = element("div", { class: "about" });
  const acts = element("div", { class: "acts" });
  const row = element("li", {}, [about, acts]);
  let feed = first;
  let shown = "";

  const every = element("select", { "aria-label": say("every_of", { url }) });
  every.addEventListener("change", () => attempt(every, async () => {
    await send("PATCH", addressOf(feed), { every_seconds: Number(every.value) });
    tell(say("every_changed", { url, time: interval(Number(every.value)) }));
    await showFeeds();
  }));
  const now = slowButton(words.fetch_now, async () => expect(await send("PATCH", addressOf(feed), { paused: false })), {
    "aria-label": say("fetch_now_name", { url }),
  });
  const pause = slowButton("", async () => {
    const after = await send("PATCH", addressOf(feed), { paused: !feed.paused });
    tell(after.paused ? say("feed_paused", { url }) : say("feed_begun", { url }));
    await expect(after);
  });
  const remove = button(words.feed_remove, askFirst, { "aria-label": say("feed_remove_name", { url }) });

  function askFirst() {
    const yes = slowButton(words.feed_remove_yes, async () => {
      await fetched(addressOf(feed), { method: "DELETE" });
      tell(say("feed_removed", { url }));
      const next = row.nextElementSibling ?? row.previousElementSibling;
      await showFeeds();
      (next?.querySelector(".acts button:last-child") ?? document.getElementById("main")).focus();
    }, { class: "strong" });
    const no = button(words.cancel, () => {
      showActs();
      remove.focus();
    });
    acts.replaceChildren(element("span", { role: "alert" }, [words.feed_remove_sure]), yes, no);
    no.focus();
  }

  function showActs() {
    acts.replaceChildren(...(connects ? [every, now, pause] : []), remove);
  }

  function update(newest) {
    feed = newest;
    pause.textContent = feed.paused ? words.resume : words.pause;
    pause.setAttribute("aria-label", feed.paused ? say("resume_name", { url }) : say("pause_name", { url }));
    // Shown while it is under way too: what is hidden loses the focus.
    now.hidden = feed.paused;
    if (document.activeElement !== every) every.replaceChildren(...options(feed.every_seconds, often));
    const state = JSON.stringify([feed, underWay(feed)]);
    if (state !== shown) about.replaceChildren(...aboutOf(feed));
    shown = state;
  }

  showActs();
  return { element: row, update };
}

function aboutOf(feed) {
  const last = feed.fetched_at
    ? element("time", { datetime: feed.fetched_at }, [say("fetched_on", { time: moment(feed.fetched_at) })])
    : words.never_fetched;
  // Where it can be changed, a field says how often.
  const facts = [...(connects ? [] : [often(feed.every_seconds)]), last, ...(feed.fetched_at ? [cameOf(feed)] : []), nextOf(feed)];
  return [
    element("p", { class: "headline" }, [element("bdi", { dir: "ltr" }, [feed.url])]),
    element("p", { class: "facts" }, facts.map((fact) => element("span", {}, [fact]))),
    ...(feed.error ? [element("p", { class: "why wrong" }, [isolated(feed.error)])] : []),
  ];
}

function nextOf(feed) {
  if (feed.paused) return element("strong", { class: "state" }, [words.paused]);
  if (!connects) return words.feed_off;
  if (underWay(feed)) return element("strong", { class: "state" }, [words.fetching]);
  return element("time", { datetime: feed.due_at }, [say("next_on", { time: moment(feed.due_at) })]);
}
