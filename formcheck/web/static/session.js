// The Session page: which programme, how much of it, any pain, and the start; then all goes by itself.

import { read, send } from "./api.js";
import { unlock } from "./beep.js";
import { byId, make, notice } from "./dom.js";
import { whose } from "./people.js";
import { choose, setting } from "./settings.js";

const MOST_PAIN = 10;
const LEVELS = ["To begin with", "More", "The whole dose"];
const DOSES = { reps: ["times", 1, 200], hold_s: ["seconds held", 1, 3600], seconds: ["seconds", 1, 3600], rest_s: ["seconds of rest", 0, 3600] };

/** The Session page. `begin(choice)` starts the set that follows a programme. */
export class SessionPage {
  #programmes;
  #begin;
  #order = []; // the steps as they are to be done: { step, left out, doses }

  constructor(programmes, begin) {
    this.#programmes = programmes;
    this.#begin = begin;
    byId("programmes").replaceChildren(...programmes.map(({ name, title }) => option("programme", name, title)));
    byId("pain").replaceChildren(...pains("pain"));
    const form = byId("session-setup");
    form.elements.programme.value = programmes.some(({ name }) => name === setting("programme")) ? setting("programme") : programmes[0].name;
    form.addEventListener("change", (event) => event.target.name === "programme" && this.#chosen());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#start(form.elements);
    });
    addEventListener("keydown", (event) => this.#pressed(event), true);
    this.#chosen();
  }

  /** The page is shown: how much is advised depends on who trains, and on what they have done. */
  async show() {
    try {
      this.#programmes = await programmes();
    } catch (error) {
      return notice(byId("session-notice"), error.message);
    }
    this.#levels();
  }

  #programme() {
    const { value } = byId("session-setup").elements.programme;
    return this.#programmes.find(({ name }) => name === value);
  }

  #chosen() {
    const { name, summary, steps, cautions } = this.#programme();
    choose("programme", name);
    byId("programme-words").textContent = summary;
    this.#levels();
    byId("cautions").replaceChildren(...cautions.map(({ quote, source }) => make("blockquote", {}, `“${quote}”`, make("cite", {}, source))));
    byId("accepted").checked = accepted().includes(name);
    byId("accept").hidden = accepted().includes(name);
    this.#order = kept(name, steps.length);
    this.#draw();
  }

  #levels() {
    const { levels, level, grow_every } = this.#programme();
    byId("levels").hidden = levels < 2;
    byId("level").replaceChildren(...LEVELS.slice(0, levels).map((said, i) => option("level", String(i), said, i === level)));
    byId("level-words").textContent = grow_every ? `It grows by itself after every ${grow_every} sessions. You may always choose less.` : "";
  }

  #draw() {
    this.#keep();
    byId("steps").replaceChildren(...this.#order.map((item, i) => this.#step(item, i)));
  }

  #step(item, i) {
    const { title, exercise, each_side: each, rest_s, usual_hold_s, ...doses } = this.#programme().steps[item.step];
    const fields = Object.entries({ ...doses, rest_s: [rest_s] })
      .filter(([key]) => (exercise ? key !== "seconds" && (key !== "hold_s" || usual_hold_s !== null || doses.hold_s.length) : key === "seconds" || key === "rest_s"))
      .map(([key, values]) => this.#field(item, key, values, key === "hold_s" ? usual_hold_s : null));
    const move = (by, said) => {
      const button = make("button", { type: "button", "aria-label": `${said}: ${title}`, disabled: !this.#order[i + by] }, by < 0 ? "↑" : "↓");
      button.addEventListener("click", () => {
        [this.#order[i], this.#order[i + by]] = [this.#order[i + by], this.#order[i]];
        this.#draw();
      });
      return button;
    };
    const done = make("input", { type: "checkbox", checked: !item.out });
    done.addEventListener("change", () => {
      item.out = !done.checked;
      this.#keep();
    });
    const name = make("label", { class: "switch" }, done, make("span", {}, each ? `${title}, each side` : title));
    return make("li", { class: "step" }, name, make("span", { class: "row" }, ...fields), make("span", { class: "actions" }, move(-1, "Earlier"), move(1, "Later")));
  }

  #field(item, key, values, usual) {
    const [said, min, max] = DOSES[key];
    const usually = values.length ? [...new Set(values)].join(", ") : usual;
    const input = make("input", { type: "number", min, max, step: 1, placeholder: usually, value: item.doses[key] ?? null });
    input.addEventListener("input", () => {
      if (input.value) item.doses[key] = input.valueAsNumber;
      else delete item.doses[key];
      this.#keep();
    });
    return make("label", { class: "field" }, said, input);
  }

  // What was changed in a programme's steps is there again the next time.
  #keep() {
    choose("steps", { ...setting("steps"), [this.#programme().name]: this.#order });
  }

  // Space or Enter begins, as on the Live page, where nothing else has the focus.
  #pressed(event) {
    const begins = (event.key === " " || event.key === "Enter") && event.target === document.body && !event.repeat;
    if (!begins || byId("session").hidden || !byId("accepted").checked) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // the set that begins would take the key for its own
    byId("session-start").click();
  }

  #start(form) {
    const { name, title } = this.#programme();
    const steps = this.#order.filter(({ out }) => !out).map(({ step, doses }) => ({ step, ...doses }));
    if (!steps.length) return notice(byId("session-notice"), "Every step is left out: keep one at least.");
    notice(byId("session-notice"), "");
    choose("accepted", [...new Set([...accepted(), name])].join(" "));
    byId("accept").hidden = true;
    unlock();
    const pain = form.pain.value === "" ? null : Number(form.pain.value);
    this.#begin({ programme: name, title, level: Number(form.level?.value ?? 0) || 0, pain, steps });
  }
}

/** Asks for the pain after a session; `lesson` is its id in the history. */
export function askAfter(lesson) {
  byId("pain-after-box").hidden = !lesson;
  if (!lesson) return;
  byId("pain-after-said").textContent = "";
  byId("pain-after").replaceChildren(...pains("pain-after", false));
  byId("pain-after").onchange = async ({ target }) => {
    try {
      await send(`/api/lessons/${lesson}/pain`, JSON.stringify({ after: Number(target.value) }), { "Content-Type": "application/json" });
      byId("pain-after-said").textContent = "Noted. If it hurts more than before, ask a doctor or a physiotherapist.";
    } catch (error) {
      byId("pain-after-said").textContent = error.message;
    }
  };
}

/** The programmes that formcheck knows, and the level that whoever trains has reached. */
export const programmes = () => read(`/api/programmes?${whose()}`);

// The steps of a programme as they were left, or as it has them; another formcheck may have had other steps.
function kept(name, count) {
  const usual = Array.from({ length: count }, (_, step) => ({ step, out: false, doses: {} }));
  const found = setting("steps")?.[name];
  if (!Array.isArray(found) || found.length !== count) return usual;
  const left = found.map((item) => ({ step: item?.step, out: item?.out === true, doses: doses(item?.doses) }));
  return usual.every(({ step }) => left.some((item) => item.step === step)) ? left : usual;
}

const doses = (found) => Object.fromEntries(Object.keys(DOSES).flatMap((key) => (Number.isInteger(found?.[key]) ? [[key, found[key]]] : [])));

const accepted = () => setting("accepted").split(" ").filter(Boolean);

const option = (name, value, said, checked = false) =>
  make("label", {}, make("input", { type: "radio", name, value, checked }), make("span", {}, said));

const pains = (name, unsaid = true) => [
  ...(unsaid ? [option(name, "", "Not said", true)] : []),
  ...Array.from({ length: MOST_PAIN + 1 }, (_, i) => option(name, String(i), String(i))),
];
