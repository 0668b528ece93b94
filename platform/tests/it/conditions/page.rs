//! The page, without scripts.

use http::StatusCode;

use super::{PAGE, press};
use crate::TestResult;
use crate::server::{Answer, Server};

#[tokio::test]
#[expect(
    clippy::too_many_lines,
    reason = "one journey, told from its beginning to its end"
)]
async fn the_page_changes_everything_without_scripts() -> TestResult {
    let server = Server::start().await?;
    let back = |answer: &Answer, anchor: &str| {
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        assert_eq!(answer.headers["location"], format!("{PAGE}#{anchor}"));
    };
    assert!(
        server
            .get("/w/demo")
            .await
            .text()
            .contains("Everything works, and it is today.")
    );
    back(
        &press(
            &server,
            &format!("{PAGE}/clock"),
            "action=set&date=2028-10-21&time=23:30&stopped=yes",
        )
        .await,
        "clock",
    );
    assert!(
        server
            .get(PAGE)
            .await
            .text()
            .contains("21 October 2028 at 11:30pm")
    );
    back(
        &press(&server, &format!("{PAGE}/clock"), "action=advance&by=1h").await,
        "clock",
    );
    back(
        &press(
            &server,
            &format!("{PAGE}/faults"),
            "kind=slow&value=20&interface=pds&patient=9000000009&nth=3",
        )
        .await,
        "faults",
    );
    back(
        &press(&server, &format!("{PAGE}/scenario"), "scenario=wrong-person").await,
        "scenario-now",
    );
    let page = server.get(PAGE).await.text();
    assert!(
        page.contains("22 October 2028 at 12:30am") && page.contains("slow=20"),
        "{page}"
    );
    assert!(page.contains("End this scenario") && page.contains("The wrong person comes back"));
    let told = server.get("/w/demo").await.text();
    assert!(
        told.contains("2 faults") && told.contains("The clock stands still"),
        "{told}"
    );
    back(
        &press(&server, &format!("{PAGE}/scenario/clear"), "").await,
        "scenario-now",
    );
    back(
        &press(&server, &format!("{PAGE}/faults/1/remove"), "").await,
        "faults",
    );
    back(
        &press(&server, &format!("{PAGE}/faults/1/remove"), "").await,
        "faults",
    );
    back(
        &press(&server, &format!("{PAGE}/faults/clear"), "").await,
        "faults",
    );
    back(
        &press(&server, &format!("{PAGE}/clock"), "action=real").await,
        "clock",
    );
    assert!(
        server
            .get("/w/demo")
            .await
            .text()
            .contains("Everything works, and it is today.")
    );

    for (form, sent, field) in [
        ("clock", "action=set&date=soon&time=08:30", "date"),
        ("clock", "action=set&date=2027-01-05&time=25:00", "time"),
        ("clock", "action=advance&by=soon", "by"),
        ("faults", "kind=slow&value=%22%3E%3Cscript%3E", "value"),
        ("faults", "kind=slow&nth=first", "nth"),
        ("faults", "kind=slow&patient=9000000000", "patient"),
        ("faults", "kind=slwo", "kind"),
        ("scenario", "scenario=nothing", "scenario"),
        ("scenario", "toml=title+%3D+1", "toml"),
    ] {
        let refused = press(&server, &format!("{PAGE}/{form}"), sent).await;
        assert!(
            refused.status.is_client_error() || refused.status == StatusCode::UNPROCESSABLE_ENTITY,
            "{sent}"
        );
        let page = refused.text();
        assert!(page.contains("<title>Error: "), "{sent}: {page}");
        assert!(
            page.contains(&format!("href=\"#{field}\"")) && page.contains(&format!("id=\"{field}-error\"")),
            "{sent}: {page}"
        );
        assert!(!page.contains("<script>"), "{sent}");
    }
    Ok(())
}
