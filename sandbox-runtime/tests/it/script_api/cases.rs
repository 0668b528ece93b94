//! One app of several small ones: building a script takes longer than running it.

use bytes::Bytes;
use http::Request;
use sandbox_runtime::egress::Egress;
use sandbox_runtime::script::Script;
use sandbox_runtime::{Guest, Run};

use super::{patient, script};
use crate::scripts::build;
use crate::stage::{SANDBOX, body, get};

/// The app; each case is the inside of an async function of `request`, `env` and `ctx`.
#[derive(Debug)]
pub(super) struct Cases(Guest);

impl Cases {
    /// `top` is the top level of the app.
    pub(super) async fn new(top: &str, cases: &[(&str, &str)]) -> Self {
        Self::of_folder(top, cases, &[]).await
    }

    /// With these files beside the app.
    pub(super) async fn of_folder(top: &str, cases: &[(&str, &str)], files: &[(&str, &str)]) -> Self {
        let mut main = format!("import * as nhs from \"nhs\";\n{top}\nconst cases = {{\n");
        for (name, code) in cases {
            main.push_str(&format!(
                "\"{name}\": async (request, env, ctx) => {{\n{code}\n}},\n"
            ));
        }
        main.push_str(
            "};
            export default { async fetch(request, env, ctx) {
                const said = await cases[decodeURIComponent(new URL(request.url).pathname.slice(1))](request, env, ctx);
                return said instanceof Response ? said : typeof said === 'string' ? new Response(said) : Response.json(said ?? null);
            } };\n",
        );
        let beside = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        let files = std::iter::once(("app.js".to_owned(), main))
            .chain(beside)
            .collect();
        let script: Script = script(files, false);
        Self(build(script).await.unwrap_or_else(|error| panic!("{error}")))
    }

    pub(super) async fn run(&self, name: &str, egress: impl Egress + 'static) -> Run {
        self.send(get(&format!("/{name}")), egress).await
    }

    pub(super) async fn send(&self, request: Request<Bytes>, egress: impl Egress + 'static) -> Run {
        SANDBOX.handle(&self.0, request, patient(egress)).await
    }

    /// What a case says.
    pub(super) async fn said(&self, name: &str, egress: impl Egress + 'static) -> String {
        let run = self.run(name, egress).await;
        assert!(run.answer.is_ok(), "{name}: {:?}", run.answer);
        body(&run)
    }

    pub(super) fn guest(&self) -> &Guest {
        &self.0
    }
}
