// Requests to the service. A refusal is a sentence. If the service does not answer, a banner says so until it does.

import { at } from "./dom.js";

export class Refusal extends Error {}
export class Unreachable extends Error {}

const listeners = [];
let lost = false;

/** Call a function when the service answers again. */
export const whenBack = (call) => listeners.push(call);

export async function ask(path, body = undefined, kind = "json") {
  const options = body === undefined
    ? {}
    : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    stopped();
    throw new Unreachable("The service does not answer.");
  }
  if (lost) back();
  if (!response.ok) throw new Refusal(await sentence(response));
  return kind === "json" ? response.json() : response.text();
}

async function sentence(response) {
  try {
    return (await response.json()).error || `The service refused (${response.status}).`;
  } catch {
    return `The service refused (${response.status}).`;
  }
}

function stopped() {
  if (lost) return;
  lost = true;
  const banner = at("banner");
  banner.textContent = "The service does not answer. The numbers shown are the last ones. The page tries again every 2 seconds.";
  banner.hidden = false;
  const timer = setInterval(async () => {
    try {
      const response = await fetch("/health");
      if (response.ok) { clearInterval(timer); if (lost) back(); }
    } catch { /* it is still stopped */ }
  }, 2000);
}

function back() {
  lost = false;
  at("banner").hidden = true;
  listeners.forEach((call) => call());
}

/** Return a function that asks with the latest argument only: one request runs, and at most one waits. */
export function latest(send, done, failed) {
  let running = false, waiting = null;
  async function run(argument) {
    running = true;
    try {
      done(await send(argument), argument);
    } catch (error) {
      if (waiting === null) failed(error, argument);
    } finally {
      running = false;
      if (waiting !== null) { const next = waiting; waiting = null; run(next.argument); }
    }
  }
  return (argument) => {
    if (running) waiting = { argument }; else run(argument);
  };
}
