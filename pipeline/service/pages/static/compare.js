// Two states side by side: settings that differ, and the differences of the numbers.

import { element, say } from "./dom.js";
import { chanceChange, digits, signed } from "./format.js";

/** Draw the comparison of two pins, or of one pin and the current state. */
export function comparison(table, note, first, second, places) {
  const names = [first, second].map((one, i) => (one.live ? "now" : "AB"[i]));
  say(note, `${names[0]}: ${first.numbers.title}. ${names[1]}: ${second.numbers.title}. Difference: ${names[1]} − ${names[0]}, from unrounded numbers.`);
  const rows = [...attributes(first.numbers, second.numbers), ...settings(first, second, places)];
  const head = element("tr", {}, ...["what", "unit", names[0], names[1], "difference"].map((text, i) => element("th", { scope: "col", class: i > 1 && "n" }, text)));
  const body = element("tbody", {}, ...rows.map(([what, unit, a, b, change]) =>
    element("tr", {}, element("th", { scope: "row" }, what), element("td", {}, unit), ...[a, b, change].map((text) => element("td", { class: "n" }, text)))));
  table.replaceChildren(element("thead", {}, head), body);
}

function attributes(one, other) {
  const found = [];
  if (one.chance && other.chance) {
    found.push(["chance that all specifications are met", "", one.chance.text, other.chance.text, chanceChange(one.chance.value, other.chance.value)]);
  }
  for (const a of one.attributes) {
    const b = other.attributes.find((given) => given.name === a.name);
    if (!b) continue;
    const both = a.predicted && b.predicted;
    const interval = (given) => (given.predicted ? `${given.predicted.text} (${given.interval})` : "not answered");
    found.push([a.shown, a.unit, interval(a), interval(b), both ? signed(b.predicted.value - a.predicted.value) : ""]);
    if (a.chance && b.chance && a.chance.text !== b.chance.text) found.push([`chance of ${a.shown}`, "", a.chance.text, b.chance.text, chanceChange(a.chance.value, b.chance.value)]);
  }
  return found;
}

function settings(first, second, places) {
  const known = new Map([...places.values()].flatMap((place) => [...place.settings, ...(place.scale ? [place.scale] : [])].map((one) => [one.name, one])));
  const [a, b] = [first, second].map((one) => one.numbers.proposal);
  const found = [];
  for (const [key, what] of [["product", "product"], ["equipment", "vessel"], ["site", "site"], ["scale", "scale"]]) {
    if (a[key] !== b[key]) found.push([what, "", String(a[key] ?? "none"), String(b[key] ?? "none"), ""]);
  }
  const [of, other] = [first, second].map(valuesOf);
  for (const name of new Set([...Object.keys(of), ...Object.keys(other)])) {
    if (of[name] === other[name]) continue;
    const setting = known.get(name), numeric = typeof of[name] === "number" && typeof other[name] === "number";
    const text = (value) => (typeof value === "number" ? digits(value, 4) : (value ?? "as reference"));
    found.push([setting?.shown ?? name, setting?.unit ?? "", text(of[name]), text(other[name]), numeric ? signed(other[name] - of[name]) : ""]);
  }
  return found;
}

function valuesOf(one) {
  const found = { ...one.state.settings };
  for (const held of one.numbers.held) found[held.setting] = held.value;
  return found;
}

