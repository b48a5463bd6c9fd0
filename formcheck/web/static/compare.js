// Two sets of one exercise, side by side.

import { counted } from "./day.js";
import { byId, make } from "./dom.js";

const WHEN = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const VERDICTS = { met: "good", fault: "to mend", borderline: "too close to call", not_assessed: "not seen", short: "goal not reached" };

const seconds = (s) => (s === null ? "–" : `${s.toFixed(1)} s`);

/** The comparison. `quote(exercise, cue)` has the article's words, `order(exercise)` its cues. */
export class Comparison {
  #quote;
  #order;
  #sets = []; // `{ key, when, bout }`, the newest first

  constructor(quote, order) {
    [this.#quote, this.#order] = [quote, order];
    byId("compare-exercise").addEventListener("change", () => this.#offer());
    for (const id of ["compare-first", "compare-second"]) byId(id).addEventListener("change", () => this.#show());
  }

  /** Offers the sets of `sessions` for a choice. What was chosen before stays, where it is still there. */
  fill(sessions) {
    this.#sets = sessions.flatMap(({ id, at, bouts }) =>
      bouts.map((bout, index) => ({ key: `${id} ${index}`, when: WHEN.format(new Date(at.slice(0, 19))), bout })));
    const titles = new Map(this.#sets.map(({ bout }) => [bout.exercise, bout.title]));
    const several = [...titles].filter(([name]) => this.#of(name).length > 1);
    byId("compare-none").hidden = several.length > 0;
    byId("compare-body").hidden = several.length === 0;
    const before = ["compare-exercise", "compare-first", "compare-second"].map((id) => byId(id).value);
    byId("compare-exercise").replaceChildren(...several.map(([name, title]) => make("option", { value: name }, title)));
    if (titles.has(before[0])) byId("compare-exercise").value = before[0];
    this.#offer(before[1], before[2]);
  }

  /** Puts a set, a bout of a session, beside the newest other one of its exercise; false where there is no other. */
  choose(session, index) {
    const key = `${session} ${index}`;
    const name = this.#sets.find((set) => set.key === key)?.bout.exercise;
    if (this.#of(name).length < 2) return false;
    byId("compare-exercise").value = name;
    this.#offer(key);
    byId("compare").scrollIntoView({ block: "start" });
    byId("compare-second").focus({ preventScroll: true });
    return true;
  }

  #of = (name) => this.#sets.filter(({ bout }) => bout.exercise === name);

  // By default the first set ever beside the newest.
  #offer(first = "", second = "") {
    const sets = this.#of(byId("compare-exercise").value);
    if (sets.length < 2) return;
    const known = (key) => sets.some((set) => set.key === key);
    const one = known(first) ? first : sets.at(-1).key;
    const other = known(second) && second !== one ? second : sets.find(({ key }) => key !== one).key;
    for (const [id, chosen] of [["compare-first", one], ["compare-second", other]]) {
      byId(id).replaceChildren(...sets.map(({ key, when }) => make("option", { value: key }, when)));
      byId(id).value = chosen;
    }
    this.#show();
  }

  #show() {
    const pair = ["compare-first", "compare-second"].map((id) => this.#sets.find(({ key }) => key === byId(id).value));
    const cells = (tell) => pair.map(({ bout }) => make("td", {}, tell(bout)));
    const row = (name, tell) => make("tr", {}, make("th", { scope: "row" }, name), ...cells(tell));
    const name = pair[0].bout.exercise;
    const cues = [...new Set([...this.#order(name), ...pair.flatMap(({ bout }) => Object.keys(bout.cues))])].filter((cue) => pair.some(({ bout }) => bout.cues[cue]));
    byId("compared").replaceChildren(
      make("thead", {}, make("tr", {}, make("td"), ...pair.map(({ when }) => make("th", { scope: "col" }, when)))),
      make("tbody", {},
        row("Reps", counted),
        row("Longest hold", (bout) => seconds(bout.best_hold_s)),
        row("Mean hold", (bout) => seconds(bout.mean_hold_s)),
        row("Score", (bout) => (bout.score === null ? "–" : String(Math.round(bout.score)))),
        ...cues.map((cue) => row(this.#quote(name, cue), (bout) => verdicts(bout.cues[cue])))));
  }
}

// How often a cue got which verdict.
function verdicts(counts = {}) {
  const told = Object.entries(VERDICTS).filter(([verdict]) => counts[verdict]);
  if (!told.length) return "–";
  return make("ul", { class: "verdicts" }, ...told.map(([verdict, words]) => make("li", { class: verdict }, `${counts[verdict]} ${words}`)));
}
