// Chapter 5: what random samples add to the loss, n s² ‖k‖², over the kernel's breadth.

const BREADTHS = range(23).map((index) => 0.4 + index / 10);
const [BREADTH_TRUTH, BREADTH_TAPS] = [1, 13];

/** Over the widths: the misfit of the mean, and what the samples' spread adds. */
function lossesOf(signal, std) {
  const seen = valid(signal, bump(BREADTH_TRUTH, BREADTH_TAPS));
  return BREADTHS.map((width) => expectedSquare(seen, bump(width, BREADTH_TAPS), signal, std));
}

function render(context) {
  const { model } = context;
  const plot = chart({ title: "E‖k ⊗ x − y‖², in its two parts", yLabel: "loss", xLabel: "width of the kernel" });
  const norms = chart({ title: "‖k‖² over the width", yLabel: "‖k‖²", xLabel: "width of the kernel" });
  const update = () => redraw();
  const slider = valueSlider(model, "spread", "s", "deviation of the samples", [0, 0.02, 0.05, 0.1, 0.2, 0.3], update);
  const redraw = lesson(context, "breadth", "Breadth of the kernel against its square", [slider], [plot, norms], () => {
    const found = lossesOf(model.get("signal"), slider.value());
    const [misfit, spread] = ["misfit", "spread"].map((name) => found.map((one) => one[name]));
    const sum = misfit.map((value, index) => value + spread[index]);
    const best = BREADTHS[argmax(sum.map((value) => -value))];
    const curves = [
      { name: "misfit of the mean", kind: "b", x: BREADTHS, y: misfit },
      { name: "n s² ‖k‖²", kind: "c", x: BREADTHS, y: spread },
      { name: "both, the loss", kind: "a", x: BREADTHS, y: sum, dot: [best, Math.min(...sum)] },
    ];
    plot.draw(curves, { xMin: 0.4, xMax: 2.6, range: [0, Math.max(1, 2 * Math.min(...sum))], cursor: BREADTH_TRUTH, summary: `The loss is least at a width of ${best.toFixed(1)}` });
    const square = BREADTHS.map((width) => squares(bump(width, BREADTH_TAPS)));
    norms.draw([{ name: "", kind: "a", x: BREADTHS, y: square }], { xMin: 0.4, xMax: 2.6, cursor: best, summary: "‖k‖² falls with the width" });
    const side = best > BREADTH_TRUTH + 0.05 ? "broader than the truth" : "at the truth";
    return `The loss is least at a width of ${best.toFixed(1)}: ${side}, which is ${BREADTH_TRUTH}.`;
  });
}

export default { render };
