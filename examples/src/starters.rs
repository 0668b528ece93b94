//! The starters: whole apps with a story, which people make their own. Each is a folder of `starters/`.

include!(concat!(env!("OUT_DIR"), "/starters.rs"));

/// An app to make one's own.
#[derive(Clone, Copy, Debug)]
pub struct Starter {
    /// Its folder, and what it is asked for by.
    pub name: &'static str,
    /// What people read. The same as in its `app.toml`.
    pub title: &'static str,
    /// Whom it helps and with what, in one paragraph.
    pub story: &'static str,
    /// Where the rule comes from that it calculates or is laid out by.
    pub source: Option<ClinicalSource>,
    /// A picture, as the text of an SVG. It says nothing that the title does not.
    pub picture: &'static str,
    /// The app's files: path with `/` between the parts, and what is in them. `app.toml` gives no name, so that the app
    /// can have any.
    pub files: &'static [(&'static str, &'static [u8])],
}

/// Where a clinical rule was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClinicalSource {
    /// Who said it, where and when, and what of it is used.
    pub words: &'static str,
    /// The publication's page.
    pub link: &'static str,
}

/// What a starter's folder holds.
struct Folder {
    files: &'static [(&'static str, &'static [u8])],
    picture: &'static str,
}

/// Every starter, in the order in which they are best met.
#[must_use]
pub const fn starters() -> &'static [Starter] {
    STARTERS
}

const fn starter(
    (name, title): (&'static str, &'static str),
    story: &'static str,
    source: Option<ClinicalSource>,
    folder: &Folder,
) -> Starter {
    Starter {
        name,
        title,
        story,
        source,
        picture: folder.picture,
        files: folder.files,
    }
}

const STARTERS: &[Starter] = &[
    starter(
        ("meet-your-patient", "Meet your patient"),
        "Every app begins here: who is it? Find somebody by NHS number, or by name and date of birth, and see who they are. \
         Then try a restricted record, one with almost nothing in it, somebody who has died, and a number that was \
         replaced: the page says what it knows, and what it does not.",
        None,
        &MEET_YOUR_PATIENT,
    ),
    starter(
        ("bmi", "BMI"),
        "The first thing to copy along: two numbers in, one number out. Then take the numbers from the record, and see what a \
         weight of two years ago, a height that is missing, metres typed for centimetres and a child ask of an app.",
        Some(ClinicalSource {
            words: "NICE guideline NG246, Overweight and obesity management (2025): the classes of body mass index, and the \
                    lower ones for some family backgrounds.",
            link: "https://www.nice.org.uk/guidance/ng246",
        }),
        &BMI,
    ),
    starter(
        ("news2", "NEWS2"),
        "How ill is this patient, and are they getting worse? Score a set of observations, see what the score is made of and \
         what to do next, and follow the trend of a man whose score went from 3 to 9 in a day. No score is given for half a \
         set, for a child or in pregnancy.",
        Some(ClinicalSource {
            words: "Royal College of Physicians, National Early Warning Score (NEWS) 2 (2017): scores, bands and responses.",
            link: "https://www.rcp.ac.uk/resources/national-early-warning-score-news-2/",
        }),
        &NEWS2,
    ),
    starter(
        ("rehabilitation-trend", "Rehabilitation trend"),
        "\"I would like to click rehabilitation, and see my trend of care and the guidance.\" Choose a measure and see how far \
         somebody has come since a broken hip or a stroke, what their next goal is, what is planned, and where local, \
         national and international guidance is.",
        Some(ClinicalSource {
            words: "Podsiadlo and Richardson, Timed Up and Go (J Am Geriatr Soc 1991). Guidance of NICE, NHS England and the \
                    WHO is linked.",
            link: "https://doi.org/10.1111/j.1532-5415.1991.tb01616.x",
        }),
        &REHABILITATION_TREND,
    ),
    starter(
        ("discharge-twice", "Discharge, twice"),
        "One stay in hospital, told twice: to the patient in plain words, with what to take, what to stop and whom to call; \
         and to the next clinician, under the headings that they look for. What the record does not say is told as not \
         recorded, in both.",
        Some(ClinicalSource {
            words: "Professional Record Standards Body, eDischarge Summary Standard, v2.1: its headings, in their order.",
            link: "https://theprsb.org/standards/edischargesummary/",
        }),
        &DISCHARGE_TWICE,
    ),
    starter(
        ("child-review", "Child review"),
        "For a health visitor: is this child growing, developing and protected? Growth on the WHO standard and corrected for \
         an early birth, the review that is due, the immunisations that are due by the schedule of 2026, and what worries \
         the parent, saved to the record once.",
        Some(ClinicalSource {
            words: "WHO Child Growth Standards (2006), for teaching; UKHSA, routine immunisation schedule from 1 January 2026; \
                    Delivery of the healthy child programme, Part 2 (2026).",
            link: "https://www.who.int/tools/child-growth-standards",
        }),
        &CHILD_REVIEW,
    ),
    starter(
        ("medicines-and-allergies", "Medicines and allergies"),
        "What does this patient take, who gives it, and what must they never be given? Repeats with their last issue, what \
         comes from elsewhere, what was stopped and why; and allergies on top: some, none known, none any more, or nobody \
         has asked.",
        None,
        &MEDICINES_AND_ALLERGIES,
    ),
    starter(
        ("book-an-appointment", "Book an appointment"),
        "See what is free at the patient's practice, check it, book it and cancel it again, through GP Connect. Of two people \
         who press at once one gets the appointment, pressing twice books once, and when no answer comes the page says that \
         it does not know.",
        None,
        &BOOK_AN_APPOINTMENT,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn text(starter: &Starter, path: &str) -> &'static str {
        let file = starter.files.iter().find(|(each, _)| *each == path);
        let bytes = file.unwrap_or_else(|| panic!("{} has no {path}", starter.name)).1;
        std::str::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_starter_is_whole() {
        for starter in starters() {
            let name = starter.name;
            let manifest = text(starter, "app.toml");
            assert!(
                manifest.contains(&format!("title = \"{}\"", starter.title)),
                "{name}"
            );
            assert!(!manifest.contains("\nname"), "{name} can have any name");
            assert!(manifest.contains("uses = ["), "{name} says what it calls");
            for path in ["main.js", "main.test.js", "README.md", "public/style.css"] {
                assert!(!text(starter, path).is_empty(), "{name} {path}");
            }
            assert!(starter.story.len() > 100 && starter.story.len() < 600, "{name}");
            assert!(starter.picture.starts_with("<svg "), "{name}");
            for word in ["<script", "<style", "href", " on"] {
                assert!(
                    !starter.picture.contains(word),
                    "the picture of {name} has {word}"
                );
            }
            if let Some(source) = starter.source {
                assert!(source.link.starts_with("https://"), "{name}");
                assert!(text(starter, "README.md").contains(source.link), "{name}");
            }
        }
    }

    #[test]
    fn nothing_is_asked_of_another_machine() {
        for starter in starters() {
            for (path, bytes) in starter.files {
                let text = std::str::from_utf8(bytes).unwrap();
                for word in ["src=\"http", "@import", "url(", "<script src"] {
                    assert!(!text.contains(word), "{} {path} has {word}", starter.name);
                }
            }
        }
    }

    /// A shared file is in every starter that names it, and in no other.
    #[test]
    fn shared_files_are_where_they_are_named() {
        let named = |starter: &Starter, name: &str| {
            let scripts = starter.files.iter().filter(|(path, _)| path.ends_with(".js"));
            let mut texts = scripts.map(|(_, bytes)| std::str::from_utf8(bytes).unwrap());
            texts.any(|text| text.contains(&format!("\"./{name}\"")))
        };
        for (path, name, starters_with_it) in [
            ("find-patient.js", "find-patient.js", 8),
            ("public/style.css", "style.css", 8),
            ("record.js", "record.js", 6),
            ("chart.js", "chart.js", 4),
            ("numbers.js", "numbers.js", 3),
            ("allergies.js", "allergies.js", 2),
        ] {
            let mut found = 0;
            for starter in starters() {
                let has = starter.files.iter().any(|(known, _)| *known == path);
                assert_eq!(has, named(starter, name), "{} {path}", starter.name);
                found += usize::from(has);
            }
            assert_eq!(found, starters_with_it, "{path}");
        }
    }
}
