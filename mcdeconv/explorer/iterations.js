// The iteration scrubber; what assets.py puts in front of it makes one ES module of it.

const PACE = 700; // ms a picture when it plays

/** The index of the last moment that is not after an iteration. */
function momentAt(moments, iteration) {
  const found = moments.findLastIndex((moment) => moment <= iteration);
  return Math.max(0, found);
}

function runColumn(kind) {
  const image = tile("");
  const kernel = tile("Kernel");
  const std = deviationTile("");
  const heading = h("p", { class: "mcd-name" });
  const number = h("p", { class: "mcd-number" });
  image.node.classList.add("mcd-large");
  const node = h("div", { class: `mcd-run mcd-run-${kind}` }, std.filter, heading, image.node, number, h("div", { class: "mcd-tiles" }, kernel.node, std.node));

  const draw = (run, index, white) => {
    std.bar.set("0", `${white}`);
    const iteration = run.picture_iterations[index];
    const moment = momentAt(run.iterations, iteration);
    const name = `${run.label}, iteration ${iteration}`;
    heading.replaceChildren(h("i", { class: `mcd-key mcd-${kind}` }), run.label);
    setPicture(image.img, run.images[index], `Restored image, ${name}`);
    setPicture(kernel.img, run.kernels[index], `Kernel, ${name}`);
    setPicture(std.img, run.stds[index], `Standard deviation of each pixel, ${name}`);
    const score = run.psnr[moment];
    number.replaceChildren(h("b", {}, score?.toFixed(1) ?? "–"), " dB");
    kernel.text.textContent = run.similarity[moment] == null ? "Kernel" : `Kernel, similarity ${run.similarity[moment].toFixed(2)}`;
    std.text.textContent = `Spread ${run.spread[index]?.toFixed(3) ?? "–"}`;
  };
  return { node, draw };
}

function render({ model, el, signal }) {
  const images = new Map(model.get("images").map((one) => [one.image, one]));
  const kinds = ["a", "b"];
  let [data, index, timer] = [null, 0, null];

  const go = (wanted) => {
    index = Math.min(moments().length - 1, Math.max(0, wanted));
    commit(model, { iteration: moments()[index] }, draw);
  };
  const moments = () => data.runs[0].picture_iterations;
  const scrub = (iteration) => (pause(), go(nearest(moments(), iteration)));

  const chooser = imageChooser(model, images, (values) => commit(model, values, () => (adopt(), draw())));
  const slider = indexSlider({ symbol: "Iteration", label: "", texts: [["", ""]], value: 0, onInput: (value) => (pause(), go(value)) });
  const play = h("button", { type: "button", class: "mcd-play mcd-primary", onclick: () => (timer ? pause() : start()) });
  const columns = kinds.map(runColumn);
  const references = [tile("Blurred"), tile("Truth"), tile("True kernel")];
  const plots = [
    ["losses", chart({ title: "Loss", yLabel: "loss (log scale)", log: true, onScrub: scrub })],
    ["psnr", chart({ title: "PSNR against the truth", yLabel: "PSNR (dB)", onScrub: scrub })],
    ["similarity", chart({ title: "Similarity of the kernel", yLabel: "similarity", onScrub: scrub })],
    ["spread", chart({ title: "Spread of ten samples", yLabel: "standard deviation", onScrub: scrub })],
  ];

  function label() {
    play.textContent = timer ? "Pause" : "Play";
  }
  function pause() {
    clearInterval(timer);
    timer = null;
    label();
  }
  function start() {
    if (index === moments().length - 1) go(0);
    timer = setInterval(() => {
      if (signal?.aborted || !el.isConnected) return pause();
      go(index + 1);
      if (index === moments().length - 1) pause();
    }, PACE);
    label();
  }

  function adopt() {
    const wanted = chooser.chosen();
    if (wanted !== data) {
      data = wanted;
      slider.setTexts(moments().map((moment) => [`${moment}`, `iteration ${moment}`]));
      const pictures = [[data.blurred, "blurred"], [data.sharp, "sharp"], [data.kernel_true, "true kernel"]];
      references.forEach((one, place) => {
        setPicture(one.img, pictures[place][0], `${imageName(data.image)}, ${pictures[place][1]}`);
        one.node.hidden = !pictures[place][0];
      });
    }
    index = nearest(moments(), model.get("iteration"));
    chooser.set(data.image);
  }

  function draw() {
    slider.set(index);
    columns.forEach((column, place) => {
      column.node.hidden = !data.runs[place];
      if (data.runs[place]) column.draw(data.runs[place], index, data.std_white);
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
    h("div", { class: "mcd-top" }, images.size > 1 ? chooser.node : null, h("div", { class: "mcd-scrubber" }, play, slider.node)),
    h("div", { class: "mcd-runs" }, ...columns.map((column) => column.node)),
    h("div", { class: "mcd-tiles mcd-references" }, ...references.map((one) => one.node)),
    h("div", { class: "mcd-plots" }, ...plots.map(([, plot]) => plot.node)),
  );
  el.replaceChildren(root);
  adopt();
  label();
  draw();
  for (const name of ["image", "iteration"]) model.on(`change:${name}`, () => (adopt(), draw()));
  hideFallback("iterations");
}

export default { render };
