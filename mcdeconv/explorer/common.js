// Shared by the widgets; assets.py joins such parts and a widget's own file to one ES module.

const SVG = "http://www.w3.org/2000/svg";
const VIRIDIS = ["#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"];
const MAGMA = ["#000004", "#180f3d", "#440f76", "#721f81", "#9e2f7f", "#cd4071", "#f1605d", "#fd9668", "#feca8d", "#fcfdbf"];
const MINUS = "\u2212";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

/** An HTML element; attributes that start with "on" are event listeners. */
function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element. */
function s(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

let lastId = 0;
function uniqueId() {
  lastId += 1;
  return `mcd-${lastId}-${Math.random().toString(36).slice(2, 8)}`;
}

function dataUri(text) {
  return `data:image/${text.startsWith("iVBOR") ? "png" : "webp"};base64,${text}`;
}

function setPicture(img, text, alt) {
  img.hidden = !text;
  if (text) img.src = dataUri(text);
  img.alt = alt;
}

function decibel(value, digits = 1) {
  return value == null ? "–" : `${value.toFixed(digits).replace("-", MINUS)} dB`;
}

function signed(value, digits = 1) {
  return value == null ? "–" : `${value < 0 ? MINUS : "+"}${Math.abs(value).toFixed(digits)} dB`;
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** "coins_kernel_04" as people would write it. */
function imageName(id) {
  return id.replace(/_kernel_0*/, ", kernel ").replace(/_0*1(?=,|$)/, "").replaceAll("_", " ");
}

/** The index of the value nearest to one. */
function nearest(values, wanted) {
  return values.reduce((best, value, index) => (Math.abs(value - wanted) < Math.abs(values[best] - wanted) ? index : best), 0);
}

// colours

function channels(colour) {
  return [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
}

/** The colour at a share (0 to 1) of a ramp, as [red, green, blue]. */
function rampColour(stops, share) {
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const low = Math.min(Math.floor(place), stops.length - 2);
  const [from, to] = [channels(stops[low]), channels(stops[low + 1])];
  return from.map((value, index) => Math.round(value + (place - low) * (to[index] - value)));
}

/** Black or white, whichever can be read better on a colour (WCAG's relative luminance). */
function inkOn(rgb) {
  const [r, g, b] = rgb.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
}

/** An SVG filter that gives a grey picture a ramp's colours, and its id. */
function rampFilter(stops) {
  const id = uniqueId();
  const table = (channel) => stops.map((stop) => (channels(stop)[channel] / 255).toFixed(4)).join(" ");
  const functions = ["R", "G", "B"].map((name, index) => s(`feFunc${name}`, { type: "table", tableValues: table(index) }));
  const transfer = s("feComponentTransfer", {}, ...functions);
  const filter = s("filter", { id, "color-interpolation-filters": "sRGB", x: 0, y: 0, width: 1, height: 1 }, transfer);
  return { id, node: s("svg", { class: "mcd-filter", "aria-hidden": "true", width: 0, height: 0 }, filter) };
}

/** A ramp between its two ends; `label` turns their texts into what a screen reader says. */
function colourBar(stops, label) {
  const [low, high] = [h("span", {}), h("span", {})];
  const ramp = h("span", { class: "mcd-bar-ramp", style: `background:linear-gradient(to right,${stops.join(",")})`, role: "img" });
  const set = (from, to) => {
    [low.textContent, high.textContent] = [from, to];
    ramp.setAttribute("aria-label", label(from, to));
  };
  return { node: h("div", { class: "mcd-bar" }, low, ramp, high), set };
}

// controls

/** A labelled range input over the indices of some values. `texts`: [shown, spoken] of each. */
function indexSlider({ label, symbol, hint, texts, value, onInput }) {
  const id = uniqueId();
  const output = h("output", { for: id, class: "mcd-value" });
  const ticks = h("div", { class: "mcd-ticks", "aria-hidden": "true" });
  const input = h("input", { type: "range", id, min: 0, step: 1, class: "mcd-range", oninput: () => onInput(Number(input.value)) });
  const node = h("div", { class: "mcd-slider" }, h("label", { for: id }, h("b", {}, symbol), ` ${label}`, hint ? h("small", {}, ` ${hint}`) : null), output, input, ticks);
  let known = [];
  const setTexts = (pairs) => {
    known = pairs;
    input.max = pairs.length - 1;
    ticks.replaceChildren(...pairs.map(([shown]) => h("span", {}, shown)));
  };
  const set = (index, text) => {
    input.value = index;
    output.textContent = text ?? known[index][0];
    input.setAttribute("aria-valuetext", text ?? known[index][1]);
    input.style.setProperty("--share", known.length > 1 ? index / (known.length - 1) : 0);
    [...ticks.children].forEach((tick, place) => tick.classList.toggle("mcd-on", place === index && text == null));
  };
  setTexts(texts);
  set(value);
  return { node, input, set, setTexts };
}

/** A row of radio buttons. `options`: [value, text]. */
function choice({ label, options, value, onInput }) {
  const name = uniqueId();
  const inputs = options.map(([own]) => h("input", { type: "radio", name, value: own, onchange: () => onInput(own) }));
  const labels = options.map(([, text], index) => h("label", {}, inputs[index], h("span", {}, text)));
  const set = (wanted) => inputs.forEach((input) => (input.checked = input.value === String(wanted)));
  set(value);
  const title = h("span", { id: uniqueId(), class: "mcd-eyebrow" }, label);
  const row = h("div", { role: "radiogroup", "aria-labelledby": title.id }, ...labels);
  return { node: h("div", { class: "mcd-choice" }, title, row), set };
}

function select({ label, options, value, onInput }) {
  const id = uniqueId();
  const input = h("select", { id, onchange: () => onInput(input.value) }, ...options.map(([own, text]) => h("option", { value: own }, text)));
  input.value = value;
  return { node: h("div", { class: "mcd-select" }, h("label", { for: id }, label), input), set: (wanted) => (input.value = wanted) };
}

/** Two pictures and a handle: left of it the reference, right of it the restored one. */
function wipe({ label }) {
  const under = h("img", { draggable: "false", alt: "" });
  const over = h("img", { draggable: "false", alt: "", class: "mcd-over" });
  const [left, right] = [h("span", { class: "mcd-tag mcd-left" }), h("span", { class: "mcd-tag mcd-right" })];
  const input = h("input", { type: "range", min: 0, max: 100, step: 1, value: 50, "aria-label": label });
  const node = h("div", { class: "mcd-wipe" }, under, over, input, h("i", { class: "mcd-handle", "aria-hidden": "true" }), left, right);
  let reference = "";
  const draw = () => {
    node.style.setProperty("--at", `${input.value}%`);
    input.setAttribute("aria-valuetext", `${input.value} % ${reference}, ${100 - input.value} % restored`);
    left.classList.toggle("mcd-gone", input.value < 12);
    right.classList.toggle("mcd-gone", input.value > 88);
  };
  const follow = (event) => {
    const box = node.getBoundingClientRect();
    input.value = Math.round((100 * (event.clientX - box.left)) / box.width);
    draw();
  };
  input.addEventListener("input", draw);
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    node.setPointerCapture(event.pointerId);
    input.focus({ preventScroll: true });
    follow(event);
  });
  node.addEventListener("pointermove", (event) => node.hasPointerCapture(event.pointerId) && follow(event));
  const set = (restored, other) => {
    setPicture(under, restored.picture, restored.alt);
    setPicture(over, other.picture, other.alt);
    reference = other.name;
    left.textContent = other.tag;
    right.textContent = restored.tag;
    draw();
  };
  return { node, set, restored: under };
}

/** A picture with a caption. */
function tile(caption, extra) {
  const img = h("img", { draggable: "false", alt: "" });
  const text = h("figcaption", {}, caption);
  return { node: h("figure", { class: "mcd-tile" }, h("div", { class: "mcd-frame" }, img), text, extra), img, text };
}

/** The standard deviation of each pixel in colours, with their bar; `filter` is to stand in the page, too. */
function deviationTile(caption) {
  const filter = rampFilter(MAGMA);
  const bar = colourBar(MAGMA, (from, to) => `Colours from ${from} to ${to} of the image's range`);
  const one = tile(caption, bar.node);
  one.img.style.filter = `url(#${filter.id})`;
  return { ...one, bar, filter: filter.node };
}

/** A list of the images that there are, and the one that the model names. */
function imageChooser(model, images, choose) {
  const options = [...images.keys()].map((id) => [id, imageName(id)]);
  const { node, set } = select({ label: "Image", options, value: model.get("image"), onInput: (image) => choose({ image }) });
  return { node, set, chosen: () => images.get(model.get("image")) ?? [...images.values()][0] };
}

/** Redraw first: in a page without a kernel there is nothing to save to, and that must not stop the widget. */
function commit(model, values, draw) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  draw();
  try {
    model.save_changes();
  } catch {
    // a static page
  }
}

/** The picture that stood in for the widget is not needed any more. */
function hideFallback(widget) {
  for (const figure of document.querySelectorAll(`.mcd-fallback[data-widget="${widget}"]`)) figure.style.display = "none";
}
