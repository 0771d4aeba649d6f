// Curves, as inline SVG; over the iterations unless another axis is named.

const BOX = { width: 340, height: 190, left: 60, right: 10, top: 10, bottom: 36 };

/** The whole numbers from `first` to `last`. */
function wholes(first, last) {
  return Array.from({ length: Math.max(0, Math.floor(last) - first + 1) }, (_, index) => first + index);
}

function linearTicks(low, high, count = 4) {
  const rough = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  return wholes(Math.ceil(low / step), high / step + 1e-6).map((tick) => Number((tick * step).toPrecision(6)));
}

function logTicks(low, high) {
  const factors = high / low > 30 ? [1] : high / low > 6 ? [1, 3] : [1, 1.5, 2, 3, 5, 7];
  const powers = wholes(Math.floor(Math.log10(low)), Math.log10(high));
  const ticks = powers.flatMap((power) => factors.map((factor) => Number((factor * 10 ** power).toPrecision(3))));
  return ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
}

function extent(lists) {
  const values = lists.flat().filter((value) => value != null && Number.isFinite(value));
  return values.length ? [Math.min(...values), Math.max(...values)] : [0, 1];
}

/**
 * A chart that is drawn anew by `draw(series, options)`.
 * series: {name, x, y, kind} with kind "a", "b", "c" or "faint"; options: {xMin, xMax, range: [low, high], cursor, summary}.
 */
function chart({ title, yLabel, xLabel = "iteration", log = false, onScrub }) {
  const svg = s("svg", { viewBox: `0 0 ${BOX.width} ${BOX.height}`, role: "img", class: "mcd-chart" });
  const legend = h("div", { class: "mcd-legend" });
  const node = h("figure", { class: "mcd-plot" }, h("figcaption", {}, title), svg, legend);
  const inner = { width: BOX.width - BOX.left - BOX.right, height: BOX.height - BOX.top - BOX.bottom };
  let xMax = 1;

  if (onScrub) {
    svg.classList.add("mcd-scrub");
    onDrag(svg, (share) => onScrub((xMax * (share * BOX.width - BOX.left)) / inner.width));
  }

  const draw = (series, options) => {
    xMax = options.xMax;
    const xMin = options.xMin ?? 0;
    let [low, high] = options.range ?? extent(series.map((one) => one.y));
    if (!log && high - low < 1e-9) [low, high] = [low - 1, high + 1];
    const place = log ? (value) => Math.log(value / low) / Math.log(high / low || 2) : (value) => (value - low) / (high - low);
    const x = (value) => BOX.left + (inner.width * (value - xMin)) / (xMax - xMin);
    const y = (value) => BOX.top + inner.height * (1 - Math.min(1, Math.max(0, place(value))));
    const parts = [];
    for (const tick of log ? logTicks(low, high) : linearTicks(low, high)) {
      parts.push(s("line", { class: "mcd-rule", x1: BOX.left, x2: BOX.width - BOX.right, y1: y(tick), y2: y(tick) }));
      parts.push(s("text", { x: BOX.left - 6, y: y(tick) + 3.5, "text-anchor": "end" }, `${tick}`));
    }
    for (const tick of linearTicks(xMin, xMax, 3)) {
      parts.push(s("text", { x: x(tick), y: BOX.height - BOX.bottom + 15, "text-anchor": tick === xMax ? "end" : "middle" }, `${tick}`));
    }
    parts.push(s("text", { x: BOX.left + inner.width / 2, y: BOX.height - 4, "text-anchor": "middle" }, xLabel));
    const middle = BOX.top + inner.height / 2;
    parts.push(s("text", { x: 10, y: middle, "text-anchor": "middle", transform: `rotate(-90 10 ${middle})` }, yLabel));
    if (options.cursor != null) {
      parts.push(s("line", { class: "mcd-cursor", x1: x(options.cursor), x2: x(options.cursor), y1: BOX.top, y2: BOX.height - BOX.bottom }));
    }
    for (const one of series) {
      const points = one.x.map((value, index) => [value, one.y[index]]).filter(([, value]) => value != null && (!log || value > 0));
      const d = points.map(([px, py], index) => `${index ? "L" : "M"}${x(px).toFixed(1)} ${y(py).toFixed(1)}`).join("");
      if (d) parts.push(s("path", { class: `mcd-line mcd-${one.kind}`, d }));
    }
    const dots = series.filter(({ dot }) => dot);
    parts.push(...dots.map(({ dot, kind }) => s("circle", { class: `mcd-dot mcd-${kind}`, cx: x(dot[0]), cy: y(dot[1]), r: 3.5 })));
    svg.replaceChildren(...parts);
    svg.setAttribute("aria-label", options.summary);
    const named = series.filter((one, index) => one.name && series.findIndex((other) => other.name === one.name) === index);
    legend.replaceChildren(...named.map((one) => h("span", {}, h("i", { class: `mcd-key mcd-${one.kind}` }), one.name)));
  };
  return { node, draw };
}
