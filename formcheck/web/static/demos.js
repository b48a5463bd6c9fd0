// Demonstrations: short loops of an exercise done right, and of its main faults.

import { make } from "./dom.js";

const SIZE = { width: 400, height: 300 };

/** A loop as an element, of which `/api/exercises` gives the name and what it shows; held still, its first picture. */
export function loop({ name, alt }, still) {
  const first = `/static/demos/${name}.still.webp`;
  const image = make("img", { src: still ? first : `/static/demos/${name}.webp`, alt, ...SIZE });
  return make("picture", {}, make("source", { media: "(prefers-reduced-motion: reduce)", srcset: first, ...SIZE }), image);
}

/** The faults of an exercise side by side, each with what to do instead. */
export const faults = (demos, still) =>
  demos.map((demo) =>
    make("figure", {}, loop(demo, still), make("figcaption", {}, make("strong", {}, "✗ Not like this. "), demo.say)),
  );
