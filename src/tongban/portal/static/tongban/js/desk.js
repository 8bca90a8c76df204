/* Keys and ticks of the desk, beside those of enhance.js (j, k, Enter, n and / where the page has a box): nothing here is
   needed to do a task.

   x                  ticks the row that has the focus
   /                  goes to the page that searches, where this page has no box
   ?                  opens the list of keys
   data-choose-all    on a tick: ticks every row of its table

   They are switched off with the others ([data-keynav-toggle]; WCAG 2.2, 2.1.4). */
(function () {
  "use strict";

  function off() {
    try { return window.localStorage.getItem("tongban:keys-off") === "true"; } catch (error) { return false; }
  }

  function tick() {
    const row = document.activeElement && document.activeElement.closest("table[data-keynav] tbody tr");
    const box = row && row.querySelector("input[type=checkbox]");
    if (!box) return false;
    box.click();
    return true;
  }

  function search() {
    if (document.querySelector("[data-key-search], input[type=search]")) return false;
    const link = document.querySelector("[data-key-search-page]");
    if (!link) return false;
    link.click();
    return true;
  }

  function help() {
    const list = document.querySelector("[data-keys-list]");
    if (!list || !list.offsetParent) return false;
    list.open = !list.open;
    list.querySelector("summary").focus();
    return true;
  }

  document.addEventListener("keydown", function (event) {
    const at = event.target;
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || off()) return;
    const ticking = at instanceof Element && at.matches("table[data-keynav] input[type=checkbox]");
    if (!ticking && at instanceof Element && at.closest("input, textarea, select, dialog, [contenteditable]")) return;
    const done = event.key === "x" ? tick() : event.key === "/" ? search() : event.key === "?" ? help() : false;
    if (done) event.preventDefault();
  });

  document.addEventListener("change", function (event) {
    const all = event.target instanceof Element && event.target.closest("[data-choose-all]");
    if (!all) return;
    all.closest("table").querySelectorAll("tbody input[type=checkbox]").forEach(function (box) { box.checked = all.checked; });
  });
})();
