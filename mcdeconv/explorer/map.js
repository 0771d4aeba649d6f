// The heat map of the explorer.

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

/** The map of mean PSNR: a grid of buttons, one of them in the tab order; p0 grows upwards, sigma0 to the right. */
function heatMap(onPick) {
  const table = h("table", { class: "mcd-map", role: "grid", onkeydown: (event) => move(event) });
  const bar = colourBar(VIRIDIS, (from, to) => `Colours from ${from} to ${to}`);
  const title = h("p", { class: "mcd-eyebrow" });
  const node = h("div", { class: "mcd-heat" }, title, table, bar.node);
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

  const cell = (grid, i, j) => {
    const value = grid.means[i][j];
    const share = (value - grid.low) / (grid.high - grid.low || 1);
    const scores = grid.seedsAt(i, j).map((one) => one.psnr);
    const name = `p0 ${shownValue(grid.p0[i])}, sigma0 ${shownValue(grid.sigma0[j])}`;
    const text = `${name}: ${value.toFixed(1)} dB, ${ofSeeds(scores)}`;
    const each = scores.map((score) => score.toFixed(1)).join(", ");
    const style = `background:${rampColour(VIRIDIS, share)};color:${share < DARK ? "#fff" : "#000"}`;
    const button = h("button", { type: "button", tabindex: -1, style, "aria-label": text, title: `${text} (${each})`, onclick: () => onPick(i, j) }, value.toFixed(1));
    buttons[i][j] = button;
    return h("td", { role: "gridcell", "aria-selected": "false" }, button);
  };
  const build = (grid) => {
    buttons = grid.p0.map(() => []);
    place = [0, 0];
    const rows = grid.p0.map((value, i) => h("tr", { role: "row" }, h("th", { scope: "row", role: "rowheader" }, shownValue(value)), ...grid.sigma0.map((_, j) => cell(grid, i, j))));
    const corner = h("td", { role: "gridcell", class: "mcd-corner" }, h("span", {}, withZero("p"), " ↑"), h("span", {}, withZero("σ"), " →"));
    const head = h("tr", { role: "row" }, corner, ...grid.sigma0.map((value) => h("th", { scope: "col", role: "columnheader" }, shownValue(value))));
    title.textContent = `PSNR in dB, ${ofSeeds(grid.seeds)}`;
    table.setAttribute("aria-label", `${title.textContent}, over p0 (rows) and sigma0 (columns)`);
    table.replaceChildren(h("tbody", { role: "rowgroup" }, ...rows.reverse(), head));
    bar.set(decibel(grid.low), decibel(grid.high));
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
