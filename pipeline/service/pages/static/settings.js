// One field and one slider per setting. The band on the track is the range that history supports.

import { digits, plain, withUnit } from "./format.js";
import { element, say } from "./dom.js";

const POSITIONS = 1000;

/** The controls of one setting. `moved(name, value, settled)` is called while it moves (settled false) and when it is set. */
export class SettingControl {
  constructor(setting, handlers) {
    this.setting = setting;
    this.handlers = handlers;
    this.range = setting.slider ? [...setting.slider] : null;
    this.id = `set-${setting.name}`;
    this.root = setting.kind === "text" ? this.#text() : this.#number();
  }

  #head(field) {
    const { setting, id } = this;
    this.reset = element("button", { type: "button", class: "reset", title: `Reset ${setting.shown} to its usual value` }, "↺");
    this.reset.setAttribute("aria-label", `Reset ${setting.shown} to its usual value`);
    this.reset.addEventListener("click", () => this.handlers.moved(setting.name, setting.default, true));
    return element(
      "div", { class: "head" },
      element("label", { for: id, title: setting.description }, setting.shown),
      element("span", { class: "value" }, field, element("span", { class: "unit" }, setting.unit)),
      this.reset,
    );
  }

  #text() {
    const { setting, id } = this;
    this.field = element("select", { id }, element("option", { value: "" }, "not stated"));
    for (const choice of setting.choices) this.field.append(element("option", { value: choice }, choice));
    this.field.addEventListener("change", () => this.handlers.moved(setting.name, this.field.value || null, true));
    this.note = element("p", { class: "note" }, setting.source);
    return element("div", { class: "setting", "data-setting": setting.name }, this.#head(this.field), this.note);
  }

  #number() {
    const { setting, id } = this;
    this.field = element("input", { id, type: "number", step: "any", inputmode: "decimal", "aria-describedby": `${id}-note` });
    this.field.addEventListener("change", () => {
      const value = this.field.value === "" ? null : Number(this.field.value);
      this.handlers.moved(setting.name, value, true);
    });
    this.note = element("p", { class: "note", id: `${id}-note` });
    this.problem = element("p", { class: "problem", role: "alert", hidden: true });
    const parts = [this.#head(this.field)];
    if (this.range) parts.push(this.#track());
    if (setting.holds.length) parts.push(this.#hold());
    return element("div", { class: "setting", "data-setting": setting.name }, ...parts, this.note, this.problem);
  }

  #track() {
    const { setting, id } = this;
    this.slider = element("input", { type: "range", id: `${id}-slider`, "aria-label": `${setting.shown}, slider` });
    this.band = element("div", { class: "band" });
    this.mark = element("div", { class: "usual" });
    this.slider.addEventListener("input", () => this.handlers.moved(setting.name, this.#slid(), false));
    this.slider.addEventListener("change", () => this.handlers.moved(setting.name, this.#slid(), true));
    this.#ends();
    return element("div", { class: "track" }, element("div", { class: "rail" }, this.band, this.mark), this.slider);
  }

  #hold() {
    const { setting, id } = this;
    this.hold = element("select", { id: `${id}-hold` }, element("option", { value: "" }, "nothing"));
    for (const one of setting.holds) this.hold.append(element("option", { value: one.name }, one.shown));
    this.hold.addEventListener("change", () => this.handlers.held(setting.name, this.hold.value || null));
    return element("p", { class: "hold" }, element("label", { for: `${id}-hold` }, `${setting.shown} holds`), this.hold);
  }

  #ends() {
    const [low, high] = this.range;
    this.band.hidden = !this.setting.supported;
    if (this.setting.logarithmic) Object.assign(this.slider, { min: 0, max: POSITIONS, step: 1 });
    else Object.assign(this.slider, { min: low, max: high, step: this.setting.step });
    const support = this.setting.supported;
    if (support) {
      const [from, to] = [this.#share(support.low), this.#share(support.high)];
      this.band.style.left = `${100 * from}%`;
      this.band.style.width = `max(3px, ${100 * (to - from)}%)`;
      this.band.title = support.sentence;
    }
    const usual = this.setting.default;
    this.mark.hidden = typeof usual !== "number";
    if (typeof usual === "number") this.mark.style.left = `${100 * this.#share(usual)}%`;
  }

  /** Return where a value lies on the slider, 0 to 1. */
  #share(value) {
    const [low, high] = this.range;
    const share = this.setting.logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    return Math.min(1, Math.max(0, share));
  }

  #slid() {
    const [low, high] = this.range;
    const position = Number(this.slider.value);
    if (!this.setting.logarithmic) return Number(position.toPrecision(10));
    return Number((low * (high / low) ** (position / POSITIONS)).toPrecision(3));
  }

  /** Show a value, what the setting holds, the sentence below it, and what is assumed where no value is given. */
  show(value, holds, why, assumed) {
    const { setting } = this;
    const given = value !== null && value !== undefined;
    if (document.activeElement !== this.field || !given || Number(this.field.value) !== value) {
      this.field.value = given ? (setting.kind === "text" ? value : plain(holds ? Number(value.toPrecision(4)) : value)) : "";
    }
    const changed = given ? value !== setting.default : setting.default !== null;
    this.reset.disabled = !changed || Boolean(holds);
    this.root.classList.toggle("changed", changed && !holds);
    if (setting.kind === "text") return;
    this.field.disabled = Boolean(holds);
    if (this.hold) this.hold.value = holds ?? "";
    if (this.slider) this.#slide(value, given, holds);
    const all = setting.ran.at(-1);
    const support = setting.supported ? setting.supported.sentence : all ? `No batch shows a usual value here. ${all.sentence}` : "History has no value of it";
    say(this.note, why ?? (given ? support : assumed ? `Not stated, so assumed: ${assumed}.` : `Not stated. ${support}`));
    this.note.title = [setting.source && `Usual value: ${setting.source}`, ...setting.ran.map((one) => one.sentence)].join("\n");
    this.#judge(value, given);
  }

  #slide(value, given, holds) {
    if (given && !this.setting.logarithmic && (value < this.range[0] || value > this.range[1])) {
      this.range = [Math.min(this.range[0], value), Math.max(this.range[1], value)];
      this.#ends();
    }
    this.slider.disabled = Boolean(holds);
    if (!given) return;
    const position = this.setting.logarithmic ? Math.round(POSITIONS * this.#share(value)) : value;
    if (Number(this.slider.value) !== position) this.slider.value = position;
    this.slider.setAttribute("aria-valuetext", withUnit(digits(value, 4), this.setting.unit));
  }

  #judge(value, given) {
    const possible = this.setting.possible;
    const bad = given && possible && (value < possible[0] || value > possible[1]);
    this.field.setAttribute("aria-invalid", bad ? "true" : "false");
    this.problem.hidden = !bad;
    if (bad) say(this.problem, impossible(this.setting, value));
    else if (this.problem.textContent) say(this.problem, "");
  }
}

/** Return the sentence about a value that no plant can have. */
export function impossible(setting, value) {
  const [low, high] = setting.possible;
  const span = withUnit(`${digits(low, 4)} to ${digits(high, 4)}`, setting.unit);
  return `${setting.shown} of ${withUnit(digits(value, 4), setting.unit)} is not possible. It must lie in the range ${span}.`;
}
