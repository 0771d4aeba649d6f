// Starts the widgets of a page. Each is an ES module, a style sheet and a state, which stand in the page as JSON; there
// is no kernel, so what a reader sets is kept in the page's address.

(() => {
  const json = (script) => JSON.parse(script.textContent);
  const ADDRESS_DELAY = 200; // ms after the last change: browsers refuse many changes a second

  /** The state's texts and numbers that the address has others for. */
  const addressed = (state) => {
    const found = [...new URLSearchParams(location.hash.slice(1))].filter(([name]) => ["string", "number"].includes(typeof state[name]));
    const typed = found.map(([name, text]) => [name, typeof state[name] === "number" ? Number(text) : text]);
    return Object.fromEntries(typed.filter(([, value]) => !Number.isNaN(value)));
  };

  const modelOf = (state) => {
    const listeners = {};
    const changed = new Map();
    let waiting = null;
    const write = () => {
      const parameters = location.hash.includes("=") ? new URLSearchParams(location.hash.slice(1)) : new URLSearchParams();
      for (const [name, value] of changed) parameters.set(name, value);
      history.replaceState(null, "", `#${parameters}`);
    };
    addEventListener("hashchange", () => {
      const wanted = Object.entries(addressed(state)).filter(([name, value]) => state[name] !== value);
      for (const [name, value] of wanted) state[name] = value;
      for (const [name] of wanted) for (const listener of listeners[`change:${name}`] ?? []) listener();
    });
    Object.assign(state, addressed(state));
    return {
      get: (name) => state[name],
      set(name, value) {
        state[name] = value;
        if (typeof value !== "object") changed.set(name, value);
      },
      on: (event, listener) => (listeners[event] ??= []).push(listener),
      save_changes() {
        clearTimeout(waiting);
        if (changed.size) waiting = setTimeout(write, ADDRESS_DELAY);
      },
    };
  };

  const start = async (view, state) => {
    const el = document.createElement("div");
    const style = document.createElement("style");
    style.textContent = state._css;
    const address = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
    const { default: widget } = await import(address);
    view.after(style, el);
    widget.render({ model: modelOf(state), el });
  };

  const failed = (view, error) => {
    const note = document.createElement("p");
    note.className = "widget-failed";
    note.textContent = `The controls could not be started (${error.message}); what stands above does not move.`;
    view.after(note);
    console.error(error);
  };

  const states = document.querySelector('script[type="application/vnd.jupyter.widget-state+json"]');
  const { state: models } = json(states);
  for (const view of document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]')) {
    start(view, models[json(view).model_id].state).catch((error) => failed(view, error));
  }
})();
