// Chapter 3: whether a prior finds a signal or its blurred self more probable.

const SCENES = ["step", "line", "texture"];
const ROUGH_WIDTHS = range(9).map((index) => index / 4);
const ROUGH_TAPS = 13;

function sceneOf(kind) {
  const rng = generator(11);
  return range(60).map((index) => (kind === 0 ? Number(index >= 30) : kind === 1 ? Number(index === 30) : Number(index >= 30) + 0.15 * rng.normal()));
}

function render(context) {
  const { model } = context;
  const signals = chart({ title: "The scene, sharp and blurred", yLabel: "value", xLabel: "sample" });
  const costs = chart({ title: "Σ|∇x|^α over the blur", yLabel: "share of the sharp signal’s", xLabel: "width of the blur" });
  const update = () => redraw();
  const sliders = [
    valueSlider(model, "scene", "scene", "", [0, 1, 2], update, (index) => SCENES[index]),
    valueSlider(model, "power", "α", "exponent", [0.1, 0.3, 0.5, 0.8, 1, 1.5, 2], update),
    valueSlider(model, "wide", "width", "of the blur", ROUGH_WIDTHS.slice(1), update),
  ];
  const redraw = lesson(context, "roughness", "What a prior says of blur", sliders, [signals, costs], () => {
    const [kind, power, width] = sliders.map(({ value }) => value());
    const scene = sceneOf(kind);
    const inside = scene.slice((ROUGH_TAPS - 1) / 2, -(ROUGH_TAPS - 1) / 2);
    const smooth = valid(scene, bump(width, ROUGH_TAPS));
    const x = range(inside.length);
    const curves = [
      { name: "sharp", kind: "faint", x, y: inside },
      { name: "blurred", kind: "b", x, y: smooth },
    ];
    signals.draw(curves, { xMax: x.length - 1, range: [-0.6, 1.6], summary: `A ${SCENES[kind]}, sharp and blurred` });
    const sharp = roughness(inside, power);
    const shares = ROUGH_WIDTHS.map((each) => roughness(valid(scene, bump(each, ROUGH_TAPS)), power) / sharp);
    const now = roughness(smooth, power) / sharp;
    costs.draw([{ name: "", kind: "a", x: ROUGH_WIDTHS, y: shares, dot: [width, now] }], { xMax: 2, range: [0, Math.max(1.1, ...shares)], cursor: width, summary: `The blurred one has ${now.toFixed(2)} times the sharp one’s` });
    const verdict = Math.abs(now - 1) < 0.005 ? "The prior cannot tell them apart." : now < 1 ? "The prior finds the blurred one more probable." : "The prior finds the sharp one more probable.";
    return `Blurred, the sum is ${now.toFixed(2)} times the sharp signal’s. ${verdict}`;
  });
}

export default { render };
