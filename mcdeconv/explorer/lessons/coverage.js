// Chapter 7: how often intervals hold the truth, on problems that are drawn in the page.

const LEVELS = [0.5, 0.8, 0.95];
const QUANTILES = [0.6744897501960817, 1.2815515655446008, 1.959963984540054]; // of the normal distribution, either side
const [COVERED_LENGTH, COVERED_TAPS, DIFFERENCE, COVERED_NOISE, PROBLEMS] = [32, 7, 0.3, 0.1, 500];

/** The share of samples within each interval, over 500 problems of which noise and kernel were assumed right or wrong. */
function coverageOf({ assumed, blur, draw }) {
  const rng = generator(7 + draw);
  const { gain, std } = smoothPosterior(bump(blur, COVERED_TAPS), COVERED_LENGTH, DIFFERENCE, 1, assumed * COVERED_NOISE);
  const hits = LEVELS.map(() => 0);
  for (let problem = 0; problem < PROBLEMS; problem += 1) {
    const truth = smoothSignal(COVERED_LENGTH, DIFFERENCE, 1, rng);
    const seen = noisy(valid(truth, bump(1, COVERED_TAPS)), COVERED_NOISE, rng);
    truth.forEach((value, place) => {
      const off = Math.abs(value - total(gain[place].map((weight, index) => weight * seen[index])));
      QUANTILES.forEach((quantile, level) => (hits[level] += Number(off <= quantile * std[place])));
    });
  }
  return hits.map((count) => count / (PROBLEMS * COVERED_LENGTH));
}

function render(context) {
  const { model } = context;
  const plot = chart({ title: "Promised and kept", yLabel: "share that holds the truth", xLabel: "level of the interval" });
  const update = () => redraw();
  const sliders = [
    valueSlider(model, "assumed", "noise", "assumed, times the true one", [0.25, 0.5, 1, 2, 4], update),
    valueSlider(model, "blur", "width", "assumed of the kernel; 1 is true", [0.6, 0.8, 1, 1.2, 1.6], update),
  ];
  const redraw = lesson(context, "coverage", "Coverage of intervals", sliders, [plot], () => {
    const [assumed, blur] = sliders.map(({ value }) => value());
    const shares = coverageOf({ assumed, blur, draw: drawOf(model) });
    const said = LEVELS.map((level, index) => `${(100 * shares[index]).toFixed(0)}% for ${(100 * level).toFixed(0)}%`).join(", ");
    const curves = [
      { name: "as promised", kind: "faint", x: [0.4, 1], y: [0.4, 1] },
      { name: "counted", kind: "a", x: LEVELS, y: shares },
    ];
    plot.draw(curves, { xMin: 0.4, xMax: 1, range: [0, 1], summary: `Counted: ${said}` });
    const off = shares[1] - LEVELS[1];
    const verdict = Math.abs(off) < 0.02 ? "The intervals keep what they promise." : off < 0 ? "They are too narrow: too sure." : "They are wider than they need be.";
    return `Over ${PROBLEMS} problems: ${said}. ${verdict}`;
  }, again(model, "New problems", update));
}

export default { render };
