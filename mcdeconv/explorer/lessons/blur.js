// Chapter 1: what a kernel does to a signal, and to each frequency.

const [WAVE, BLUR_TAPS] = [64, 15];
const SPECTRUM = range(101).map((index) => index / 200);

/** |K| at a frequency in cycles a sample: what is left of a wave's height. */
function passes(kernel, frequency) {
  const angles = kernel.map((_, index) => 2 * Math.PI * frequency * index);
  return Math.hypot(total(angles.map((angle, index) => kernel[index] * Math.cos(angle))), total(angles.map((angle, index) => kernel[index] * Math.sin(angle))));
}

function kernelOf(shape, width) {
  if (shape) return bump(width / Math.sqrt(12), BLUR_TAPS); // the same standard deviation
  return Array(width).fill(1 / width);
}

function render(context) {
  const { model } = context;
  const waves = chart({ title: "A wave and an edge", yLabel: "value", xLabel: "sample" });
  const spectra = chart({ title: "What is left of each frequency", yLabel: "|K|", xLabel: "cycles a sample" });
  const update = () => redraw();
  const sliders = [
    valueSlider(model, "shape", "kernel", "", [0, 1], update, (shape) => (shape ? "Gaussian" : "box")),
    valueSlider(model, "wide", "width", "in samples, as of a box", [1, 3, 5, 7, 9, 11], update),
    valueSlider(model, "frequency", "frequency", "cycles a sample", range(10).map((index) => (index + 1) / 20), update),
  ];
  const redraw = lesson(context, "blur", "What blur does to waves and edges", sliders, [waves, spectra], () => {
    const [shape, wide, frequency] = sliders.map(({ value }) => value());
    const kernel = kernelOf(shape, wide);
    const wave = range(WAVE).map((index) => Math.sin(2 * Math.PI * frequency * index) / 2 + Number(index >= WAVE / 2));
    const seen = valid(wave, kernel);
    const shift = (kernel.length - 1) / 2;
    const curves = [
      { name: "sharp", kind: "faint", x: range(WAVE), y: wave },
      { name: "blurred", kind: "b", x: range(seen.length).map((index) => index + shift), y: seen },
    ];
    waves.draw(curves, { xMax: WAVE - 1, range: [-0.6, 1.6], summary: "A wave on an edge, sharp and blurred" });
    const left = passes(kernel, frequency);
    spectra.draw([{ name: "", kind: "a", x: SPECTRUM, y: SPECTRUM.map((one) => passes(kernel, one)), dot: [frequency, left] }], { xMax: 0.5, range: [0, 1], cursor: frequency, summary: `At ${frequency} cycles a sample ${(100 * left).toFixed(0)}% is left` });
    const divide = left > 1e-9 ? `To undo it, multiply by ${(1 / left).toPrecision(2)}, and the noise with it.` : "Nothing can undo that.";
    return `Of the wave ${(100 * left).toFixed(left < 0.01 ? 1 : 0)}% is left. ${divide} ${seen.length} of ${WAVE} samples are seen.`;
  });
}

export default { render };
