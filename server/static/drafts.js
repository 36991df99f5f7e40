/* Unsent words go to the server while somebody writes (docs/decisions/0006). A pause saves them by hx-trigger alone; this
   file saves them while there is no pause, again after a failure, and when the page is hidden or left. */
"use strict";
(() => {
  const LONGEST_WAIT = 15000;

  /* Counts of changes: how many were made, how many are on their way, how many the server has. */
  let typed = 0;
  let sent = 0;
  let saved = 0;
  /* What is under way: the next try, the form itself on its way to be posted and how many changes went with it, the words
     that a page sent as it went. */
  let nextTry;
  let posting;
  let posted = 0;
  let carrier;
  let carried = 0;

  const draft = () => document.querySelector("[hx-post='/drafts']");
  const isDraft = ({ path }) => path === "/drafts";
  /* The same words would get the same answer: who is not let in, or not under this name. A limit passes by itself. */
  const isRefused = ({ status }) => status >= 400 && status < 500 && status !== 429;

  const tryLater = () => {
    nextTry ??= setTimeout(() => {
      nextTry = undefined;
      if (typed > saved && draft()) window.htmx?.trigger(draft(), "save");
    }, LONGEST_WAIT);
  };

  document.addEventListener("input", ({ target }) => {
    if (!target.form?.contains(draft())) return;
    typed += 1;
    document.querySelector("#draft-state [data-saved]")?.remove();
    tryLater();
  });

  /* The newest words are the ones that stay: saves go one after the other (hx-sync). None is sent beside the post itself,
     or it would come back as the draft of a post that is there. */
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { requestConfig } = event.detail;
    if (isDraft(requestConfig)) {
      if (posting) {
        event.preventDefault();
        tryLater();
        return;
      }
      clearTimeout(nextTry);
      nextTry = undefined;
      sent = typed;
    } else if (requestConfig.elt.contains(draft())) {
      posting = requestConfig;
      posted = typed;
      htmx.trigger(draft(), "htmx:abort");
    } else {
      return;
    }
    carrier?.abort();
  });

  /* What was typed while the form was on its way is in the fields that were replaced. The form that took their place goes
     on with it, unless it is for something else by now. */
  const bringOver = (form) => {
    const isSame = `[name="submission_key"][value="${form.elements.submission_key.value}"]`;
    const goesOn = document.querySelector(isSame)?.form;
    if (!goesOn || goesOn === form) return;
    for (const before of form.querySelectorAll("textarea, select, input:not([type='hidden'])")) {
      const field = goesOn.elements[before.name];
      if (!field || field.value === before.value) continue;
      field.value = before.value;
      if (field === document.activeElement) field.setSelectionRange?.(before.selectionStart, before.selectionEnd);
    }
  };

  document.addEventListener("htmx:afterRequest", ({ detail: { requestConfig, successful, xhr } }) => {
    if (requestConfig === posting) {
      posting = undefined;
      const intent = requestConfig.formData.get("intent");
      if (successful && intent !== "preview") saved = intent === "draft" ? posted : typed;
      if (typed > posted) bringOver(requestConfig.elt);
    }
    if (!isDraft(requestConfig)) return;
    if (successful) saved = sent;
    else if (!isRefused(xhr)) tryLater();
  });

  /* "Saved" is said of all that stands there, or not at all; why it was not saved is said once. */
  const wordsOf = (answer) => new DOMParser().parseFromString(answer, "text/html").body.textContent.trim();
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { requestConfig, isError, serverResponse, target } = event.detail;
    if (!isDraft(requestConfig)) return;
    const isNews = isError ? target.textContent.trim() !== wordsOf(serverResponse) : sent === typed;
    if (!isNews) event.detail.shouldSwap = false;
  });

  /* A page that goes cannot wait for an answer: the browser carries the words on, before it asks for the next page, which
     may show them. Whoever leaves quickly has nothing sent any more, as the answer could leave a trace. */
  const carryOn = () => {
    const words = draft()?.closest("form");
    if (!words || typed === saved || typed === carried || document.documentElement.classList.contains("leaving")) return;
    window.htmx?.trigger(draft(), "htmx:abort");
    carrier?.abort();
    carrier = new AbortController();
    carried = typed;
    const carrying = typed;
    const failed = () => { carried = 0; };
    fetch("/drafts", {
      method: "POST", body: new FormData(words), headers: { "HX-Request": "true" }, keepalive: true, signal: carrier.signal,
    }).then(({ ok }) => { if (ok) saved = Math.max(saved, carrying); else failed(); }, failed);
  };
  document.addEventListener("visibilitychange", () => { if (document.hidden && !posting) carryOn(); });
  addEventListener("beforeunload", () => { if (!posting) carryOn(); });
  addEventListener("pagehide", carryOn);
})();
