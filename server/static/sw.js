/* Keeps the help pages readable without a network, after one of them was opened. Nothing else is kept, nothing is
   counted or reported. Copies are fetched without cookies, so that none says who was signed in. */
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
