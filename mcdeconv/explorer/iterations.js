// The iteration scrubber; what widget.py puts in front of it makes one ES module of it.

const PACE = 700; // ms a picture when it plays

/** The index of the last moment that is not after an iteration. */
function momentAt(moments, iteration) {
  return Math.max(0, moments.findLastIndex((moment) => moment <= iteration));
}

function runColumn(kind) {
  const image = tile("");
  const kernel = tile("Kernel");
  const std = deviationTile("");
  const heading = h("p", { class: "mcd-name" });
  const number = h("p", { class: "mcd-number" });
  image.node.classList.add("mcd-large");
  const node = h("div", { class: `mcd-run mcd-run-${kind}` }, heading, image.node, number, h("div", { class: "mcd-tiles" }, kernel.node, std.node));

  const draw = (run, index, { std_white: white, size }) => {
    std.setWhite(white);
    for (const each of [image, std]) each.setSize(size);
    const iteration = run.picture_iterations[index];
    const moment = momentAt(run.iterations, iteration);
    const name = `${run.label}, iteration ${iteration}`;
    heading.replaceChildren(h("i", { class: `mcd-key mcd-${kind}` }), run.label);
    setPicture(image.img, run.images[index], `Restored image, ${name}`);
    setPicture(kernel.img, run.kernels[index], `Kernel, ${name}`);
    setPicture(std.img, run.stds[index], `Standard deviation of each pixel, ${name}`);
    number.replaceChildren(h("b", {}, run.psnr[moment]?.toFixed(1) ?? "–"), " dB");
    kernel.text.textContent = run.similarity[moment] == null ? "Kernel" : `Kernel, similarity ${run.similarity[moment].toFixed(2)}`;
    std.text.textContent = `Spread ${run.spread[index]?.toFixed(3) ?? "–"}`;
  };
  return { node, draw };
}

function render(context) {
  const { model, el, signal } = context;
  const images = new Map(model.get("images").map((one) => [one.image, one]));
  const kinds = ["a", "b"];
  let [data, index, timer] = [null, 0, null];

  const go = (wanted) => {
    index = Math.min(moments().length - 1, Math.max(0, wanted));
    commit(model, { iteration: moments()[index] }, draw);
  };
  const moments = () => data.runs[0].picture_iterations;
  const scrub = (iteration) => (pause(), go(nearest(moments(), iteration)));

  const chooser = imageChooser(model, images, (values) => commit(model, values, update));
  const slider = indexSlider("Iteration", "", (value) => (pause(), go(value)));
  const play = h("button", { type: "button", class: "mcd-play mcd-primary", onclick: () => (timer ? pause() : start()) }, "Play");
  const columns = kinds.map(runColumn);
  const says = h("p", { class: "mcd-says" });
  const names = { blurred: "Blurred", sharp: "Truth", kernel_true: "True kernel" };
  const references = Object.fromEntries(Object.entries(names).map(([name, text]) => [name, tile(text)]));
  const plots = [
    ["losses", chart({ title: "Loss", yLabel: "loss (log scale)", log: true, onScrub: scrub })],
    ["psnr", chart({ title: "PSNR of the network’s own output", yLabel: "PSNR (dB)", onScrub: scrub })],
    ["similarity", chart({ title: "Similarity of the kernel", yLabel: "similarity", onScrub: scrub })],
    ["spread", chart({ title: "Spread of ten samples", yLabel: "standard deviation", onScrub: scrub })],
  ];

  function pause() {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  }
  function start() {
    if (index === moments().length - 1) go(0);
    timer = setInterval(() => {
      if (signal?.aborted || !el.isConnected) return pause();
      go(index + 1);
      if (index === moments().length - 1) pause();
    }, PACE);
    play.textContent = "Pause";
  }

  /** Take the selection from the model, whoever changed it. */
  function update() {
    const wanted = chooser.chosen();
    if (wanted !== data) {
      data = wanted;
      slider.setTexts(moments().map((moment) => [`${moment}`, `iteration ${moment}`]));
      for (const [name, reference] of Object.entries(references)) {
        setPicture(reference.img, data[name], `${imageName(data.image)}, ${names[name].toLowerCase()}`);
        reference.node.hidden = !data[name];
        if (name !== "kernel_true") reference.setSize(data.size);
      }
      says.textContent = data.says;
      references.blurred.text.textContent = data.psnr_blurred == null ? "Blurred" : `Blurred, ${decibel(data.psnr_blurred)}`;
    }
    index = nearest(moments(), model.get("iteration"));
    draw();
  }

  function draw() {
    slider.set(index);
    columns.forEach((column, place) => {
      column.node.hidden = !data.runs[place];
      if (data.runs[place]) column.draw(data.runs[place], index, data);
    });
    const cursor = moments()[index];
    const xMax = Math.max(...data.runs.map((run) => run.iterations.at(-1)));
    for (const [name, plot] of plots) {
      const series = data.runs.map((run, place) => {
        const x = name === "spread" ? run.picture_iterations : run.iterations;
        const at = momentAt(x, cursor);
        return { name: run.label, kind: kinds[place], x, y: run[name], dot: run[name][at] == null ? null : [x[at], run[name][at]] };
      });
      const now = series.map((one) => `${one.name} ${one.dot ? one.dot[1].toPrecision(3) : "–"}`).join(", ");
      plot.draw(series, { xMax, cursor, summary: `${name} at iteration ${cursor} of ${xMax}: ${now}` });
    }
  }

  const root = h(
    "section",
    { class: "mcd mcd-iterations", "aria-label": "Iterations of two runs" },
    h("div", { class: "mcd-top" }, images.size > 1 ? chooser.node : null, says, h("div", { class: "mcd-scrubber" }, play, slider.node)),
    h("div", { class: "mcd-runs" }, ...columns.map((column) => column.node)),
    h("div", { class: "mcd-tiles mcd-references" }, ...Object.values(references).map(({ node }) => node)),
    h("div", { class: "mcd-plots" }, ...plots.map(([, plot]) => plot.node)),
  );
  mount(context, "iterations", root, ["image", "iteration"], update);
}

export default { render };
