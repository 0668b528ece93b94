// Runs @yowasp/clang, a clang that is itself WebAssembly, with the arguments a C compiler or an archiver gets.
//
// node clang.mjs clang|ar INCLUDE... -- ARGUMENTS...
// Its files live in memory: sources and headers are copied in, what it made is copied out.
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Exit, commands } from "@yowasp/clang";

const separator = process.argv.indexOf("--");
const [tool, ...includes] = process.argv.slice(2, separator);
const given = process.argv.slice(separator + 1);

function tree(folder) {
  const result = {};
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) result[name] = tree(path);
    else result[name] = readFileSync(path);
  }
  return result;
}

function sources(folder) {
  const result = {};
  for (const name of readdirSync(folder)) if (/\.[ch]$/.test(name)) result[name] = readFileSync(join(folder, name));
  return result;
}

async function run(command, args, files) {
  try {
    return await commands[command](args, files, {
      stdout: (bytes) => bytes && process.stdout.write(bytes),
      stderr: (bytes) => bytes && process.stderr.write(bytes),
    });
  } catch (error) {
    if (error instanceof Exit) process.exit(error.code || 1);
    throw error;
  }
}

async function compile() {
  const files = {};
  const args = [];
  includes.forEach((folder, index) => {
    files[`include${index}`] = tree(folder);
    args.push("-isystem", `include${index}`);
  });
  let output;
  for (let index = 0; index < given.length; index++) {
    const argument = given[index];
    if (argument === "-o") {
      output = given[++index];
      args.push("-o", "output");
    } else if (argument.endsWith(".c")) {
      files.source = sources(dirname(argument));
      args.push("-iquote", "source");
      args.push(`source/${basename(argument)}`);
    } else args.push(argument);
  }
  const made = await run("clang", args, files);
  if (output) writeFileSync(output, made.output);
}

// ar OPERATION ARCHIVE OBJECT...: the archive is written anew or extended.
async function archive() {
  const [operation, archivePath, ...objects] = given;
  const files = {};
  try {
    files.archive = readFileSync(archivePath);
  } catch {
    // The first time there is none.
  }
  objects.forEach((path) => {
    files[basename(path)] = readFileSync(path);
  });
  const made = await run("ar", [operation, "archive", ...objects.map((path) => basename(path))], files);
  writeFileSync(archivePath, made.archive);
}

await (tool === "ar" ? archive() : compile());
