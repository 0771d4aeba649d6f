// Chapter 6: a network as prior, trained while you look.

const [STEPS_A_FRAME, LAST, RATE, CHANNELS, DRAWN] = [4, 800, 0.01, 16, 24];

/** The mean and standard deviation of some samples with the network as it is. */
function sampled(network, draw) {
  const samples = range(DRAWN).map(() => {
    const { jitter, masks } = draw();
    return outputOf(network, passed(network, jitter, masks));
  });
  const average = samples[0].map((_, place) => mean(samples.map((one) => one[place])));
  return { average, std: average.map((value, place) => Math.sqrt(mean(samples.map((one) => (one[place] - value) ** 2)))) };
}

function rms(one, other) {
  return Math.sqrt(mean(one.map((value, index) => (value - other[index]) ** 2)));
}

function render(context) {
  const { model, signal: aborted } = context;
  const plot = chart({ title: "What the network shows", yLabel: "value", xLabel: "sample" });
  const errors = chart({ title: "Distance from the clean signal", yLabel: "root mean square" });
  let [state, timer] = [null, null];
  const play = h("button", { type: "button", class: "mcd-primary", onclick: () => (timer ? (pause(), redraw()) : start()) }, "Train");
  const restart = h("button", { type: "button", onclick: () => (pause(), reset(), redraw()) }, "Start anew");
  const update = () => (pause(), reset(), redraw());
  const sliders = [
    valueSlider(model, "noise", "σ", "noise in the data", [0, 0.1, 0.2, 0.3], update),
    valueSlider(model, "dropout", "p₀", "dropout", [0, 0.02, 0.05, 0.1, 0.2], update),
    valueSlider(model, "jitter", "σ₀", "input noise", [0, 0.05, 0.1, 0.2], update),
  ];

  const settings = () => sliders.map(({ value }) => value()).join();
  function reset() {
    const [noise, dropout, jitter] = sliders.map(({ value }) => value());
    const rng = generator(3 + drawOf(model));
    const clean = model.get("signal");
    const seen = noisy(clean, noise, rng);
    const network = randomDecoder(clean.length, CHANNELS, rng);
    const draw = () => randomness(network, dropout, jitter, rng);
    state = { of: settings(), random: dropout > 0 || jitter > 0, clean, seen, network, draw, step: training(network, seen, [1], RATE, draw), errors: [], at: [], iteration: 0 };
    note();
  }
  function note() {
    const shown = outputOf(state.network, passed(state.network, null, null));
    state.at.push(state.iteration);
    state.errors.push(rms(shown, state.clean));
    state.shown = shown;
  }
  function pause() {
    clearTimeout(timer);
    timer = null;
    play.textContent = "Train";
  }
  function start() {
    if (state.iteration >= LAST) reset();
    play.textContent = "Pause";
    const frame = () => {
      if (aborted?.aborted || !play.isConnected) return pause();
      for (let count = 0; count < STEPS_A_FRAME; count += 1) state.step();
      state.iteration += STEPS_A_FRAME;
      note();
      timer = state.iteration < LAST ? setTimeout(frame, 16) : pause();
      return redraw(timer != null);
    };
    timer = setTimeout(frame, 0);
  }

  const redraw = lesson(context, "network", "A network as prior, trained in this page", sliders, [plot, errors], () => {
    if (state?.of !== settings()) reset(); // also where Python or the address has set another value
    const { average, std } = state.random && state.iteration ? sampled(state.network, state.draw) : { average: state.shown, std: null };
    const x = range(state.clean.length);
    const curves = [
      { name: "clean", kind: "faint", x, y: state.clean },
      { name: "data", kind: "c", x, y: state.seen },
      { name: std ? `mean of ${DRAWN} samples, ± one deviation` : "the network", kind: "a", x, y: average },
    ];
    if (std) for (const sign of [-1, 1]) curves.push({ name: "", kind: "faint", x, y: average.map((value, place) => value + sign * std[place]) });
    plot.draw(curves, { xMax: x.length - 1, range: [-0.8, 1.8], summary: `The network’s signal after ${state.iteration} iterations` });
    const data = rms(state.seen, state.clean);
    const series = [
      { name: "the network, without randomness", kind: "a", x: state.at, y: state.errors },
      { name: "the data", kind: "c", x: [0, LAST], y: [data, data] },
    ];
    errors.draw(series, { xMax: LAST, range: [0, Math.max(0.4, 1.2 * data)], cursor: state.iteration, summary: `Now ${state.errors.at(-1).toFixed(3)}, least ${Math.min(...state.errors).toFixed(3)}` });
    const least = argmax(state.errors.map((value) => -value));
    const spread = std ? ` The samples’ mean is at ${rms(average, state.clean).toFixed(3)}, their deviation ${mean(std).toFixed(3)}.` : "";
    return `After ${state.iteration} of ${LAST} iterations: ${state.errors.at(-1).toFixed(3)} from the clean signal; nearest so far ${state.errors[least].toFixed(3)}, at ${state.at[least]}. The data are ${data.toFixed(3)} away.${spread}`;
  }, h("div", { class: "mcd-buttons" }, play, restart));
}

export default { render };
