// The ranking of all methods under one reading of a protocol; what widget.py puts in front of it makes one ES module.

const AXES = { truth: "Truth", shift: "Shifts up to", luma: "Luma", final: "Final deconvolution" };
const WORDS = { own: "each file's own", scene: "one a scene", studio: "studio range", full: "full range" };
const LEADERS = 3; // read out; the others stand in the list
const SLIDE = { duration: 350, easing: "ease-out" };

function wordOf(axis, value) {
  return axis === "shift" ? `${value} px` : (WORDS[value] ?? value);
}

/** The values of an axis that a data set has readings of. */
function valuesOf(data, axis) {
  return axis === "final" ? data.finals : [...new Set(data.readings.map((reading) => reading[axis]))];
}

function cellOf(line, data, chosen) {
  const protocol = data.readings.find((one) => ["truth", "shift", "luma"].every((axis) => one[axis] === chosen[axis]));
  return line.cells[`${line.stage === "direct" ? "direct" : chosen.final}/${protocol?.name}`];
}

/** Whether a line is scored on fewer images than the others, easier ones perhaps: it gets no place among them. */
function onFewer(data, { line, cell }) {
  return Boolean(cell) && line.kind !== "bound" && cell.images < data.most;
}

/** Lines by their mean under a reading, each with its place; the bound has none, nor has what is not scored under it. */
function ranked(data, chosen, lines = data.lines) {
  const found = lines.map((line) => ({ line, cell: cellOf(line, data, chosen) }));
  found.sort((one, other) => (other.cell?.mean ?? -Infinity) - (one.cell?.mean ?? -Infinity));
  let place = 0;
  return found.map((entry) => ({ ...entry, place: entry.cell && entry.line.kind !== "bound" && !onFewer(data, entry) ? (place += 1) : null }));
}

function axisOf(data) {
  const cells = data.lines.flatMap((line) => Object.values(line.cells));
  const printed = [...data.printed, ...data.lines.map((line) => line.printed)].map((one) => one?.value);
  const [low, high] = extent([cells.flatMap((cell) => [cell.mean, cell.low, cell.high]), printed]);
  const [from, to] = [Math.floor(low), Math.max(Math.ceil(high), Math.floor(low) + 1)];
  return { at: (value) => `${(100 * (value - from)) / (to - from)}%`, ticks: linearTicks(from, to, 8) };
}

function mark(kind, left, width) {
  return h("i", { class: `mcd-mark mcd-${kind}`, style: `left:${left}${width ? `;right:calc(100% - ${width})` : ""}` });
}

function strip(axis, cell, printed) {
  const marks = axis.ticks.map((tick) => mark("grid", axis.at(tick)));
  if (cell?.bound != null) marks.push(mark("bound", axis.at(cell.bound)));
  if (cell?.low != null) marks.push(mark("whisker", axis.at(cell.low), axis.at(cell.high)));
  if (cell) marks.push(mark("mean", axis.at(cell.mean)));
  if (printed) marks.push(mark("printed", axis.at(printed.value)));
  return h("span", { class: "mcd-strip", "aria-hidden": "true" }, ...marks);
}

/** How a line's place differs from that under the data set's own reading. */
function moved(place, before) {
  if (!place || !before || place === before) return null;
  const [by, up] = [Math.abs(place - before), place < before];
  return h("small", { class: "mcd-moved" }, `${up ? "▲" : "▼"} ${by} ${by === 1 ? "place" : "places"} ${up ? "up" : "down"}`);
}

function row(data, axis, { line, cell, place }, before) {
  const few = cell && cell.images < data.images;
  const extra = cell && h("small", { class: few && "mcd-few" }, few ? `only ${cell.images} of ${data.images} images` : `${cell.images} images`);
  const who = h("span", { class: "mcd-who" }, h("b", {}, line.name), h("small", {}, line.detail), extra, moved(place, before));
  const interval = cell?.low == null ? null : h("small", {}, `${cell.low.toFixed(2)} to ${cell.high.toFixed(2)}`);
  const printed = line.printed && h("small", {}, `printed ${line.printed.text}`);
  const score = h("span", { class: "mcd-score" }, cell ? h("b", {}, `${cell.mean.toFixed(2)} dB`) : h("small", {}, "not scored so"), interval, printed);
  return [h("span", { class: "mcd-place" }, place ? `${place}` : line.kind === "bound" && cell ? "bound" : "–"), who, strip(axis, cell, line.printed), score];
}

function printedRow(axis, one) {
  const who = h("span", { class: "mcd-who" }, h("b", {}, one.name), h("small", {}, one.detail));
  const score = h("span", { class: "mcd-score" }, h("b", {}, `${one.text} dB`));
  return h("li", {}, h("span", { class: "mcd-place" }), who, strip(axis, null, one), score);
}

function inWords(data, chosen, entries, shifts) {
  const reading = Object.keys(AXES).filter((name) => valuesOf(data, name).length > 1);
  const first = entries.filter((entry) => entry.place && entry.place <= LEADERS);
  const places = first.map(({ line, cell, place }) => `${place} ${line.name}${line.stage === "direct" ? ", own picture" : ""}, ${cell.mean.toFixed(2)} dB`);
  const ours = entries.find((entry) => entry.line.kind === "ours" && entry.place);
  const own = ours ? ` Ours has place ${ours.place} of ${entries.filter((entry) => entry.place).length}.` : "";
  const change = shifts ? `${shifts} of them are elsewhere than under the data set's own reading.` : "The order is that of the data set's own reading.";
  const words = reading.map((name) => `${AXES[name].toLowerCase()} ${wordOf(name, chosen[name])}`);
  return `With ${words.join(", ")}: ${places.join("; ")}.${own} ${change}`;
}

function render(context) {
  const { model } = context;
  const all = new Map(model.get("data").map((one) => [one.title, one]));
  const list = h("ol", { class: "mcd-ranking", "aria-label": "Ranking" });
  const fewer = h("ul", { class: "mcd-ranking", "aria-label": "On fewer images, without a place" });
  const others = h("ul", { class: "mcd-ranking", "aria-label": "Printed numbers of methods that have no line above" });
  const scale = h("div", { class: "mcd-scale", "aria-hidden": "true" });
  const status = h("p", { class: "mcd-status", role: "status", "aria-live": "polite" });
  const controls = h("div", { class: "mcd-top" });
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let [data, axis, nodes, choices] = [null, null, new Map(), {}];

  const sets = choice("Data set", [...all.keys()], (title) => commit(model, { dataset: all.get(title).dataset, ...all.get(title).own }, update));

  function show(next) {
    [data, axis] = [next, axisOf(next)];
    nodes = new Map(data.lines.map((line) => [line.id, h("li", { class: `mcd-of-${line.kind}` })]));
    choices = Object.fromEntries(Object.keys(AXES).map((name) => [name, axisChoice(name, valuesOf(data, name))]));
    const several = Object.entries(choices).filter(([name]) => valuesOf(data, name).length > 1);
    controls.replaceChildren(...several.map(([, { node }]) => node));
    scale.replaceChildren(h("span", {}, ...axis.ticks.map((tick) => h("i", { style: `left:${axis.at(tick)}` }, `${tick}`))));
    others.replaceChildren(...[...data.printed].sort((one, other) => other.value - one.value).map((one) => printedRow(axis, one)));
  }
  function axisChoice(name, values) {
    const word = (value) => wordOf(name, value);
    return choice(AXES[name], values.map(word), (chosen) => commit(model, { [name]: values.find((value) => word(value) === chosen) }, draw));
  }

  function update() {
    const wanted = [...all.values()].find((one) => one.dataset === model.get("dataset")) ?? [...all.values()][0];
    if (wanted !== data) show(wanted);
    sets.set(data.title);
    draw();
  }

  function draw() {
    const chosen = Object.fromEntries(Object.keys(AXES).map((name) => [name, model.get(name)]));
    for (const [name, { set }] of Object.entries(choices)) set(wordOf(name, chosen[name]));
    const entries = ranked(data, chosen);
    const compared = entries.filter(({ cell }) => cell).map(({ line }) => line);
    const before = new Map(ranked(data, data.own, compared).map(({ line, place }) => [line.id, place]));
    const tops = new Map([...nodes].map(([id, node]) => [id, node.isConnected ? node.getBoundingClientRect().top : null]));
    for (const entry of entries) nodes.get(entry.line.id).replaceChildren(...row(data, axis, entry, before.get(entry.line.id)));
    const below = entries.filter((entry) => onFewer(data, entry));
    list.replaceChildren(...entries.filter((entry) => !below.includes(entry)).map(({ line }) => nodes.get(line.id)));
    fewer.replaceChildren(...below.map(({ line }) => nodes.get(line.id)));
    fewerTitle.hidden = !below.length;
    for (const [id, node] of nodes) {
      const by = tops.get(id) == null ? 0 : tops.get(id) - node.getBoundingClientRect().top;
      if (by && !still.matches) node.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], SLIDE);
    }
    status.textContent = inWords(data, chosen, entries, entries.filter(({ line, place }) => place && place !== before.get(line.id)).length);
  }

  const key = (kind, text) => h("span", {}, h("i", { class: `mcd-mark mcd-${kind}` }), text);
  const legend = h("div", { class: "mcd-legend mcd-keys" }, key("mean", "mean"), key("whisker", "95% interval"), key("bound", "true kernel, same images"), key("printed", "printed in the paper"));
  const fewerTitle = h("p", { class: "mcd-name" }, "On fewer images: no place among the others");
  const title = h("p", { class: "mcd-name" }, "Printed, without a line above");
  const root = h("section", { class: "mcd mcd-table-1", "aria-label": "Ranking under a reading" }, all.size > 1 ? h("div", { class: "mcd-top" }, sets.node) : null, controls, status, legend, scale, list, fewerTitle, fewer, title, others);
  mount(context, "ranking", root, ["dataset", ...Object.keys(AXES)], update);
}

export default { render };
