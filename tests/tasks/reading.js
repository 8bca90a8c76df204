// What a person has read of the page when their eye is at `target` (without one: the whole page): the visible words of
// the page's content in the order of the document, up to and including the target with its labels and hints.
// The site's own header, menus, path and footer are not counted. Of a list that drops down, `choice` says up to which
// entry it was read. Gives the text; walking.py counts it.
(target, choice) => {
  const outside = "script,style,noscript,template,.skip-link,.demo,.crumbs,.masthead";
  const frame = (element) => {
    const around = element.closest("header,nav,footer");
    return Boolean(element.closest(outside)) || (around !== null && around.closest("main,dialog") === null);
  };
  const clipped = (element) => {
    for (let one = element; one && one !== document.body; one = one.parentElement) {
      const box = one.getBoundingClientRect();
      if ((box.width <= 1 || box.height <= 1) && getComputedStyle(one).overflow !== "visible") return true;
    }
    return false;
  };
  const scrolledAway = (element) => {  // in a list with a scroll bar of its own, only what stands in its window is read
    const here = element.getBoundingClientRect();
    for (let one = element.parentElement; one && one !== document.body; one = one.parentElement) {
      if (one.scrollHeight <= one.clientHeight + 1 || !/auto|scroll/.test(getComputedStyle(one).overflowY)) continue;
      const box = one.getBoundingClientRect();
      if (here.top >= box.bottom - 4 || here.bottom <= box.top + 4) return true;
    }
    return false;
  };
  const seen = (element) => element.checkVisibility({ visibilityProperty: true }) && !clipped(element) &&
    !scrolledAway(element);
  const inFrame = target !== null && frame(target);
  const words = (element) => (element.innerText || element.getAttribute("aria-label") || "").trim();
  if (inFrame) {  // a link of the menu: it alone is counted, whoever uses it looks for it there
    return target.labels ? target.placeholder || "" : words(target);
  }
  const beside = new Set();
  if (target !== null) {
    for (const label of target.labels || []) beside.add(label);
    for (const id of (target.getAttribute("aria-describedby") || "").split(" ")) {
      const hint = id && document.getElementById(id);
      if (hint) beside.add(hint);
    }
  }
  const upTo = (node) => {
    if (target === null || target.contains(node)) return true;
    if ([...beside].some((element) => element.contains(node))) return true;
    return Boolean(target.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING);
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!upTo(node)) continue;
    if (node.nodeType === Node.TEXT_NODE) {
      const around = node.parentElement;
      if (!node.data.trim() || around.closest("select,textarea,svg,option") || frame(around) || !seen(around)) continue;
      found.push(node.data.trim());
    } else if (node.matches("input,textarea,select") && !frame(node) && seen(node)) {
      if (node.matches("select")) {
        const chosen = [...node.options].findIndex((option) => option.value === choice);
        const read = node === target && choice !== null ? [...node.options].slice(0, chosen + 1) : node.selectedOptions;
        for (const option of read) found.push(option.label.trim());
      } else if (!node.matches("[type=checkbox],[type=radio],[type=hidden],[type=file],[type=password]")) {
        found.push(node.dataset.walked ? "" : node.value || node.placeholder || "");  // one's own words are not read again
      }
    }
  }
  return found.filter(Boolean).join("\n");
}
