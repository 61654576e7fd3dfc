// A prediction with its intervals on the axis of its specification, as in the report. The axis stays while a slider moves.

import { ACCENT, drawn, GREY, INK, WITHIN } from "./dom.js";
import { digits, withUnit } from "./format.js";

const WIDTH = 340, HEIGHT = 62, Y = 22, LEFT = 18, RIGHT = WIDTH - 18;

/** Return the axis that shows an attribute: the known one, widened where the numbers leave it. */
export function axisOf(one, known) {
  const values = [one.predicted?.value, one.reference?.value, one.lower, one.upper];
  for (const interval of one.intervals) values.push(interval.lower, interval.upper);
  const given = values.filter((value) => value !== null && value !== undefined);
  const low = Math.min(...given), high = Math.max(...given);
  if (known && low >= known[0] && high <= known[1]) return known;
  const margin = 0.12 * (high - low) || 0.05 * Math.abs(high) || 1;
  const from = low >= 0 ? Math.max(0, low - margin) : low - margin;
  return known ? [Math.min(known[0], from), Math.max(known[1], high + margin)] : [from, high + margin];
}

export function strip(one, [low, high]) {
  const place = (value) => LEFT + (Math.min(Math.max(value, low), high) - low) / (high - low) * (RIGHT - LEFT);
  const box = (x, y, width, height, fill, stroke = "none") =>
    drawn("rect", { x: x.toFixed(1), y, width: Math.max(width, 0.8).toFixed(1), height, fill, stroke });
  const words = (x, text, anchor, bold, fill = INK) =>
    drawn("text", { x: x.toFixed(1), y: Y + 33, "text-anchor": anchor, "font-weight": bold ? 600 : null, fill }, text);
  const title = `${one.shown} predicted ${withUnit(one.predicted.text, one.unit)}, 90 % interval ${one.interval}, limits ${one.limits}`;
  const picture = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": title, "font-size": 12 });
  picture.append(box(LEFT, Y - 13, RIGHT - LEFT, 26, "white", GREY));
  const limits = [one.lower, one.upper].filter((limit) => limit !== null);
  if (limits.length) {
    const first = place(one.lower ?? low), last = place(one.upper ?? high);
    picture.append(box(first, Y - 13, last - first, 26, WITHIN));
  }
  const intervals = [...one.intervals].sort((a, b) => b.level - a.level);
  [2, 6, 11].slice(0, intervals.length).forEach((thickness, i) => {
    const left = place(intervals[i].lower), right = place(intervals[i].upper);
    picture.append(box(left, Y - thickness / 2, right - left, thickness, ACCENT));
  });
  for (const limit of limits) {
    const x = place(limit);
    picture.append(drawn("line", { x1: x, x2: x, y1: Y - 18, y2: Y + 18, stroke: INK, "stroke-width": 2.2 }));
    picture.append(words(x, digits(limit), "middle", true));
  }
  if (one.reference) {
    const x = place(one.reference.value);
    const points = [[0, -7], [5, 0], [0, 7], [-5, 0]].map(([dx, dy]) => `${(x + dx).toFixed(1)},${Y + dy}`).join(" ");
    picture.append(drawn("polygon", { points, fill: "white", stroke: INK, "stroke-width": 1.3 }));
  }
  const here = place(one.predicted.value).toFixed(1);
  picture.append(drawn("circle", { cx: here, cy: Y, r: 4.5, fill: "white", stroke: INK, "stroke-width": 1.5 }));
  for (const [value, x, anchor] of [[low, 4, "start"], [high, WIDTH - 4, "end"]]) {
    if (limits.every((limit) => Math.abs(place(value) - place(limit)) > 45)) picture.append(words(x, digits(value), anchor, false, GREY));
  }
  return picture;
}
