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

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ["src/site.css", "src/site.ts", "src/mark.svg"],
  outdir: out,
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  publicPath: "/assets",
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome109", "firefox115", "safari16"],
  loader: { ".svg": "copy" },
  legalComments: "none",
  logLevel: "warning",
  plugins: [nhsStyles],
});

// The name of the SVG language is an address that nobody fetches; every other address is a mistake.
const harmless = /http:\/\/www\.w3\.org\/(2000\/svg|1999\/xlink)/g;
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
