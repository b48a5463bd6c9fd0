// The history page: how often, how well, what was done on each day, and the ways to take it along or delete it.

import { read, remove, send } from "./api.js";
import { Calendar, dayWords } from "./calendar.js";
import { Comparison } from "./compare.js";
import { lesson, set } from "./day.js";
import { byId, confirmed, make, notice } from "./dom.js";
import { whose } from "./people.js";
import { cards } from "./weeks.js";

const ARTICLE = "as the article says"; // how many days a week
const NOT_YET = "This day has not come yet: the computer’s clock was wrong then. It does not count for your days in a row.";

/** The History page, read anew each time it is shown. `people` are those of the top of the page. */
export class History {
  #people;
  #exercises = new Map();
  #titles = {};
  #sessions = [];
  #lessons = [];
  #today = "";
  #asked = 0; // how often the server was asked: an answer that comes late is let go
  #calendar = new Calendar((day) => this.#day(day));
  #comparison = new Comparison(
    (exercise, cue) => this.#quote(exercise, cue),
    (exercise) => this.#exercises.get(exercise)?.cues.map(({ id }) => id) ?? [],
  );

  constructor(people) {
    this.#people = people;
    const plan = byId("plan");
    plan.replaceChildren(make("option", { value: "" }, ARTICLE), ...[7, 6, 5, 4, 3, 2, 1].map((n) => make("option", { value: n }, String(n))));
    for (const field of [byId("desk"), plan]) field.addEventListener("change", () => this.#plan());
    byId("delete-all").addEventListener("click", () =>
      this.#delete(`/api/sessions?${whose()}`, `Delete all sets and sessions of “${people.name}”? They cannot be brought back.`),
    );
  }

  #plan() {
    const plan = { desk: byId("desk").checked, days: Number(byId("plan").value) || null };
    return this.#change(() => send(`/api/plan?${whose()}`, JSON.stringify(plan), { "Content-Type": "application/json" }));
  }

  /** Reads the history and shows it. */
  async show() {
    const asking = (this.#asked += 1);
    try {
      await this.#people.load();
      const paths = ["/api/sessions?", "/api/lessons?", "/api/progress?"];
      const asked = [...paths.map((path) => `${path}${whose()}`), "/api/exercises"];
      const [sessions, lessons, progress, exercises] = await Promise.all(asked.map(read));
      if (asking !== this.#asked) return;
      this.#exercises = new Map(exercises.map((exercise) => [exercise.name, exercise]));
      this.#fill(sessions, lessons, progress);
      notice(byId("history-notice"), "");
    } catch (error) {
      notice(byId("history-notice"), error.message);
    }
  }

  #fill(sessions, lessons, progress) {
    [this.#sessions, this.#lessons, this.#today] = [sessions, lessons, progress.today];
    const empty = sessions.length + lessons.length === 0;
    byId("history-empty").hidden = !empty;
    byId("history-body").hidden = empty;
    for (const bout of sessions.flatMap(({ bouts }) => bouts)) this.#titles[bout.exercise] = bout.title;
    for (const [id, path] of [["export-csv", "/api/sessions.csv"], ["export-json", "/api/history.json"]]) byId(id).href = `${path}?${whose()}`;
    byId("desk").checked = progress.plan.desk;
    byId("plan").value = progress.plan.days ?? "";
    byId("advice").replaceChildren(...often(progress.advice));
    byId("plots").replaceChildren(...cards(progress, this.#exercises, (name) => this.#title(name)));
    this.#calendar.fill({ done: this.#done(), counting: progress.days, goal: progress.advice.goal_days, today: progress.today });
    this.#comparison.fill(sessions);
  }

  // By day what was done: the lessons first, then the exercises of other sets, each once.
  #done() {
    const done = new Map();
    const note = (at, name, coached) => {
      const day = done.get(at.slice(0, 10)) ?? done.set(at.slice(0, 10), []).get(at.slice(0, 10));
      if (!day.some((one) => one.name === name)) day.push({ name, lesson: coached });
    };
    for (const { at, title } of this.#lessons) note(at, title, true);
    for (const { at, bouts } of this.#alone) {
      if (!bouts.length) note(at, "Nothing recognised", false);
      for (const { title } of bouts) note(at, title, false);
    }
    return done;
  }

  // The sets that belong to no lesson.
  get #alone() {
    const coached = new Set(this.#lessons.map(({ session }) => session));
    return this.#sessions.filter(({ id }) => !coached.has(id));
  }

  #day(day) {
    const here = ({ at }) => at.startsWith(day);
    byId("day-name").textContent = dayWords(day);
    notice(byId("day-notice"), day > this.#today ? NOT_YET : "");
    const entries = [
      ...this.#lessons.filter(here).map((told) => [told.at, this.#lesson(told)]),
      ...this.#alone.filter(here).map((told) => [told.at, this.#set(told)]),
    ];
    byId("sessions").replaceChildren(...entries.sort(([a], [b]) => b.localeCompare(a)).map(([, card]) => card));
  }

  #set(told) {
    return set(told, { ...this.#ways(told.id), erase: (question) => this.#delete(`/api/sessions/${told.id}`, question) });
  }

  #lesson(told) {
    const bouts = this.#sessions.find(({ id }) => id === told.session)?.bouts ?? [];
    const erase = (question) => this.#delete(`/api/lessons/${told.id}`, question);
    return lesson(told, bouts, { ...this.#ways(told.session), erase, pain: (after) => this.#pain(told.id, after) });
  }

  #ways = (session) => ({
    quote: (exercise, cue) => this.#quote(exercise, cue),
    compare: (index) => this.#comparison.choose(session, index) || notice(byId("day-notice"), "There is no other set of this exercise yet."),
  });

  #quote(exercise, cue) {
    const quote = this.#exercises.get(exercise)?.cues.find(({ id }) => id === cue)?.quote;
    return quote ? `“${quote}”` : cue.replaceAll("_", " ");
  }

  #title(name) {
    return this.#titles[name] ?? this.#exercises.get(name)?.title ?? name.replaceAll("_", " ");
  }

  async #pain(id, after) {
    await this.#change(() => send(`/api/lessons/${id}/pain`, JSON.stringify({ after }), { "Content-Type": "application/json" }));
  }

  async #delete(path, question) {
    if (!(await confirmed(question))) return;
    if (await this.#change(() => remove(path))) byId("main").focus(); // the button that was pressed is gone
  }

  async #change(act) {
    try {
      await act();
    } catch (error) {
      notice(byId("history-notice"), error.message);
      return false;
    }
    await this.show();
    return true;
  }
}

function often({ text, quote, days_this_week, goal_days, days_in_a_row, weeks_in_a_row }) {
  return [
    make("p", { class: "lead" }, make("strong", {}, `${days_this_week} of ${goal_days} ${goal_days === 1 ? "day" : "days"}`), " this week"),
    make("meter", { min: 0, max: goal_days, value: Math.min(days_this_week, goal_days), "aria-label": "Days this week" }),
    make("p", { class: "row-of-days" }, inARow(goal_days, days_in_a_row, weeks_in_a_row)),
    make("p", {}, text),
    make("p", { class: "soft" }, "The article says: ", make("q", {}, quote)),
  ];
}

function inARow(goal, days, weeks) {
  const some = (n, what) => `${n} ${what}${n === 1 ? "" : "s"}`;
  if (goal === 7) return days > 1 ? `${days} days in a row.` : days ? "One day done: tomorrow makes two in a row." : "Train today, and a new row of days begins.";
  if (weeks) return `${some(weeks, "week")} in a row with ${some(goal, "day")} or more.`;
  return `Reach ${some(goal, "day")} this week, and a row of weeks begins.`;
}
