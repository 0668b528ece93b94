// Bundles the styles and scripts of the pages into OUT (first argument): hashed names, three encodings, one manifest.
//
// Invariant: nothing that leaves this script names another host. NHS England's stylesheet loads the Frutiger typeface from
// its own servers; the typeface is licensed to NHS organisations that register for it, so it is taken out and Arial is used.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const out = process.argv[2] ?? "dist";
const nhsuk = dirname(createRequire(import.meta.url).resolve("nhsuk-frontend/package.json"));

const mediaTypes = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Takes the typeface out of NHS England's stylesheet and finds the icons that it names by an absolute path. */
const nhsStyles = {
  name: "nhs-styles",
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /nhsuk-frontend\.min\.css$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8")
        .replace(/@font-face\s*\{[^}]*\}/g, "")
        .replace(/Frutiger W01,\s*/g, "")
        // Rules that only Internet Explorer read, in a notation that no parser of today accepts.
        .replace(/@media screen\\0 and/g, "@media not all and"),
      loader: "css",
    }));
    onResolve({ filter: /^\/assets\/images\// }, ({ path }) => ({
      path: join(nhsuk, "dist/nhsuk", path),
    }));
  },
};

/**
 * Makes Blockly ask for nothing: its few pictures go into its styles, and those carry the page's own mark, without which the
 * page's policy would not let them in.
 */
const blockly = {
  name: "blockly",
  setup({ onLoad }) {
    onLoad({ filter: /blockly_compressed\.js$/ }, ({ path }) => {
      const media = join(dirname(path), "media");
      const types = { cur: "image/x-icon", svg: "image/svg+xml" };
      const picture = (file) => `data:${types[file.split(".").pop()]};base64,${readFileSync(join(media, file)).toString("base64")}`;
      const changes = [
        [/https:\/\/static\.blockly\.com\/media\//g, () => "", 1],
        [/https:\/\/bugzilla\.mozilla\.org\/[\w./?=]*/g, () => "", 1],
        [/<<<PATH>>>\/([a-z]+\.(?:cur|svg))/g, (_, file) => picture(file), 6],
        [/"sprites\.svg"/g, () => JSON.stringify(picture("sprites.svg")), 1],
        [/document\.createElement\("style"\)/g, () => 'Object.assign(document.createElement("style"),{nonce:globalThis.c4hNonce})', 2],
      ];
      let contents = readFileSync(path, "utf8");
      for (const [pattern, replacement, times] of changes) {
        const found = contents.match(pattern)?.length ?? 0;
        if (found !== times) throw new Error(`Blockly has ${pattern} ${found} times and not ${times}: look at what changed`);
        contents = contents.replace(pattern, replacement);
      }
      return { contents, loader: "js" };
    });
    // Help for blocks that are not offered here, on pages of other hosts.
    onLoad({ filter: /blockly\/msg\/en\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(/"https?:\/\/[^"]*"/g, '""'),
      loader: "js",
    }));
  },
};

/** The names of the module `nhs`, with their types and words, from the file that describes it to people's editors. */
const nhsModule = {
  name: "nhs-module",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^c4h:nhs$/ }, () => ({ path: join(import.meta.dirname, "c4h.d.ts"), namespace: "nhs-module" }));
    onLoad({ filter: /.*/, namespace: "nhs-module" }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const inside = text.slice(text.indexOf('declare module "nhs"'), text.indexOf('declare module "c4h:test"'));
      const names = [...inside.matchAll(/(?:\/\*\*\s*((?:(?!\*\/)[\s\S])*?)\s*\*\/\s*)?export (async function\*?|function\*?|class|const) (\w+)([^\n{]*)/g)].map(
        ([, words = "", kind, name, rest]) => ({
          name,
          kind: kind.includes("function") ? "function" : kind,
          type: rest.replace(/;\s*$/, "").trim(),
          words: words.replace(/\s*\n\s*\*?\s*/g, " "),
        }),
      );
      if (names.length < 40) throw new Error(`only ${names.length} names are found in ${path}`);
      return { contents: JSON.stringify(names), loader: "json" };
    });
  },
};

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ["src/site.css", "src/site.ts", "src/mark.svg", "src/workbench.css", "src/workbench.ts"],
  outdir: out,
  entryNames: "[name]-[hash]",
  // What a page asks for later, such as the blocks, comes as a file of its own.
  splitting: true,
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  publicPath: "/assets",
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome109", "firefox115", "safari16"],
  loader: { ".svg": "copy", ".txt": "text" },
  legalComments: "none",
  logLevel: "warning",
  plugins: [nhsStyles, blockly, nhsModule],
});

// Names of languages look like addresses and nobody fetches them; so do those of hosts that only apps inside the sandbox can
// call, and examples in hints. Every other address is a mistake.
const harmless = new RegExp(
  [
    "http://www\\.w3\\.org/(2000/svg|1999/xlink|1999/xhtml)",
    "https://developers\\.google\\.com/blockly/xml",
    "https://(int|sandbox)\\.api\\.service\\.nhs\\.uk",
    "https://[a-z.]*c4h\\.internal",
    "http://loinc\\.org",
    "http://snomed\\.info/sct",
    "https://fhir\\.nhs\\.uk/Id/nhs-number",
    "https://code4health\\.example/CodeSystem/measure",
  ].join("|"),
  "g",
);
const lines = [];
for (const file of readdirSync(out).sort()) {
  const bytes = readFileSync(join(out, file));
  const text = bytes.toString("utf8").replace(harmless, "");
  const found = text.match(/(https?:)?\/\/[a-z0-9-]+\.[a-z][^\s"')]*|frutiger/i);
  if (found) throw new Error(`${file} names ${found[0]}: pages must not need another host or a licensed typeface`);
  const mediaType = mediaTypes[extname(file)];
  if (!mediaType) throw new Error(`${file} has no media type: add its extension to build.mjs`);

  const encodings = {
    gz: gzipSync(bytes, { level: 9 }),
    br: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  };
  const kept = Object.entries(encodings).filter(([, packed]) => packed.length < bytes.length * 0.9);
  for (const [extension, packed] of kept) writeFileSync(join(out, `${file}.${extension}`), packed);

  const name = file.replace(/-[0-9A-Z]{8}\./, ".");
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  lines.push([name, file, mediaType, digest, kept.map(([extension]) => extension).join(",")].join("\t"));
}
writeFileSync(join(out, "manifest.tsv"), lines.join("\n") + "\n");
