// The live page: choices, then the set, then its report.

import { Camera } from "./camera.js";
import { faults, loop } from "./demos.js";
import { byId, make, notice } from "./dom.js";
import { Film } from "./film.js";
import { Link } from "./link.js";
import { profile } from "./people.js";
import { dropReport, fetched, showReport } from "./report.js";
import { Screen } from "./screen.js";
import { askAfter } from "./session.js";
import { choose, goal, setting, tie } from "./settings.js";
import { placing, silhouette } from "./silhouettes.js";
import { Voice, rate } from "./voice.js";

const TYPED = ["height", "reps", "seconds"]; // what may be left empty
const RECOGNISED = { name: "auto", title: "Detect automatically", summary: "Begin with any of the exercises.", sides: null, hold_goal_s: null, goals: {}, demos: [] };
const PRESSES = ["pause", "skip", "hurts"];
const LAST_WORDS_MS = 3000; // ours: the browser's voice may be slower than thought
const AWAY = "The camera is gone. Plug it in again: your set is kept.";
const UNHEARD = "formcheck did not answer when the set ended. If it still runs, the set is in the History within a minute.";

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
    byId("again").addEventListener("click", () => this.#again());
    addEventListener("keydown", (event) => this.#pressed(event));
    tie("voice", [byId("setup-voice"), byId("stage-voice")], (on) => (this.#voice.muted = !on));
    tie("mirror", [byId("setup-mirror"), byId("stage-mirror")], (on) => {
      for (const id of ["turn", "guide-picture", "guide-faults"]) byId(id).classList.toggle("mirrored", on);
    });
    tie("still", [byId("setup-still")], () => this.#guide());
    tie("film", [byId("setup-film")], () => {});
    tie("sounds", [byId("stage-sounds")], (on) => (this.#voice.sounds = on));
    for (const what of PRESSES) byId(`lesson-${what}`).addEventListener("click", () => this.#set?.press(what));
    this.#show("setup");
  }

  /** Follows a programme: what the Session page chose. */
  follow(lesson) {
    const height = byId("height");
    this.#go({
      goal_s: null,
      goal: "",
      exercise: "auto",
      side: null,
      height_cm: height.value ? height.valueAsNumber : null,
      units: setting("units"),
      lesson,
      filmed: setting("film"),
      demos: Object.fromEntries(this.#exercises.map(({ name, demos }) => [name, demos])),
    });
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
    byId("guide-words").textContent = `${summary} ${placing(form.exercise.value)}`;
    this.#guide();
  }

  // How the exercise goes: a loop of it, or the figure to match where there is none.
  #guide() {
    const { demos: [right, ...wrong] } = this.#exercise();
    const picture = byId("guide-picture");
    const shown = JSON.stringify([right ?? setting("exercise"), this.#side(), setting("still")]);
    if (picture.dataset.shown === shown) return;
    picture.dataset.shown = shown;
    picture.replaceChildren(right ? loop(right, setting("still")) : silhouette(setting("exercise"), this.#side()));
    byId("guide-faults").replaceChildren(...faults(wrong, setting("still")));
    byId("guide-still").hidden = !right;
    for (const id of ["guide-picture", "guide-faults"]) byId(id).classList.toggle("left", this.#side() === "left");
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
      lesson: null,
      filmed: setting("film"),
    };
    this.#go(choice);
  }

  #go(choice) {
    notice(byId("setup-notice"), "");
    byId("stage").classList.toggle("lesson", Boolean(choice.lesson));
    this.#show("stage");
    this.#set = new LiveSet({ ...choice, profile: profile(), rate: rate() }, this.#voice, (outcome) => this.#over(outcome));
  }

  #over({ sentence = "", report = null, film = null }) {
    this.#set = null;
    this.#ended();
    if (!report) {
      notice(byId(this.#led ? "session-notice" : "setup-notice"), sentence);
      return this.#again();
    }
    const link = byId("end-link");
    byId("end-title").textContent = this.#led ? "The session is over" : "The set is over";
    byId("again-words").textContent = this.#led ? "Another session" : "Another set";
    byId("end-words").textContent = sentence;
    askAfter(report.lesson);
    link.hidden = !report.url;
    if (report.url) link.href = report.url;
    dropReport(byId("end-report"));
    this.#reported(report, film).catch((error) => (byId("end-words").textContent = `${sentence} ${error.message}`));
    this.#show("end");
  }

  // The report, with the film if there is one: that stays in the browser, unless it is saved.
  async #reported({ url, page }, film) {
    const [host, save] = [byId("end-report"), byId("end-film")];
    const seen = page && (await film);
    save.hidden = !seen;
    if (!seen) return url && showReport(host, await fetched(url));
    const address = URL.createObjectURL(seen.file);
    save.href = address;
    save.download = seen.file.type.endsWith("mp4") ? "set.mp4" : "set.webm";
    showReport(host, page, address, { begins: seen.begins });
  }

  // Whether the set is, or was, one that follows a programme.
  get #led() {
    return byId("stage").classList.contains("lesson");
  }

  // Back to where it was set up.
  #again() {
    this.#show("setup");
    if (this.#led) location.hash = "session";
  }

  #show(part) {
    for (const id of ["setup", "stage", "end"]) byId(id).hidden = id !== part;
    // Space and Enter press what has the focus: start, stop, another set.
    const stage = this.#led ? "lesson-pause" : "stop";
    byId({ setup: "start", stage, end: "again" }[part]).focus({ preventScroll: true });
  }

  #pressed(event) {
    if (byId("live").hidden) return;
    if (event.repeat) {
      // A key held down has pressed its button once; what has the focus now is another one.
      if (event.key === " " || event.key === "Enter") event.preventDefault();
      return;
    }
    if (event.key === "Escape" && this.#set) this.#set.end();
    if (event.key.toLowerCase() === "h" && this.#set) this.#set.press("hurts");
    if ((event.key === " " || event.key === "Enter") && event.target === document.body) {
      event.preventDefault();
      for (const id of ["start", "lesson-pause", "stop", "again"]) if (byId(id).checkVisibility()) return byId(id).click();
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
  #film = null; // of the set, where the user asked for it
  #filmed = null; // what comes of it
  #leaving = null; // the session is over; its last words are said
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

  /** In a session: "pause", "skip" or "hurts" was pressed. */
  press(what) {
    if (this.#choice.lesson) this.#link.press(what);
  }

  /** Ends the set; the report follows, unless there is nothing to report or nobody who could write it. */
  end() {
    const heard = this.#link.up;
    if (this.#ended && heard) return;
    this.#ended = true;
    this.#filmed ??= this.#film?.done() ?? null;
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
    if (this.#choice.filmed) this.#film = new Film(this.#camera.stream);
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
      this.#film?.note(taken.at, moment.t);
      this.#screen.show(moment);
      if (moment.lesson?.ended) this.#leaving ??= setTimeout(() => this.end(), LAST_WORDS_MS);
      performance.measure("frame to overlay", { start: taken.at, end: performance.now() });
      performance.clearMeasures(); // an observer has them; a long set must not pile them up
    }
  }

  #close(outcome) {
    this.#ended = true;
    clearTimeout(this.#leaving);
    outcome.film = this.#filmed ??= this.#film?.done() ?? null;
    this.#camera.close();
    this.#voice.stop();
    this.#link.leave();
    this.#awake?.release();
    this.#screen.clear();
    this.#over(outcome);
  }
}
