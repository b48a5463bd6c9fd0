// The skeleton over the camera's picture.

/** Pairs of landmark rows joined by a line: `BONES` of formcheck/landmarks.py, which a test compares. */
export const BONES = [
  [11, 12], [12, 24], [24, 23], [23, 11], [11, 13], [13, 15], [12, 14], [14, 16], [23, 25],
  [25, 27], [27, 29], [29, 31], [31, 27], [24, 26], [26, 28], [28, 30], [30, 32], [32, 28],
];

const LEAST_VISIBILITY = 0.5; // as draw.py: landmarks below this are not drawn, where it is not known what is hidden
const DRAWN = [...new Set(BONES.flat())];
const LIGHT = "#ffffff";
export const DARK = "#10151b";
const WORKING = "#ffc828"; // as draw.py
const LEFT_LEG = [23, 25, 27, 29, 31];

/** Draws `points`, 33 of [x, y, visibility, hidden] in pixels of a picture of `size`, or nothing for null. A joint that is
 * `hidden` (1; -1: not known) is hollow, and the bones to it are dashed. */
export function skeleton(canvas, points, size, side) {
  const context = canvas.getContext("2d");
  const scale = scaled(canvas, size);
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (!points) return;
  const at = (row) => [points[row][0] * scale, points[row][1] * scale];
  const hidden = (row) => points[row][3] === 1;
  const seen = (row) => points[row][3] >= 0 || points[row][2] >= LEAST_VISIBILITY;
  const width = Math.max(3, canvas.height / 110);
  context.lineCap = "round";
  for (const [color, extra] of [[DARK, width * 0.9], [LIGHT, 0]]) {
    for (const [a, b] of BONES) {
      context.setLineDash(hidden(a) || hidden(b) ? [width, 2.5 * width] : []);
      if (seen(a) && seen(b)) line(context, at(a), at(b), width + extra, color === LIGHT && works(a, b, side) ? WORKING : color);
    }
  }
  context.setLineDash([]);
  for (const row of DRAWN) if (seen(row)) dot(context, at(row), width, hidden(row));
}

// A canvas on the page has the screen's own pixels, so that lines stay sharp however large the picture is shown.
function scaled(canvas, [width, height]) {
  if (!canvas.clientWidth) return canvas.width / width; // not on the page
  const shown = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio));
  const rows = Math.max(1, Math.round((shown * height) / width));
  if (canvas.width !== shown || canvas.height !== rows) [canvas.width, canvas.height] = [shown, rows];
  return shown / width;
}

function works(a, b, side) {
  const left = LEFT_LEG.includes(a) && LEFT_LEG.includes(b);
  const right = LEFT_LEG.includes(a - 1) && LEFT_LEG.includes(b - 1);
  return (left && side !== "right" && side !== null) || (right && side !== "left" && side !== null);
}

function line(context, [ax, ay], [bx, by], width, color) {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(ax, ay);
  context.lineTo(bx, by);
  context.stroke();
}

function dot(context, [x, y], width, hollow) {
  context.beginPath();
  context.arc(x, y, hollow ? 1.3 * width : width, 0, 2 * Math.PI);
  if (hollow) context.globalCompositeOperation = "destination-out"; // the camera's picture shows through, and no bone
  context.fillStyle = LIGHT;
  context.fill();
  context.globalCompositeOperation = "source-over";
  context.strokeStyle = DARK;
  context.lineWidth = hollow ? 0.9 * width : width / 2;
  context.stroke();
  if (!hollow) return;
  context.strokeStyle = LIGHT;
  context.lineWidth = 0.4 * width;
  context.stroke();
}
