// What the interfaces of the workspace are called and what can be asked of them.
import type { Address } from "./address";
import { ask } from "./api";

export interface Operation {
  interface: string;
  title: string;
  method: string;
  /** Whole, with `{name}` for the parts that vary. */
  address: string;
}

export interface Interface {
  id: string;
  title: string;
  path_prefix: string;
  operations: Operation[];
}

interface Listed {
  interfaces: {
    id: string;
    title: string;
    path_prefix: string;
    profiles: string[];
    operations: { title: string; method: string; path: string }[];
  }[];
}

const FHIR = "https://fhir.c4h.internal";

let loaded: Promise<Interface[]> | undefined;

/** The interfaces of the workspace, asked for once. */
export function interfacesOf(address: Address): Promise<Interface[]> {
  loaded ??= ask<Listed>(address.inWorkspace("interfaces")).then(({ interfaces }) => [
    ...interfaces.map(({ id, title, path_prefix, profiles, operations }) => {
      const host = `https://${profiles.includes("int") ? "int" : "sandbox"}.api.service.nhs.uk`;
      return {
        id,
        title,
        path_prefix,
        operations: operations.map((operation) => ({ interface: title, title: operation.title, method: operation.method, address: `${host}${path_prefix}${operation.path}` })),
      };
    }),
    fhirServer(),
  ]);
  return loaded;
}

function fhirServer(): Interface {
  const title = "FHIR server of this workspace";
  const operation = (words: string, path: string): Operation => ({ interface: title, title: words, method: "GET", address: `${FHIR}${path}` });
  return {
    id: "fhir",
    title,
    path_prefix: "",
    operations: [
      operation("Read a patient's record", "/Patient/{number}"),
      operation("Find measurements of a patient, the newest first", "/Observation?patient={number}&code={code}&_sort=-date"),
      operation("Find a patient's problems", "/Condition?patient={number}"),
      operation("Find a patient's medicines", "/MedicationRequest?patient={number}"),
      operation("Find a patient's allergies", "/AllergyIntolerance?patient={number}"),
    ],
  };
}

/** What a call's address is called: the interface in plain words. */
export function nameOf(url: string, interfaces: readonly Interface[]): string {
  let host = url;
  let path = "";
  try {
    ({ host, pathname: path } = new URL(url));
  } catch {
    // An app may ask for anything; the address itself is shown then.
  }
  if (host === "fhir.c4h.internal") return "FHIR server";
  const app = /^(.+)\.apps\.c4h\.internal$/.exec(host)?.[1];
  if (app) return `App ${app}`;
  if (host.endsWith(".c4h.internal")) return "The app's store";
  const found = interfaces
    .filter(({ path_prefix }) => path_prefix && (path === path_prefix || path.startsWith(`${path_prefix}/`)))
    .sort((left, right) => right.path_prefix.length - left.path_prefix.length)[0];
  return found?.title ?? host;
}
