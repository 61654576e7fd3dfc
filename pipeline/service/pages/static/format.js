// Numbers as text by the rules of pipeline/domain/display.py: one number is written in one way, on the pages and in the report.

/** Round a positive number to `count` digits as Python does (exact ties go to the even digit): [digits, exponent]. */
function rounded(value, count) {
  const [mantissa, power] = value.toExponential(60).split("e");
  const all = mantissa.replace(".", "");
  let kept = BigInt(all.slice(0, count));
  const rest = all.slice(count);
  const half = "5" + "0".repeat(rest.length - 1);
  if (rest > half || (rest === half && kept % 2n === 1n)) kept += 1n;
  let text = kept.toString(), exponent = Number(power);
  if (text.length > count) { text = text.slice(0, count); exponent += 1; }
  return [text, exponent];
}

/** Write a number with `count` digits, without trailing zeros, as Python's format `g`. */
function general(value, count) {
  if (value === 0) return "0";
  const [digitsOf, exponent] = rounded(Math.abs(value), count);
  const sign = value < 0 ? "-" : "";
  if (exponent < -4 || exponent >= count) {
    const decimals = digitsOf.slice(1).replace(/0+$/, "");
    const power = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${digitsOf[0]}${decimals ? "." + decimals : ""}e${exponent < 0 ? "-" : "+"}${power}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digitsOf.replace(/0+$/, "")}`;
  const whole = digitsOf.slice(0, exponent + 1), decimals = digitsOf.slice(exponent + 1).replace(/0+$/, "");
  return `${sign}${whole}${decimals ? "." + decimals : ""}`;
}

function whole(value) {
  const low = Math.floor(value), part = value - low;
  if (part === 0.5) return low % 2 === 0 ? low : low + 1;
  return part < 0.5 ? low : low + 1;
}

/** Write a number with three (or `count`) digits: 15,000 and not 1.5e+04. */
export function digits(value, count = 3) {
  const size = Math.abs(value);
  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  let text = size >= 1000 && size < 1e7 ? (value < 0 ? "-" : "") + grouped(whole(size)) : general(value, count);
  // fewer digits than the whole part has, such as 2.2e+02
  if (text.includes("e+0") && size < 1000) text = (value < 0 ? "-" : "") + grouped(Math.abs(Number(text)));
  if (text.includes("e")) return text.startsWith("-") ? "−" + text.slice(1) : text;
  return text.replaceAll("-", "−");
}

/** Write a change with its sign. */
export const signed = (value) => (value > 0 ? "+" : "") + digits(value);

/** Write the difference of two chances in percentage points. */
export function chanceChange(first, second) {
  const change = 100 * (second - first);
  return `${signed(change < 0 ? -whole(-change) : whole(change))} points`;
}

/** Write a number and its unit. */
export const withUnit = (text, unit) => `${text} ${unit}`.trim();

/** Write a number as a field for numbers takes it: with a point, without other signs. */
export const plain = (value) => String(Number(Number(value).toPrecision(10)));

/** Return round values between two values, at most `most` of them. */
export function ticks(low, high, most = 4) {
  if (!(high > low)) return [low];
  const power = 10 ** Math.floor(Math.log10((high - low) / most));
  for (const n of [1, 2, 5, 10, 20, 50]) {
    const step = power * n, found = [];
    const first = Math.ceil(low / step - 1e-9), last = Math.floor(high / step + 1e-9);
    for (let i = first; i <= last; i++) found.push(Number((i * step).toPrecision(10)));
    if (found.length <= most) return found;
  }
  return [];
}
