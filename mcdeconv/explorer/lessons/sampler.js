// Chapter 6: a trained G_x that draws its samples in the page.

const [MOST_SAMPLES, PAUSE] = [64, 30]; // ms between two samples, for the page to answer
const WHITE = 0.1; // of the deviation's and the residual's pictures, of the image's range

/** A canvas with a caption, whose pixels are a grey image or, for `ramp`, a colour a value. */
function canvasTile(caption, [height, width], ramp = null) {
  const canvas = h("canvas", { width, height, role: "img", class: "mcd-pixels", style: "width:100%;height:auto;display:block" });
  const node = h("figure", { class: "mcd-tile" }, h("div", { class: "mcd-frame", style: `aspect-ratio:${width} / ${height}` }, canvas), h("figcaption", {}, caption));
  const stops = ramp?.map(channels);
  const draw = (values, scale, words) => {
    const picture = new ImageData(width, height);
    for (let pixel = 0; pixel < values.length; pixel += 1) {
      const share = Math.min(1, Math.max(0, values[pixel] * scale));
      const low = Math.min(Math.floor(share * 9), 8);
      for (let channel = 0; channel < 3; channel += 1) {
        picture.data[4 * pixel + channel] = stops ? stops[low][channel] + (share * 9 - low) * (stops[low + 1][channel] - stops[low][channel]) : 255 * share;
      }
      picture.data[4 * pixel + 3] = 255;
    }
    canvas.getContext("2d").putImageData(picture, 0, 0);
    canvas.setAttribute("aria-label", words);
  };
  return { node, draw };
}

function render(context) {
  const { model } = context;
  const sampler = samplerOf(model.get("stored"));
  const side = sampler.kernel_size;
  const seen = sampler.size.map((length) => length - side + 1);
  const tiles = {
    sample: canvasTile("The last sample", sampler.size),
    average: canvasTile("Mean of the samples", sampler.size),
    deviation: canvasTile(`Their deviation; white: ${WHITE}`, sampler.size, MAGMA),
    residual: canvasTile(`|k ⊗ mean − y|; white: ${WHITE}`, seen, MAGMA),
    blurred: canvasTile("Blurred, as given", seen),
    kernel: canvasTile("The kernel found", [side, side]),
  };
  let [sums, drawn, timer, milliseconds] = [null, 0, null, []];
  const play = h("button", { type: "button", class: "mcd-primary", onclick: () => (timer ? (pause(), redraw()) : start()) }, "Draw samples");
  const rng = generator(17);
  const anew = () => redraw();
  const sliders = [
    valueSlider(model, "p0", "p₀", "dropout", [0, 0.001, 0.03, 0.1, 0.3, 0.5], anew),
    valueSlider(model, "sigma0", "σ₀", "input noise", [0, 0.001, 0.01, 0.03, 0.1], anew),
  ];

  const settings = () => sliders.map(({ value }) => value()).join();
  function reset() {
    const zeros = () => new Float64Array(sampler.size[0] * sampler.size[1]);
    [sums, drawn, milliseconds] = [{ of: settings(), values: zeros(), squares: zeros() }, 0, []];
  }
  function one() {
    const { jitter, masks } = drawFor(sampler, ...sliders.map(({ value }) => value()), rng);
    const started = performance.now();
    const sample = sampleOf(sampler, jitter, masks);
    milliseconds.push(performance.now() - started);
    for (let pixel = 0; pixel < sample.length; pixel += 1) {
      sums.values[pixel] += sample[pixel];
      sums.squares[pixel] += sample[pixel] ** 2;
    }
    sums.last = sample;
    drawn += 1;
  }
  function pause() {
    clearTimeout(timer);
    timer = null;
    play.textContent = "Draw samples";
  }
  function start() {
    if (drawn >= MOST_SAMPLES) reset();
    play.textContent = "Pause";
    const next = () => {
      if (context.signal?.aborted || !play.isConnected) return pause();
      one();
      timer = drawn < MOST_SAMPLES ? setTimeout(next, PAUSE) : pause();
      return redraw(timer != null);
    };
    timer = setTimeout(next, 0);
  }

  const redraw = lesson(context, "sampler", "A trained network draws samples", sliders, [], () => {
    if (sums?.of !== settings()) {
      reset(); // also where Python or the address has set another value
      one();
    }
    const average = sums.values.map((value) => value / drawn);
    const deviation = sums.squares.map((value, pixel) => Math.sqrt(Math.max(0, value / drawn - average[pixel] ** 2) * (drawn / Math.max(1, drawn - 1))));
    const residual = blurredBy(sampler.kernel, side, average, sampler.size).map((value, pixel) => Math.abs(value - sampler.blurred[pixel]));
    tiles.sample.draw(sums.last, 1, "One sample of the image");
    tiles.average.draw(average, 1, `Mean of ${drawn} samples`);
    tiles.deviation.draw(deviation, 1 / WHITE, "Where the samples differ");
    tiles.residual.draw(residual, 1 / WHITE, "What the mean, blurred again, does not explain");
    tiles.blurred.draw(sampler.blurred, 1, "The blurred image");
    tiles.kernel.draw(sampler.kernel, 1 / Math.max(...sampler.kernel), "The kernel");
    const middle = [...milliseconds].sort((a, b) => a - b)[Math.floor(milliseconds.length / 2)];
    const count = drawn === 1 ? "One sample" : `${drawn} samples, ${middle.toFixed(0)} ms each`;
    const spread = drawn > 1 ? ` Their deviation is ${mean([...deviation]).toFixed(3)} in the mean.` : "";
    return `${count}.${spread} Blurred again, the mean misses the data by ${Math.sqrt(mean([...residual.map((value) => value ** 2)])).toFixed(3)}.`;
  }, h("div", { class: "mcd-buttons" }, play));
  const grid = h("div", { class: "mcd-tiles" }, ...Object.values(tiles).map(({ node }) => node));
  context.el.querySelector(".mcd-plots").replaceWith(grid);
}

export default { render };
