//! Places, narratives, ids, and what stands anywhere.

use super::check;

#[test]
fn near_is_along_the_ground() {
    // Leeds station; York is 36 km away, Bradford 14 km.
    let leeds = r#"{"resourceType":"Location","position":{"latitude":53.7949,"longitude":-1.5477}}"#;
    check(
        leeds,
        &[
            ("near=53.7949|-1.5477|0|km", true),
            ("near=53.9583|-1.0930|30|km", false),
            ("near=53.9583|-1.0930|40|km", true),
            ("near=53.9583|-1.0930|40000|m", true),
            ("near=53.9583|-1.0930|20|[mi_i]", false),
            ("near=53.9583|-1.0930|25|[mi_i]", true),
            ("near=53.80|-1.55", true),
            ("near=53.7950|-1.7594", false),
            ("near=53.7950|-1.7594|14", true),
            ("near:missing=false", true),
        ],
    );
    check(
        r#"{"resourceType":"Location","position":{"latitude":0,"longitude":179.9999}}"#,
        &[("near=0|-179.9999|1|km", true)],
    );
    check(
        r#"{"resourceType":"Location","position":{"latitude":100,"longitude":0}}"#,
        &[("near:missing=true", true)],
    );
    check(
        r#"{"resourceType":"Location","position":{"latitude":-0.5,"longitude":-1e-3}}"#,
        &[("near=-0.5|-0.001|1|m", true)],
    );
}

#[test]
fn narratives_by_their_words() {
    let patient = r#"{"resourceType":"Patient","text":{"status":"generated",
        "div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p class='hidden'>Zoë has <b>asthma</b>, well-controlled</p></div>"},
        "contact":[{"name":{"text":"Ann Other"}}]}"#;
    check(
        patient,
        &[
            ("_text=asthma", true),
            ("_text=ZOE asthma", true),
            ("_text=zoe diabetes", false),
            ("_text=diabetes,asthma", true),
            ("_text=well-controlled", true),
            ("_text=hidden", false),
            ("_text=div", false),
            ("_content=other ann", true),
            ("_content=absent", false),
            ("_content=absent,zoe", true),
            ("_content=contact", false),
            ("_content=controlled p div", true),
        ],
    );
}

#[test]
fn ids() {
    check(
        r#"{"resourceType":"Patient","id":"a1"}"#,
        &[
            ("_id=a1", true),
            ("_id=A1", false),
            ("_id=b,a1", true),
            ("_id:not=a1", false),
        ],
    );
}
