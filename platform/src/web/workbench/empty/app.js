// This is the whole app: it is asked for a page, and answers with one.
// Change the words below and press Run (or Ctrl and Enter).

import { html } from "nhs";

export default {
  async fetch(request, env) {
    const heading = "Hello";
    const text = "This is my first app.";

    return new Response(html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>${heading}</title>
          <link rel="stylesheet" href="style.css">
        </head>
        <body>
          <main>
            <h1>${heading}</h1>
            <p>${text}</p>
          </main>
        </body>
      </html>`);
  },
};
