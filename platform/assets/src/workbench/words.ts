// What the trace says, in plain words.

/** A stranger's text without characters that print nothing or turn the direction of reading. */
export function visible(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, "\ufffd");
}

export function took(us: number | null | undefined): string {
  if (us == null) return "";
  const ms = us / 1000;
  return ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

const STATUS: Record<number, string> = {
  200: "OK",
  201: "Made",
  204: "Done",
  301: "Moved",
  302: "Go elsewhere",
  303: "Go elsewhere",
  304: "Not changed",
  400: "Not understood",
  401: "Not logged in",
  403: "Not allowed",
  404: "Not found",
  409: "In conflict",
  412: "Changed meanwhile",
  422: "Cannot be used",
  429: "Too many calls",
  500: "It failed",
  502: "Bad answer",
  503: "Not available",
  504: "No answer in time",
};

export function status(code: number): string {
  return `${code} ${STATUS[code] ?? (code < 300 ? "OK" : code < 400 ? "Elsewhere" : code < 500 ? "Refused" : "Failed")}`;
}

export type Tone = "good" | "warn" | "bad" | "wait";

export function tone(code: number | null | undefined, refused?: string | null): Tone {
  if (refused) return "bad";
  if (code == null) return "bad";
  return code < 400 ? "good" : code < 500 ? "warn" : "bad";
}

/** The path of a request as the app sees it, without host. */
export function below(uri: string): string {
  return visible(uri.replace(/^https?:\/\/[^/]*/, "") || "/").slice(0, 160);
}
