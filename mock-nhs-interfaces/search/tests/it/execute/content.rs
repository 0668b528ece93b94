//! The two filters that read texts: members of a list, words.

use search::query::Filter;

use super::world::{World, ids, query};

#[test]
fn a_list_has_the_members_that_are_not_marked_as_deleted() {
    let texts = [
        r#"{"resourceType":"Patient","id":"a"}"#,
        r#"{"resourceType":"Patient","id":"b"}"#,
        r#"{"resourceType":"Patient","id":"c"}"#,
        r#"{"resourceType":"List","id":"l","entry":[{"item":{"reference":"Patient/a"}},
            {"deleted":true,"item":{"reference":"Patient/b"}},{"item":{"reference":"Group/c"}},
            {"item":{"reference":"Patient/c/_history/2"}},{"item":{"display":"someone"}}]}"#,
    ];
    let world = World::new(&texts);
    let check = |lists: &[&str], expected: &[&str]| {
        let lists = lists.iter().map(|id| (*id).into()).collect();
        let page = world
            .search(&query("Patient", vec![Filter::List(lists)]))
            .unwrap();
        assert_eq!(ids(&world, page.matches), expected);
    };
    check(&["l"], &["a", "c"]);
    check(&["l", "none"], &["a", "c"]);
    check(&["none"], &[]);
    check(&["$current-problems"], &[]);
}

#[test]
fn words_are_looked_for_in_texts() {
    let texts = [
        r#"{"resourceType":"Patient","id":"a","name":[{"text":"Anna Smith"}]}"#,
        r#"{"resourceType":"Patient","id":"b","name":[{"text":"Bea Smith"}]}"#,
    ];
    let world = World::new(&texts);
    let check = |words: &[&str], expected: &[&str]| {
        let words = words.iter().map(|word| (*word).into()).collect();
        let page = world
            .search(&query("Patient", vec![Filter::Content(words)]))
            .unwrap();
        assert_eq!(ids(&world, page.matches), expected);
    };
    check(&["smith"], &["a", "b"]);
    check(&["smith", "anna"], &["a"]);
    check(&["jones"], &[]);
}
