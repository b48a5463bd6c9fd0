// What was done on one day: its coached sessions, which the code calls lessons, and its sets.

import { make } from "./dom.js";

const CLOCK = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });
const KINDS = { live: "with the camera", recorded: "a recording" };
const STATES = { done: "done", part: "done in part", left_out: "left out", hurt: "stopped, because it hurt" };
const MOST_PAIN = 10;
const FEW = 4;
const CAUTION = "If it hurts again, ask a doctor or a physiotherapist before you go on.";

function minutes(s) {
  const [whole, rest] = [Math.floor(Math.round(s) / 60), Math.round(s) % 60];
  return [whole && `${whole} min`, (rest || !whole) && `${rest} s`].filter(Boolean).join(" ");
}
const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;

/** The hour and minute of an entry, as its own clock showed them. */
export const hour = (at) => CLOCK.format(new Date(at.slice(0, 19)));

/** Reps of a set in words: `3 left, 3 right`. */
export const counted = ({ left, right, reps }) => (left + right ? `${left} left, ${right} right` : `${reps} ${reps === 1 ? "rep" : "reps"}`);

/**
 * A set as a card. `quote(exercise, cue)` has the article's words; `compare(index)` is called for one of its bouts, and
 * `erase()` to delete it.
 */
export function set({ id, at, kind, name, bouts }, { quote, compare, erase }) {
  const when = hour(at);
  return make("li", { class: "card session" },
    make("div", { class: "what" },
      make("h3", {}, when),
      make("p", { class: "soft" }, [KINDS[kind], name].filter(Boolean).join(": ")),
      ...bouts.map((one, index) => bout(one, quote, () => compare(index))),
      bouts.length ? "" : make("p", {}, "No exercise was recognised. The report says what may help.")),
    make("p", { class: "actions" }, report(id, when), eraser(`Delete the set of ${when}`, erase)));
}

/** A lesson as a card, with the `sets` of its report. `pain(after)` is called when the user says how much it hurts. */
export function lesson(told, bouts, { quote, compare, erase, pain }) {
  const when = hour(told.at);
  const whole = told.complete ? "all of it done" : "ended early";
  return make("li", { class: "card session lesson" },
    make("div", { class: "what" },
      make("h3", {}, `${when}: ${told.title}`),
      make("p", { class: "soft" }, `A session of ${minutes(told.seconds)}, ${whole}`),
      make("ol", { class: "steps" }, ...told.steps.map(step)),
      ...told.hurt.map((when) => make("p", { class: "notice warn" }, `${hurt(when, told.steps)} ${CAUTION}`)),
      ...pains(told, pain),
      ...bouts.map((one, index) => bout(one, quote, () => compare(index)))),
    make("p", { class: "actions" }, told.session ? report(told.session, when) : "", eraser(`Delete the session of ${when}`, erase)));
}

const report = (id, when) =>
  make("a", { class: "button", href: `/reports/${id}`, target: "_blank", rel: "noopener", "aria-label": `Report of ${when}` }, "Report");

function eraser(label, erase) {
  const button = make("button", { type: "button", class: "danger", "aria-label": label }, "Delete");
  button.addEventListener("click", () => erase(`${label}? It cannot be brought back.`));
  return button;
}

// Few numbers one by one, many by the least and the most: `30, 31, 30`, `3 to 5`.
function several(numbers) {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  if (least === most) return String(least);
  return numbers.length > FEW ? `${least} to ${most}` : numbers.join(", ");
}

function step(done) {
  const { kind, goal, reps, held_s, seconds, state } = done;
  const facts = [];
  if (kind === "exercise" && reps !== null) facts.push(goal?.reps ? `${reps} of ${goal.reps} reps` : `${reps} reps`);
  const held = (held_s ?? []).filter((s) => s !== null).map(Math.round);
  if (held.length) facts.push(`held ${several(held)} s`);
  if (kind === "timer") facts.push(minutes(seconds));
  const told = state === "left_out" ? STATES.left_out : [STATES[state] ?? state, ...facts].join(", ");
  return make("li", { class: state }, make("strong", {}, called(done)), `: ${told}`);
}

// A step's number is 1 for the first.
function hurt({ t, step: number }, steps) {
  const during = steps[number - 1];
  return `You said that it hurt, at ${clock(t)}${during ? ` (${called(during)})` : ""}.`;
}

const called = ({ title, side }) => [title, side].filter(Boolean).join(", ");

function pains({ pain_before, pain_after, at }, pain) {
  const field = make("select", { "aria-label": `Pain after the session of ${hour(at)}` },
    make("option", { value: "" }, "not said"), ...Array.from({ length: MOST_PAIN + 1 }, (_, n) => make("option", { value: n }, String(n))));
  field.value = pain_after ?? "";
  if (pain_after !== null) field.firstElementChild.disabled = true;
  field.addEventListener("change", () => field.value === "" || pain(Number(field.value)));
  const before = pain_before === null ? "not said" : String(pain_before);
  return [make("p", { class: "pain" }, `Pain from 0, none, to ${MOST_PAIN}: before ${before}, `, make("label", {}, "after ", field))];
}

function bout(one, quote, compare) {
  const { exercise, title, score, best_hold_s, faults } = one;
  const facts = [counted(one)];
  if (best_hold_s !== null) facts.push(`longest hold ${best_hold_s.toFixed(1)} s`);
  if (score !== null) facts.push(`score ${Math.round(score)}`);
  const mended = Object.entries(faults).map(([cue, times]) => `${quote(exercise, cue)} (${times})`);
  const button = make("button", { type: "button", class: "small", "aria-label": `Compare this set of ${title}` }, "Compare");
  button.addEventListener("click", compare);
  return make("div", { class: "bout" },
    make("p", {}, make("strong", {}, title), `: ${facts.join(", ")} `, button),
    mended.length ? make("p", { class: "soft" }, `To mend: ${mended.join(", ")}`) : "");
}
