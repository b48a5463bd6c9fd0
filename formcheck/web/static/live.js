// The live page: choices, then the set, then its report.

import { Camera } from "./camera.js";
import { byId, draw, fit, make, notice } from "./dom.js";
import { Link } from "./link.js";
import { skeleton } from "./overlay.js";
import { profile } from "./people.js";
import { choose, goal, setting, tie } from "./settings.js";
import { placing, silhouette } from "./silhouettes.js";
import { Voice } from "./voice.js";

const LEAST_LETTERS = 15; // pixels: the longest cue and its advice, on a phone
const MARKS_A_ROW = 15; // the article's most reps of a leg
const MOST_MARKS = 2 * MARKS_A_ROW; // the newest; all of them are in the report
const FEW_A_SECOND = 8; // ours: pictures; fewer pass over the top of a quick rep
const KNOWN_AFTER_S = 5; // ours: until then the rate is that of the models' first pictures
const SLOW = "This computer is slow: close other programs, or move more slowly.";
const TYPED = ["height", "reps", "seconds"]; // what may be left empty
const REST_AFTER_S = 3; // ours: a pause shorter than this is part of the exercise
const COUNTDOWN = ["3", "2", "1"];
const RECOGNISED = { name: "auto", title: "Detect automatically", summary: "Begin with any of the exercises.", sides: null, hold_goal_s: null, goals: {} };
const AWAY = "The camera is gone. Plug it in again: your set is kept.";
const DROPPED = "The connection dropped; trying again. If formcheck still runs, it keeps your set for a minute.";
const UNHEARD = "formcheck did not answer when the set ended. If it still runs, the set is in the History within a minute.";
const WAITING = { nobody: "Step into the picture.", placing: "Hold still for a moment.", ready: "Begin when you like." };
const ANEW = "The set before was closed and is in the History; this is a new one.";

const seconds = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The Live page; `exercises` as `GET /api/exercises` gives them. `ended` is called when a set is over. */
export class Live {
  #exercises;
  #voice = new Voice();
  #set = null;
  #ended;

  constructor(exercises, ended) {
    this.#ended = ended;
    this.#exercises = [RECOGNISED, ...exercises];
    this.#fill();
    byId("setup").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#start();
    });
    byId("setup").addEventListener("input", () => this.#chosen());
    byId("stop").addEventListener("click", () => this.#set?.end());
    byId("again").addEventListener("click", () => this.#show("setup"));
    addEventListener("keydown", (event) => this.#pressed(event));
    tie("voice", [byId("setup-voice"), byId("stage-voice")], (on) => (this.#voice.muted = !on));
    tie("mirror", [byId("setup-mirror"), byId("stage-mirror")], (on) => {
      for (const id of ["turn", "guide-picture"]) byId(id).classList.toggle("mirrored", on);
    });
    this.#show("setup");
  }

  /** Another page is shown: the set under way ends. */
  leave() {
    this.#set?.end();
  }

  #fill() {
    byId("exercises").replaceChildren(
      ...this.#exercises.map(({ name, title }) =>
        make("label", {}, make("input", { type: "radio", name: "exercise", value: name }), make("span", {}, title)),
      ),
    );
    const form = byId("setup").elements;
    form.exercise.value = this.#exercises.some(({ name }) => name === setting("exercise")) ? setting("exercise") : "auto";
    form.side.value = setting("side");
    for (const name of TYPED) form[name].value = setting(name);
    this.#chosen();
  }

  #chosen() {
    const form = byId("setup").elements;
    for (const name of ["exercise", "side", ...TYPED]) choose(name, form[name].value);
    const { sides, summary, goals } = this.#exercise();
    byId("sides").hidden = !sides;
    for (const [side, said] of Object.entries(sides ?? {})) byId(`side-${side}`).textContent = said;
    form.reps.placeholder = goals.reps ?? "";
    form.seconds.placeholder = goals.s ?? "";
    byId("guide-picture").replaceChildren(silhouette(form.exercise.value, this.#side()));
    byId("guide-words").textContent = `${summary} ${placing(form.exercise.value)}`;
  }

  #exercise() {
    const { value } = byId("setup").elements.exercise;
    return this.#exercises.find(({ name }) => name === value);
  }

  #side() {
    return byId("sides").hidden ? null : byId("setup").elements.side.value || null;
  }

  #start() {
    const form = byId("setup").elements;
    const choice = {
      goal_s: form.seconds.value ? form.seconds.valueAsNumber : this.#exercise().hold_goal_s,
      goal: goal(form.reps, form.seconds),
      exercise: form.exercise.value,
      side: this.#side(),
      height_cm: form.height.value ? form.height.valueAsNumber : null,
      units: setting("units"),
      profile: profile(),
    };
    notice(byId("setup-notice"), "");
    this.#show("stage");
    this.#set = new LiveSet(choice, this.#voice, (outcome) => this.#over(outcome));
  }

  #over({ sentence = "", report = null }) {
    this.#set = null;
    this.#ended();
    if (!report) {
      this.#show("setup");
      notice(byId("setup-notice"), sentence);
      return;
    }
    const link = byId("end-link");
    const frame = byId("end-report");
    byId("end-words").textContent = sentence;
    link.hidden = frame.hidden = !report.url;
    if (report.url) link.href = frame.src = report.url;
    this.#show("end");
  }

  #show(part) {
    for (const id of ["setup", "stage", "end"]) byId(id).hidden = id !== part;
    // Space and Enter press what has the focus: start, stop, another set.
    byId({ setup: "start", stage: "stop", end: "again" }[part]).focus({ preventScroll: true });
  }

  #pressed(event) {
    if (byId("live").hidden) return;
    if (event.repeat) {
      // A key held down has pressed its button once; what has the focus now is another one.
      if (event.key === " " || event.key === "Enter") event.preventDefault();
      return;
    }
    if (event.key === "Escape" && this.#set) this.#set.end();
    if ((event.key === " " || event.key === "Enter") && event.target === document.body) {
      event.preventDefault();
      for (const id of ["start", "stop", "again"]) if (byId(id).checkVisibility()) return byId(id).click();
    }
  }
}

/** One set, from the camera's first picture to the report. */
class LiveSet {
  #choice;
  #voice;
  #over;
  #camera;
  #link;
  #screen;
  #awake = null; // the lock that keeps the screen on
  #ended = false;

  constructor(choice, voice, over) {
    this.#choice = choice;
    this.#voice = voice;
    this.#over = over;
    this.#screen = new Screen(choice, voice);
    this.#camera = new Camera(byId("video"), {
      lost: () => this.#screen.trouble(AWAY),
      found: () => this.#screen.trouble(""),
    });
    byId("turn").onclick = (event) => this.#point(event);
    this.#run();
  }

  // A click on somebody says whom to judge; the picture may be shown mirrored.
  #point({ clientX, clientY }) {
    const box = byId("overlay").getBoundingClientRect();
    const [x, y] = [(clientX - box.left) / box.width, (clientY - box.top) / box.height];
    const inside = (share) => Math.min(1, Math.max(0, share));
    this.#link.choose(inside(byId("turn").classList.contains("mirrored") ? 1 - x : x), inside(y));
  }

  /** Ends the set; the report follows, unless there is nothing to report or nobody who could write it. */
  end() {
    const heard = this.#link.up;
    if (this.#ended && heard) return;
    this.#ended = true;
    this.#camera.close();
    this.#voice.stop();
    if (!this.#screen.began) return this.#close({});
    if (!heard) return this.#close({ sentence: UNHEARD });
    this.#screen.ending();
    this.#link.end();
  }

  // The server gets its models ready while the browser asks for the camera.
  async #run() {
    this.#link = new Link(this.#choice, {
      welcome: (message) => this.#screen.welcome(message),
      report: (message) => this.#close({ sentence: message.text, report: message }),
      dropped: () => this.#screen.dropped(),
      failed: (sentence) => this.#close({ sentence }),
    });
    try {
      await this.#camera.open();
    } catch (error) {
      if (!this.#ended) this.#close({ sentence: error.message });
      return;
    }
    if (this.#ended) return;
    this.#screen.opened();
    this.#awake = await navigator.wakeLock?.request("screen").catch(() => null); // refused on low battery: no harm
    if (this.#ended) return this.#awake?.release();
    await this.#pump();
  }

  // One picture in flight: the next is grabbed when the answer to the last one is there.
  async #pump() {
    while ((await this.#link.ready()) && !this.#ended) {
      const taken = await this.#camera.next();
      const moment = taken && !this.#ended ? await this.#link.ask(taken.picture) : null;
      if (!moment || this.#ended) continue;
      this.#screen.show(moment);
      performance.measure("frame to overlay", { start: taken.at, end: performance.now() });
      performance.clearMeasures(); // an observer has them; a long set must not pile them up
    }
  }

  #close(outcome) {
    this.#ended = true;
    this.#camera.close();
    this.#voice.stop();
    this.#link.leave();
    this.#awake?.release();
    this.#screen.clear();
    this.#over(outcome);
  }
}

/** What the person on the mat sees during a set. */
class Screen {
  #choice;
  #voice;
  #moment = null;
  #stillSince = null;
  #counting = "not yet"; // the countdown: "not yet", "on", "done"
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
    if (this.#counting === "not yet" && moment.stage === "ready") this.#countDown();
    if (moment.stage === "set") this.#counting = "done";
    if (moment.say && this.#counting === "on") this.#begin = moment.say;
    else if (moment.say) this.#voice.say(moment.say);
    this.#speakable(moment);
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
  #speakable({ placement, message, tone, stage }) {
    if (this.#counting === "on") return;
    if (stage === "set") this.#words(message, tone);
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
