// Chapter 2: one blur, parted in all ways between the kernel and the signal.

const DEGREE = 12;

/** The pair in which the kernel keeps `part` of the blur's twelfths, and how well it explains y. */
function pairOf(signal, part) {
  const [kernel, rest] = [binomial(part), binomial(DEGREE - part)];
  const latent = valid(signal, rest);
  const seen = valid(signal, binomial(DEGREE));
  const misfit = squares(valid(latent, kernel).map((value, index) => value - seen[index]));
  return { kernel, latent, seen, misfit, roughness: roughness(latent, 0.8) };
}

function render(context) {
  const { model } = context;
  const signals = chart({ title: "The pair’s signal", yLabel: "value", xLabel: "sample" });
  const kernels = chart({ title: "The pair’s kernel", yLabel: "tap", xLabel: "sample, from the middle" });
  const [values, update] = [range(DEGREE + 1), () => redraw()];
  const slider = valueSlider(model, "part", "k₁", "keeps of the blur", values, update, (part) => `${part}/${DEGREE}`);
  const redraw = lesson(context, "no-blur", "One blur, parted between kernel and signal", [slider], [signals, kernels], () => {
    const signal = model.get("signal");
    const part = slider.value();
    const { kernel, latent, seen, misfit, roughness: rough } = pairOf(signal, part);
    const spread = (one) => range(one.length).map((index) => index + (signal.length - one.length) / 2);
    const all = [
      { name: "blurred, what is seen", kind: "faint", x: spread(seen), y: seen },
      { name: "this pair’s signal, k₂ ⊗ x", kind: "b", x: spread(latent), y: latent },
    ];
    signals.draw(all, { xMax: signal.length - 1, range: [-0.2, 1.2], summary: `The signal of this pair, ${latent.length} samples, and the blurred one` });
    const places = kernel.map((_, index) => index - (kernel.length - 1) / 2);
    const taps = kernel.length > 1 ? kernel : [0, 1, 0];
    const at = kernel.length > 1 ? places : [-0.01, 0, 0.01];
    kernels.draw([{ name: "k₁", kind: "a", x: at, y: taps }], { xMin: -DEGREE / 2, xMax: DEGREE / 2, range: [0, 1], summary: `A kernel of ${kernel.length} taps` });
    const kind = part === 0 ? " This is the no-blur pair." : part === DEGREE ? " This is the true pair." : "";
    return `Kernel of ${kernel.length} taps. Misfit ‖k₁ ⊗ (k₂ ⊗ x) − y‖²: ${misfit < 1e-20 ? "0" : misfit.toExponential(0)}, as for every other pair. Σ|∇|^0.8 of its signal: ${rough.toFixed(2)}.${kind}`;
  });
}

export default { render };
