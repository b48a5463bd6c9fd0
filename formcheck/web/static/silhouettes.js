// How one lies or kneels before the first rep: figures to match, drawn from their joints.

import { draw } from "./dom.js";

// Joints in a picture of 400 x 300, the right side towards the camera. The far limbs come first, so that the near ones
// cover them. By eye, from the sample videos (ours).
const FIGURES = {
  kneeling_lunge: {
    head: [206, 52], trunk: [[198, 92], [190, 176]], lines: [
      { width: 22, points: [[190, 176], [262, 186], [262, 258], [286, 262]] },
      { width: 24, points: [[190, 176], [178, 256], [104, 262]] },
      { width: 15, points: [[198, 92], [206, 136], [226, 170]] },
    ],
    words: "Kneel side-on, so that the knee that is down is nearest the camera.",
  },
  leg_lift: {
    head: [62, 238], trunk: [[104, 248], [196, 250]], lines: [
      { width: 22, points: [[196, 250], [276, 250], [352, 252], [356, 236]] },
      { width: 22, points: [[196, 250], [274, 232], [348, 212], [348, 196]] },
      { width: 14, points: [[106, 250], [150, 259], [192, 260]] },
    ],
    words: "Lie on your back, side-on, so that the leg you lift is nearest the camera.",
  },
  ball_bridge: {
    head: [84, 150], trunk: [[122, 164], [210, 176]], ball: [118, 217, 44], lines: [
      { width: 24, points: [[210, 176], [288, 178], [292, 258], [318, 260]] },
    ],
    words: "Neck and shoulders on the ball, side-on to the camera.",
  },
  glute_bridge: {
    head: [62, 238], trunk: [[104, 248], [196, 248]], lines: [
      { width: 24, points: [[196, 248], [262, 186], [282, 256], [308, 260]] },
      { width: 14, points: [[106, 250], [150, 259], [192, 260]] },
    ],
    words: "Lie on your back with the feet on the floor, side-on to the camera.",
  },
};

const ANY = "Side-on to the camera, your whole body in the picture from head to feet.";

/** How to place oneself for an exercise, in words. */
export const placing = (exercise) => FIGURES[exercise]?.words ?? ANY;

/** The figure to match as SVG, `side` towards the camera; for an exercise without one, the frame to stay within. */
export function silhouette(exercise, side) {
  const figure = FIGURES[exercise];
  const parts = figure ? body(figure) : [draw("path", { class: "corners", d: corners() })];
  const turned = figure && side === "left" ? { transform: "translate(400 0) scale(-1 1)" } : {};
  return draw(
    "svg",
    { viewBox: "0 0 400 300", role: "img", "aria-label": placing(exercise), class: "silhouette" },
    draw("g", turned, ...parts),
    draw("path", { class: "floor", d: "M20 274 H380" }),
  );
}

function body({ head, trunk, ball, lines }) {
  const parts = lines.map(({ width, points }) => limb(points, width));
  const person = draw("g", { class: "body" }, ...parts, limb(trunk, 36), limb([trunk[0], head], 14), draw("circle", { cx: head[0], cy: head[1], r: 21 }));
  if (!ball) return [person];
  const [cx, cy, r] = ball;
  return [draw("circle", { class: "ball", cx, cy, r }), person];
}

const limb = (points, width) =>
  draw("polyline", { points: points.join(" "), "stroke-width": width, fill: "none" });

function corners() {
  const corner = (x, y, dx, dy) => `M${x} ${y + 40 * dy} V${y} H${x + 40 * dx}`;
  return [corner(24, 30, 1, 1), corner(376, 30, -1, 1), corner(24, 262, 1, -1), corner(376, 262, -1, -1)].join(" ");
}
