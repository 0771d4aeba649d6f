// What the course's widgets have in common: sliders over a few values, plots, and a sentence that says what they show.

/** A slider over the values of one of the model's numbers. */
function valueSlider(model, name, symbol, label, values, redraw, text = String) {
  const slider = indexSlider(symbol, label, (index) => commit(model, { [name]: values[index] }, redraw));
  slider.setTexts(values.map((value) => [text(value), text(value)]));
  const place = () => nearest(values, model.get(name)); // an address may name any number
  return { ...slider, read: () => slider.set(place()), value: () => values[place()] };
}

/** A button that counts one of the model's numbers up, for another random draw. */
function again(model, label, redraw) {
  const count = () => commit(model, { draw: drawOf(model) + 1 }, redraw);
  return h("div", { class: "mcd-buttons" }, h("button", { type: "button", onclick: count }, label));
}

/** Which of the random draws is shown. */
function drawOf(model) {
  const draw = Math.round(model.get("draw"));
  return draw >= 0 && draw < 1e9 ? draw : 0;
}

/** Sliders above, plots below, then the sentence; `draw` is called at every change and returns the sentence. */
function lesson(context, name, label, sliders, plots, draw, extra = null) {
  const status = h("p", { class: "mcd-status", role: "status", "aria-live": "polite" });
  /** Draw anew, and say what is to be seen; while something runs, only at its end. */
  const update = (running = false) => {
    for (const slider of sliders) slider.read();
    status.setAttribute("aria-live", running === true ? "off" : "polite");
    status.textContent = draw();
  };
  const top = h("div", { class: "mcd-top" }, ...sliders.map(({ node }) => node), extra);
  const root = h("section", { class: `mcd mcd-lesson mcd-${name}`, "aria-label": label }, top, h("div", { class: "mcd-plots" }, ...plots.map(({ node }) => node)), status);
  mount(context, name, root, context.model.get("names"), update);
  return update;
}

function argmax(values) {
  return values.indexOf(Math.max(...values));
}

function lessMaximum(values) {
  const top = Math.max(...values);
  return values.map((value) => value - top);
}
