//! Timers and clocks, in a run and across the snapshot.

use super::cases::Cases;
use crate::stage::{Nobody, body};

/// A top level that tries what is for the handler, and goes on.
const TOP: &str = "
    const tried = [];
    let alarms = 0;
    for (const start of [() => setTimeout(() => alarms++, 1), () => setInterval(() => alarms++, 1), () => AbortSignal.timeout(1)]) {
        try { start(); } catch (error) { tried.push(error.message); }
    }
    const began = performance.now();
    const origin = performance.timeOrigin;
    const date = Date.now();
    console.time('early');
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
";

#[tokio::test]
async fn timers_live_where_the_top_level_tried_to_start_one() {
    let cases = Cases::new(
        TOP,
        &[
            (
                "top",
                "await pause(20); return [tried.every((each) => each.includes('Timers can only be used')), tried.length, alarms];",
            ),
            (
                "clocks",
                "const first = performance.now(); await pause(20); const then = performance.now();
                 return [began, first, then >= 20 && then < 20_000, Math.abs(performance.timeOrigin + then - Date.now()) < 1_000, date === Date.now()];",
            ),
            (
                "order",
                "const order = [];
                 setTimeout(() => order.push('third'), 15); setTimeout(() => order.push('first'), 5); setTimeout((a, b) => order.push(a + b), 10, 'sec', 'ond');
                 const gone = setTimeout(() => order.push('never'), 1); clearTimeout(gone); clearTimeout(undefined); clearTimeout(9999);
                 await pause(40); return order;",
            ),
            (
                "interval",
                "let ticks = 0; let self;
                 await new Promise((resolve) => { self = setInterval(() => { if (++ticks === 3) { clearInterval(self); resolve(); } }, 2); });
                 await pause(20); return ticks;",
            ),
            ("early", "await pause(5); console.timeEnd('early');"),
            (
                "failing",
                "let after = false; setTimeout(() => null.x, 1); setTimeout(() => { after = true; }, 2); await pause(20); return after;",
            ),
        ],
    )
    .await;
    assert_eq!(cases.said("top", Nobody).await, "[true,3,0]");
    assert_eq!(cases.said("clocks", Nobody).await, "[0,0,true,true,false]");
    assert_eq!(cases.said("order", Nobody).await, r#"["first","second","third"]"#);
    assert_eq!(cases.said("interval", Nobody).await, "3");
    let early = cases.run("early", Nobody).await;
    let log = &early.trace.log[0].text;
    let ms: f64 = log
        .strip_prefix("early: ")
        .and_then(|took| took.strip_suffix("ms")?.parse().ok())
        .unwrap_or_else(|| panic!("{log}"));
    assert!((0.0..1_000.0).contains(&ms), "{log}");
    let failing = cases.run("failing", Nobody).await;
    assert_eq!(body(&failing), "true");
    assert!(
        failing
            .trace
            .log
            .iter()
            .any(|line| line.text.starts_with("A timer's function failed: TypeError")),
        "{:?}",
        failing.trace.log
    );
}
