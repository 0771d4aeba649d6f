// Shared by the widgets; widget.py joins such parts and a widget's own file to one ES module.

const MAGMA = ["#000004", "#180f3d", "#440f76", "#721f81", "#9e2f7f", "#cd4071", "#f1605d", "#fd9668", "#feca8d", "#fcfdbf"];

/** Makes elements of a namespace; attributes that start with "on" are event listeners. */
function maker(namespace) {
  return (tag, attributes = {}, ...children) => {
    const node = document.createElementNS(namespace, tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.filter((child) => child != null));
    return node;
  };
}
const h = maker("http://www.w3.org/1999/xhtml");
const s = maker("http://www.w3.org/2000/svg");

function uniqueId() {
  return `mcd-${Math.random().toString(36).slice(2)}`;
}

/** p or sigma with its 0. */
function withZero(letter) {
  return h("span", {}, letter, h("sub", {}, "0"));
}

/** Shows a photograph, or a kernel: those are the PNGs, and their pixels are to be seen. */
function setPicture(img, text, alt) {
  const kernel = Boolean(text?.startsWith("iVBOR"));
  img.hidden = !text;
  img.classList.toggle("mcd-pixels", kernel);
  if (text) img.src = `data:image/${kernel ? "png" : "webp"};base64,${text}`;
  img.alt = alt;
}

/** A PSNR, or with "+" for `plus` the difference of two. */
function decibel(value, plus = "") {
  return value == null ? "–" : `${value < 0 ? "\u2212" : plus}${Math.abs(value).toFixed(1)} dB`;
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

/** A labelled range input over the indices of some values; `setTexts` takes [shown, spoken] of each. */
function indexSlider(symbol, label, onInput) {
  const id = uniqueId();
  const output = h("output", { for: id, class: "mcd-value" });
  const ticks = h("div", { class: "mcd-ticks", "aria-hidden": "true" });
  const input = h("input", { type: "range", id, min: 0, step: 1, class: "mcd-range", oninput: () => onInput(Number(input.value)) });
  const node = h("div", { class: "mcd-slider" }, h("label", { for: id }, h("b", {}, symbol), ` ${label}`), output, input, ticks);
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
  return { node, set, setTexts };
}

/** A row of radio buttons. */
function choice(label, values, onInput) {
  const name = uniqueId();
  const inputs = values.map((value) => h("input", { type: "radio", name, value, onchange: () => onInput(value) }));
  const labels = inputs.map((input) => h("label", {}, input, h("span", {}, input.value)));
  const set = (wanted) => inputs.forEach((input) => (input.checked = input.value === String(wanted)));
  const title = h("span", { id: uniqueId(), class: "mcd-eyebrow" }, label);
  const row = h("div", { role: "radiogroup", "aria-labelledby": title.id }, ...labels);
  return { node: h("div", { class: "mcd-choice" }, title, row), set };
}

/** Calls `follow` with the share of a node's width to which a pointer is dragged. */
function onDrag(node, follow) {
  const move = (event) => {
    const box = node.getBoundingClientRect();
    follow((event.clientX - box.left) / box.width);
  };
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    node.setPointerCapture(event.pointerId);
    move(event);
  });
  node.addEventListener("pointermove", (event) => node.hasPointerCapture(event.pointerId) && move(event));
}

/** Two pictures and a handle: left of it the reference, right of it the restored one. */
function wipe(label) {
  const under = h("img", { draggable: "false", alt: "" });
  const over = h("img", { draggable: "false", alt: "", class: "mcd-over" });
  const [left, right] = [h("span", { class: "mcd-tag mcd-left" }), h("span", { class: "mcd-tag mcd-right" })];
  const input = h("input", { type: "range", min: 0, max: 100, step: 1, value: 50, "aria-label": label, oninput: () => draw() });
  const node = h("div", { class: "mcd-wipe" }, under, over, input, h("i", { class: "mcd-handle", "aria-hidden": "true" }), left, right);
  let reference = "";
  const draw = () => {
    node.style.setProperty("--at", `${input.value}%`);
    input.setAttribute("aria-valuetext", `${input.value} % ${reference}, ${100 - input.value} % restored`);
    left.classList.toggle("mcd-gone", input.value < 12);
    right.classList.toggle("mcd-gone", input.value > 88);
  };
  onDrag(node, (share) => {
    input.focus({ preventScroll: true });
    input.value = Math.round(100 * share);
    draw();
  });
  const set = (restored, other, [height, width]) => {
    node.style.aspectRatio = `${width} / ${height}`;
    setPicture(under, restored.picture, restored.alt);
    setPicture(over, other.picture, other.alt);
    reference = other.name;
    left.textContent = other.tag;
    right.textContent = restored.tag;
    draw();
  };
  return { node, set };
}

/** A picture with a caption. */
function tile(caption, ...extra) {
  const img = h("img", { draggable: "false", alt: "" });
  const text = h("figcaption", {}, caption);
  const frame = h("div", { class: "mcd-frame" }, img);
  const setSize = ([height, width]) => (frame.style.aspectRatio = `${width} / ${height}`);
  return { node: h("figure", { class: "mcd-tile" }, frame, text, ...extra), img, text, setSize };
}

/** The standard deviation of each pixel: an SVG filter gives the grey picture a ramp's colours. */
function deviationTile(caption) {
  const id = uniqueId();
  const table = (channel) => MAGMA.map((stop) => (channels(stop)[channel] / 255).toFixed(4)).join(" ");
  const functions = ["R", "G", "B"].map((name, index) => s(`feFunc${name}`, { type: "table", tableValues: table(index) }));
  const filter = s("filter", { id, "color-interpolation-filters": "sRGB", x: 0, y: 0, width: 1, height: 1 }, s("feComponentTransfer", {}, ...functions));
  const bar = colourBar(MAGMA, (from, to) => `Colours from ${from} to ${to} of the image's range`);
  const deviation = tile(caption, bar.node, s("svg", { class: "mcd-filter", "aria-hidden": "true" }, filter));
  deviation.img.style.filter = `url(#${id})`;
  return { ...deviation, setWhite: (white) => bar.set("0", `${white}`) };
}

/** A list of the images that there are, and the one that the model names. */
function imageChooser(model, images, choose) {
  const id = uniqueId();
  const options = [...images.keys()].map((value) => h("option", { value }, imageName(value)));
  const input = h("select", { id, onchange: () => choose({ image: input.value }) }, ...options);
  const node = h("div", { class: "mcd-select" }, h("label", { for: id }, "Image"), input);
  const chosen = () => {
    const data = images.get(model.get("image")) ?? [...images.values()][0];
    input.value = data.image;
    return data;
  };
  return { node, chosen };
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

/** Put a widget into the page, follow what Python changes, and hide the picture that stood in for it. */
function mount({ model, el }, name, root, names, update) {
  el.replaceChildren(root);
  update();
  for (const each of names) model.on(`change:${each}`, update);
  for (const figure of document.querySelectorAll(`.mcd-fallback[data-widget="${name}"]`)) figure.style.display = "none";
}
