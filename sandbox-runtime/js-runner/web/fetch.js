// fetch: one call, redirects, abort. The only way out of an app; the platform decides where it may lead.
// https://fetch.spec.whatwg.org/#fetch-method

import { encodeUtf8, placed } from "./text.js";
import { Request, outgoing } from "./request.js";
import { responseOf } from "./response.js";
import { URL } from "./url.js";

const native = globalThis.__c4h;

/** As the specification says. */
const REDIRECTS_MAX = 20;
const BODY_HEADERS = ["content-encoding", "content-language", "content-location", "content-type", "content-length"];
const LOGIN_HEADERS = ["authorization", "cookie", "proxy-authorization"];

let calls = 0;

export function fetch(input, init) {
  return placed(call(input, init));
}

async function call(input, init) {
  const request = outgoing(new Request(input, init));
  const { signal, redirect } = request;
  signal?.throwIfAborted();
  let { method, url, headers } = request;
  let body = await request.body;
  if (typeof body === "string") body = encodeUtf8(body);
  if (!headers.some(([name]) => name === "accept")) headers = [...headers, ["accept", "*/*"]];

  for (let hops = 0; ; hops++) {
    const answer = await send({ method, url, headers, body: body ?? undefined }, signal);
    const location = redirect === "manual" ? undefined : redirectTarget(answer, url);
    if (location === undefined) {
      const noBody = method === "HEAD" || [101, 103, 204, 205, 304].includes(answer.status);
      return responseOf({ status: answer.status, headers: answer.headers, body: noBody ? null : answer.body, url, redirected: hops > 0 });
    }
    if (redirect === "error") throw new TypeError(`fetch failed: ${url} answered with a redirect to ${location}, and this request has redirect: "error"`);
    if (hops === REDIRECTS_MAX) throw new TypeError(`fetch failed: more than ${REDIRECTS_MAX} redirects, the last one to ${location}`);
    if ((answer.status === 303 && method !== "GET" && method !== "HEAD") || ([301, 302].includes(answer.status) && method === "POST")) {
      method = "GET";
      body = undefined;
      headers = headers.filter(([name]) => !BODY_HEADERS.includes(name));
    }
    if (new URL(location).origin !== new URL(url).origin) headers = headers.filter(([name]) => !LOGIN_HEADERS.includes(name));
    url = location;
  }
}

function redirectTarget(answer, url) {
  if (![301, 302, 303, 307, 308].includes(answer.status)) return undefined;
  const location = answer.headers.find(([name]) => name.toLowerCase() === "location")?.[1];
  if (location === undefined) return undefined;
  const target = URL.parse(location, url);
  if (!target) throw new TypeError(`fetch failed: ${url} answered with a redirect to ${JSON.stringify(location)}, which is not an address`);
  if (!target.hash) target.hash = new URL(url).hash;
  return target.href;
}

async function send(request, signal) {
  const id = ++calls;
  const answer = native.send(request, id);
  if (!signal) return answer.catch(failed);
  let heard;
  const aborted = new Promise((_, reject) => {
    heard = () => {
      native.cancel(id);
      reject(signal.reason);
    };
    signal.addEventListener("abort", heard);
  });
  try {
    return await Promise.race([answer.catch(failed), aborted]);
  } finally {
    signal.removeEventListener("abort", heard);
  }
}

/** A failed call as the Web has it: a TypeError, with the host's code in `cause.code`. */
function failed(cause) {
  if (cause?.name === "TimeoutError") throw new DOMException(cause.message, "TimeoutError");
  const error = new TypeError(`fetch failed: ${cause?.message ?? cause}`, { cause });
  if (cause?.code !== undefined) error.code = cause.code;
  throw error;
}
