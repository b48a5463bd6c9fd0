// The months: a day shows what was done on it, and a click tells the rest.

import { byId, make } from "./dom.js";

const MONTH = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric" });
const LONG = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const SHOWN = 3; // names of what was done that a day has room for
const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

const noon = (day) => new Date(`${day}T12:00`);
const iso = (date) => [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((n) => String(n).padStart(2, "0")).join("-");

/** A day, `2026-11-16`, in words. */
export const dayWords = (day) => LONG.format(noon(day));

/** The calendar. `chosen` is called with a day, when one is chosen. */
export class Calendar {
  #chosen;
  #done = new Map(); // of a day, what was done: `{ name, lesson }`
  #counting = new Set();
  #goal = 7;
  #today = "";
  #month = "";
  #day = "";

  constructor(chosen) {
    this.#chosen = chosen;
    byId("month-back").addEventListener("click", () => this.#step(-1));
    byId("month-on").addEventListener("click", () => this.#step(1));
    byId("month").addEventListener("keydown", (event) => this.#pressed(event));
  }

  /** Shows what was `done`, by day; `counting` are the days that count for the plan of `goal` days a week. */
  fill({ done, counting, goal, today }) {
    [this.#done, this.#counting, this.#goal, this.#today] = [done, new Set(counting), goal, today];
    if (!done.has(this.#day)) {
      const days = [...done.keys()].sort();
      this.#day = days.filter((day) => day <= today).at(-1) ?? days[0] ?? "";
      this.#month = (this.#day || today).slice(0, 7);
    }
    this.#draw();
    if (this.#day) this.#chosen(this.#day);
  }

  // The months that have something, and this one.
  get #months() {
    return [...new Set([...this.#done.keys(), this.#today, `${this.#month}-01`].map((day) => day.slice(0, 7)))].sort();
  }

  #step(way) {
    const months = this.#months;
    const next = months[months.indexOf(this.#month) + way];
    if (!next) return false;
    this.#month = next;
    this.#draw();
    return true;
  }

  #draw() {
    const months = this.#months;
    byId("month-name").textContent = MONTH.format(noon(`${this.#month}-01`));
    byId("month-back").disabled = this.#month === months[0];
    byId("month-on").disabled = this.#month === months.at(-1);
    const head = make("tr", {}, ...DAYS.map((name) => make("th", { scope: "col" }, name)), make("th", { scope: "col" }, "Days"));
    byId("month").replaceChildren(make("thead", {}, head), make("tbody", {}, ...this.#weeks()));
    // One day takes part in Tab; the arrows go from day to day.
    const buttons = this.#buttons();
    const reached = buttons.find(({ dataset }) => dataset.day === this.#day) ?? buttons.at(-1);
    for (const button of buttons) button.tabIndex = button === reached ? 0 : -1;
  }

  #weeks() {
    const first = noon(`${this.#month}-01`);
    const monday = new Date(first);
    monday.setDate(1 - ((first.getDay() + 6) % 7));
    const weeks = [];
    for (let day = monday; iso(day).slice(0, 7) <= this.#month; day.setDate(day.getDate() + 7)) weeks.push(this.#week(iso(day)));
    return weeks;
  }

  #week(monday) {
    const days = DAYS.map((_, n) => {
      const day = noon(monday);
      day.setDate(day.getDate() + n);
      return iso(day);
    });
    const count = days.filter((day) => this.#counting.has(day)).length;
    const begun = monday <= this.#today && [...this.#counting].some((day) => day <= days[6]);
    const full = count >= this.#goal;
    const told = begun ? `${count}/${this.#goal}` : "";
    const words = begun ? `${count} of ${this.#goal} planned days${full ? ", reached" : ""}` : null;
    return make("tr", {}, ...days.map((day) => this.#cell(day)),
      make("td", { class: full ? "week full" : "week" }, make("span", { role: words && "img", "aria-label": words, title: words }, full && begun ? `${told} ✓` : told)));
  }

  #cell(day) {
    const number = String(Number(day.slice(8)));
    const done = this.#done.get(day);
    const current = day === this.#today ? "date" : null;
    if (day.slice(0, 7) !== this.#month) return make("td", { class: "other", "aria-hidden": "true" }, number);
    if (!done) return make("td", { "aria-current": current }, make("span", { class: "number" }, number));
    const names = done.map(({ name }) => name);
    const more = done.length > SHOWN ? [make("span", { class: "more" }, `+${done.length - SHOWN}`)] : [];
    const button = make("button", { type: "button", class: "day", "data-day": day, "aria-pressed": String(day === this.#day),
      "aria-label": `${dayWords(day)}: ${names.join(", ")}` },
      make("span", { class: "number" }, number),
      ...done.slice(0, SHOWN).map(({ name, lesson }) => make("span", { class: lesson ? "tag lesson" : "tag" }, name)), ...more);
    button.addEventListener("click", () => this.#choose(day));
    return make("td", { "aria-current": current }, button);
  }

  #choose(day) {
    this.#day = day;
    for (const button of this.#buttons()) {
      button.setAttribute("aria-pressed", String(button.dataset.day === day));
      button.tabIndex = button.dataset.day === day ? 0 : -1;
    }
    this.#chosen(day);
  }

  #buttons = () => [...byId("month").querySelectorAll("button")];

  #pressed(event) {
    const way = STEPS[event.key];
    const at = this.#buttons().indexOf(event.target);
    if (!way || at < 0) return;
    event.preventDefault();
    const next = this.#buttons()[at + way];
    if (next) return next.focus();
    if (this.#step(way)) this.#buttons().at(way < 0 ? -1 : 0)?.focus();
  }
}
