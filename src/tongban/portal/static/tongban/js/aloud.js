/* Reads the page aloud with the browser's own voice: elder mode links it, and nothing needs it.

   [data-aloud] holds the buttons ([data-aloud-start], [data-aloud-pause], [data-aloud-stop]) and stays hidden where there
   is no voice of the page's language on this device. A voice that sends the words to somebody's server (localService is
   false) is never used: what stands on a page may be for its reader alone.
   One block of <main> is said after the other and marked with .is-read. A pause forgets where in the block it was: going
   on begins the block again, because what browsers do with speechSynthesis.pause() differs.
   [data-aloud-skip] on an element leaves it out. */
(function () {
  "use strict";

  const bar = document.querySelector("[data-aloud]");
  const main = document.getElementById("main");
  const synth = window.speechSynthesis;
  if (!bar || !main || !synth || typeof SpeechSynthesisUtterance === "undefined") return;

  const start = bar.querySelector("[data-aloud-start]");
  const pause = bar.querySelector("[data-aloud-pause]");
  const stop = bar.querySelector("[data-aloud-stop]");
  const BLOCKS = "h1, h2, h3, h4, p, li, dt, dd, th, td, caption, summary, legend, label, blockquote, figcaption, pre, div, section";
  const SKIPPED = "nav, svg, script, template, select, textarea, dialog, [hidden], [aria-hidden=true], [data-aloud], [data-aloud-skip]";
  const REGIONS = { "zh-hans": ["zh-cn", "cmn-cn", "cmn-hans", "zh-hans", "zh"], "zh-hant": ["zh-tw", "cmn-tw", "zh-hk", "zh-hant", "cmn-hant", "zh"] };
  let blocks = [];
  let at = 0;
  let run = 0;

  function voice(language) {
    const wanted = language.toLowerCase();
    const own = synth.getVoices().filter(function (each) { return each.localService; });
    const names = REGIONS[wanted] || [wanted, wanted.split("-")[0]];
    for (const name of names) {
      const found = own.find(function (each) { return each.lang.toLowerCase().replace("_", "-").indexOf(name) === 0; });
      if (found) return found;
    }
    return null;
  }

  function languageOf(element) {
    return element.closest("[lang]").getAttribute("lang");
  }

  /* the text of <main> by blocks, in the order read: what is folded away or hidden is not said */
  function gather() {
    const found = [];
    const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const parent = node.parentElement;
      if (!node.textContent.trim() || parent.closest(SKIPPED) || !parent.getClientRects().length) continue;
      const element = parent.closest(BLOCKS) || main;
      const last = found[found.length - 1];
      if (last && last.element === element) last.text += node.textContent;
      else found.push({ element: element, text: node.textContent });
    }
    return found;
  }

  /* sentences together, at most some hundred characters: long utterances are cut off by some browsers */
  function pieces(text) {
    const sentences = text.replace(/\s+/g, " ").trim().match(/[^。！？；.!?]*[。！？；.!?]?/g).filter(Boolean);
    return sentences.reduce(function (joined, sentence) {
      const last = joined.length - 1;
      if (last >= 0 && joined[last].length + sentence.length < 160) joined[last] += sentence;
      else joined.push(sentence);
      return joined;
    }, []);
  }

  function mark(element) {
    main.querySelectorAll(".is-read").forEach(function (each) { each.classList.remove("is-read"); });
    if (!element) return;
    element.classList.add("is-read");
    element.scrollIntoView({ block: "nearest" });
  }

  function show(state) {
    start.hidden = state === "reading";
    pause.hidden = state !== "reading";
    stop.hidden = state === "still";
    start.querySelector("[data-aloud-label]").textContent = state === "paused" ? start.dataset.again : start.dataset.first;
  }

  function read(mine) {
    if (mine !== run) return;
    if (at >= blocks.length) { finish(); return; }
    const block = blocks[at];
    const language = languageOf(block.element);
    const speaker = voice(language);
    mark(block.element);
    if (!speaker) { at += 1; read(mine); return; }
    const waiting = pieces(block.text);
    (function next() {
      if (mine !== run) return;
      const words = waiting.shift();
      if (!words) { at += 1; read(mine); return; }
      const utterance = new SpeechSynthesisUtterance(words);
      utterance.voice = speaker;
      utterance.lang = speaker.lang;
      utterance.rate = 0.9;
      utterance.onend = next;
      utterance.onerror = function (event) { if (mine === run && event.error !== "interrupted" && event.error !== "canceled") finish(); };
      synth.speak(utterance);
    })();
  }

  function halt() {
    run += 1;
    synth.cancel();
  }

  function finish() {
    const focused = bar.contains(document.activeElement);
    halt();
    at = 0;
    mark(null);
    show("still");
    if (focused) start.focus();
  }

  start.addEventListener("click", function () {
    halt();
    if (at === 0) blocks = gather();
    show("reading");
    pause.focus();
    read(run);
  });

  pause.addEventListener("click", function () {
    halt();
    show("paused");
    start.focus();
  });

  stop.addEventListener("click", finish);
  window.addEventListener("pagehide", halt);

  function offer() {
    bar.hidden = !voice(document.documentElement.lang);
  }

  offer();
  if (synth.addEventListener) synth.addEventListener("voiceschanged", offer);
})();
