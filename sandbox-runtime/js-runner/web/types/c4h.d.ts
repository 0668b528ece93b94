// Types of what the sandbox adds to the web: the modules `nhs` and `c4h:test`, and what a handler is given.
// The web's own types (Request, Response, fetch ...) are TypeScript's library "DOM" or "WebWorker".
// For an app's tsconfig.json: { "compilerOptions": { "lib": ["ES2023", "DOM"], "types": [] }, "include": ["*.ts", "c4h.d.ts"] }

/** What `fetch(request, env)` is given beside the request. */
interface Env {
  /** The app's small store. */
  readonly store: Store;
  /** Configuration and secrets of app.toml. */
  readonly [name: string]: any;
}

interface Store {
  /** The value kept under the key, or undefined. */
  get<T = unknown>(key: string): Promise<T | undefined>;
  /** Keeps anything that JSON can hold. */
  set(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
  /** Adds a whole number to the one under the key in one step (1 if no number is given), and answers the sum. */
  add(key: string, number?: number): Promise<number>;
  list(options?: { prefix?: string; after?: string; limit?: number }): Promise<{ keys: string[]; next?: string }>;
}

interface Context {
  /** Work that may finish after the answer. */
  waitUntil(promise: Promise<unknown>): void;
  passThroughOnException(): void;
}

interface ScheduledEvent {
  readonly type: "scheduled";
  /** Milliseconds since 1970, by the clock of the workspace. */
  readonly scheduledTime: number;
  /** The interval of app.toml, such as "15m". */
  readonly every: string;
}

/** The default export of an app. */
interface Handler {
  fetch(request: Request, env: Env, ctx: Context): Response | Promise<Response>;
  scheduled?(event: ScheduledEvent, env: Env, ctx: Context): void | Promise<void>;
}
declare module "nhs" {
  /** A resource, or a part of one, as JSON has it. */
  type Fhir = { readonly [key: string]: any } | null | undefined;
  type DateLike = string | number | Date | null | undefined;

  export function checkNhsNumber(text: unknown): { ok: true; nhsNumber: string; problem?: undefined } | { ok: false; problem: string; nhsNumber?: undefined };
  export function isNhsNumber(text: unknown): boolean;
  /** Throws a RangeError with the sentence for who typed it. */
  export function parseNhsNumber(text: unknown): string;
  export function formatNhsNumber(text: unknown): string;

  export function formatDate(value: DateLike): string;
  export function formatShortDate(value: DateLike): string;
  export function formatTime(value: DateLike): string;
  export function formatDateTime(value: DateLike): string;
  export function formatPeriod(period: { start?: string; end?: string } | null | undefined): string;
  /** Throws a RangeError with the sentence for who typed it. */
  export function parseDate(value: string | { day: string | number; month: string | number; year: string | number }): string;
  export function today(): string;

  export function age(person: Fhir | string | Date, options?: { at?: DateLike }): { years: number; months: number; weeks: number; days: number; monthDays: number } | undefined;
  export function formatAge(person: Fhir | string | Date, options?: { at?: DateLike }): string;

  /** A piece of HTML; `String(piece)` is its text. */
  export class Html {
    constructor(text: string);
    toString(): string;
    toJSON(): string;
  }
  export function html(strings: TemplateStringsArray, ...values: unknown[]): Html;
  export function raw(text: unknown): Html;
  export function escapeHtml(text: unknown): string;

  export function patientBanner(patient: Fhir, options?: { at?: DateLike; allergies?: readonly (Fhir | string)[]; askedFor?: string }): Html;
  export function page(options: {
    title: string;
    body?: Html | string;
    service?: string;
    back?: string;
    errors?: readonly { text: string; field?: string }[];
    head?: Html;
    status?: number;
    headers?: HeadersInit;
  }): Response;
  export const pageStyle: Html;

  export function formatName(source: Fhir | readonly Fhir[], options?: { use?: string; style?: "plain" | "banner" }): string;
  export function findName(person: Fhir, use?: string): any;
  export function findAddress(person: Fhir, use?: string): any;
  export function formatAddress(source: Fhir, options?: { separator?: string }): string;
  export function addressLines(source: Fhir): string[];
  export function findTelecoms(person: Fhir, system?: string, use?: string): any[];
  export function phoneOf(person: Fhir): string | undefined;
  export function emailOf(person: Fhir): string | undefined;
  export function findIdentifier(resource: Fhir, system: string): string | undefined;
  export function nhsNumberOf(patient: Fhir): string | undefined;
  export function practiceOf(patient: Fhir): string | undefined;
  export function isRestricted(patient: Fhir): boolean;
  export function isDeceased(patient: Fhir): boolean;
  export function formatGender(patient: Fhir | string): string;

  export function codeText(concept: Fhir | string): string;
  export function findCode(concept: Fhir, system: string): string | undefined;
  export function formatQuantity(quantity: Fhir): string;
  export function referenceId(reference: Fhir | string): { type: string; id: string } | undefined;
  export function findExtension(resource: Fhir, ...urls: string[]): any;
  export function extensionValue(resource: Fhir, ...urls: string[]): any;

  export interface CallInit extends RequestInit {
    /** Tries of one call, with the first; 4 if not given. */
    tries?: number;
    /** The first wait in milliseconds; 200 if not given. */
    waitMs?: number;
  }
  export function fhirFetch(address: string | URL | Request, init?: CallInit): Promise<Response>;
  /** Throws a FhirError for everything that is not a resource. */
  export function readFhir(address: string | URL | Request, init?: CallInit): Promise<any>;
  export class FhirError extends Error {
    constructor(message: string, details: { status: number; outcome?: Fhir; url: string });
    readonly status: number;
    readonly code: string | undefined;
    readonly outcome: any;
    readonly url: string;
  }
  export function outcomeText(outcome: Fhir): string | undefined;
  export function outcomeCode(outcome: Fhir): string | undefined;
  export function resources(bundle: Fhir, type?: string): any[];
  export function nextPage(bundle: Fhir): string | undefined;
  export function bundlePages(source: string | URL | Fhir, options?: { maxPages?: number; init?: CallInit }): AsyncGenerator<any, void>;
  export function bundleResources(source: string | URL | Fhir, options?: { type?: string; maxPages?: number; init?: CallInit }): AsyncGenerator<any, void>;
}

declare module "c4h:test" {
  export function test(name: string, run: () => unknown): void;
  export namespace test {
    /** Listed, and not run. */
    function skip(name: string, run?: () => unknown): void;
  }

  type Expected = RegExp | string | { readonly [key: string]: unknown } | (abstract new (...args: any[]) => unknown);

  export function assert(value: unknown, message?: string): asserts value;
  export namespace assert {
    function ok(value: unknown, message?: string): asserts value;
    function equal(actual: unknown, expected: unknown, message?: string): void;
    function notEqual(actual: unknown, unexpected: unknown, message?: string): void;
    function deepEqual(actual: unknown, expected: unknown, message?: string): void;
    function notDeepEqual(actual: unknown, unexpected: unknown, message?: string): void;
    function match(text: unknown, pattern: RegExp | string, message?: string): void;
    function doesNotMatch(text: unknown, pattern: RegExp | string, message?: string): void;
    function throws(run: () => unknown, expected?: Expected, message?: string): any;
    function rejects(promise: Promise<unknown> | (() => unknown), expected?: Expected, message?: string): Promise<any>;
    function fail(message?: string): never;
  }

  export class AssertionError extends Error {
    readonly actual: unknown;
    readonly expected: unknown;
  }

  /** The app under test. Paths are those of the app; redirects are not followed. */
  export const app: {
    fetch(request: string | Request, init?: RequestInit): Promise<Response>;
    get(path: string, init?: RequestInit): Promise<Response>;
    delete(path: string, init?: RequestInit): Promise<Response>;
    /** Plain objects and arrays are sent as JSON. */
    post(path: string, body?: unknown, init?: RequestInit): Promise<Response>;
    put(path: string, body?: unknown, init?: RequestInit): Promise<Response>;
  };

  /** What answers for the tests; `c4h test` exports it. */
  export const tests: Handler;
}
