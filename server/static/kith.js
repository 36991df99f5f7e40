/* What the pages do beyond HTML. Every page works without this file; nothing here keeps what somebody writes. */
"use strict";
(() => {
  const root = document.documentElement;

  /* Leave quickly: the page goes blank before anything else, then what the browser kept goes, then the page itself. */
  const BETWEEN_PRESSES = 1000;
  let lastEscape = -Infinity;

  const forget = () => {
    for (const name of ["sessionStorage", "localStorage"]) {
      try { window[name].clear(); } catch { /* Storage is switched off: then it holds nothing. */ }
    }
    if ("caches" in window) caches.keys().then((names) => names.forEach((name) => caches.delete(name)), () => {});
    navigator.serviceWorker?.getRegistrations().then((all) => all.forEach((one) => one.unregister()), () => {});
  };

  const leave = (address) => {
    root.classList.add("leaving");
    document.title = " ";
    forget();
    location.replace(address);
  };

  const leaveLink = () => document.querySelector("[data-leave]");

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-leave]");
    if (!link) return;
    event.preventDefault();
    leave(link.href);
  });

  document.addEventListener("keydown", (event) => {
    /* One that ends the input of a word, or closes a dialog, is not meant for leaving. */
    const isMeant = !event.repeat && !event.isComposing && event.keyCode !== 229 && !document.querySelector("dialog[open]");
    if (event.key !== "Escape" || !isMeant) return;
    if (event.timeStamp - lastEscape < BETWEEN_PRESSES && leaveLink()) leave(leaveLink().href);
    lastEscape = event.timeStamp;
  }, true);

  /* A page that comes back from the browser's memory after leaving must not be seen. */
  addEventListener("pageshow", (event) => {
    if (event.persisted && root.classList.contains("leaving")) location.replace(leaveLink().href);
  });

  /* The main navigation is one row: where one is comes into sight, and nothing else moves. */
  const here = document.querySelector(".site-nav [aria-current]");
  if (here) {
    const [place, row] = [here, here.closest("nav")].map((one) => one.getBoundingClientRect());
    here.closest("nav").scrollLeft += place.left + place.width / 2 - row.left - row.width / 2;
  }

  /* Text fields: grow where CSS cannot make them, and count only when the end is near. */
  const growsByItself = CSS.supports("field-sizing", "content");

  const grow = (area) => {
    if (growsByItself) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  };

  const count = (area) => {
    const counter = document.getElementById(`${area.id}-counter`);
    const limit = Number(area.dataset.limit);
    if (!counter || !limit) return;
    const left = limit - [...area.value].length;
    const isNear = left < Math.max(50, limit / 10);
    /* Rounded, so that a screen reader hears a few numbers, not one for every key. */
    const said = left > 20 ? Math.floor(left / 10) * 10 : Math.abs(left);
    const words = isNear ? (left < 0 ? counter.dataset.over : counter.dataset.left).replace("%(n)s", said) : "";
    if (counter.textContent !== words) counter.textContent = words;
    counter.classList.toggle("is-over", left < 0);
  };

  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("textarea")) return;
    grow(event.target);
    count(event.target);
  });

  /* Copying the recovery phrase: offered only where it works. */
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    const words = [...document.getElementById(button.dataset.copy).children].map((word) => word.textContent.trim());
    try {
      await navigator.clipboard.writeText(words.join(" "));
      button.textContent = button.dataset.copied;
    } catch {
      button.hidden = true;
    }
  });

  /* Seven words are hard to type unseen: a secret can be shown while it is typed, and never stays in a field's memory. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-reveal]");
    if (!button) return;
    const field = document.getElementById(button.dataset.reveal);
    field.type = field.type === "password" ? "text" : "password";
    button.setAttribute("aria-pressed", String(field.type === "text"));
    field.focus();
  });
  document.addEventListener("submit", (event) => {
    event.target.querySelectorAll("[data-reveal]").forEach((button) => {
      document.getElementById(button.dataset.reveal).type = "password";
    });
  });

  /* Moderators' keys, on pages that have any. Never while somebody types, and off for whoever wants them off. */
  const TYPED_IN = "textarea, select, [contenteditable], input:not([type='radio'], [type='checkbox'])";

  const keys = () => new Map([...document.querySelectorAll("[data-key]")].map(
    (one) => [one.dataset.key, one.matches("form") ? one.querySelector("button") : one],
  ));
  const areKeysOff = () => "off" in document.getElementById("keys").dataset;
  /* What came back with the page, for example where more time was asked for, was typed as well. */
  const isAnythingTyped = () => [...document.querySelectorAll("textarea")].some((one) => one.value.trim());

  const showKeys = () => {
    const dialog = document.getElementById("keys").content.firstElementChild.cloneNode(true);
    const list = dialog.querySelector("dl");
    for (const [key, target] of keys()) {
      const row = list.appendChild(document.createElement("div"));
      const then = "keyFocus" in target.closest("[data-key]").dataset ? list.dataset.then : "";
      row.append(document.createElement("dt"), document.createElement("dd"));
      row.firstChild.append(Object.assign(document.createElement("kbd"), { textContent: key }));
      row.lastChild.textContent = `${target.textContent.trim()} ${then}`;
    }
    const choice = dialog.querySelector("input");
    choice.checked = !areKeysOff();
    const form = dialog.querySelector("form");
    choice.addEventListener("change", () => {
      document.getElementById("keys").toggleAttribute("data-off", !choice.checked);
      const body = new URLSearchParams(new FormData(form));
      if (choice.checked) body.set("keys", "1");
      /* Where it cannot be kept it holds for this page; the page of the shift has the same choice. */
      fetch(form.dataset.keptAt, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
    });
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  };

  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!document.getElementById("keys") || areKeysOff()) return;
    if (event.target.closest?.(TYPED_IN) || document.querySelector("dialog[open]")) return;
    const target = keys().get(event.key);
    if (event.key !== "?" && !target) return;
    event.preventDefault();
    if (!target) return showKeys();
    /* What weighs, or would lose what was typed, is only brought to the finger: Enter does it. */
    const { keyFocus, keyLoses } = target.closest("[data-key]").dataset;
    if (keyFocus !== undefined || (keyLoses !== undefined && isAnythingTyped())) target.focus();
    else target.click();
  });
  document.addEventListener("click", (event) => { if (event.target.closest?.("[data-keys]")) showKeys(); });

  /* How long a case is with somebody. The server's clock counts: the device's own may be wrong. */
  const SOON = 2;
  const millisecondsLeft = (part) => {
    part.dataset.ahead ??= Date.now() - Date.parse(part.dataset.at);
    return Date.parse(part.dataset.until) + Number(part.dataset.ahead) - Date.now();
  };
  const countDown = () => document.querySelectorAll("[data-until]").forEach((part) => {
    const minutes = Math.max(0, Math.round(millisecondsLeft(part) / 60000));
    const line = part.querySelector("[data-left]");
    const warning = part.querySelector("[role='status']");
    line.textContent = line.dataset.left.replace("%(n)s", minutes);
    const words = minutes > SOON ? "" : minutes ? warning.dataset.soon : warning.dataset.over;
    if (warning.textContent !== words) warning.textContent = words;
  });
  if (document.querySelector("[data-until]")) {
    countDown();
    setInterval(countDown, 30000);
    document.addEventListener("visibilitychange", countDown);
  }

  /* Whoever writes keeps the case: while there is time left, it starts anew, at most once a minute. */
  const BETWEEN_EXTENSIONS = 60000;
  let extendedAt = -Infinity;
  document.addEventListener("input", () => {
    const part = document.querySelector("[data-until]");
    if (!part || !window.htmx || Date.now() - extendedAt < BETWEEN_EXTENSIONS || millisecondsLeft(part) <= 0) return;
    extendedAt = Date.now();
    htmx.trigger("#extend", "writing");
  });

  /* Whether a line is open is true for minutes: what the browser kept of a help page, or left open, says it no more. */
  const TRUE_FOR = 600000;
  const hideWhatIsOld = () => document.querySelectorAll("[data-open-at]").forEach((line) => {
    line.hidden = Math.abs(Date.now() - Date.parse(line.dataset.openAt)) > TRUE_FOR;
  });
  hideWhatIsOld();
  setInterval(hideWhatIsOld, 60000);
  document.addEventListener("visibilitychange", hideWhatIsOld);

  /* What a new part of the page needs, and the page itself at the start. */
  const prepare = (part) => {
    part.querySelectorAll("textarea").forEach((area) => { grow(area); count(area); });
    part.querySelectorAll("[data-reveal], [data-keys], .leave-hint").forEach((button) => { button.hidden = false; });
    if (navigator.clipboard) part.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = false; });
  };
  prepare(document);

  /* Help pages stay readable without a network. */
  const helpPage = document.querySelector("[data-offline]");
  if (helpPage && "serviceWorker" in navigator) {
    const keep = helpPage.dataset.offline;
    navigator.serviceWorker.addEventListener("message", ({ data }) => {
      if (data.kept === keep) helpPage.querySelector("[data-kept]").hidden = false;
    });
    navigator.serviceWorker.register("/sw.js").then(() => navigator.serviceWorker.ready).then(
      (registration) => registration.active.postMessage({ keep }),
      () => { /* The browser declined: the page works as before, online. */ },
    );
  }

  /* Calls on this device, for staff: asked for with a button, never by itself. */
  const calls = document.querySelector("[data-calls]");

  const subscribe = async (applicationServerKey) => {
    await navigator.serviceWorker.register("/sw.js");
    const { pushManager } = await navigator.serviceWorker.ready;
    const options = { userVisibleOnly: true, applicationServerKey };
    try {
      return await pushManager.subscribe(options);
    } catch (failure) {
      /* One that was made with an earlier key of Kith is in the way. */
      const old = await pushManager.getSubscription();
      if (!old) throw failure;
      await old.unsubscribe();
      return pushManager.subscribe(options);
    }
  };
  if (calls && "serviceWorker" in navigator && "PushManager" in window) {
    calls.hidden = false;
    document.querySelector("[data-calls-why]").hidden = true;
    calls.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        if (await Notification.requestPermission() !== "granted") return say(calls.dataset.refused);
        const { endpoint, keys } = (await subscribe(calls.dataset.calls)).toJSON();
        for (const [name, value] of Object.entries({ endpoint, ...keys })) calls.elements[name].value = value;
      } catch {
        return say(calls.dataset.failed);
      }
      calls.submit();
    });
  }

  /* htmx: answers with an error are shown, never a stranger's error page; no network says so and keeps the text. */
  const said = () => document.getElementById("said");

  const say = (words) => {
    const banner = document.createElement("div");
    banner.className = "banner banner-warning";
    banner.append(Object.assign(document.createElement("p"), { textContent: words }));
    said().replaceChildren(banner);
    banner.scrollIntoView({ block: "nearest" });
  };

  /* What asks by itself must not take a message away, nor bring one that moves the page under whoever reads or writes:
     a draft that could not be saved is told beside its text. */
  const BY_ITSELF = "[hx-trigger*='every '], [hx-trigger*='sse:'], [hx-trigger^='input']";
  const isByItself = ({ elt, triggeringEvent }) => elt.matches(BY_ITSELF) || triggeringEvent?.type === "writing";
  /* On a slow network it takes a while: the line beside the button says that something happens. */
  const tellProgress = ({ elt }, words) => {
    const line = elt.querySelector("[data-sending]");
    if (line) line.textContent = words(line);
  };
  const unreachable = ({ detail: { requestConfig } }) => {
    const words = said().dataset.unreachable;
    if (!isByItself(requestConfig)) return say(words);
    const line = requestConfig.target;
    if (line.id === "draft-state" && line.textContent !== words) line.textContent = words;
  };
  let heldFocus = false;

  document.addEventListener("htmx:beforeSwap", (event) => {
    heldFocus = event.detail.target.contains(document.activeElement);
    const { xhr: answer, requestConfig } = event.detail;
    const isSaid = answer.getResponseHeader("hx-retarget");
    const isOurs = (answer.getResponseHeader("content-type") || "").startsWith("text/html")
      && (isByItself(requestConfig) ? answer.status < 500 && !(isSaid && isAnythingTyped())
        : answer.status < 500 || isSaid);
    if (answer.status < 400 || isOurs) return;
    event.detail.shouldSwap = false;
    unreachable(event);
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { requestConfig } = event.detail;
    if (isByItself(requestConfig)) return;
    said().replaceChildren();
    tellProgress(requestConfig, (line) => line.dataset.sending);
  });
  /* Where the answer leads to another page, it goes on until that is there; who comes back finds it ended. */
  document.addEventListener("htmx:afterRequest", ({ detail: { xhr: answer, requestConfig } }) => {
    if (!isByItself(requestConfig) && !answer.getResponseHeader("hx-redirect")) tellProgress(requestConfig, () => "");
  });
  window.addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    said()?.replaceChildren();
    document.querySelectorAll("[data-sending]").forEach((line) => { line.textContent = ""; });
  });
  document.addEventListener("htmx:sendError", unreachable);
  document.addEventListener("htmx:timeout", unreachable);

  /* A list that is fetched anew keeps what was ticked, or cleared, while it was on its way. */
  let ticksBefore = [];
  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    ticksBefore = [...target.querySelectorAll("[data-keeps-ticks] input[type='checkbox']")];
  });
  document.addEventListener("htmx:afterSwap", ({ detail: { elt: part } }) => {
    if (!part.matches("[data-keeps-ticks]")) return;
    for (const before of ticksBefore) {
      const now = part.querySelector(`[name="${before.name}"]`);
      if (now) now.checked = before.checked;
      else if (before.checked) (part.querySelector(".choices") || part).prepend(before.closest("label"));
    }
  });

  /* After a part was replaced: errors are read out, and the keyboard is never left nowhere; a part that changes by
     itself takes it from nobody. */
  document.addEventListener("htmx:afterSettle", (event) => {
    const part = event.detail.elt;
    if (!part.isConnected) return;
    prepare(part);
    /* Help that was just offered comes into sight, unless its reader is typing. */
    if (!document.activeElement?.matches(TYPED_IN)) part.querySelector("[data-show]")?.scrollIntoView();
    const wanted = part.querySelector(".error-summary, [data-focus]") || (part.matches("[data-focus]") ? part : null);
    const isLost = heldFocus && (!document.activeElement || document.activeElement === document.body);
    const next = isLost ? part.querySelector("h1, h2, button, a[href]") || document.getElementById("main") : null;
    const target = wanted || next;
    if (!target) return;
    if (target.matches("h1, h2")) target.tabIndex = -1;
    target.focus({ preventScroll: !wanted });
  });
})();
