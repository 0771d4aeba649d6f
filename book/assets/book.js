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
