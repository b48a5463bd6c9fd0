// The weeks in pictures: a card for each exercise, and pain before and after.

import { make } from "./dom.js";
import { lines, sides } from "./plots.js";
import { setting } from "./settings.js";

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const LONG = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const MONTH = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric" });
const MANY_WEEKS = 45; // from here on a day of the year would be told twice
const SIDES = { left: "Left", right: "Right", both: "Both legs" };
const CM_PER_INCH = 2.54;

// What is drawn: its name, what a value is, and its unit.
const QUANTITIES = {
  score: { name: "Score", about: "Score of your form, out of 100", unit: "", most: 100 },
  hold_s: { name: "Hold", about: "Seconds that you held", unit: " s" },
  reps: { name: "Reps", about: "Reps in each week", unit: "" },
  lift_cm: { name: "Height", about: "Height of the heel in cm", unit: " cm" },
  arch_deg: { name: "Arch", about: "How far the lower back arched, in degrees", unit: "°" },
};
const INCHES = { name: "Height", about: "Height of the heel in inches", unit: " in", scale: 1 / CM_PER_INCH };

const chosen = {}; // by exercise, what its card shows

const quantity = (key) => (key === "lift_cm" && setting("units") === "inches" ? INCHES : QUANTITIES[key]);
// Names of the weeks: whole ones, and for below a picture shorter ones.
function named(weeks) {
  const days = weeks.map(({ from }) => new Date(`${from}T12:00`));
  const many = weeks.length > MANY_WEEKS;
  return { weeks: days.map((many ? LONG : DAY).format), axis: days.map((many ? MONTH : DAY).format) };
}

/** The cards of `weeks`; `exercises` by name, as `GET /api/exercises` gives them, and `title(name)`. */
export function cards({ weeks, goals }, exercises, title) {
  const names = [...new Set(weeks.flatMap(({ by_exercise }) => Object.keys(by_exercise)))];
  const each = names.map((name) => card(name, title(name), weeks, goals[name] ?? {}, exercises.get(name)?.sides ?? SIDES));
  return [...each, ...pain(weeks)];
}

function card(name, title, weeks, goals, sideWords) {
  const drawn = Object.keys(QUANTITIES).filter((key) => series(key, name, weeks, sideWords).length);
  const box = make("section", { class: "card plot", "data-exercise": name }, make("h2", {}, title));
  const plot = make("div");
  const show = (key) => {
    chosen[name] = key;
    plot.replaceChildren(...picture(key, title, series(key, name, weeks, sideWords), named(weeks), goals[key]));
  };
  const choices = drawn.map((key) => {
    const input = make("input", { type: "radio", name: `shown-${name}`, value: key });
    input.addEventListener("change", () => show(key));
    return make("label", {}, input, make("span", {}, quantity(key).name));
  });
  const first = drawn.includes(chosen[name]) ? chosen[name] : drawn[0];
  choices[drawn.indexOf(first)].firstElementChild.checked = true;
  show(first);
  const total = (side) => weeks.reduce((sum, { by_exercise }) => sum + (by_exercise[name]?.[side] ?? 0), 0);
  const [left, right] = [total("left"), total("right")];
  box.append(make("div", { class: "segments", role: "group", "aria-label": `What is shown of ${title}` }, ...choices), plot);
  if (left + right) box.append(sides({ title: "All reps of these weeks", left, right }));
  return box;
}

function picture(key, title, shown, names, goal = [null, null]) {
  const { name, about, unit, most = null, scale = 1 } = quantity(key);
  const bounds = goal.map((end) => (end === null ? null : end * scale));
  return [
    make("p", { class: "soft" }, `${about}${key === "reps" ? "" : ": the mean of each week"}. ${goalWords(bounds, unit)}`),
    ...lines({ title: `${title}: ${name} by week`, ...names, series: shown, unit, most, goal: bounds }),
  ];
}

function goalWords([low, high], unit) {
  const told = (value) => String(Math.round(10 * value) / 10);
  if (low !== null && high !== null) return `The band is the goal: ${told(low)} to ${told(high)}${unit}.`;
  if (low !== null) return `The dashed line is the goal: ${told(low)}${unit} or more.`;
  return high === null ? "" : `The dashed line is the most it should be: ${told(high)}${unit}.`;
}

function series(key, name, weeks, sideWords) {
  const { scale = 1 } = quantity(key);
  const value = (week, side) => {
    const done = week.by_exercise[name];
    const found = key === "reps" ? done?.[side] || null : (done?.values[key]?.[side] ?? null);
    return found === null ? null : found * scale;
  };
  return Object.keys(SIDES)
    .map((side, style) => ({ title: sideWords[side] ?? SIDES[side], style, values: weeks.map((week) => value(week, side)) }))
    .filter(({ values }) => values.some((one) => one !== null));
}

function pain(weeks) {
  const shown = [["before", "Before a session"], ["after", "After it"]]
    .map(([when, title], n) => ({ title, style: n + 2, values: weeks.map((week) => week.pain[when]) }))
    .filter(({ values }) => values.some((one) => one !== null));
  if (!shown.length) return [];
  const plot = lines({ title: "Pain by week", ...named(weeks), series: shown, unit: "", most: 10, goal: [null, null] });
  const about = "From 0, none, to 10: the mean of each week. If it grows or stays, ask a doctor or a physiotherapist.";
  return [make("section", { class: "card plot" }, make("h2", {}, "Pain"), make("p", { class: "soft" }, about), ...plot)];
}
