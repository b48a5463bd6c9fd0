// What the person on the mat sees and hears during a set.

import { beep } from "./beep.js";
import { byId, draw, fit, make, notice } from "./dom.js";
import { loop } from "./demos.js";
import { skeleton } from "./overlay.js";
import { silhouette } from "./silhouettes.js";

const LEAST_LETTERS = 15; // pixels: the longest cue and its advice, on a phone
const MARKS_A_ROW = 15; // the article's most reps of a leg
const MOST_MARKS = 2 * MARKS_A_ROW; // the newest; all of them are in the report
const FEW_A_SECOND = 8; // ours: pictures; fewer pass over the top of a quick rep
const KNOWN_AFTER_S = 5; // ours: until then the rate is that of the models' first pictures
const SLOW = "This computer is slow: close other programs, or move more slowly.";
const REST_AFTER_S = 3; // ours: a pause shorter than this is part of the exercise
const COUNTDOWN = ["3", "2", "1"];
const DROPPED = "The connection dropped; trying again. If formcheck still runs, it keeps your set for a minute.";
const WAITING = { nobody: "Step into the picture.", placing: "Hold still for a moment.", ready: "Begin when you like." };
const ANEW = "The set before was closed and is in the History; this is a new one.";

const seconds = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What the person on the mat sees during a set. */
export class Screen {
  #choice;
  #voice;
  #moment = null;
  #stillSince = null;
  #counting = "not yet"; // the countdown: "not yet", "on", "done"
  #matched = ""; // whose figure is to be matched
  #begin = "Begin."; // said after the countdown: what the server had to say meanwhile, or this

  constructor(choice, voice) {
    this.#choice = choice;
    this.#voice = voice;
    byId("match").replaceChildren(silhouette(choice.exercise, choice.side));
    byId("marks").replaceChildren();
    byId("stop").disabled = false;
    byId("video").onresize = shaped;
    this.clear();
    this.#words("Opening the camera. If the browser asks, allow it.", "none");
  }

  /** Whether the server has looked at a picture. */
  get began() {
    return this.#moment !== null;
  }

  /** The camera is there; the server gets its models ready. */
  opened() {
    this.#words("Getting ready.", "none");
  }

  /** The set begins, or goes on. */
  welcome({ resumed, count }) {
    this.trouble("");
    if (resumed) byId("count").textContent = count;
    else if (this.began) this.#anew();
  }

  /** The connection is away; the page tries again. */
  dropped() {
    this.trouble(this.began ? DROPPED : "");
    byId("stop").disabled = false; // nobody answers: whoever ended the set may leave
  }

  #anew() {
    if (this.#moment.count) this.trouble(ANEW);
    byId("marks").replaceChildren();
    this.#counting = "not yet";
  }

  /** A sentence about camera or connection over the picture; none for "". */
  trouble(sentence) {
    notice(byId("picture-notice"), sentence);
  }

  /** Shows what the server made of a picture. */
  show(moment) {
    this.#moment = moment;
    skeleton(byId("overlay"), moment.points, moment.image, moment.side);
    byId("match").classList.toggle("matched", moment.stage === "ready" || moment.stage === "set");
    this.#figures(moment);
    for (const rep of moment.reps) marked(rep);
    if (moment.lesson) this.#lesson(moment);
    if (this.#counting === "not yet" && moment.stage === "ready" && !moment.lesson) this.#countDown();
    if (moment.stage === "set") this.#counting = "done";
    if (moment.say && this.#counting === "on") this.#begin = moment.say;
    else if (moment.say) this.#voice.say(moment.say);
    this.#speakable(moment);
  }

  // Where a session stands: the step, its dose, and its own sounds.
  #lesson({ lesson }) {
    const { phase, number, steps, title, exercise, side, done, reps, held_s, hold_s, left_s, sounds } = lesson;
    const timed = left_s > 0 && phase === "work";
    byId("doing").textContent = title;
    byId("so-far").textContent = `Step ${number} of ${steps}${side ? `, ${side}` : ""}`;
    byId("count").textContent = timed ? seconds(left_s) : done;
    byId("count-unit").textContent = timed ? "left" : `of ${reps}`;
    this.#hold(held_s, hold_s);
    byId("rest").textContent = phase === "rest" ? `Rest ${seconds(left_s)}` : "";
    byId("lesson-pause-words").textContent = phase === "paused" ? "Go on" : "Pause";
    if (this.#matched !== `${exercise} ${side}`) {
      this.#matched = `${exercise} ${side}`;
      byId("match").replaceChildren(silhouette(exercise ?? "auto", side));
    }
    const comes = ["wait", "rest"].includes(phase);
    byId("match").classList.toggle("matched", !comes);
    this.#demonstrate(comes ? exercise : null, side);
    if (this.#voice.sounds) for (const sound of sounds) beep(sound);
  }

  // The right way of what comes next, in a corner of the picture; the loops show the right side.
  #demonstrate(exercise, side) {
    const box = byId("lesson-demo");
    box.classList.toggle("mirrored", side === "left");
    if (box.dataset.shown === (exercise ?? "")) return;
    box.dataset.shown = exercise ?? "";
    const right = this.#choice.demos?.[exercise]?.[0];
    box.replaceChildren(...(right ? [loop(right, false)] : []));
    box.hidden = !right;
  }

  /** The button was pressed; the report is being written. */
  ending() {
    this.#counting = "done";
    byId("stop").disabled = true;
    this.#words("Writing the report.", "none");
  }

  /** Takes everything off the screen. */
  clear() {
    this.#counting = "done";
    this.trouble("");
    byId("countdown").hidden = true;
    this.#demonstrate(null, null);
    skeleton(byId("overlay"), null, [4, 3], null);
    this.#figures({ count: 0, doing: "", so_far: "", moving: false, held_s: 0, hold_goal_s: null, stage: "nobody", t: 0 });
    this.#counting = "not yet";
  }

  #figures({ count, doing, so_far, moving, held_s, hold_goal_s, stage, t, fps = 0, dropped = 0 }) {
    byId("doing").textContent = doing;
    byId("so-far").textContent = so_far;
    byId("count").textContent = count;
    byId("count-unit").textContent = count === 1 ? "rep" : "reps";
    this.#hold(held_s, hold_goal_s ?? this.#choice.goal_s);
    if (moving || stage !== "set") this.#stillSince = null;
    else this.#stillSince ??= t;
    const rest = this.#stillSince === null ? 0 : t - this.#stillSince;
    byId("rest").textContent = count > 0 && rest >= REST_AFTER_S ? `Rest ${seconds(rest)}` : "";
    byId("state").textContent = t > KNOWN_AFTER_S && fps < FEW_A_SECOND ? SLOW : "";
    byId("state").dataset.leftOut = dropped;
  }

  #hold(held_s, goal_s) {
    byId("hold").hidden = goal_s === null;
    if (goal_s === null) return;
    const share = Math.min(1, held_s / goal_s);
    byId("ring").setAttribute("stroke-dasharray", `${100 * share} 100`);
    byId("hold").classList.toggle("reached", share === 1);
    byId("held").textContent = Math.floor(held_s);
    byId("hold-unit").textContent = `of ${goal_s} s`;
  }

  // The most important advice on how to stand; later the cue. What stays the same is not written again: a screen
  // reader would read it again.
  #speakable({ placement, message, tone, stage, lesson }) {
    if (this.#counting === "on") return;
    if (lesson?.phase === "paused") this.#words(lesson.line, "warn");
    else if (lesson && !placement.length) this.#words(message || lesson.line, message ? tone : "good");
    else if (stage === "set") this.#words(message, tone);
    else if (placement.length) this.#words(placement[0].text, "warn");
    else this.#words(message || WAITING[stage] || "", tone);
  }

  #words(text, tone) {
    const box = byId("words");
    const message = byId("message");
    const shown = text ? tone : "none";
    if (box.dataset.tone !== shown) box.dataset.tone = shown;
    if (message.textContent === text) return;
    message.textContent = text;
    fitted();
  }

  async #countDown() {
    const shown = byId("countdown");
    this.#counting = "on";
    this.#words("Good position.", "good");
    for (const number of COUNTDOWN) {
      if (this.#counting !== "on") break;
      [shown.textContent, shown.hidden] = [number, false];
      this.#voice.say(number);
      await pause(1000);
    }
    shown.hidden = true;
    if (this.#counting !== "on") return;
    this.#counting = "done";
    this.#voice.say(this.#begin);
    this.#words("Begin.", "good");
  }
}

/** Puts the mark of a rep that closed under the count; a rep that was cut off has none. */
export function marked({ index, side, hold_s, partial, faults }) {
  if (partial) return;
  const good = faults.length === 0;
  const held = hold_s === null ? "" : `, held ${hold_s.toFixed(1)} s`;
  const words = `Rep ${index}, ${side}${held}: ${good ? "good" : faults.join(" ")}`;
  const marks = byId("marks");
  if (marks.childElementCount === MOST_MARKS) marks.firstElementChild.remove();
  marks.append(make("li", { class: good ? "good" : "fault", title: words, "aria-label": words }, sign(good)));
  const rows = marks.childElementCount > MARKS_A_ROW ? 2 : 1;
  marks.style.setProperty("--columns", Math.ceil(marks.childElementCount / rows));
}

function fitted() {
  fit(byId("message"), byId("words"), Math.min(innerWidth / 9, innerHeight / 7), LEAST_LETTERS);
}
addEventListener("resize", fitted);

// The frame around video, skeleton and figure has the camera's own shape.
function shaped({ target }) {
  byId("turn").style.setProperty("--shape", target.videoWidth / target.videoHeight);
}

function sign(good) {
  const path = good ? "M4 13 L10 19 L20 6" : "M12 4 V14 M12 19 V20";
  return draw("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, draw("path", { d: path }));
}
