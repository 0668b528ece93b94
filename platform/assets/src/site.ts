// What the pages do beyond HTML. Every page works without this file; with it, errors take the focus, code can be
// copied, and an app's page notices new runs.
import { Button, Code, ErrorSummary, Header, NotificationBanner, SkipLink, createAll } from "nhsuk-frontend";
import { explore } from "./explorer";
import { watchRuns } from "./runs";

document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
for (const component of [Button, Code, ErrorSummary, Header, NotificationBanner, SkipLink]) {
  createAll(component);
}
watchRuns();
explore((root) => {
  for (const component of [Button, Code, ErrorSummary]) createAll(component, undefined, root);
});
