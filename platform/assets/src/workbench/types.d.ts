// The names of the module `nhs`, made by build.mjs from the file that describes it.
declare module "c4h:nhs" {
  const names: { name: string; kind: string; type: string; words: string }[];
  export default names;
}

// A file as its text.
declare module "*.txt" {
  const text: string;
  export default text;
}
