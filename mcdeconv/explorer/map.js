// The heat map of the explorer.

/** What a map can show: a number of the cells, with its name and how it is written. */
const MEASURES = {
  PSNR: { key: "psnr", title: "PSNR in dB", short: (value) => value.toFixed(1), text: (value) => decibel(value) },
  kernel: { key: "similarity", title: "Kernel similarity", short: (value) => value.toFixed(2), text: (value) => value.toFixed(2) },
};

const VIRIDIS = ["#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"];
const DARK = 0.437; // the share of the ramp up to which white can be read better than black (WCAG's relative luminance)

/** What a number of these seeds is. */
const ofSeeds = ({ length }) => (length > 1 ? `mean of ${length} seeds` : "one seed");

/** The colour at a share (0 to 1) of a ramp. */
function rampColour(stops, share) {
  const place = share * (stops.length - 1);
  const low = Math.min(Math.floor(place), stops.length - 2);
  const [from, to] = [channels(stops[low]), channels(stops[low + 1])];
  return `rgb(${from.map((value, index) => Math.round(value + (place - low) * (to[index] - value))).join(" ")})`;
}

/** The map of a mean: a grid of buttons, one of them in the tab order; p0 grows upwards, sigma0 to the right. */
function heatMap(onPick) {
  const table = h("table", { class: "mcd-map", role: "grid", onkeydown: (event) => move(event) });
  const bar = colourBar(VIRIDIS, (from, to) => `Colours from ${from} to ${to}`);
  const title = h("p", { class: "mcd-eyebrow" });
  const key = (mark, text) => h("span", {}, h("i", { class: `mcd-mark-key mcd-${mark}`, "aria-hidden": "true" }), text);
  const legend = h("p", { class: "mcd-legend" }, key("paper", "the paper’s setting"), key("best", "best PSNR"));
  const node = h("div", { class: "mcd-heat" }, title, table, bar.node, legend);
  let buttons = [];
  let place = [0, 0];

  const move = (event) => {
    const [i, j] = place;
    const [up, down, left, right] = [[i + 1, j], [i - 1, j], [i, j - 1], [i, j + 1]];
    const ends = { Home: [i, 0], End: [i, buttons[i].length - 1] };
    const target = { ArrowUp: up, ArrowDown: down, ArrowLeft: left, ArrowRight: right, ...ends }[event.key];
    if (!target || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const button = buttons[target[0]]?.[target[1]];
    if (!button) return;
    onPick(...target);
    button.focus();
  };

  const cell = (grid, measure, [low, high], i, j) => {
    const scores = grid.seedsAt(i, j).map((one) => one[measure.key]);
    const value = mean(scores);
    const share = (value - low) / (high - low || 1);
    const marks = [[grid.paper, "paper", "the paper’s setting"], [grid.best, "best", "best PSNR"]].filter(([place]) => place[0] === i && place[1] === j);
    const name = `p0 ${shownValue(grid.p0[i])}, sigma0 ${shownValue(grid.sigma0[j])}`;
    const text = [`${name}: ${measure.text(value)}`, ofSeeds(scores), ...marks.map(([, , words]) => words)].join(", ");
    const each = scores.map(measure.short).join(", ");
    const style = `background:${rampColour(VIRIDIS, share)};color:${share < DARK ? "#fff" : "#000"}`;
    const own = { class: marks.map(([, mark]) => `mcd-${mark}`).join(" "), "aria-label": text, title: `${text} (${each})` };
    const button = h("button", { type: "button", tabindex: -1, style, ...own, onclick: () => onPick(i, j) }, measure.short(value));
    buttons[i][j] = button;
    return h("td", { role: "gridcell", "aria-selected": "false" }, button);
  };
  const build = (grid, measure) => {
    const range = extent(grid.p0.map((_, i) => grid.sigma0.map((_, j) => mean(grid.seedsAt(i, j).map((one) => one[measure.key])))));
    buttons = grid.p0.map(() => []);
    place = [0, 0];
    const rows = grid.p0.map((value, i) => h("tr", { role: "row" }, h("th", { scope: "row", role: "rowheader" }, shownValue(value)), ...grid.sigma0.map((_, j) => cell(grid, measure, range, i, j))));
    const corner = h("td", { role: "gridcell", class: "mcd-corner" }, h("span", {}, withZero("p"), " ↑"), h("span", {}, withZero("σ"), " →"));
    const head = h("tr", { role: "row" }, corner, ...grid.sigma0.map((value) => h("th", { scope: "col", role: "columnheader" }, shownValue(value))));
    title.textContent = `${measure.title}, ${ofSeeds(grid.seeds)}`;
    table.setAttribute("aria-label", `${title.textContent}, over p0 (rows) and sigma0 (columns)`);
    table.replaceChildren(h("tbody", { role: "rowgroup" }, ...rows.reverse(), head));
    bar.set(...range.map(measure.text));
  };
  const mark = (...next) => {
    for (const [i, j] of [place, next]) {
      buttons[i][j].tabIndex = i === next[0] && j === next[1] ? 0 : -1;
      buttons[i][j].parentNode.setAttribute("aria-selected", buttons[i][j].tabIndex === 0);
    }
    place = next;
  };
  return { node, build, mark };
}
