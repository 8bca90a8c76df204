/* Makes the field of tongban/parts/chooser.html a combobox (WAI-ARIA 1.2: editable, with list autocomplete): what is typed
   is asked of /choose/<kind>/, or found among what came with the page; the tree opens in place; the phone's position is
   asked for by a button and by nothing else. Without this script the same field works by its buttons.

   What is picked goes into a hidden field of the same name behind the words: the server takes the last that is not empty.
   Words come from the data attributes of [data-chooser]. */
(function () {
  "use strict";

  const PAUSE = 150;
  const MOST = 12;
  let number = 0;

  function made(tag, names, content) {
    const element = document.createElement(tag);
    Object.keys(names || {}).forEach(function (name) { element.setAttribute(name, names[name]); });
    if (content) element.textContent = content;
    return element;
  }

  function chooser(box) {
    const input = box.querySelector(".chooser__line input");
    const find = box.querySelector(".chooser__find");
    const was = box.querySelector("[data-was]");
    const tree = box.querySelector("[data-tree]");
    const told = box.querySelector("[data-told]");
    const words = box.dataset;
    const atHand = Array.from(box.querySelectorAll("[data-at-hand] option")).map(function (one) {
      return { code: one.dataset.code, line: one.value, said: one.dataset.said };
    });
    if (!input || box.dataset.ready || (!words.ask && !atHand.length)) return;
    box.dataset.ready = "1";
    number += 1;
    const id = (input.id || "chooser") + "_list" + number;
    const list = made("ul", { id: id, role: "listbox", class: "chooser__list", "aria-label": (input.labels && input.labels[0] && input.labels[0].textContent.trim()) || id });
    list.hidden = true;
    box.querySelector(".chooser__line").insertAdjacentElement("afterend", list);
    const code = made("input", { type: "hidden", name: input.name });
    code.disabled = true;
    box.appendChild(code);
    find.hidden = true;  // and of no use to Enter either, which sends the form by its first button
    [find].concat(words.ask ? Array.from(tree.querySelectorAll("button")) : []).forEach(function (one) { one.type = "button"; });
    Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list", "aria-haspopup": "listbox" })
      .forEach(function (pair) { input.setAttribute(pair[0], pair[1]); });

    let rows = [];
    let at = -1;
    let waiting;
    let asking;

    function say(message) { told.textContent = message; }

    function close() {
      list.hidden = true;
      at = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function unpick() {
      code.disabled = true;
      was.value = "";
      box.querySelectorAll("input[type=radio]").forEach(function (radio) { radio.checked = false; });
    }

    function pick(row) {
      unpick();
      input.value = row.line;
      code.value = row.code;
      code.disabled = false;
      close();
      say(words.picked.replace("%s", row.line));
      box.dispatchEvent(new CustomEvent("chooser:picked", { bubbles: true, detail: row }));
    }

    function activate(index) {
      const options = list.querySelectorAll("[role=option]");
      options.forEach(function (one) { one.setAttribute("aria-selected", "false"); });
      at = index;
      if (at < 0 || !options[at]) { input.removeAttribute("aria-activedescendant"); return; }
      options[at].setAttribute("aria-selected", "true");
      options[at].scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", options[at].id);
    }

    function show(found, total, message) {
      rows = found;
      list.replaceChildren();
      found.forEach(function (row, index) {
        const option = made("li", { role: "option", id: id + "_" + index, class: "chooser__option", "aria-selected": "false" }, row.line);
        if (row.said) option.appendChild(made("small", {}, row.said));
        option.addEventListener("mousedown", function (event) { event.preventDefault(); });
        option.addEventListener("click", function () { pick(row); input.focus(); });
        list.appendChild(option);
      });
      const more = total > found.length ? words.more.replace("%n", String(total)) : "";
      const note = message || (found.length ? more : words.none);
      if (note) list.appendChild(made("li", { role: "presentation", class: "chooser__more" }, note));
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      activate(-1);
      say(found.length ? words.count.replace("%n", String(total)) + (more ? "。" + more : "") : note);
    }

    function here(typed) {
      const parts = typed.toLowerCase().split(/[\s›]+/).filter(Boolean);
      const found = atHand.filter(function (row) {
        const text = (row.line + " " + row.said).toLowerCase();
        return parts.every(function (part) { return text.indexOf(part) !== -1; });
      });
      return Promise.resolve({ found: found.slice(0, MOST), total: found.length });
    }

    function ask(query) {
      if (asking) asking.abort();
      asking = new AbortController();
      const address = words.ask + (words.ask.slice(-1) === "?" ? "" : "&") + query;
      return fetch(address, { signal: asking.signal, headers: { Accept: "application/json" } }).then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      });
    }

    function look() {
      const typed = input.value.trim();
      if (!typed) { close(); say(""); return; }
      (words.ask ? ask("q=" + encodeURIComponent(typed)) : here(typed)).then(
        function (answer) { if (input.value.trim() === typed && document.activeElement === input) show(answer.found, answer.total); },
        close
      );
    }

    input.addEventListener("input", function (event) {
      unpick();
      window.clearTimeout(waiting);
      if (!event.isComposing) waiting = window.setTimeout(look, PAUSE);
    });
    input.addEventListener("compositionend", function () {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(look, PAUSE);
    });
    input.addEventListener("blur", function () { window.clearTimeout(waiting); close(); });
    input.addEventListener("keydown", function (event) {
      if (event.isComposing) return;
      const down = event.key === "ArrowDown";
      if (down || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) { look(); return; }
        if (!rows.length) return;
        activate(down ? (at + 1) % rows.length : (at <= 0 ? rows.length : at) - 1);
      } else if (event.key === "Enter" && !list.hidden && at >= 0) {
        event.preventDefault();
        pick(rows[at]);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      }
    });

    box.addEventListener("change", function (event) {
      const radio = event.target;
      if (!(radio instanceof HTMLInputElement) || radio.type !== "radio") return;
      input.value = radio.dataset.line || input.value;
      code.disabled = true;
      was.value = "";
      say(words.picked.replace("%s", input.value));
    });

    function branch(button, content) {
      const step = made("button", { type: "button", class: "btn btn--quiet btn--small", value: button.code, name: input.name + "-in" }, content);
      if (content === words.below) step.appendChild(made("span", { class: "visually-hidden" }, " " + button.name));
      return step;
    }

    function grow(answer) {
      const above = tree.querySelector("[data-above]");
      const below = tree.querySelector("[data-rows]");
      above.replaceChildren();
      answer.above.forEach(function (one, index) {
        if (index === answer.above.length - 1) { above.appendChild(made("strong", { tabindex: "-1" }, one.name)); return; }
        above.append(branch({ code: index ? one.code : "", name: one.name }, one.name), " › ");
      });
      below.replaceChildren();
      answer.rows.forEach(function (row, index) {
        const line = made("li", { class: "chooser__row" });
        if (row.choosable) {
          const radio = made("input", { type: "radio", id: id + "_t" + index, name: input.name, value: row.code, "data-line": row.line });
          const name = made("label", { for: radio.id }, row.name + " ");
          if (row.said) name.appendChild(made("span", { class: "soft small" }, row.said));
          line.append(radio, name);
        } else line.appendChild(made("span", { class: "chooser__name" }, row.name));
        if (row.below) line.append(" ", branch(row, words.below));
        below.appendChild(line);
      });
      const first = below.querySelector("input, button");
      if (first) first.focus();
    }

    tree.addEventListener("click", function (event) {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (!button || !words.ask) return;
      event.preventDefault();
      ask("in=" + encodeURIComponent(button.value)).then(grow, function () {});
    });

    const near = box.querySelector("[data-near]");
    const token = input.form && input.form.querySelector("[name=csrfmiddlewaretoken]");
    if (near && token && navigator.geolocation) {
      near.hidden = false;
      box.querySelector("[data-near-note]").hidden = false;
      near.addEventListener("click", function () {
        say(words.locating);
        navigator.geolocation.getCurrentPosition(function (position) {
          const body = new URLSearchParams({ latitude: position.coords.latitude, longitude: position.coords.longitude });
          fetch(near.dataset.near, { method: "POST", body: body, headers: { "X-CSRFToken": token.value } })
            .then(function (answer) { return answer.json(); })
            .then(function (answer) {
              input.focus();
              if (answer.found.length === 1) pick(answer.found[0]);
              else show(answer.found, answer.found.length, answer.message);
            })
            .catch(function () { input.focus(); show([], 0, words.noPosition); });
        }, function () { input.focus(); show([], 0, words.noPosition); }, { maximumAge: 60000, timeout: 10000 });
      });
    }
  }

  function prepare(scope) { scope.querySelectorAll("[data-chooser]").forEach(chooser); }

  prepare(document);
  document.addEventListener("htmx:load", function (event) { if (event.target !== document.body) prepare(event.target); });
})();
