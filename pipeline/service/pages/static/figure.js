// A panel with axes: places of values, ticks, curves and bands. As in the pictures of the report.

import { ACCENT, drawn, GREY, INK } from "./dom.js";
import { digits, ticks } from "./format.js";

export const ALERT = "#a40000", PALE = "#dcdcdc";

/** Return a value range with a margin. */
export function around(values) {
  const low = Math.min(...values), high = Math.max(...values);
  const margin = 0.06 * (high - low) || 0.05 * Math.abs(high) || 1;
  return [low - margin, high + margin];
}

/** A picture with one panel. x, y: {low, high, log}; labels: text of the axes with units. */
export class Panel {
  constructor({ width = 720, height = 234, right = 16, x, y, along, up, title }) {
    Object.assign(this, { width, height, x: { ...x }, y: { ...y }, left: 58, right: width - right, top: 26, bottom: height - 42 });
    this.root = drawn("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title, "font-size": 12 });
    this.#frame(along, up);
  }

  #share(axis, value) {
    const inside = Math.min(Math.max(value, axis.low), axis.high);
    return axis.log ? Math.log(inside / axis.low) / Math.log(axis.high / axis.low) : (inside - axis.low) / (axis.high - axis.low);
  }

  atX(value) { return this.left + this.#share(this.x, value) * (this.right - this.left); }
  atY(value) { return this.bottom - this.#share(this.y, value) * (this.bottom - this.top); }

  #frame(along, up) {
    const { left, right, top, bottom } = this;
    this.line(left, bottom, right, bottom, { stroke: GREY });
    this.line(left, top, left, bottom, { stroke: GREY });
    for (const value of this.x.ticks ?? ticks(this.x.low, this.x.high, 9)) {
      const at = this.atX(value);
      this.line(at, bottom, at, bottom + 4, { stroke: GREY });
      this.words(at, bottom + 17, digits(value * (this.x.factor ?? 1), 4), { "text-anchor": "middle", fill: GREY });
    }
    for (const value of ticks(this.y.low, this.y.high, 5)) {
      const at = this.atY(value);
      this.line(left - 4, at, left, at, { stroke: GREY });
      this.words(left - 7, at + 4, digits(value, 4), { "text-anchor": "end", fill: GREY });
    }
    this.words((left + right) / 2, bottom + 35, along, { "text-anchor": "middle", fill: GREY });
    this.words(4, top - 12, up, {});
  }

  add(child) { this.root.append(child); return child; }

  line(x1, y1, x2, y2, more = {}) {
    const at = (value) => value.toFixed(1);
    return this.add(drawn("line", { x1: at(x1), y1: at(y1), x2: at(x2), y2: at(y2), stroke: INK, ...more }));
  }

  words(x, y, text, more = {}) { return this.add(drawn("text", { x: x.toFixed(1), y: y.toFixed(1), fill: INK, ...more }, text)); }

  curve(points, more = {}) {
    const places = points.map(([x, y]) => `${this.atX(x).toFixed(1)},${this.atY(y).toFixed(1)}`).join(" ");
    return this.add(drawn("polyline", { points: places, fill: "none", stroke: ACCENT, "stroke-width": 1.6, ...more }));
  }

  band(points, fill = PALE) {
    const place = ([x, y]) => `${this.atX(x).toFixed(1)},${this.atY(y).toFixed(1)}`;
    const places = [...points.map(([x, low]) => [x, low]), ...points.map(([x, , high]) => [x, high]).reverse()].map(place).join(" ");
    return this.add(drawn("polygon", { points: places, fill }));
  }

  dot(x, y, more = {}) {
    return this.add(drawn("circle", { cx: this.atX(x).toFixed(1), cy: this.atY(y).toFixed(1), r: 2.6, fill: ACCENT, stroke: ACCENT, ...more }));
  }
}

/** Return the unit in which a time of a batch is read most easily, and how many of it are in an hour. */
export const timeUnit = (hours) => (hours >= 1 || hours <= 0 ? ["h", 1] : hours >= 1 / 12 ? ["min", 60] : ["s", 3600]);

/** Write a time since the start of a batch. */
export function moment(hours) {
  const [unit, factor] = timeUnit(hours);
  return `${{ h: "hour", min: "minute", s: "second" }[unit]} ${digits(factor * hours, 4)}`;
}

/** Return the last hour of the courses. */
export function lastHour(courses, now = 0) {
  const ends = courses.flatMap((one) => [one.planned, one.expected].filter((given) => given?.points.length).map((given) => given.points.at(-1).hours));
  const records = courses.flatMap((one) => (one.observed.length ? [one.observed.at(-1).hours] : []));
  return Math.max(...ends, ...records, 1.02 * now, 1e-6);
}

/** Draw the course of one tag: records, band of good batches, and the course of the plan. null where nothing is known. */
export function course(one, name, last, { since = null, now = null } = {}) {
  const given = [one.planned, one.expected].filter((part) => part?.points.length);
  const values = [...one.observed.map((record) => record.value), ...given.flatMap((part) => part.points.flatMap((point) => [point.lower, point.upper]))];
  if (!values.length) return null;
  const [unit, factor] = timeUnit(last);
  const [low, high] = around(values);
  const panel = new Panel({
    x: { low: 0, high: last, factor, ticks: ticks(0, factor * last, 9).map((value) => value / factor) }, y: { low, high },
    along: `time since the start of the batch [${unit}]`, up: `${name}${one.unit ? ` [${one.unit}]` : ""}`,
    title: `course of ${name}: records${given.length ? ", and the band of good batches" : ""}`,
  });
  const banded = one.expected?.points.length ? one.expected : one.planned;
  if (banded?.points.length) {
    panel.band(banded.points.map((point) => [point.hours, point.lower, point.upper]));
    panel.curve(banded.points.map((point) => [point.hours, point.median]), { stroke: GREY, "stroke-width": 1.4 });
  }
  if (one.expected?.points.length && one.planned?.points.length) {
    panel.curve(one.planned.points.map((point) => [point.hours, point.median]), { stroke: GREY, "stroke-dasharray": "5 3" });
  }
  panel.curve(one.observed.map((record) => [record.hours, record.value]));
  if (one.observed.length <= 40) for (const record of one.observed) panel.dot(record.hours, record.value);
  if (since !== null) panel.line(panel.atX(since), panel.top, panel.atX(since), panel.bottom, { stroke: ALERT, "stroke-width": 1.4 });
  if (now !== null) panel.line(panel.atX(now), panel.top, panel.atX(now), panel.bottom, { stroke: GREY, "stroke-dasharray": "2 3" });
  return panel.root;
}
