// The live mode of the explorer.

const PATIENCE = 10000; // ms without a word from Python before the reader is told

/** Training with the reader's own values. It asks Python whether it is there and shows its form once it has answered. */
function livePanel(model, selection, show) {
  const hello = uniqueId();
  const note = h("p", { class: "mcd-note" }, "This page stands still: nothing can be trained in it. Open the notebook ", h("code", {}, "notebooks/explorer.ipynb"), " in Jupyter, run it, and this panel trains with any ", withZero("p"), " and ", withZero("σ"), ".");
  const number = (attributes) => h("input", { type: "number", id: uniqueId(), min: 0, step: "any", required: true, ...attributes });
  const [p0, sigma0, seed] = [number({ max: 0.95 }), number({ max: 1 }), number({ step: 1, value: 0 })];
  const field = (input, ...label) => h("div", { class: "mcd-field" }, h("label", { for: input.id }, ...label), input);
  const train = h("button", { type: "submit", class: "mcd-primary" }, "Train");
  const stop = h("button", { type: "button", disabled: true, onclick: () => (say("Stopping…"), ask({ action: "stop", id: running })) }, "Stop");
  const back = h("button", { type: "button", hidden: true, onclick: () => ((follow = true), present(latest)) }, "Show this run again");
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Progress of the run", hidden: true });
  const status = h("p", { class: "mcd-status", role: "status" });
  const fields = [field(p0, withZero("p"), ", dropout rate"), field(sigma0, withZero("σ"), ", input noise"), field(seed, "Seed")];
  const form = h("form", { hidden: true }, ...fields, h("div", { class: "mcd-buttons" }, train, stop, back), bar, status);
  const summary = h("summary", {}, "Train with your own values");
  const node = h("details", { class: "mcd-live" }, summary, note, form);
  let [running, follow, latest, silence, image] = [null, false, null, null, null];

  const say = (text) => (status.textContent = text);
  const settle = (busy) => {
    train.disabled = busy;
    stop.disabled = !busy;
    bar.hidden = !busy;
    clearTimeout(silence);
    if (busy) silence = setTimeout(() => say("No answer from Python. Is the kernel still running?"), PATIENCE);
    else running = null;
  };
  const present = (cell) => {
    latest = cell;
    back.hidden = follow;
    if (follow) show(cell, image);
  };
  const ask = (request) => commit(model, { request }, () => {});
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    running = uniqueId();
    [follow, latest, image] = [true, null, selection().image];
    settle(true);
    bar.removeAttribute("value");
    say("Starting…");
    ask({ action: "start", id: running, ...selection(), p0: Number(p0.value), sigma0: Number(sigma0.value), seed: Number(seed.value) });
  });
  summary.addEventListener("click", () => {  // not "toggle", which comes late and would write over what the reader typed
    if (!node.open && !running) [p0.value, sigma0.value] = [selection().p0, selection().sigma0];
  });
  model.on("change:progress", () => {
    const now = model.get("progress");
    if (now.id === hello) [note.hidden, form.hidden] = [true, false];
    if (!running || now.id !== running) return;
    settle(now.state === "running");
    if (now.cell) present(now.cell);
    if (now.state === "done") say(`Done in ${latest.seconds?.toFixed(0) ?? "–"} s.`);
    if (now.state === "stopped") say(`${now.message}.`);
    if (now.state === "failed") say(`It failed: ${now.message}`);
    if (now.state !== "running") return;
    [bar.max, bar.value] = [now.of, now.iteration];
    const left = (now.seconds / now.iteration) * (now.of - now.iteration);
    say(`Iteration ${now.iteration} of ${now.of}, ${now.seconds.toFixed(0)} s, about ${left.toFixed(0)} s left`);
  });
  ask({ action: "hello", id: hello });
  const leave = () => {
    follow = false;
    back.hidden = !latest;
  };
  return { node, leave };
}
