/* What a browser with JavaScript gets on top: nothing here is needed to do a task.

   data-counter="500"      on a textarea: counts characters against the limit, as the server does
   data-copy="text"        on a button: copies the text; data-copy-from="#id" copies an element's text or value
   data-draft="key"        on a form: keeps what was typed on this device for three days, says so, and can clear it
   data-draft-clear="key"  anywhere (the page after a success): forgets the draft
   data-keynav             on a table: j and k move between rows, Enter opens, n follows [data-key-next], / goes to search;
                           [data-keynav-toggle] switches these keys off and on (WCAG 2.2, 2.1.4)
   data-confirm="question" on a button or form: asks in a <dialog> before it submits
   data-print              on a button: prints the page
   data-from-fragment      on an input: takes its value from behind the # of the address (a QR code), which then
                           goes from the address bar and the history; [data-from-fragment-note] says so
   data-resubmit           on a form that may be sent again at once (a download): not locked after the first time

   Words come from the data attributes of #tb-texts, so that they are translated with the templates. */
(function () {
  "use strict";

  const root = document.documentElement;
  const DAYS = 3;
  root.classList.add("js");

  function text(name) {
    const source = document.getElementById("tb-texts");
    return (source && source.dataset[name]) || "";
  }

  function say(message) {
    const live = document.getElementById("tb-live");
    if (!live) return;
    live.textContent = "";
    window.setTimeout(function () { live.textContent = message; }, 50);
  }

  const memory = {
    read: function (key) {
      try { return JSON.parse(window.localStorage.getItem("tongban:" + key)); } catch (error) { return null; }
    },
    write: function (key, value) {
      try { window.localStorage.setItem("tongban:" + key, JSON.stringify(value)); return true; } catch (error) { return false; }
    },
    forget: function (key) {
      try { window.localStorage.removeItem("tongban:" + key); } catch (error) { /* private mode: nothing was kept */ }
    },
    keys: function (prefix) {
      try {
        return Object.keys(window.localStorage)
          .filter(function (key) { return key.indexOf("tongban:" + prefix) === 0; })
          .map(function (key) { return key.slice("tongban:".length); });
      } catch (error) { return []; }
    }
  };

  /* one submission: the first click sends, later ones wait for the answer */
  function lock(form, button) {
    form.dataset.sent = "1";
    if (button) {
      button.setAttribute("aria-disabled", "true");
      button.setAttribute("aria-busy", "true");
    }
    window.setTimeout(function () { unlock(form); }, 10000);
  }

  function unlock(form) {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach(function (button) {
      button.removeAttribute("aria-disabled");
      button.removeAttribute("aria-busy");
    });
  }

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-resubmit") || form.target === "_blank") return;
    if (form.dataset.sent) {
      event.preventDefault();
      say(text("sending"));
      return;
    }
    lock(form, event.submitter || form.querySelector("button:not([type=button])"));
    if (form.dataset.draft) markSent(form.dataset.draft);
  });

  window.addEventListener("pageshow", function (event) {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(unlock);
  });

  /* confirm */
  document.addEventListener("submit", function (event) {
    const form = event.target;
    const button = event.submitter || null;
    const question = (button && button.dataset.confirm) || form.dataset.confirm;
    const template = document.getElementById("tb-confirm");
    if (!question || form.dataset.confirmed || !template || typeof HTMLDialogElement === "undefined") return;
    event.preventDefault();
    event.stopPropagation();
    const dialog = template.content.firstElementChild.cloneNode(true);
    dialog.querySelector("[data-question]").textContent = question;
    document.body.appendChild(dialog);
    dialog.addEventListener("close", function () {
      const yes = dialog.returnValue === "yes";
      dialog.remove();
      if (!yes) { if (button) button.focus(); return; }
      form.dataset.confirmed = "1";
      if (form.requestSubmit) form.requestSubmit(button); else form.submit();
      delete form.dataset.confirmed;
    });
    dialog.showModal();
  }, true);

  /* copy and print */
  function copy(value) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(value);
    return new Promise(function (resolve, reject) {
      const area = document.createElement("textarea");
      area.value = value;
      area.className = "visually-hidden";
      document.body.appendChild(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      if (done) resolve(); else reject(new Error("copy"));
    });
  }

  document.addEventListener("click", function (event) {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    const button = target.closest("[data-copy], [data-copy-from]");
    if (button) {
      const source = button.dataset.copyFrom ? document.querySelector(button.dataset.copyFrom) : null;
      const value = source ? source.value || source.textContent.trim() : button.dataset.copy;
      copy(value).then(
        function () { flash(button, text("copied")); },
        function () { flash(button, text("copyFailed")); }
      );
      return;
    }
    if (target.closest("[data-print]")) { window.print(); return; }
    const clear = target.closest("[data-draft-forget]");
    if (clear) {
      memory.forget("draft:" + clear.dataset.draftForget);
      status(clear.closest("[data-draft-status]"), text("draftCleared"), "");
      return;
    }
    const toggle = target.closest("[data-keynav-toggle]");
    if (toggle) {
      const off = !keysOff();
      memory.write("keys-off", off);
      toggle.setAttribute("aria-pressed", String(!off));
    }
  });

  function flash(button, message) {
    const label = button.querySelector("[data-copy-label]") || button;
    const before = label.dataset.before || label.textContent;
    label.dataset.before = before;
    label.textContent = message;
    say(message);
    window.setTimeout(function () { label.textContent = before; }, 2000);
  }

  /* what a QR code carries behind the #: browsers send it to no server, and it does not stay in the address either */
  function fromFragment() {
    const input = document.querySelector("[data-from-fragment]");
    const given = window.location.hash.slice(1);
    if (!input || !/^[0-9A-Za-z-]{20,30}$/.test(given)) return;
    input.value = given;
    window.history.replaceState(null, "", window.location.pathname);
    const note = document.querySelector("[data-from-fragment-note]");
    if (note) { note.hidden = false; say(note.textContent); }
    const button = input.form && input.form.querySelector("button");
    if (button) button.focus();
  }

  /* character counters: code points, as Python counts them */
  function count(area) {
    const limit = Number(area.dataset.counter);
    const left = limit - Array.from(area.value).length;
    let line = document.getElementById(area.id + "_count");
    if (!line) {
      line = document.createElement("p");
      line.id = area.id + "_count";
      line.className = "field__count";
      area.insertAdjacentElement("afterend", line);
      area.setAttribute("aria-describedby", ((area.getAttribute("aria-describedby") || "") + " " + line.id).trim());
    }
    line.classList.toggle("field__count--over", left < 0);
    line.textContent = (left < 0 ? text("over") : text("left")).replace("%n", String(Math.abs(left)));
  }

  let speaking;
  document.addEventListener("input", function (event) {
    const area = event.target;
    if (!(area instanceof HTMLTextAreaElement) || !area.dataset.counter) return;
    count(area);
    window.clearTimeout(speaking);
    speaking = window.setTimeout(function () {
      const line = document.getElementById(area.id + "_count");
      if (line && Array.from(area.value).length > Number(area.dataset.counter) * 0.9) say(line.textContent);
    }, 1200);
  });

  /* drafts: never passwords, files, hidden fields or what is marked data-draft-skip */
  function draftable(control) {
    return control.name && !control.closest("[data-draft-skip]") &&
      ["password", "file", "hidden", "submit", "button", "reset", "image"].indexOf(control.type) === -1;
  }

  function gather(form) {
    const values = {};
    Array.from(form.elements).filter(draftable).forEach(function (control) {
      const chosen = control.type !== "checkbox" && control.type !== "radio" ? control.value !== "" : control.checked;
      if (!chosen) return;
      const picked = control.multiple && control.options
        ? Array.from(control.selectedOptions).map(function (option) { return option.value; })
        : [control.value];
      values[control.name] = (values[control.name] || []).concat(picked);
    });
    return values;
  }

  function restore(form, values) {
    Array.from(form.elements).filter(draftable).forEach(function (control) {
      const kept = values[control.name];
      if (!kept) return;
      if (control.type === "checkbox" || control.type === "radio") control.checked = kept.indexOf(control.value) !== -1;
      else if (control.multiple && control.options) {
        Array.from(control.options).forEach(function (option) { option.selected = kept.indexOf(option.value) !== -1; });
      } else control.value = kept[0];
      if (control.dataset.counter) count(control);
    });
  }

  function status(line, message, key) {
    if (!line) return;
    line.textContent = message + " ";
    if (key) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn--quiet btn--small";
      button.dataset.draftForget = key;
      button.textContent = text("draftForget");
      line.appendChild(button);
    }
  }

  function markSent(key) {
    const kept = memory.read("draft:" + key);
    if (kept) { kept.sent = true; memory.write("draft:" + key, kept); }
  }

  function draft(form) {
    const key = form.dataset.draft;
    const kept = memory.read("draft:" + key);
    let line = form.querySelector("[data-draft-status]");
    if (!line) {
      line = document.createElement("p");
      line.className = "field__hint cluster";
      line.dataset.draftStatus = "";
      form.insertBefore(line, form.firstChild);
    }
    if (kept && !kept.sent && !document.querySelector("[data-errors]")) {
      restore(form, kept.values);
      status(line, text("draftRestored"), key);
    }
    let waiting;
    form.addEventListener("input", function () {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(function () {
        if (form.dataset.sent) return;
        const stored = memory.write("draft:" + key, { at: Date.now(), values: gather(form) });
        if (stored) status(line, text("draftKept"), key);
      }, 800);
    });
  }

  function tidyDrafts() {
    const unsure = document.querySelector("[data-error-page], [data-errors]");
    document.querySelectorAll("[data-draft-clear]").forEach(function (mark) { memory.forget("draft:" + mark.dataset.draftClear); });
    memory.keys("draft:").forEach(function (key) {
      const kept = memory.read(key);
      const old = !kept || Date.now() - kept.at > DAYS * 86400000;
      if (old || (kept.sent && !unsure)) memory.forget(key);
    });
  }

  /* keys for lists */
  function keysOff() { return memory.read("keys-off") === true; }

  function move(table, by) {
    const links = Array.from(table.querySelectorAll("tbody tr")).map(function (row) { return row.querySelector("a[href], button"); }).filter(Boolean);
    if (!links.length) return;
    const here = links.findIndex(function (link) { return link.closest("tr").contains(document.activeElement); });
    const next = here === -1 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + by, 0), links.length - 1);
    links[next].focus();
  }

  document.addEventListener("keydown", function (event) {
    const table = document.querySelector("table[data-keynav]");
    const at = event.target;
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || keysOff()) return;
    if (at instanceof Element && at.closest("input, textarea, select, dialog, [contenteditable]")) return;
    if (!table && !document.querySelector("[data-key-next]")) return;
    if (event.key === "/") {
      const box = document.querySelector("[data-key-search]") || document.querySelector("main input[type=search], input[type=search]");
      if (!box) return;
      box.focus();
    } else if (event.key === "j" && table) move(table, 1);
    else if (event.key === "k" && table) move(table, -1);
    else if (event.key === "n") {
      const next = document.querySelector("a[data-key-next]");
      if (!next) return;
      next.click();
    } else return;
    event.preventDefault();
  });

  /* the start, and again for what htmx brings */
  function prepare(scope) {
    scope.querySelectorAll("textarea[data-counter]").forEach(count);
    scope.querySelectorAll("form[data-draft]").forEach(draft);
    scope.querySelectorAll("[data-keynav-toggle]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(!keysOff()));
    });
    const errors = scope.querySelector("[data-errors]");
    if (errors) errors.focus();
  }

  tidyDrafts();
  prepare(document);
  fromFragment();
  document.addEventListener("htmx:load", function (event) { if (event.target !== document.body) prepare(event.target); });
  document.addEventListener("htmx:afterRequest", function (event) {
    const form = event.target instanceof Element ? event.target.closest("form") : null;
    if (form) unlock(form);
  });
})();
