// The history page: how often, how well, what was done, and the ways to take it along or delete it.

import { read, remove } from "./api.js";
import { byId, confirmed, make, notice } from "./dom.js";
import { lines, sides } from "./plots.js";
import { setting, tie } from "./settings.js";

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const MOMENT = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const KINDS = { live: "with the camera", recorded: "a recording" };

/** The History page, read anew each time it is shown. */
export class History {
  #titles = {};
  #quotes = {}; // of an exercise's cues, the article's words

  constructor() {
    tie("desk", [byId("desk")], () => byId("history").hidden || this.show());
    byId("delete-all").addEventListener("click", () =>
      this.#delete("/api/sessions", "Delete the whole history? It cannot be brought back."),
    );
  }

  /** Reads the history and shows it. */
  async show() {
    try {
      const paths = ["/api/sessions", `/api/progress?daily=${setting("desk")}`, "/api/exercises"];
      const [sessions, progress, exercises] = await Promise.all(paths.map(read));
      for (const { name, cues } of exercises) this.#quotes[name] = new Map(cues.map(({ id, quote }) => [id, quote]));
      this.#fill(sessions, progress);
      notice(byId("history-notice"), "");
    } catch (error) {
      notice(byId("history-notice"), error.message);
    }
  }

  #fill(sessions, { weeks, advice }) {
    byId("history-empty").hidden = sessions.length > 0;
    byId("history-body").hidden = sessions.length === 0;
    for (const bout of sessions.flatMap(({ bouts }) => bouts)) this.#titles[bout.exercise] = bout.title;
    byId("advice").replaceChildren(...often(advice));
    byId("plots").replaceChildren(...this.#plots(weeks));
    byId("sessions").replaceChildren(...sessions.map((session) => this.#session(session)));
  }

  #plots(weeks) {
    const names = [...new Set(weeks.flatMap(({ by_exercise }) => Object.keys(by_exercise)))];
    const labels = weeks.map((week) => DAY.format(new Date(`${week.from}T12:00`)));
    const series = (key) =>
      names
        .map((name, style) => ({ title: this.#title(name), style, values: weeks.map((week) => week.by_exercise[name]?.[key] ?? null) }))
        .filter(({ values }) => values.some((value) => value !== null));
    const total = (name, key) => weeks.reduce((sum, week) => sum + (week.by_exercise[name]?.[key] ?? 0), 0);
    const rows = names
      .map((name) => ({ title: this.#title(name), left: total(name, "left"), right: total(name, "right") }))
      .filter(({ left, right }) => left + right > 0);
    const plots = [
      { title: "Score by week", weeks: labels, series: series("score"), unit: "", most: 100 },
      { title: "Hold by week, in seconds", weeks: labels, series: series("hold_s"), unit: " s" },
    ].filter((plot) => plot.series.length).map(lines);
    return rows.length ? [...plots, sides({ title: "Reps, left against right", rows })] : plots;
  }

  #title(name) {
    return this.#titles[name] ?? name.replaceAll("_", " ");
  }

  #session({ id, at, kind, name, bouts }) {
    const when = MOMENT.format(new Date(at));
    const button = make("button", { type: "button", class: "danger", "aria-label": `Delete the session of ${when}` }, "Delete");
    button.addEventListener("click", () => this.#delete(`/api/sessions/${id}`, `Delete the session of ${when}?`));
    return make(
      "li",
      { class: "card session" },
      make("div", { class: "what" },
        make("h3", {}, when),
        make("p", { class: "soft" }, [KINDS[kind], name].filter(Boolean).join(": ")),
        ...bouts.map((one) => bout(one, this.#quotes[one.exercise] ?? new Map())),
        bouts.length ? "" : make("p", {}, "No known exercise was seen.")),
      make("p", { class: "actions" },
        make("a", { class: "button", href: `/reports/${id}`, target: "_blank", rel: "noopener", "aria-label": `Report of ${when}` }, "Report"),
        button),
    );
  }

  async #delete(path, question) {
    if (!(await confirmed(question))) return;
    try {
      await remove(path);
    } catch (error) {
      notice(byId("history-notice"), error.message);
      return;
    }
    await this.show();
    byId("main").focus(); // the button that was pressed is gone
  }
}

function often({ text, quote, days_this_week, goal_days }) {
  return [
    make("p", { class: "lead" }, make("strong", {}, `${days_this_week} of ${goal_days} days`), " this week"),
    make("meter", { min: 0, max: goal_days, value: Math.min(days_this_week, goal_days), "aria-label": "Days this week" }),
    make("p", {}, text),
    make("p", { class: "soft" }, "The article says: ", make("q", {}, quote)),
  ];
}

function bout({ title, left, right, reps, score, best_hold_s, faults }, quotes) {
  const counted = left + right ? `${left} left, ${right} right` : `${reps} ${reps === 1 ? "rep" : "reps"}`;
  const facts = [counted];
  if (best_hold_s !== null) facts.push(`longest hold ${best_hold_s.toFixed(1)} s`);
  if (score !== null) facts.push(`score ${Math.round(score)}`);
  const mended = Object.entries(faults).map(([cue, times]) => `${quotes.has(cue) ? `“${quotes.get(cue)}”` : cue.replaceAll("_", " ")} (${times})`);
  return make("div", { class: "bout" },
    make("p", {}, make("strong", {}, title), `: ${facts.join(", ")}`),
    mended.length ? make("p", { class: "soft" }, `To mend: ${mended.join(", ")}`) : "");
}
