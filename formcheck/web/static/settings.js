// What the user chose, kept in the browser between visits.

const DEFAULTS = {
  theme: "auto", exercise: "auto", side: "", height: "", reps: "", seconds: "", units: "cm", voice: true, mirror: true, still: false, sounds: true, film: false,
  speaker: "", rate: 1, breaks: 0, breaks_from: "09:00", breaks_to: "17:00",
  programme: "", accepted: "", profile: 0,
};
const KEY = "formcheck";

const chosen = { ...DEFAULTS, ...kept() };

// Another program at this address may have written what it likes: only what could be ours is taken.
function kept() {
  let found;
  try {
    found = JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return {};
  }
  return Object.fromEntries(Object.entries(DEFAULTS).flatMap(([name, usual]) => (typeof found[name] === typeof usual ? [[name, found[name]]] : [])));
}

/** The choice called `name`. */
export const setting = (name) => chosen[name];

/** Remembers a choice. */
export function choose(name, value) {
  chosen[name] = value;
  localStorage.setItem(KEY, JSON.stringify(chosen));
}

/** The goal that two fields hold, reps of each side and seconds of a hold, as `--goal` takes it; "" for none. */
export const goal = (reps, seconds) => [reps.value, seconds.value && `${seconds.value}s`].filter(Boolean).join(",");

/** Ties check boxes to one choice, and to each other; `changed` hears of the value now and at every change. */
export function tie(name, boxes, changed) {
  const set = (value) => {
    for (const box of boxes) box.checked = value;
    changed(value);
  };
  for (const box of boxes) {
    box.addEventListener("change", () => {
      choose(name, box.checked);
      set(box.checked);
    });
  }
  set(setting(name));
}
