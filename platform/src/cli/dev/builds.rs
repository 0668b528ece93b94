//! Tells what a build wrote from what a person saved meanwhile, so that a build is no change by itself.

use std::collections::BTreeSet;

/// What is known of what builds write in one folder.
#[derive(Debug)]
pub(super) struct Builds {
    /// Files that builds have written.
    outputs: BTreeSet<String>,
    /// Files that changed during the last build and could be a person's.
    doubtful: BTreeSet<String>,
    /// Whether everything that the next build changes is its own: there is nothing to compare it with, or it was only asked for because of
    /// doubtful files. So doubt costs one deploy and never a second.
    trusting: bool,
}

impl Default for Builds {
    fn default() -> Self {
        Self {
            outputs: BTreeSet::new(),
            doubtful: BTreeSet::new(),
            trusting: true,
        }
    }
}

impl Builds {
    /// Which of the files that changed during a build it wrote itself. `component` is what it is there to write, where the app is one.
    pub(super) fn wrote(
        &mut self,
        changed: Vec<String>,
        was_there: impl Fn(&str) -> bool,
        component: Option<&str>,
    ) -> Vec<String> {
        self.outputs.extend(component.map(str::to_owned));
        let is_own = |path: &str| {
            self.trusting || self.outputs.contains(path) || (!was_there(path) && self.is_beside_outputs(path))
        };
        let (own, doubtful): (Vec<_>, Vec<_>) = changed.into_iter().partition(|path| is_own(path));
        self.outputs.extend(own.iter().cloned());
        self.doubtful = doubtful.into_iter().collect();
        self.trusting = false;
        own
    }

    /// These changes are the reason of the next build.
    pub(super) fn asked_by(&mut self, changed: &[String]) {
        self.trusting = changed.iter().all(|path| self.doubtful.contains(path));
    }

    /// In a folder of its own into which builds write: the name may have a checksum in it, which is another one each time.
    fn is_beside_outputs(&self, path: &str) -> bool {
        let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
        let own = folder(path);
        own.is_some() && self.outputs.iter().any(|output| folder(output) == own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(paths: &[&str]) -> Vec<String> {
        paths.iter().map(|path| (*path).to_owned()).collect()
    }

    /// A build during which these files changed, those with a plus were not there before; what is taken as its own.
    fn build(builds: &mut Builds, changed: &[&str]) -> Vec<String> {
        let new: Vec<_> = changed.iter().filter_map(|path| path.strip_prefix('+')).collect();
        let changed = changed.iter().map(|path| path.trim_start_matches('+').to_owned());
        builds.wrote(changed.collect(), |path| !new.contains(&path), None)
    }

    #[test]
    fn what_a_build_writes_each_time_is_its_own() {
        let mut builds = Builds::default();
        assert_eq!(
            build(&mut builds, &["dist/app.js", "+dist/app.css"]),
            ["dist/app.js", "dist/app.css"]
        );
        builds.asked_by(&paths(&["app.ts"]));
        let own = build(&mut builds, &["app.ts", "dist/app.js", "+dist/chunk-4F2A.js"]);
        assert_eq!(
            own,
            ["dist/app.js", "dist/chunk-4F2A.js"],
            "app.ts was saved meanwhile"
        );
    }

    #[test]
    fn doubt_costs_one_deploy_and_no_second() {
        let mut builds = Builds::default();
        assert_eq!(build(&mut builds, &[]), paths(&[]));
        builds.asked_by(&paths(&["app.ts"]));
        // Another name each time: nobody can know that it is the build's.
        assert_eq!(build(&mut builds, &["+built-at-12-00.js"]), paths(&[]));
        builds.asked_by(&paths(&["built-at-12-00.js"]));
        assert_eq!(build(&mut builds, &["+built-at-12-01.js"]), ["built-at-12-01.js"]);
        builds.asked_by(&paths(&["app.ts"]));
        assert_eq!(build(&mut builds, &["+words.js"]), paths(&[]));
        // Asked for by a person as well: what a person saves meanwhile counts.
        builds.asked_by(&paths(&["app.ts", "words.js"]));
        assert_eq!(build(&mut builds, &["app.ts", "+words.js"]), paths(&[]));
    }

    #[test]
    fn the_component_is_the_builds_whenever_it_writes_it() {
        let mut builds = Builds::default();
        assert_eq!(build(&mut builds, &[]), paths(&[]));
        builds.asked_by(&paths(&["app.py"]));
        let own = builds.wrote(paths(&["app.py", "app.wasm"]), |_| true, Some("app.wasm"));
        assert_eq!(own, ["app.wasm"]);
    }
}
