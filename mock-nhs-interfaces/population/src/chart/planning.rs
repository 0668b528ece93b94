//! What is planned: referrals, appointments, goals, plans, stretches of care.

use fhir_types::authored::{Amount, Code, Concept, Span, When};
use fhir_types::clinical::{
    Activity, ActivityStatus, Appointment, AppointmentStatus, CarePlan, Episode, EpisodeStatus, Goal,
    GoalStatus, Referral, RequestPriority, RequestStatus, Target,
};
use time::{Date, Duration, OffsetDateTime};

use super::{By, Chart};
use crate::codes::{fhir, service};

impl Chart<'_> {
    /// A referral to the hospital.
    pub(crate) fn referral(
        &mut self,
        what: Concept<'_>,
        on: Date,
        status: RequestStatus,
        reason: &str,
        note: &str,
    ) -> String {
        let id = self.sheet.id();
        self.sheet.add(&Referral {
            head: self.who.head(&id, fhir::SERVICE_REQUEST),
            status,
            category: service::REFERRAL,
            priority: RequestPriority::Routine,
            code: what,
            patient: &self.who.patient,
            encounter: "",
            authored: When::Day(self.who.lived(on)),
            requester: self.who.by(By::Gp),
            performer: &self.who.hospital,
            reason,
            note,
        })
    }

    /// An appointment of twenty minutes: kept if it lies in the past, else booked.
    pub(crate) fn appointment(
        &mut self,
        about: &str,
        start: OffsetDateTime,
        by: By,
        (slot, based_on): (&str, &str),
    ) -> String {
        let status = if start.date() <= self.who.last {
            AppointmentStatus::Fulfilled
        } else {
            AppointmentStatus::Booked
        };
        self.appointment_that(status, about, start, by, (slot, based_on))
    }

    /// An appointment with this status.
    pub(crate) fn appointment_that(
        &mut self,
        status: AppointmentStatus,
        about: &str,
        start: OffsetDateTime,
        by: By,
        (slot, based_on): (&str, &str),
    ) -> String {
        let in_hospital = matches!(
            by,
            By::Physician | By::Surgeon | By::Physiotherapist | By::Midwife
        );
        let created = self.who.lived(start.date().saturating_sub(Duration::days(12)));
        let id = self.sheet.id();
        self.sheet.add(&Appointment {
            head: self.who.head(&id, fhir::APPOINTMENT),
            status,
            cancelled_because: if status == AppointmentStatus::Cancelled {
                Concept::words("Cancelled by the patient")
            } else {
                Concept::default()
            },
            service: if in_hospital {
                Concept::words("Outpatient clinic")
            } else {
                Concept::of(&service::GENERAL_PRACTICE)
            },
            description: about,
            start,
            end: start.saturating_add(Duration::minutes(20)),
            created: When::Day(created),
            slot,
            based_on,
            patient: &self.who.patient,
            clinician: self.who.by(by),
            location: if in_hospital { "" } else { &self.who.surgery },
        })
    }

    /// A goal with a measure to reach.
    pub(crate) fn goal(
        &mut self,
        words: &str,
        since: Date,
        achievement: Code,
        target: Option<(Code, Amount, Date)>,
        about: &str,
    ) -> String {
        let id = self.sheet.id();
        let since = self.who.lived(since);
        let addresses: &[&str] = if about.is_empty() { &[] } else { &[about] };
        self.sheet.add(&Goal {
            head: self.who.head(&id, fhir::NO_PROFILE),
            status: if achievement == fhir::ACHIEVED {
                GoalStatus::Completed
            } else {
                GoalStatus::Active
            },
            achievement: Some(achievement),
            description: Concept::words(words),
            patient: &self.who.patient,
            since,
            target: target.as_ref().map(|(measure, value, due)| Target {
                measure: Concept::of(measure),
                value: *value,
                due: *due,
            }),
            addresses,
            note: "",
        })
    }

    /// A plan with its goals and what is to be done.
    pub(crate) fn plan(
        &mut self,
        title: &str,
        (since, until): (Date, Option<Date>),
        (by, about): (By, &str),
        goals: &[&str],
        to_do: &[(&str, ActivityStatus)],
    ) -> String {
        let since = self.who.lived(since);
        let over = until.is_some_and(|until| until <= self.who.last);
        let addresses: &[&str] = if about.is_empty() { &[] } else { &[about] };
        let activities: Vec<Activity<'_>> = to_do
            .iter()
            .map(|(words, status)| Activity {
                code: Concept::words(words),
                status: *status,
                description: words,
            })
            .collect();
        let id = self.sheet.id();
        self.sheet.add(&CarePlan {
            head: self.who.head(&id, fhir::NO_PROFILE),
            status: if over {
                RequestStatus::Completed
            } else {
                RequestStatus::Active
            },
            category: service::CARE_PLAN,
            title,
            description: "",
            patient: &self.who.patient,
            span: Span {
                from: When::Day(since),
                until: until.map(|until| When::Day(until.max(since))),
            },
            author: self.who.by(by),
            addresses,
            goals,
            activities: &activities,
            note: "",
        })
    }

    /// A stretch of care by the hospital.
    pub(crate) fn episode(
        &mut self,
        kind: &str,
        (since, until): (Date, Option<Date>),
        manager: By,
        diagnosis: &str,
    ) -> String {
        let since = self.who.lived(since);
        let until = until.map(|until| self.who.lived(until).max(since));
        let id = self.sheet.id();
        self.sheet.add(&Episode {
            head: self.who.head(&id, fhir::NO_PROFILE),
            status: if until.is_some() {
                EpisodeStatus::Finished
            } else {
                EpisodeStatus::Active
            },
            kind: Concept::words(kind),
            diagnosis,
            patient: &self.who.patient,
            organisation: &self.who.hospital,
            span: Span {
                from: When::Day(since),
                until: until.map(When::Day),
            },
            manager: self.who.by(manager),
        })
    }
}
