// The p0 × sigma0 explorer; what widget.py puts in front of it makes one ES module of it.

function shownValue(value) {
  return value ? `${value}` : "off";
}

/** A grid with what is derived from it: cells by place, and the places of the paper's setting and of the best mean. */
function indexGrid(grid) {
  const byKey = new Map(grid.cells.map((cell) => [`${cell.p0}|${cell.sigma0}|${cell.seed}`, cell]));
  const at = (i, j, seed) => byKey.get(`${grid.p0[i]}|${grid.sigma0[j]}|${seed}`);
  const seedsAt = (i, j) => grid.seeds.map((seed) => at(i, j, seed));
  const means = grid.p0.map((_, i) => grid.sigma0.map((_, j) => mean(seedsAt(i, j).map((cell) => cell.psnr))));
  const places = grid.p0.flatMap((_, i) => grid.sigma0.map((_, j) => [i, j]));
  const best = places.reduce((one, other) => (means[other[0]][other[1]] > means[one[0]][one[1]] ? other : one));
  const place = (p0, sigma0) => [nearest(grid.p0, p0), nearest(grid.sigma0, sigma0)];
  return { ...grid, at, seedsAt, best, place, paper: place(grid.default.p0, grid.default.sigma0) };
}

/** The kernels that a slider goes through, the other standing still: each is a button that sets it. */
function kernelStrip(symbol, name, choose) {
  const row = h("div", { class: "mcd-kernels" });
  const node = h("figure", { class: "mcd-strip-of" }, h("figcaption", {}, "Kernels along ", withZero(symbol)), row);
  const set = (cells, values, chosen) => {
    const buttons = cells.map((cell, place) => {
      const img = h("img", { draggable: "false" });
      const label = `Kernel with ${name} = ${shownValue(values[place])}`;
      setPicture(img, cell.kernel, label);
      return h("button", { type: "button", "aria-label": label, "aria-pressed": `${place === chosen}`, onclick: () => choose(place) }, img, h("span", {}, shownValue(values[place])));
    });
    const held = [...row.children].indexOf(document.activeElement);
    row.replaceChildren(...buttons);
    buttons[held]?.focus();
  };
  return { node, set };
}

function render(context) {
  const { model } = context;
  const grids = new Map(model.get("grids").map((grid) => [grid.image, indexGrid(grid)]));
  let [grid, i, j, seed, live, reference, mapped] = [null, 0, 0, 0, null, "blurred", "PSNR"];

  const choose = (values) => {
    panel.leave();
    commit(model, values, update);
  };
  const pick = (row, column) => choose({ p0: grid.p0[row], sigma0: grid.sigma0[column] });
  const images = imageChooser(model, grids, choose);
  const seedNames = [...new Set([...grids.values()].flatMap((one) => one.seeds))];
  const seeds = choice("Seed", seedNames, (value) => choose({ seed: value }));
  const compare = choice("Compare with", ["blurred", "truth"], (value) => ((reference = value), draw()));
  const measures = choice("Map", Object.keys(MEASURES), (value) => ((mapped = value), buildMap()));
  const says = h("p", { class: "mcd-says" });
  const wiper = wipe("Compare: share of the picture that shows the reference");
  const kernel = tile("Kernel found");
  const truth = tile("True kernel");
  const std = deviationTile("Standard deviation");
  const number = h("output", { class: "mcd-number", "aria-live": "polite" });
  const similarity = h("span", { class: "mcd-second" });
  const facts = h("p", { class: "mcd-facts" });
  const p0 = indexSlider(withZero("p"), "dropout rate", (value) => pick(value, j));
  const sigma0 = indexSlider(withZero("σ"), "input noise", (value) => pick(i, value));
  const along = [kernelStrip("p", "p0", (value) => pick(value, j)), kernelStrip("σ", "sigma0", (value) => pick(i, value))];
  const map = heatMap(pick);
  const jumps = h("div", { class: "mcd-buttons mcd-jumps" });
  const loss = chart({ title: "Loss", yLabel: "loss (log scale)", log: true });
  const psnr = chart({ title: "PSNR of the network’s own output", yLabel: "PSNR (dB)" });
  const panel = livePanel(model, () => ({ image: grid.image, p0: grid.p0[i], sigma0: grid.sigma0[j], std_white: grid.std_white }), showLive);

  /** Take the selection from the model, whoever changed it. */
  function update() {
    live = null;
    const wanted = images.chosen();
    if (wanted !== grid) {
      grid = wanted;
      p0.setTexts(grid.p0.map((value) => [shownValue(value), `p0 = ${shownValue(value)}`]));
      sigma0.setTexts(grid.sigma0.map((value) => [shownValue(value), `sigma0 = ${shownValue(value)}`]));
      buildMap();
      says.textContent = grid.says;
      std.setWhite(grid.std_white);
      std.setSize(grid.region.slice(2));
      const targets = [["Paper’s setting", grid.paper], ["Best PSNR", grid.best], ["Both off", grid.place(0, 0)]];
      jumps.replaceChildren(...targets.map(([text, place]) => h("button", { type: "button", onclick: () => pick(...place) }, text)));
    }
    [i, j] = grid.place(model.get("p0"), model.get("sigma0"));
    seed = grid.seeds.includes(model.get("seed")) ? model.get("seed") : grid.seeds[0];
    seeds.set(seed);
    draw();
  }

  function buildMap() {
    measures.set(mapped);
    map.build(grid, MEASURES[mapped]);
    map.mark(i, j);
  }

  /** A run of the live mode, on its own image; sliders and map point at the nearest stored cell. */
  function showLive(cell, image) {
    if (image !== grid.image) commit(model, { image }, update);
    live = cell;
    [i, j] = grid.place(cell.p0, cell.sigma0);
    draw();
  }

  function draw() {
    const cell = live ?? grid.at(i, j, seed);
    const shown = cell.image || live ? cell : grid.at(i, j, grid.seeds[0]);
    const where = `p0 ${shownValue(cell.p0)}, sigma0 ${shownValue(cell.sigma0)}`;
    p0.set(i, live ? shownValue(cell.p0) : undefined);
    sigma0.set(j, live ? shownValue(cell.sigma0) : undefined);
    map.mark(i, j);
    compare.set(reference);
    const [picture, tag] = reference === "truth" ? [grid.sharp, "truth"] : [grid.blurred, `blurred ${decibel(grid.psnr_blurred)}`];
    wiper.set(
      { picture: shown.image, tag: `restored ${decibel(shown.psnr)}`, alt: `${imageName(grid.image)}, restored with ${where}` },
      { picture, tag, name: reference, alt: `${imageName(grid.image)}, ${reference}` },
      grid.size,
    );
    setPicture(kernel.img, shown.kernel, `Kernel found with ${where}, ${grid.kernel_size} pixels a side`);
    setPicture(truth.img, grid.kernel_true, "True kernel");
    setPicture(std.img, shown.std, `Standard deviation of each pixel with ${where}`);
    const drawn = grid.seeds[0]; // whose pictures the grid has
    along[0].set(grid.p0.map((_, place) => grid.at(place, j, drawn)), grid.p0, i);
    along[1].set(grid.sigma0.map((_, place) => grid.at(i, place, drawn)), grid.sigma0, j);
    std.text.textContent = shown.std ? `Standard deviation${grid.region[2] < grid.size[0] ? " on the region solved" : ""}` : "Standard deviation, at the end of the run";
    tell(cell, shown);
    curves(cell);
  }

  function tell(cell, shown) {
    number.replaceChildren(h("b", {}, cell.psnr?.toFixed(1) ?? "–"), " dB", h("span", {}, decibel(cell.psnr == null ? null : cell.psnr - grid.psnr_blurred, "+"), " over blurred"));
    similarity.replaceChildren(h("b", {}, cell.similarity?.toFixed(2) ?? "–"), " kernel similarity");
    const all = grid.seedsAt(i, j).map((one) => one.psnr);
    const spread = all.length > 1 ? `; ${ofSeeds(all)} ${decibel(mean(all))}, from ${Math.min(...all).toFixed(1)} to ${Math.max(...all).toFixed(1)}` : ", the only one";
    const lines = live ? [`trained here with p0 ${shownValue(cell.p0)}, σ0 ${shownValue(cell.sigma0)}, seed ${cell.seed}`] : [`seed ${seed}${spread}`];
    if (cell.psnr_direct != null) lines.push(`the network’s own output ${decibel(cell.psnr_direct)}`);
    if (cell.ssim != null) lines.push(`SSIM ${cell.ssim.toFixed(2)}, ${cell.seconds.toFixed(0)} s to train`);
    if (shown !== cell) lines.push(`pictures of seed ${shown.seed}`);
    facts.textContent = lines.join(" · ");
  }

  function curves(cell) {
    const x = cell.iterations ?? grid.iterations;
    const xMax = Math.max(...grid.iterations, ...x);
    const off = grid.at(...grid.place(0, 0), seed);
    const others = live ? [] : grid.seedsAt(i, j).filter((one) => one !== cell);
    for (const [plot, key, unit] of [[loss, "losses", "Loss"], [psnr, "psnr_curve", "PSNR in dB"]]) {
      const values = cell[key].filter((value) => value != null);
      const series = others.map((one) => ({ name: "other seeds", kind: "faint", x: grid.iterations, y: one[key] }));
      if (off !== cell) series.push({ name: "both off", kind: "b", x: grid.iterations, y: off[key] });
      series.push({ name: live ? "your run" : "these values", kind: "a", x, y: cell[key] });
      const ends = values.length ? `from ${values[0].toPrecision(3)} to ${values.at(-1).toPrecision(3)}` : "nothing yet";
      plot.draw(series, { xMax, range: extent(grid.cells.map((one) => one[key])), summary: `${unit} over ${xMax} iterations, ${ends}` });
    }
  }

  const readout = h("div", { class: "mcd-readout" }, h("p", { class: "mcd-eyebrow" }, "PSNR against the truth"), number, similarity, facts);
  const main = h(
    "div",
    { class: "mcd-main" },
    h("div", { class: "mcd-col mcd-stage" }, wiper.node, compare.node),
    h("div", { class: "mcd-col mcd-controls" }, readout, p0.node, sigma0.node),
    h("div", { class: "mcd-tiles" }, kernel.node, truth.node, std.node),
    h("div", { class: "mcd-col mcd-where" }, measures.node, map.node, jumps),
  );
  const root = h("section", { class: "mcd mcd-explorer", "aria-label": "Explorer of p0 and sigma0" }, h("div", { class: "mcd-top" }, images.node, seeds.node), says, main, h("div", { class: "mcd-plots" }, ...along.map(({ node }) => node), loss.node, psnr.node), panel.node);
  mount(context, "explorer", root, ["image", "p0", "sigma0", "seed"], update);
}

export default { render };
