// What both sides answer in the second comparison: a page over a FHIR Bundle of 24 KB, parsed anew for each request.
// The bundle itself, `const BUNDLE = "..."`, is written before this text.
function answer() {
  const bundle = JSON.parse(BUNDLE);
  const rows = bundle.entry.map(({ resource }) => {
    const name = resource.name.find(({ use }) => use === "official") ?? resource.name[0];
    const shown = `${name.family.toUpperCase()}, ${name.given.join(" ")}`;
    const address = resource.address[0];
    return `<tr><td>${escape(shown)}</td><td>${escape(resource.birthDate)}</td><td>${escape(address.line.join(", "))} ${escape(address.postalCode)}</td></tr>`;
  });
  return new Response(`<!doctype html><title>Patients</title><table>${rows.join("")}</table>`, {
    headers: { "content-type": "text/html; charset=utf-8" },
  });
}

function escape(text) {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
