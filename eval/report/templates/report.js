"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const cases = [...document.querySelectorAll("details.case")];
  const choosers = ["outcome", "pair", "tag"].map((key) => [key, find("by-" + key)]).filter(([, chooser]) => chooser);

  // Case, vowel marks and lengthening strokes make no difference to what is looked for.
  const folded = (text) =>
    text.normalize("NFKD").replace(/[\p{M}\u0640]/gu, "").toLowerCase().replace(/\s+/g, " ").trim();

  const known = new Map(
    cases.map((element) => [
      element,
      {
        outcome: [element.dataset.outcome],
        pair: JSON.parse(element.dataset.pairs),
        tag: JSON.parse(element.dataset.tags),
        text: folded(element.textContent),
      },
    ]),
  );

  const filter = () => {
    const words = folded(find("by-text").value);
    let shown = 0;
    for (const [element, facts] of known) {
      const fits =
        facts.text.includes(words) &&
        choosers.every(([key, chooser]) => !chooser.value || facts[key].includes(chooser.value));
      element.hidden = !fits;
      shown += fits;
    }
    for (const section of document.querySelectorAll("section.verdict")) {
      section.hidden = !section.querySelector("details.case:not([hidden])");
    }
    find("shown").textContent = shown;
  };

  const turn = (open) => {
    for (const element of cases) {
      if (!element.hidden || !open) element.open = open;
    }
  };

  find("by-text").addEventListener("input", filter);
  for (const [, chooser] of choosers) chooser.addEventListener("change", filter);
  find("open-all").addEventListener("click", () => turn(true));
  find("close-all").addEventListener("click", () => turn(false));
  find("filters").hidden = false;
  // A browser may remember what was chosen before the page was loaded again.
  filter();
})();
