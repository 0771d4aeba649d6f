// Chapter 8: what a shift, and the window in which it is sought, do to a PSNR.

const [SCORED, BORDER] = [80, 8];
const FULL_OVER_STUDIO = 255 / 219;

function decibels(one, other, scale) {
  return -10 * Math.log10(mean(one.map((value, index) => ((value - other[index]) * scale) ** 2)));
}

/** PSNRs of a shifted, noisy copy against the truth, over the shifts that it is moved back by. */
function overShifts({ moved, luma }) {
  const rng = generator(21);
  const scene = range(SCORED + 2 * BORDER).map(() => 0);
  scene.forEach((_, index) => (scene[index] = index ? scene[index - 1] + (rng.uniform() < 0.25 ? 0.4 * rng.normal() : 0) : 0.5));
  const restored = noisy(scene, 0.03, rng);
  const truth = scene.slice(BORDER, -BORDER);
  const scale = luma ? 1 / FULL_OVER_STUDIO : 1;
  const at = (shift) => restored.slice(BORDER + moved - shift, SCORED + BORDER + moved - shift);
  return range(9).map((index) => decibels(at(index - 4), truth, scale));
}

function render(context) {
  const { model } = context;
  const plot = chart({ title: "PSNR over the shift that is tried", yLabel: "PSNR, dB", xLabel: "moved back by, samples" });
  const update = () => redraw();
  const sliders = [
    valueSlider(model, "moved", "shift", "of the restored signal", [0, 1, 2, 3], update),
    valueSlider(model, "window", "window", "in which it is sought, ±", [0, 1, 2, 3, 4], update),
    valueSlider(model, "luma", "luma", "range", [0, 1], update, (studio) => (studio ? "219 levels" : "255 levels")),
  ];
  const redraw = lesson(context, "shift", "What a shift does to a PSNR", sliders, [plot], () => {
    const [moved, window, luma] = sliders.map(({ value }) => value());
    const values = overShifts({ moved, luma });
    const tried = range(9).filter((index) => Math.abs(index - 4) <= window);
    const best = tried.reduce((one, other) => (values[other] > values[one] ? other : one));
    const curves = [
      { name: "all shifts", kind: "faint", x: range(9).map((index) => index - 4), y: values },
      { name: "within the window", kind: "a", x: tried.map((index) => index - 4), y: tried.map((index) => values[index]), dot: [best - 4, values[best]] },
    ];
    plot.draw(curves, { xMin: -4, xMax: 4, range: [5, 35], summary: `Best ${values[best].toFixed(1)} dB, moved back by ${best - 4}` });
    return `The table says ${values[best].toFixed(1)} dB. The restored signal is the same whatever you set here.`;
  });
}

export default { render };
