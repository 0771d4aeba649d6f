// Runs on every page of the book, when it has been read.

// A page opened from a file may not fetch others, so the search shows titles without excerpts there.
if (location.protocol === "file:") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}

// What scrolls sideways must be reachable with the keyboard.
(() => {
  const kinds = {
    "pre": "Code",
    ".table-wrapper, .pst-scrollable-table-container, .cell_output .output": "Table",
    "div.math, .math-scroll": "Formula",
    "dl.py dt.sig": "Signature",
  };
  const label = () => {
    for (const [selector, name] of Object.entries(kinds)) {
      for (const element of document.querySelectorAll(selector)) {
        const scrolls = element.scrollWidth > element.clientWidth + 1 &&
          /auto|scroll/.test(getComputedStyle(element).overflowX);
        if (scrolls) {
          element.tabIndex = 0;
          if (!element.matches("dt")) {
            element.setAttribute("role", "region");
            element.setAttribute("aria-label", `${name}, scrolls sideways`);
          }
        } else if (element.getAttribute("role") === "region") {
          for (const name of ["tabindex", "role", "aria-label"]) element.removeAttribute(name);
        }
      }
    }
  };
  let waiting = 0;
  const later = () => { clearTimeout(waiting); waiting = setTimeout(label, 100); };
  // what the theme and docutils leave without a name or with the wrong role
  const mend = () => {
    for (const toggle of document.querySelectorAll("summary:has(> .toctree-toggle)")) {
      toggle.setAttribute("aria-label", "Pages below this one");
    }
    for (const entry of document.querySelectorAll(".citation-list > *")) entry.setAttribute("role", "listitem");
  };
  addEventListener("load", () => {
    mend();
    label();
    addEventListener("resize", later);
    new MutationObserver(later).observe(document.querySelector("main") ?? document.body,
      { childList: true, subtree: true });
  });
})();

// An excerpt in the search's results is of what a page says, not of what stands around that.
addEventListener("DOMContentLoaded", () => {
  if (typeof Search === "undefined") return;
  const whole = Search.htmlToText;
  const around = "h1, nav, footer, summary, details.hide, .provenance-card, .mcd-fallback, .bd-header-article, " +
    ".header-article-items, .bd-sidebar-secondary, .prev-next-footer, #jb-print-docs-body";
  Search.htmlToText = (text, anchor) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    for (const element of page.querySelectorAll(around)) element.remove();
    for (const end of page.querySelectorAll("td, th, p, li, h2, h3, figcaption, caption, dt, dd, small")) end.append(" ");
    for (const line of page.querySelectorAll("br")) line.replaceWith(" ");
    return whole(page.documentElement.outerHTML, anchor).replace(/\s+/g, " ");
  };
});

// Paper is white, whatever the screen is.
addEventListener("beforeprint", () => {
  const { dataset } = document.documentElement;
  const before = dataset.theme;
  dataset.theme = "light";
  addEventListener("afterprint", () => { dataset.theme = before; }, { once: true });
});

// The three pictures of the first screen lie one over the other, and two handles say where each ends.
addEventListener("DOMContentLoaded", () => {
  for (const compare of document.querySelectorAll(".compare")) {
    const names = [...compare.querySelectorAll("figcaption b")].map((name) => name.textContent);
    const handles = document.createElement("div");
    handles.className = "handles";
    const labels = names.map((name) => {
      const label = document.createElement("span");
      label.setAttribute("aria-hidden", "true");
      label.textContent = name.replace(" sampling", "");
      return label;
    });
    const inputs = [[33, names[0]], [67, names[1]]].map(([value, name]) => {
      const input = document.createElement("input");
      Object.assign(input, { type: "range", min: 0, max: 100, value });
      input.setAttribute("aria-label", `Where “${name}” ends, per cent of the width`);
      return input;
    });
    for (const input of inputs) handles.append(input, document.createElement("i"));
    handles.append(...labels);
    const show = (moved) => {
      const [left, right] = inputs.map((input) => Number(input.value));
      if (left > right) inputs[moved === inputs[0] ? 1 : 0].value = moved.value;
      const ends = [0, ...inputs.map((input) => Number(input.value)), 100];
      compare.style.setProperty("--left", `${ends[1]}%`);
      compare.style.setProperty("--right", `${ends[2]}%`);
      labels.forEach((label, part) => {
        label.style.left = `${(ends[part] + ends[part + 1]) / 2}%`;
        const room = (ends[part + 1] - ends[part]) / 100 * handles.clientWidth;
        label.style.visibility = room < label.offsetWidth ? "hidden" : "";
      });
    };
    let held = null;
    const drag = (event) => {
      const box = handles.getBoundingClientRect();
      const at = Math.max(0, Math.min(100, 100 * (event.clientX - box.left) / box.width));
      held ??= inputs[at > (Number(inputs[0].value) + Number(inputs[1].value)) / 2 ? 1 : 0];
      held.value = at;
      show(held);
    };
    handles.addEventListener("mousedown", (event) => event.preventDefault()); // it would take the focus away
    handles.addEventListener("pointerdown", (event) => {
      handles.setPointerCapture(event.pointerId);
      drag(event);
      held.focus({ preventScroll: true });
    });
    handles.addEventListener("pointermove", (event) => { if (held) drag(event); });
    for (const end of ["pointerup", "pointercancel"]) handles.addEventListener(end, () => { held = null; });
    for (const input of inputs) input.addEventListener("input", () => show(input));
    compare.append(handles);
    compare.classList.add("live");
    show(inputs[0]);
    addEventListener("resize", () => show(inputs[0]));
  }
});

// What was folded in is laid out only once it is open: formulas and tables are measured again.
document.addEventListener("toggle", () => dispatchEvent(new Event("resize")), true);

// What is said of a choice of a quiz is shown by the style sheet; a screen reader is told it here.
document.addEventListener("change", ({ target }) => {
  const quiz = target.closest?.("fieldset.quiz");
  if (!quiz) return;
  const choice = target.closest(".choice");
  const verdict = choice.classList.contains("right") ? "Yes." : "No.";
  quiz.querySelector(".told").textContent = `${verdict} ${choice.querySelector(".says").textContent.trim()}`;
});
