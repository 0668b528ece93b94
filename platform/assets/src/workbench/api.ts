// Asking the program's own API.

/** Why something was not done: a problem document (RFC 9457), or what stands for one. */
export interface Problem {
  detail: string;
  code: string;
  file?: string;
  line?: number;
  column?: number;
}

export class ApiError extends Error {
  constructor(
    readonly problem: Problem,
    readonly status: number,
  ) {
    super(problem.detail);
  }
}

export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  return { detail: error instanceof Error ? error.message : String(error), code: "page" };
}

/** Asks, and gives back the JSON of the answer. */
export async function ask<T>(address: string, init: RequestInit = {}): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(address, { ...init, headers: { accept: "application/json", ...init.headers } });
  } catch {
    throw new ApiError({ detail: "The program does not answer. What you write is kept in this browser until it does.", code: "offline" }, 0);
  }
  if (!answer.ok) {
    const problem = (await answer.json().catch(() => undefined)) as Problem | undefined;
    throw new ApiError(problem ?? { detail: `The program answered ${answer.status}.`, code: "unknown" }, answer.status);
  }
  return answer.status === 204 ? (undefined as T) : ((await answer.json()) as T);
}

/** An order in JSON. */
export function json(method: string, body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { method, body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } };
}
