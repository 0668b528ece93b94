//! Changes of a workspace's clock, faults and scenario: kept first, and then seen by everything that answers.

use time::OffsetDateTime;

use crate::app::App;
use crate::egress::fhir;
use crate::error::{AppError, Unfit};
use crate::model::{
    AppliedScenario, ClockError, ClockSetting, ConditionsState, KnownInterface, MAX_FAULTS, Scenario,
    Workspace, WrittenFault,
};

impl App {
    /// The interfaces that faults can be about.
    pub(crate) fn known_interfaces(&self) -> Vec<KnownInterface> {
        let mut known: Vec<KnownInterface> = self
            .nhs
            .interfaces()
            .iter()
            .map(|interface| KnownInterface {
                id: interface.id.to_owned(),
                operations: interface
                    .operations
                    .iter()
                    .map(|operation| operation.id.to_owned())
                    .collect(),
            })
            .collect();
        known.push(KnownInterface {
            id: fhir::ID.to_owned(),
            operations: fhir::OPERATIONS.map(str::to_owned).to_vec(),
        });
        known
    }

    /// Changes what is kept: all of what `change` does, or nothing.
    ///
    /// # Errors
    /// What `change` says, and when the store cannot answer.
    pub(crate) async fn change_conditions<T>(
        &self,
        workspace: &Workspace,
        change: impl FnOnce(&mut ConditionsState) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let conditions = &workspace.conditions;
        let mut state = conditions.lock().await;
        let mut next = state.clone();
        let done = change(&mut next)?;
        if next != *state {
            self.conditions.write(workspace.id, &next).await?;
            let is_moved = next.clock != state.clock;
            conditions.publish(&next);
            *state = next;
            if is_moved {
                self.scheduler.ring();
            }
        }
        Ok(done)
    }

    /// Sets the workspace's clock to this moment: from there it goes on, or stands still.
    ///
    /// # Errors
    /// For a moment that no clock is set to, and when the store cannot answer.
    pub(crate) async fn set_clock(
        &self,
        workspace: &Workspace,
        at: OffsetDateTime,
        is_stopped: bool,
    ) -> Result<(), AppError> {
        let setting = ClockSetting::at(at, self.clock.now(), is_stopped).map_err(unfit_clock)?;
        self.change_conditions(workspace, |state| {
            state.clock = setting;
            Ok(())
        })
        .await
    }

    /// Moves the workspace's clock forwards by this, or backwards.
    ///
    /// # Errors
    /// As [`App::set_clock`].
    pub(crate) async fn advance_clock(
        &self,
        workspace: &Workspace,
        by: time::Duration,
    ) -> Result<(), AppError> {
        let real = self.clock.now();
        self.change_conditions(workspace, |state| {
            state.clock = state.clock.advanced(by, real).map_err(unfit_clock)?;
            Ok(())
        })
        .await
    }

    /// Lets the workspace's clock follow real time again.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub(crate) async fn follow_real_time(&self, workspace: &Workspace) -> Result<(), AppError> {
        self.change_conditions(workspace, |state| {
            state.clock = ClockSetting::Real;
            Ok(())
        })
        .await
    }

    /// Adds a fault, and answers its number.
    ///
    /// # Errors
    /// For a fault that makes no sense, when there are as many as may be, and when the store cannot answer.
    pub(crate) async fn add_fault(
        &self,
        workspace: &Workspace,
        written: WrittenFault,
    ) -> Result<u32, AppError> {
        let mut known = self.known_interfaces();
        let added = self.added_interfaces(workspace).await?;
        known.extend(added.iter().map(|added| {
            KnownInterface {
                id: added.id.to_string(),
                operations: added
                    .document
                    .operations
                    .iter()
                    .map(|operation| operation.id.clone())
                    .collect(),
            }
        }));
        written
            .check_names(&known)
            .and_then(|()| written.rule(1).map(drop))
            .map_err(|mistake| Unfit::Body(mistake.to_string()))?;
        self.change_conditions(workspace, |state| {
            if state.faults.len() >= MAX_FAULTS {
                return Err(AppError::TooManyFaults { limit: MAX_FAULTS });
            }
            Ok(state.add(written, false))
        })
        .await
    }

    /// Takes a fault away.
    ///
    /// # Errors
    /// When there is none of that number, and when the store cannot answer.
    pub(crate) async fn remove_fault(&self, workspace: &Workspace, id: &str) -> Result<(), AppError> {
        let unknown = || AppError::UnknownFault(id.to_owned());
        let number: u32 = id.parse().map_err(|_| unknown())?;
        self.change_conditions(workspace, |state| {
            let before = state.faults.len();
            state.faults.retain(|fault| fault.id != number);
            if state.faults.len() == before {
                return Err(unknown());
            }
            Ok(())
        })
        .await
    }

    /// Takes all faults away.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub(crate) async fn clear_faults(&self, workspace: &Workspace) -> Result<(), AppError> {
        self.change_conditions(workspace, |state| {
            state.faults.clear();
            Ok(())
        })
        .await
    }

    /// Begins to show a scenario, in place of the one that is being shown.
    ///
    /// # Errors
    /// When there would be too many faults, and when the store cannot answer.
    pub(crate) async fn apply_scenario(
        &self,
        workspace: &Workspace,
        name: Option<&str>,
        scenario: Scenario,
    ) -> Result<AppliedScenario, AppError> {
        let real = self.clock.now();
        let clock = scenario.clock;
        let clock =
            clock.map(|clock| ClockSetting::at(clock.at, real, clock.is_stopped).map_err(unfit_clock));
        let clock = clock.transpose()?;
        self.change_conditions(workspace, |state| {
            state.clear_scenario();
            if state.faults.len() + scenario.faults.len() > MAX_FAULTS {
                return Err(AppError::TooManyFaults { limit: MAX_FAULTS });
            }
            let clock_before = clock.map(|clock| std::mem::replace(&mut state.clock, clock));
            for fault in scenario.faults {
                state.add(fault, true);
            }
            let applied = AppliedScenario {
                name: name.map(str::to_owned),
                title: scenario.title,
                trainer: scenario.trainer,
                patient: scenario.patient.map(|patient| patient.to_string()),
                clock_before,
            };
            state.scenario = Some(applied.clone());
            Ok(applied)
        })
        .await
    }

    /// Ends the scenario: its faults go, and the clock is set as it was before.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub(crate) async fn clear_scenario(&self, workspace: &Workspace) -> Result<(), AppError> {
        self.change_conditions(workspace, |state| {
            state.clear_scenario();
            Ok(())
        })
        .await
    }

    /// Real time, no faults, no scenario.
    ///
    /// # Errors
    /// When the store cannot answer.
    pub(crate) async fn reset_conditions(&self, workspace: &Workspace) -> Result<(), AppError> {
        self.change_conditions(workspace, |state| {
            *state = ConditionsState {
                last_fault: state.last_fault,
                ..ConditionsState::default()
            };
            Ok(())
        })
        .await
    }
}

fn unfit_clock(error: ClockError) -> AppError {
    Unfit::Body(error.to_string()).into()
}
