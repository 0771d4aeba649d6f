// Chapter 4: the best pair against the best kernel, on signals that are drawn in the page.

const WIDTHS = range(11).map((index) => index / 5);
const [LENGTH, SIZE, SIGNALS] = [12, 5, 12];

/** Both logarithms over the widths, less their maxima, and the signals that they are of. */
function curvesOf({ texture, noise, width, draw }) {
  const prior = { chance: 0.25, jump: 1, small: texture, level: 1 };
  const rng = generator(1000 + draw);
  const sharp = range(SIGNALS).map(() => sparseSignal(LENGTH, prior, rng));
  const seen = sharp.map((one) => noisy(valid(one, bump(width, SIZE)), noise, rng));
  const found = WIDTHS.map((each) => sparseLogs(seen, bump(each, SIZE), prior, noise));
  return { sharp, seen, alone: lessMaximum(found.map((one) => one.alone)), pair: lessMaximum(found.map((one) => one.pair)) };
}

function render(context) {
  const { model } = context;
  const logs = chart({ title: "How probable is each width?", yLabel: "log, less its maximum", xLabel: "width of the kernel" });
  const first = chart({ title: `The first of the ${SIGNALS} signals`, yLabel: "value", xLabel: "sample" });
  const update = () => redraw();
  const sliders = [
    valueSlider(model, "texture", "texture", "between the jumps", [0.02, 0.05, 0.1, 0.2, 0.4], update),
    valueSlider(model, "noise", "σ", "noise", [0.02, 0.05, 0.1, 0.2], update),
    valueSlider(model, "width", "width", "of the true kernel", [0.4, 0.8, 1, 1.2, 1.6], update),
  ];
  const redraw = lesson(context, "kernel-alone", "The best pair against the best kernel", sliders, [logs, first], () => {
    const [texture, noise, width] = sliders.map(({ value }) => value());
    const { sharp, seen, alone, pair } = curvesOf({ texture, noise, width, draw: drawOf(model) });
    const summary = `Highest at ${WIDTHS[argmax(alone)]} for the kernel alone, at ${WIDTHS[argmax(pair)]} for the best pair`;
    const curves = [
      { name: "kernel alone", kind: "a", x: WIDTHS, y: alone },
      { name: "best pair", kind: "b", x: WIDTHS, y: pair },
    ];
    logs.draw(curves, { xMax: 2, range: [-30, 1], cursor: width, summary });
    const signals = [
      { name: "sharp", kind: "faint", x: range(LENGTH), y: sharp[0] },
      { name: "blurred", kind: "b", x: range(seen[0].length).map((index) => index + (SIZE - 1) / 2), y: seen[0] },
    ];
    first.draw(signals, { xMax: LENGTH - 1, summary: "A sharp signal and what is seen of it" });
    const word = (value) => (value < 0.3 ? "no blur" : `a width of ${value}`);
    return `The kernel alone: ${word(WIDTHS[argmax(alone)])}. The best pair: ${word(WIDTHS[argmax(pair)])}. The truth: a width of ${width}.`;
  }, again(model, "New signals", update));
}

export default { render };
