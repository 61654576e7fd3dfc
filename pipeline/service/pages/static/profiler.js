// The profiler: one response curve per quality attribute and setting, each at the current point.

import { ACCENT, BAND, drawn, element, GREY, INK, WITHIN } from "./dom.js";
import { digits, ticks, withUnit } from "./format.js";

const HEIGHT = 92, AXIS = 54, LEAST = 84, MOST = 190, BOTTOM = 34, PAD = 4, PAPER = 690;

/** The grid of curves. `moved(name, value, settled)` is called while the line of a picture is dragged. */
export class Profiler {
  constructor(root, moved) {
    this.root = root;
    this.moved = moved;
    this.axes = new Map();
    this.cells = [];
    this.width = 0;
    for (const [event, width] of [["beforeprint", PAPER], ["afterprint", null]]) window.addEventListener(event, () => { this.paper = width; this.draw(); });
    new ResizeObserver(() => { if (!this.paper && Math.abs(root.clientWidth - this.width) > 4) this.draw(); }).observe(root);
  }

  /** Forget the vertical axes, after product or vessel have changed. */
  forget() { this.axes.clear(); this.curves = null; }

  /** curves: of the service, by setting; rows: attributes (and `joint`); columns: settings; values: setting → value. */
  show(curves, rows, columns, values) {
    this.curves = curves;
    this.rows = rows;
    this.columns = columns.filter((column) => curves.has(column.name));
    this.values = values;
    for (const row of rows) this.axes.set(row.name, this.#axis(row));
    if (this.dragging) this.later = true; else this.draw();
  }

  #axis(row) {
    if (row.name === "joint") return [0, 100];
    let low = Infinity, high = -Infinity;
    for (const { name } of this.columns) {
      const curve = this.curves.get(name).attributes[row.name];
      if (!curve) continue;
      for (const value of [...curve.lower, ...curve.upper]) {
        if (value !== null) { low = Math.min(low, value); high = Math.max(high, value); }
      }
    }
    if (!(high >= low)) return this.axes.get(row.name) ?? [0, 1];
    const room = 0.5 * (high - low) || Math.abs(high) * 0.05 || 1;
    for (const limit of [row.lower, row.upper]) {
      if (limit !== null && limit > low - room && limit < high + room) { low = Math.min(low, limit); high = Math.max(high, limit); }
    }
    const margin = 0.07 * (high - low) || 0.05 * Math.abs(high) || 1;
    const wanted = [low >= 0 ? Math.max(0, low - margin) : low - margin, high + margin], known = this.axes.get(row.name);
    if (!known) return wanted;
    const union = [Math.min(known[0], wanted[0]), Math.max(known[1], wanted[1])];
    return union[1] - union[0] > 2.2 * (wanted[1] - wanted[0]) ? wanted : union;
  }

  draw() {
    if (!this.curves || !this.columns.length) { this.root.replaceChildren(); return; }
    this.width = this.paper ?? this.root.clientWidth;
    const free = (this.width - AXIS - 136) / this.columns.length - 2;
    const width = Math.max(this.paper ? LEAST / 2 : LEAST, Math.min(MOST, Math.floor(free)));
    this.cells = [];
    const head = element("tr", {}, element("th", { scope: "col" }, "attribute"), element("td", {}));
    for (const column of this.columns) {
      const value = element("span", { class: "at" });
      this.cells.push({ column: column.name, value, setting: column });
      head.append(element("th", { scope: "col" }, withUnit(column.shown, column.unit && `[${column.unit}]`), element("br"), value));
    }
    const body = element("tbody");
    for (const row of this.rows) {
      const line = element("tr", {}, element("th", { scope: "row" }, row.shown, element("br"), element("span", { class: "unit" }, row.unit)));
      line.append(element("td", { class: "axis" }, this.#scale(row)));
      for (const column of this.columns) line.append(element("td", { "data-column": column.name }, this.#picture(row, column, width)));
      body.append(line);
    }
    const foot = element("tr", { class: "foot" }, element("td", {}), element("td", {}));
    for (const column of this.columns) foot.append(element("td", {}, this.#along(column, width)));
    this.root.replaceChildren(element("table", { class: "profiler" }, element("caption", {}, CAPTION), element("thead", {}, head), body, element("tfoot", {}, foot)));
    this.point(this.values);
  }

  #y(row) {
    const [low, high] = this.axes.get(row.name);
    return (value) => HEIGHT - PAD - (Math.min(Math.max(value, low), high) - low) / (high - low) * (HEIGHT - 2 * PAD);
  }

  #x(column, width) {
    const values = this.curves.get(column.name).values, low = values[0], high = values[values.length - 1];
    const log = column.logarithmic && low > 0;
    const share = (value) => (log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low));
    const back = (part) => (log ? low * (high / low) ** part : low + part * (high - low));
    return { at: (value) => PAD + Math.min(1, Math.max(0, share(value))) * (width - 2 * PAD), back, low, high };
  }

  #scale(row) {
    const y = this.#y(row), [low, high] = this.axes.get(row.name);
    const picture = drawn("svg", { viewBox: `0 0 ${AXIS} ${HEIGHT}`, width: AXIS, height: HEIGHT, "aria-hidden": "true", "font-size": 11 });
    for (const value of ticks(low, high, 4)) {
      const at = Math.min(HEIGHT - 3, Math.max(9, y(value) + 4));
      picture.append(drawn("text", { x: AXIS - 8, y: at.toFixed(1), "text-anchor": "end", fill: GREY }, digits(value, 4)));
      picture.append(drawn("line", { x1: AXIS - 4, x2: AXIS, y1: y(value).toFixed(1), y2: y(value).toFixed(1), stroke: GREY }));
    }
    return picture;
  }

  #along(column, width) {
    const x = this.#x(column, width);
    const picture = drawn("svg", { viewBox: `0 0 ${width} ${BOTTOM}`, width, height: BOTTOM, "aria-hidden": "true", "font-size": 11 });
    const support = column.supported;
    if (support && support.high >= x.low && support.low <= x.high) {
      const from = x.at(support.low), to = Math.max(x.at(support.high), from + 2);
      picture.append(drawn("rect", { x: from.toFixed(1), y: 2, width: (to - from).toFixed(1), height: 5, fill: INK }));
    }
    const log = column.logarithmic && x.low > 0;
    const found = log ? ticks(Math.log10(x.low), Math.log10(x.high), 3).map((power) => 10 ** power) : ticks(x.low, x.high, width < 130 ? 3 : 4);
    let last = -Infinity;
    for (const value of found) {
      const text = digits(value, 4), half = 3.2 * text.length;
      const at = Math.min(width - half, Math.max(half, x.at(value)));
      if (at - half < last + 4) continue;
      last = at + half;
      picture.append(drawn("line", { x1: x.at(value).toFixed(1), x2: x.at(value).toFixed(1), y1: 8, y2: 12, stroke: GREY }));
      picture.append(drawn("text", { x: at.toFixed(1), y: 24, "text-anchor": "middle", fill: GREY }, text));
    }
    return picture;
  }

  #picture(row, column, width) {
    const found = this.curves.get(column.name), x = this.#x(column, width), y = this.#y(row);
    const joint = row.name === "joint";
    const curve = joint ? { predicted: found.joint?.map((p) => (p === null ? null : 100 * p)) } : found.attributes[row.name];
    const picture = drawn("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", class: "curve" });
    picture.append(drawn("rect", { x: 0.5, y: 0.5, width: width - 1, height: HEIGHT - 1, fill: "white", stroke: "#c8c8c8" }));
    if (!joint && (row.lower !== null || row.upper !== null)) {
      const top = row.upper === null ? 1 : y(row.upper), bottom = row.lower === null ? HEIGHT - 1 : y(row.lower);
      picture.append(drawn("rect", { x: 1, y: top.toFixed(1), width: width - 2, height: Math.max(0, bottom - top).toFixed(1), fill: WITHIN }));
    }
    if (!curve?.predicted) return picture;
    for (const part of parts(found.values, curve)) {
      if (!joint) picture.append(band(part, x, y));
      picture.append(line(part.map(([value, middle]) => [x.at(value), y(middle)]), { stroke: ACCENT, "stroke-width": 1.8 }));
      if (!joint) for (const side of [2, 3]) picture.append(line(part.map((one) => [x.at(one[0]), y(one[side])]), { stroke: ACCENT, "stroke-width": 0.7 }));
    }
    const [low, high] = this.axes.get(row.name);
    for (const limit of joint ? [] : [row.lower, row.upper]) {
      if (limit === null || limit < low || limit > high) continue;
      picture.append(line([[1, y(limit)], [width - 1, y(limit)]], { stroke: INK, "stroke-width": 2 }));
    }
    const here = drawn("line", { y1: 1, y2: HEIGHT - 1, stroke: INK, "stroke-width": 1.3, "stroke-dasharray": "4 3" });
    const level = drawn("line", { x1: 1, x2: width - 1, stroke: INK, "stroke-width": 1, "stroke-dasharray": "1 3" });
    const dot = drawn("circle", { r: 3.6, fill: "white", stroke: INK, "stroke-width": 1.5 });
    picture.append(level, here, dot);
    picture.setAttribute("aria-label", describe(row, column, found.values, curve));
    this.#drag(picture, column, x, width);
    this.cells.push({ column: column.name, x, y, here, level, dot, known: [found.values, curve.predicted] });
    return picture;
  }

  #drag(picture, column, x, width) {
    const value = (event) => {
      const box = picture.getBoundingClientRect();
      const share = ((event.clientX - box.left) / box.width * width - PAD) / (width - 2 * PAD);
      const raw = x.back(Math.min(1, Math.max(0, share)));
      return column.logarithmic || !column.step ? Number(raw.toPrecision(3)) : Number((Math.round(raw / column.step) * column.step).toPrecision(10));
    };
    picture.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      picture.setPointerCapture(event.pointerId);
      this.dragging = true;
      this.moved(column.name, value(event), false);
    });
    picture.addEventListener("pointermove", (event) => { if (this.dragging && picture.hasPointerCapture(event.pointerId)) this.moved(column.name, value(event), false); });
    picture.addEventListener("pointerup", (event) => {
      if (!this.dragging) return;
      this.dragging = false;
      this.moved(column.name, value(event), true);
      if (this.later) { this.later = false; this.draw(); }
    });
  }

  /** Move the lines of the current point. Curves along other settings than the moved one are old until they are computed again. */
  point(values) {
    this.values = values;
    for (const cell of this.cells) {
      const value = values[cell.column];
      if (cell.value) { cell.value.textContent = value === null || value === undefined ? "no value" : `${digits(value, 4)}`; continue; }
      const known = value !== null && value !== undefined;
      const at = known ? cell.x.at(value).toFixed(1) : -9;
      cell.here.setAttribute("x1", at);
      cell.here.setAttribute("x2", at);
      const level = known ? between(cell.known, value) : null;
      for (const part of [cell.level, cell.dot]) part.setAttribute("visibility", level === null ? "hidden" : "visible");
      if (level === null) continue;
      cell.level.setAttribute("y1", cell.y(level).toFixed(1));
      cell.level.setAttribute("y2", cell.y(level).toFixed(1));
      cell.dot.setAttribute("cx", at);
      cell.dot.setAttribute("cy", cell.y(level).toFixed(1));
    }
  }

  /** Mark the curves that are being computed again. moved: the setting whose own curves stay true. */
  old(moved) {
    for (const cell of this.root.querySelectorAll("td[data-column]")) cell.classList.toggle("old", moved !== null && cell.dataset.column !== moved);
  }

  get busy() { return Boolean(this.dragging); }
}

const CAPTION = "Curve: prediction along one setting, the others as set. Band: 90 % interval. Grey field: within the specification, " +
  "whose limits are the heavy lines. Dashed line: the current value; drag it to move the setting. " +
  "Black bar below a column: the range that history supports.";

/** Cut a curve where the model does not answer: lists of [value, predicted, lower, upper]. */
function parts(values, curve) {
  const found = [[]];
  values.forEach((value, i) => {
    if (curve.predicted[i] === null) found.push([]);
    else found[found.length - 1].push([value, curve.predicted[i], curve.lower?.[i], curve.upper?.[i]]);
  });
  return found.filter((part) => part.length);
}

function line(points, attributes) {
  const places = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
  return drawn("polyline", { points: places, fill: "none", ...attributes });
}

function band(part, x, y) {
  const there = part.map((one) => [x.at(one[0]), y(one[2])]), back = part.map((one) => [x.at(one[0]), y(one[3])]).reverse();
  const places = [...there, ...back].map(([a, b]) => `${a.toFixed(1)},${b.toFixed(1)}`).join(" ");
  return drawn("polygon", { points: places, fill: BAND });
}

/** Return the value of a curve between its points; null where it has none. */
function between([values, heights], value) {
  const next = values.findIndex((one) => one >= value - 1e-12);
  if (next < 0) return null;
  if (values[next] === value || next === 0) return values[next] - value > 1e-9 * Math.abs(value) ? null : heights[next];
  const [a, b] = [heights[next - 1], heights[next]];
  if (a === null || b === null) return null;
  return a + (b - a) * (value - values[next - 1]) / (values[next] - values[next - 1]);
}

function describe(row, column, values, curve) {
  const known = curve.predicted.filter((one) => one !== null);
  const span = `${column.shown} ${digits(values[0], 4)} to ${withUnit(digits(values[values.length - 1], 4), column.unit)}`;
  if (!known.length) return `${row.shown} along ${span}: not answered`;
  return `${row.shown} along ${span}: ${digits(known[0])} to ${withUnit(digits(known[known.length - 1]), row.unit)}`;
}
