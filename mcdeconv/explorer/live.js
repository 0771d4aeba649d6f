// The live mode of the explorer.

const PATIENCE = 10000; // ms without a word from Python before the reader is told

/** Training with the reader's own values. It asks Python whether it is there and shows its form once it has answered. */
function livePanel(model, selection, show) {
  const hello = uniqueId();
  const note = h("p", { class: "mcd-note" }, "This page stands still: nothing can be trained in it. Open the notebook ", h("code", {}, "notebooks/explorer.ipynb"), " in Jupyter, run it, and this panel trains with any p", h("sub", {}, "0"), " and σ", h("sub", {}, "0"), ".");
  const [p0Id, sigma0Id, seedId] = [uniqueId(), uniqueId(), uniqueId()];
  const p0 = h("input", { type: "number", id: p0Id, min: 0, max: 0.95, step: "any", required: true });
  const sigma0 = h("input", { type: "number", id: sigma0Id, min: 0, max: 1, step: "any", required: true });
  const seed = h("input", { type: "number", id: seedId, min: 0, step: 1, value: 0, required: true });
  const train = h("button", { type: "submit", class: "mcd-primary" }, "Train");
  const stop = h("button", { type: "button", disabled: true }, "Stop");
  const back = h("button", { type: "button", hidden: true }, "Show this run again");
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Progress of the run", hidden: true });
  const status = h("p", { class: "mcd-status", role: "status" });
  const field = (id, input, ...label) => h("div", { class: "mcd-field" }, h("label", { for: id }, ...label), input);
  const form = h("form", { hidden: true }, field(p0Id, p0, "p", h("sub", {}, "0"), ", dropout rate"), field(sigma0Id, sigma0, "σ", h("sub", {}, "0"), ", input noise"), field(seedId, seed, "Seed"), h("div", { class: "mcd-buttons" }, train, stop, back), bar, status);
  const summary = h("summary", {}, "Train with your own values");
  const node = h("details", { class: "mcd-live" }, summary, note, form);
  let [running, follow, latest, silence, image] = [null, false, null, null, null];

  const say = (text) => (status.textContent = text);
  const settle = (busy) => {
    train.disabled = busy;
    stop.disabled = !busy;
    bar.hidden = !busy;
    clearTimeout(silence);
    if (!busy) running = null;
  };
  const expect = () => {
    clearTimeout(silence);
    silence = setTimeout(() => say("No answer from Python. Is the kernel still running?"), PATIENCE);
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
    expect();
    ask({ action: "start", id: running, ...selection(), p0: Number(p0.value), sigma0: Number(sigma0.value), seed: Number(seed.value) });
  });
  stop.addEventListener("click", () => {
    say("Stopping…");
    ask({ action: "stop", id: running });
  });
  back.addEventListener("click", () => {
    follow = true;
    present(latest);
  });
  summary.addEventListener("click", () => {  // not "toggle", which comes late and would write over what the reader typed
    if (node.open || running) return;
    [p0.value, sigma0.value] = [selection().p0, selection().sigma0];
  });
  model.on("change:answer", () => {
    if (model.get("answer") !== hello) return;
    [note.hidden, form.hidden] = [true, false];
  });
  model.on("change:progress", () => {
    const now = model.get("progress");
    if (!running || now.id !== running) return;
    if (now.state !== "running") {
      settle(false);
      say({ done: `Done in ${latest?.seconds?.toFixed(0) ?? "–"} s.`, stopped: `${now.message}.`, failed: `It failed: ${now.message}` }[now.state]);
      return;
    }
    expect();
    [bar.max, bar.value] = [now.of, now.iteration];
    const left = (now.seconds / now.iteration) * (now.of - now.iteration);
    say(`Iteration ${now.iteration} of ${now.of}, ${now.seconds.toFixed(0)} s, about ${left.toFixed(0)} s left`);
    present(now.cell);
  });
  model.on("change:result", () => {
    const found = model.get("result");
    if (running && found.id === running) present(found.cell);
  });
  if (model.get("trains")) ask({ action: "hello", id: hello });
  const leave = () => {
    follow = false;
    back.hidden = !latest;
  };
  return { node, leave };
}
