/* Keeps the help pages readable without a network or while Kith is down, after one of them was opened, and shows staff
   who asked for it that a case needs somebody. Nothing else is kept, nothing is counted or reported. Copies are fetched
   without cookies, so that none says who was signed in; of what was chosen a copy knows the country alone. */
"use strict";
const KEPT = "kith-help-1";
const OFFLINE = "/static/offline.html";
const STYLE = "/static/kith.css";
const HELP = "/help";
const ALWAYS = [OFFLINE, HELP, STYLE, "/static/kith.js", "/static/favicon.svg"];
const PATIENCE = 4000;
const BLANK = "<!doctype html><title>New tab</title>";

const isHelp = (address) => address === HELP || address.startsWith(`${HELP}?`);
const saysMoreThanCountry = (address) =>
  [...new URL(address, location.origin).searchParams.keys()].some((name) => name !== "country");

const keep = async (address, name = address) => {
  const answer = await fetch(address, { credentials: "omit", cache: "reload" });
  if (!answer.ok || answer.redirected) return;
  const copies = await caches.open(KEPT);
  await Promise.all([...new Set([address, name])].map((one) => copies.put(one, answer.clone())));
};

const kept = async (address) => (await caches.open(KEPT)).match(address, { ignoreVary: true });

/* The numbers of the country that was last looked at stay, when this file is replaced by a newer one. */
const keepFirst = async (address) => { if (address !== HELP || !await kept(HELP)) await keep(address); };

self.addEventListener("install", (event) => {
  event.waitUntil(Promise.allSettled(ALWAYS.map(keepFirst)).then(() => self.skipWaiting()));
});

const forgetOthers = async () => {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)));
};

/* A device on which somebody may look is not to know what they needed. */
const forgetNeeds = async () => {
  const copies = await caches.open(KEPT);
  const telling = (await copies.keys()).filter(({ url }) => saysMoreThanCountry(url));
  await Promise.all(telling.map((request) => copies.delete(request, { ignoreVary: true })));
};

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.allSettled([forgetOthers(), forgetNeeds()]).then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  const address = event.data?.keep;
  if (typeof address !== "string" || !isHelp(address) || saysMoreThanCountry(address)) return;
  const done = Promise.allSettled([keep(address, HELP), keep(STYLE)]);
  event.waitUntil(done.then(async () => { if (await kept(address)) event.source.postMessage({ kept: address }); }));
});

/* The copy of what was asked for; a copy knows no need, so there is none once a need was chosen. */
const sameHelp = async ({ searchParams: chosen }) => {
  if (chosen.get("need")) return undefined;
  return kept(chosen.has("country") ? `${HELP}?country=${chosen.get("country")}` : HELP);
};

/* The nearest copy there is, where nothing else can be had. */
const anyHelp = async (url) => await kept(`${HELP}?country=${url.searchParams.get("country")}`) || kept(HELP);

const withoutNetwork = async (url) => {
  if (url.pathname === "/leave") return new Response(BLANK, { headers: { "content-type": "text/html" } });
  return await kept(OFFLINE) || Response.error();
};

/* Numbers do not wait for a server that is down, nor for a network that stalls: then a copy is taken. While the answer
   may still come, only a copy of the very same will do: a choice that was made is never silently put aside. */
const soonOrKept = async (request, findSame, findAny) => {
  const asked = fetch(request);
  const answered = asked.catch(() => undefined).then(
    async (answer) => (answer?.status < 500 ? answer : await findAny() || asked),
  );
  const late = new Promise((done) => { setTimeout(done, PATIENCE); }).then(findSame);
  return await Promise.race([answered, late]) || answered;
};

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate") {
    const answer = isHelp(url.pathname)
      ? soonOrKept(event.request, () => sameHelp(url), () => anyHelp(url)) : fetch(event.request);
    event.respondWith(answer.catch(() => withoutNetwork(url)));
  } else if (url.pathname === STYLE) {
    const keptStyle = () => kept(STYLE);
    event.respondWith(soonOrKept(event.request, keptStyle, keptStyle));
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
