// A whole page as an answer.
import { html, page } from "nhs";

const text = async (options) => await page({ title: "Find a patient", body: html`<p>x</p>`, ...options }).text();
page({ title: "x" }).status; // => 200
page({ title: "x", status: 404 }).status; // => 404
page({ title: "x" }).headers.get("content-type"); // => "text/html;charset=UTF-8"
page({ title: "x" }).headers.get("cache-control"); // => "no-store"
page({ title: "x", headers: { "Cache-Control": "max-age=60", "x-own": "1" } }).headers.get("cache-control"); // => "max-age=60"
page({ title: "x", headers: { "x-own": "1" } }).headers.get("x-own"); // => "1"
page({ title: "x", headers: { "x-own": "1" } }).headers.get("cache-control"); // => "no-store"
page({ body: "x" }); // throws "A page has a title"
page(); // throws "A page has a title"

const plain = await text();
plain.includes("<title>Find a patient</title>"); // => true
plain.includes('<main id="maincontent">\n<h1>Find a patient</h1>\n<p>x</p>\n</main>'); // => true
plain.includes("Training sandbox: made-up patients, not for care"); // => true
plain.includes('<p class="c4h-back">'); // => false
(await text({ body: "<p>x</p>" })).includes("&lt;p&gt;x&lt;/p&gt;"); // => true
(await text({ title: "<b>" })).includes("<h1>&lt;b&gt;</h1>"); // => true
(await text({ service: "Ward & more" })).includes('<header class="c4h-header">Ward &amp; more</header>'); // => true
(await text({ service: "Ward" })).includes("<title>Find a patient – Ward</title>"); // => true
(await text({ back: "/?a=1&b=2" })).includes('<p class="c4h-back"><a href="/?a=1&amp;b=2">Back</a></p>'); // => true
(await text({ head: html`<meta name="x">` })).includes('</style><meta name="x">\n</head>'); // => true
(await text({ errors: [{ text: "Enter a name", field: "name" }, { text: "Nothing <here>" }] })).includes('<ul><li><a href="#name">Enter a name</a></li><li>Nothing &lt;here&gt;</li></ul>'); // => true
(await text({ errors: [{ text: "x" }] })).includes("<title>Error: Find a patient</title>"); // => true
(await text({ errors: [{ text: "x" }] })).includes('role="alert"'); // => true
