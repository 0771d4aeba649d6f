// Chapter 5: Jensen's bound, the exact value, and what more samples do.

const GAP_WIDTHS = range(13).map((index) => 0.4 + index / 10);
const [TRUE_WIDTH, TAPS, GAP_NOISE, SAMPLES] = [1, 7, 0.1, 512];

/** Over the widths: the exact log p(y|k), the bound, and the mean logarithm of means of `group` likelihoods. */
function boundsOf({ signal, std, group, draw }) {
  const rng = generator(50 + draw);
  const seen = noisy(valid(noisy(signal, std, rng), bump(TRUE_WIDTH, TAPS)), GAP_NOISE, rng);
  const samples = range(SAMPLES).map(() => noisy(signal, std, rng));
  return GAP_WIDTHS.map((width) => {
    const kernel = bump(width, TAPS);
    const logs = samples.map((sample) => logLikelihood(seen, kernel, sample, GAP_NOISE));
    return { ...evidenceAndBound(seen, kernel, signal, std, GAP_NOISE), sampled: logMeans(logs, group) };
  });
}

function render(context) {
  const { model } = context;
  const plot = chart({ title: "log p(y|k) and its bound", yLabel: "logarithm", xLabel: "width of the kernel" });
  const gaps = chart({ title: "The gap between them", yLabel: "exact less bound", xLabel: "width of the kernel" });
  const update = () => redraw();
  const sliders = [
    valueSlider(model, "std", "s", "spread of p(x)", [0.02, 0.05, 0.1, 0.2, 0.4], update),
    valueSlider(model, "group", "M", "samples in one logarithm", [1, 2, 8, 32, 128, 512], update),
  ];
  const redraw = lesson(context, "gap", "Jensen’s bound and its gap", sliders, [plot, gaps], () => {
    const [std, group] = sliders.map(({ value }) => value());
    const found = boundsOf({ signal: model.get("signal"), std, group, draw: drawOf(model) });
    const [exact, bound, sampled] = ["evidence", "bound", "sampled"].map((name) => found.map((one) => one[name]));
    const best = (values) => GAP_WIDTHS[argmax(values)].toFixed(1);
    const span = [...exact, ...bound].filter((value) => value > Math.max(...bound) - 80);
    const curves = [
      { name: "exact", kind: "a", x: GAP_WIDTHS, y: exact },
      { name: "bound", kind: "b", x: GAP_WIDTHS, y: bound },
      { name: `mean over M = ${group} in the logarithm`, kind: "c", x: GAP_WIDTHS, y: sampled },
    ];
    plot.draw(curves, { xMin: 0.4, xMax: 1.6, range: extent(span), cursor: TRUE_WIDTH, summary: `Highest at ${best(exact)} exactly, at ${best(bound)} by the bound` });
    const gap = exact.map((value, index) => value - bound[index]);
    gaps.draw([{ name: "", kind: "a", x: GAP_WIDTHS, y: gap }], { xMin: 0.4, xMax: 1.6, range: [0, Math.max(...gap)], cursor: TRUE_WIDTH, summary: `From ${gap.at(0).toFixed(1)} for narrow kernels to ${gap.at(-1).toFixed(1)} for broad ones` });
    return `Best width: ${best(exact)} exactly, ${best(bound)} by the bound, ${best(sampled)} with M = ${group}. At the true width the gap is ${gap[nearest(GAP_WIDTHS, TRUE_WIDTH)].toFixed(1)}.`;
  }, again(model, "New data", update));
}

export default { render };
