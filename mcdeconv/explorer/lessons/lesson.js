// What the course's widgets have in common: sliders over a few values, plots, and a sentence that says what they show.

/** A slider over the values of one of the model's numbers. */
function valueSlider(model, name, symbol, label, values, redraw, text = String) {
  const slider = indexSlider(symbol, label, (index) => commit(model, { [name]: values[index] }, redraw));
  slider.setTexts(values.map((value) => [text(value), text(value)]));
  return { ...slider, read: () => slider.set(nearest(values, model.get(name))) };
}

/** A button that counts one of the model's numbers up, for another random draw. */
function again(model, label, redraw) {
  const count = () => commit(model, { draw: model.get("draw") + 1 }, redraw);
  return h("div", { class: "mcd-buttons" }, h("button", { type: "button", onclick: count }, label));
}

/** Sliders above, plots below, then the sentence; `draw` is called at every change and returns the sentence. */
function lesson(context, name, label, sliders, plots, draw, extra = null) {
  const status = h("p", { class: "mcd-status", role: "status", "aria-live": "polite" });
  const update = () => {
    for (const slider of sliders) slider.read();
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
