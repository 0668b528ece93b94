//! The matching rules of an exact search in PDS, one line a case.

use crate::client::Client;

/// NHS numbers found, in order; or the code of the outcome.
async fn found(client: &Client, query: &str) -> String {
    let seen = client
        .get(&format!("/personal-demographics/FHIR/R4/Patient?{query}"))
        .await;
    let json = seen.json();
    if json["resourceType"] == "OperationOutcome" {
        return seen.outcome_code().unwrap();
    }
    let Some(entries) = json["entry"].as_array() else {
        return "nobody".to_owned();
    };
    let numbers: Vec<&str> = entries
        .iter()
        .map(|entry| entry["resource"]["id"].as_str().unwrap())
        .collect();
    numbers.join(" ")
}

#[tokio::test]
async fn the_nhs_s_own_searches_find_whom_they_find_at_the_nhs() {
    let client = Client::new();
    for (query, expected) in [
        ("family=Smith&gender=female&birthdate=eq2010-10-22", "9000000009"),
        (
            "family=Smith&gender=female&birthdate=eq2010-10-22&phone=01632960587&email=jane.smith@example.com",
            "9000000009",
        ),
        (
            "family=Smith&gender=female&birthdate=eq2010-10-22&phone=0121111111&email=deb.trotter@example.com",
            "nobody",
        ),
        (
            "family=Smith&gender=female&birthdate=ge2010-10-21&birthdate=le2010-10-23",
            "9000000009",
        ),
        (
            "family=Sm*&gender=female&birthdate=eq2010-10-22",
            "9000000009 9000000017",
        ),
        (
            "family=Sm%2A&gender=female&birthdate=eq2010-10-22&_max-results=1",
            "TOO_MANY_MATCHES",
        ),
        (
            "family=Sm*&gender=female&birthdate=eq2010-10-22&phone=01632960587&email=jane.smith@example.com",
            "9000000009",
        ),
        (
            "family=Smythe&given=Janet&gender=female&birthdate=eq2005-06-16&email=janet.smythe@example.com&phone=01632960587",
            "9000000025",
        ),
        (
            "family=KNAPP&gender=female&birthdate=eq1943-07-03&_exact-match=true",
            "9736363120",
        ),
        ("family=Godsoe&gender=male&birthdate=eq1936-02-24", "9693632125"),
        ("family=Massam&birthdate=eq1920-08-11", "9693632966"),
        ("family=Massam&birthdate=le1920-08-11", "9693632966"),
        (
            "family=YOUDS&birthdate=eq1970-01-24",
            "9693633679 9693633687 9693633695 9693633709",
        ),
        (
            "family=YOUDS&birthdate=eq1970-01-24&_max-results=1",
            "TOO_MANY_MATCHES",
        ),
        ("family=CUFF&gender=female&birthdate=eq1926-01-07", "9732019395"),
        (
            "family=TUNNEY&birthdate=ge1980-01-01&death-date=le2019-02-28",
            "9733163201",
        ),
        (
            "family=Me*&birthdate=eq2015-10-22&general-practitioner=a20047",
            "9733162337",
        ),
        (
            "family=Smith&gender=male&birthdate=eq2000-05-05&address-postcode=DN17*",
            "5900020584 5900022366 5900030741",
        ),
        ("family=Jones&gender=male&birthdate=ge1992-01-01", "5900035697"),
        ("family=Bingham&birthdate=1934-12-18", "nobody"),
        ("family=Spiderman&birthdate=1962-07-31", "nobody"),
        (
            "family=Smith&given=John%20Paul&given=James&gender=male&birthdate=eq2010-10-22&email=johnp.smith@example.com&phone=01632960587",
            "9999003001",
        ),
    ] {
        assert_eq!(found(&client, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn names_match_as_pds_says() {
    let client = Client::new();
    for (query, expected) in [
        // Case and extra spaces do not count.
        ("family=sMiTh&given=++jANE&birthdate=2010-10-22", "9000000009"),
        // Any given name without a wildcard, the first only with one.
        ("family=MASSAM&given=Carol&birthdate=1920-08-11", "9693632966"),
        ("family=MASSAM&given=Car*&birthdate=1920-08-11", "nobody"),
        ("family=MASSAM&given=Mar*&birthdate=1920-08-11", "9693632966"),
        (
            "family=MASSAM&given=Mar*&given=Carol&birthdate=1920-08-11",
            "9693632966",
        ),
        // A nickname counts, a name of old does not.
        ("family=Shortname&given=Bob&birthdate=1966-06-06", "9999002102"),
        ("family=Blogs&birthdate=1955-11-05", "nobody"),
        ("family=Garton&birthdate=1955-11-05", "9693632109"),
        // Wildcards stand inside too, and two letters before them are enough.
        ("family=Sm*t*e&birthdate=2005-06-16", "9000000025"),
        // Accents count.
        (
            "family=O%27Brien&given=Siobh%C3%A1n&birthdate=1957-03-17",
            "9999000304",
        ),
        ("family=O%27Brien&given=Siobhan&birthdate=1957-03-17", "nobody"),
        // Wildcards are never a full match.
        ("family=Mass*&birthdate=1920-08-11&_exact-match=true", "nobody"),
        // The same name and birthday, twice.
        (
            "family=Twice&given=David&birthdate=1985-03-14",
            "9999001009 9999001106",
        ),
        // Nothing else is a wildcard.
        ("family=Smit%25&birthdate=2010-10-22", "nobody"),
        ("family=S.ith&birthdate=2010-10-22", "nobody"),
    ] {
        assert_eq!(found(&client, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn a_restricted_patient_is_never_found_by_where_they_are() {
    let client = Client::new();
    for (query, expected) in [
        ("family=Smythe&birthdate=2005-06-16", "9000000025"),
        (
            "family=Smythe&birthdate=2005-06-16&address-postalcode=LS1%206AE",
            "nobody",
        ),
        (
            "family=Smythe&birthdate=2005-06-16&address-postcode=LS*",
            "nobody",
        ),
        (
            "family=Smythe&birthdate=2005-06-16&general-practitioner=Y12345",
            "nobody",
        ),
        (
            "family=Smyth&birthdate=2010-10-22&general-practitioner=Y12345",
            "9000000017",
        ),
    ] {
        assert_eq!(found(&client, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn postcodes_and_numbers_match_as_pds_says() {
    let client = Client::new();
    for (query, expected) in [
        (
            "family=Smith&birthdate=2010-10-22&address-postalcode=ls16ae",
            "9000000009",
        ),
        (
            "family=Smith&birthdate=2010-10-22&address-postalcode=L+S1+6AE",
            "9000000009",
        ),
        (
            "family=Smith&birthdate=2010-10-22&address-postcode=LS1*",
            "9000000009",
        ),
        // Any address, the temporary one too.
        (
            "family=Halls&birthdate=2005-09-30&address-postalcode=S52+8QT",
            "9999002404",
        ),
        (
            "family=Halls&birthdate=2005-09-30&address-postalcode=LS31+4AB",
            "9999002404",
        ),
        (
            "family=Reachable&birthdate=1980-10-10&email=reachable.person@EXAMPLE.com",
            "9999002803",
        ),
        (
            "family=Reachable&birthdate=1980-10-10&phone=07700900123",
            "9999002803",
        ),
        (
            "family=Reachable&birthdate=1980-10-10&phone=07700+900123",
            "nobody",
        ),
        // An empty name is no parameter.
        (
            "=&family=Smith&birthdate=2010-10-22&gender=female&&",
            "9000000009",
        ),
    ] {
        assert_eq!(found(&client, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn numbers_that_do_not_stand_are_never_found() {
    let client = Client::new();
    assert_eq!(
        found(&client, "family=Mistake&birthdate=1990-01-01").await,
        "nobody"
    );
    assert_eq!(
        found(&client, "family=Merged&birthdate=1993-07-07").await,
        "9999001807"
    );
}

#[tokio::test]
async fn the_first_thing_wrong_is_said_in_pds_s_order() {
    let client = Client::new();
    for (query, expected) in [
        ("", "UNSUPPORTED_SERVICE"),
        ("=", "UNSUPPORTED_SERVICE"),
        ("year=2020&birthdate=bad", "ADDITIONAL_PROPERTIES"),
        ("birthdate=bad", "INVALID_VALUE"),
        ("gender=female", "MISSING_VALUE"),
        ("family=Smith", "MISSING_VALUE"),
        ("birthdate=2010-10-22", "INVALID_SEARCH_DATA"),
        ("birthdate=2010-10-22&_fuzzy-match=true", "INVALID_SEARCH_DATA"),
        (
            "family=Sm*&given=Jane&birthdate=2010-10-22&_fuzzy-match=true",
            "INVALID_SEARCH_DATA",
        ),
        (
            "family=Smith&birthdate=2010-10-22&_history=false&_fuzzy-match=false&gender=female",
            "9000000009",
        ),
        (
            "family=Smith&birthdate=2010-10-22&_fuzzy-match=yes",
            "INVALID_VALUE",
        ),
        (
            "family=Smith&birthdate=2010-10-22&address-postcode=LS1&address-postalcode=LS1",
            "INVALID_SEARCH_DATA",
        ),
        (
            "family=Smith&birthdate=2010-10-22&_max-results=0",
            "INVALID_VALUE",
        ),
        (
            "family=Smith&birthdate=2010-10-22&_max-results=51",
            "INVALID_VALUE",
        ),
        (
            "family=Smith&birthdate=2010-10-22&_max-results=%2B5",
            "INVALID_VALUE",
        ),
        ("family=Smith&birthdate=2010-10-22&gender=mal", "INVALID_VALUE"),
        ("family=S*&birthdate=2010-10-22", "INVALID_VALUE"),
        ("family=&birthdate=2010-10-22", "INVALID_VALUE"),
        ("family=Smith&family=Jones&birthdate=2010-10-22", "INVALID_VALUE"),
        ("family=%FF&birthdate=2010-10-22", "INVALID_VALUE"),
    ] {
        assert_eq!(found(&client, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn a_fuzzy_search_hears_turns_round_and_remembers() {
    let client = Client::new();
    for (query, expected) in [
        // Homophones, the one who is called so first.
        (
            "family=Smith&given=Jane&birthdate=2010-10-22&_fuzzy-match=true",
            "9000000009 9000000017",
        ),
        (
            "family=Smyth&given=Jayne&birthdate=eq2010-10-22&_fuzzy-match=true",
            "9000000017 9000000009",
        ),
        // The wrong way round.
        (
            "family=Jane&given=Smith&birthdate=2010-10-22&_fuzzy-match=true",
            "9000000009 9000000017",
        ),
        // A name of old, and one that the record does not tell any more.
        (
            "family=Blogs&given=Joe&birthdate=1955-11-05&_fuzzy-match=true",
            "9693632109",
        ),
        (
            "family=HUME&given=Casey&birthdate=1999-09-09&_fuzzy-match=true",
            "9733162450",
        ),
        ("family=HUME&birthdate=1999-09-09&_history=true", "9733162450"),
        (
            "family=HUME&birthdate=1999-09-09&gender=female&_history=true",
            "9733162450",
        ),
        ("family=HUME&birthdate=1999-09-09&gender=female", "nobody"),
        ("family=MED&birthdate=1999-09-09&gender=female", "nobody"),
        // A date of birth of old is never looked at.
        (
            "family=MED&given=Casey&birthdate=2024-01-12&_fuzzy-match=true",
            "nobody",
        ),
        // An email of old.
        (
            "family=Smith&gender=male&birthdate=eq2000-05-05&email=Historic@example.com",
            "nobody",
        ),
        (
            "family=Smith&gender=male&birthdate=eq2000-05-05&email=Historic@example.com&_history=true",
            "5900020584",
        ),
        // Accents.
        (
            "family=ATTS%C3%96N&given=P%C3%80ULIN%C3%89&birthdate=1960-07-14&_fuzzy-match=true",
            "9693633121 9693633148",
        ),
        // A range of dates of birth is looked up by sound.
        (
            "family=Garton&given=Bill&birthdate=le1990-01-01&birthdate=ge1946-01-19&_fuzzy-match=true",
            "9693632109",
        ),
        // Every combination that is enough.
        (
            "family=Smithe&birthdate=2010-10-22&gender=female&address-postalcode=LS1+6AE&_fuzzy-match=true",
            "9000000009 9000000017",
        ),
        (
            "given=Jain&birthdate=2010-10-22&gender=female&address-postalcode=LS1+6AE&_fuzzy-match=true",
            "9000000009 9000000017",
        ),
        (
            "family=Smith&birthdate=2010-10-22&gender=female&_fuzzy-match=true",
            "INVALID_SEARCH_DATA",
        ),
        // An exact phone is asked of a fuzzy search, too.
        (
            "family=Smith&given=Jane&birthdate=2010-10-22&phone=0121111111&_fuzzy-match=true",
            "nobody",
        ),
        // A full score only.
        (
            "family=Smith&given=Jane&birthdate=2010-10-22&_fuzzy-match=true&_exact-match=true",
            "9000000009",
        ),
    ] {
        assert_eq!(found(&client, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn a_mismatch_that_does_not_decide_costs_marks() {
    let client = Client::new();
    let score = async |query: &str| {
        let path = format!("/personal-demographics/FHIR/R4/Patient?{query}&_fuzzy-match=true");
        client.get(&path).await.json()["entry"][0]["search"]["score"]
            .as_f64()
            .unwrap()
    };
    let same = "family=Smith&given=Jane&birthdate=2010-10-22";
    assert!((score(same).await - 1.0).abs() < f64::EPSILON);
    assert!((score(&format!("{same}&general-practitioner=y12345")).await - 1.0).abs() < f64::EPSILON);
    assert!(score(&format!("{same}&general-practitioner=A20047")).await < 1.0);
    assert!(score(&format!("{same}&death-date=le2009-01-01")).await < 1.0);
}
