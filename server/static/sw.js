/* Keeps the help pages readable without a network, after one of them was opened, and shows staff who asked for it that
   a case needs somebody. Nothing else is kept, nothing is counted or reported. Copies are fetched without cookies, so
   that none says who was signed in. */
"use strict";
const KEPT = "kith-help-1";
const OFFLINE = "/static/offline.html";
const STYLE = "/static/kith.css";
const ALWAYS = [OFFLINE, "/help", STYLE, "/static/kith.js", "/static/favicon.svg"];
const BLANK = "<!doctype html><title>New tab</title>";

const isHelp = (path) => path === "/help" || path.startsWith("/help/") || path.startsWith("/help?");

const keep = async (address) => {
  const answer = await fetch(address, { credentials: "omit", cache: "reload" });
  if (answer.ok && !answer.redirected) await (await caches.open(KEPT)).put(address, answer);
};

const kept = async (address, options) => (await caches.open(KEPT)).match(address, { ignoreVary: true, ...options });

self.addEventListener("install", (event) => {
  event.waitUntil(Promise.allSettled(ALWAYS.map(keep)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name))));
  event.waitUntil(old.then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  const address = event.data?.keep;
  if (typeof address === "string" && isHelp(address)) event.waitUntil(Promise.allSettled([address, STYLE].map(keep)));
});

const withoutNetwork = async (url) => {
  if (url.pathname === "/leave") return new Response(BLANK, { headers: { "content-type": "text/html" } });
  const found = isHelp(url.pathname) && (await kept(url.pathname + url.search) || await kept("/help"));
  return found || await kept(OFFLINE) || Response.error();
};

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate") {
    event.respondWith(fetch(event.request).catch(() => withoutNetwork(url)));
  } else if (ALWAYS.includes(url.pathname)) {
    event.respondWith(fetch(event.request).catch(async () => await kept(url.pathname) || Response.error()));
  }
});

/* Calls to staff. A lock screen is read by others: it says no more than these words, whatever was sent. */
const CALLS = {
  urgent: ["Kith: somebody is needed", "An urgent case waits for you."],
  test: ["Kith: a test", "Calls reach you on this device."],
};
const ANY_CALL = ["Kith: somebody is needed", "A case waits for you."];

const readCall = (event) => {
  try {
    return event.data?.json() ?? {};
  } catch {
    return {};
  }
};

const pageOf = (call) => {
  if (call.kind === "test") return "/moderation/shift";
  return Number.isSafeInteger(call.case) ? `/moderation/cases/${call.case}` : "/moderation";
};

self.addEventListener("push", (event) => {
  const call = readCall(event);
  const page = pageOf(call);
  const [title, body] = Object.hasOwn(CALLS, call.kind) ? CALLS[call.kind] : ANY_CALL;
  /* A later call to the same case takes the place of the earlier one, and rings again. */
  event.waitUntil(self.registration.showNotification(title, { body, tag: page, renotify: true, data: page }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = new URL(event.notification.data, location.origin);
  /* A tab on another page is left alone: somebody may be writing there. */
  const open = self.clients.matchAll({ type: "window", includeUncontrolled: true }).then((tabs) => {
    const tab = tabs.find((one) => new URL(one.url).pathname === address.pathname);
    return tab ? tab.focus() : self.clients.openWindow(address.href);
  });
  event.waitUntil(open);
});
