//! What a workspace's people have set: its clock, its faults, and the scenario that is being shown.

use std::sync::Arc;

use mock_nhs_interfaces::fault::{FaultRule, Faults};
use serde::{Deserialize, Serialize};
use store::Clock;
use tokio::sync::{Mutex, MutexGuard};

use super::clock::{ClockSetting, WorkspaceClock};
use super::written_fault::WrittenFault;

/// Faults of one workspace at most: more than anybody can keep in mind.
pub(crate) const MAX_FAULTS: usize = 50;

/// What is kept of a workspace's conditions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ConditionsState {
    /// The clock.
    pub(crate) clock: ClockSetting,
    /// The faults, in the order in which they are looked at.
    pub(crate) faults: Vec<KeptFault>,
    /// The number of the last fault that was made; numbers are not given twice.
    pub(crate) last_fault: u32,
    /// The scenario that is being shown.
    pub(crate) scenario: Option<AppliedScenario>,
}

/// A fault of a workspace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct KeptFault {
    /// Its number in the workspace.
    pub(crate) id: u32,
    /// Whether the scenario brought it.
    pub(crate) is_of_scenario: bool,
    /// What it says.
    pub(crate) written: WrittenFault,
}

/// A scenario that is being shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AppliedScenario {
    /// The name of one that comes with the program; `None` for one's own.
    pub(crate) name: Option<String>,
    pub(crate) title: String,
    /// Words for the trainer.
    pub(crate) trainer: String,
    /// The patient whom it is about, by NHS number.
    pub(crate) patient: Option<String>,
    /// How the clock was set before, where the scenario sets it.
    pub(crate) clock_before: Option<ClockSetting>,
}

impl ConditionsState {
    /// Adds a fault at the end, and answers its number. Whether there is room is the caller's to check.
    pub(crate) fn add(&mut self, written: WrittenFault, is_of_scenario: bool) -> u32 {
        self.last_fault = self.last_fault.saturating_add(1);
        self.faults.push(KeptFault {
            id: self.last_fault,
            is_of_scenario,
            written,
        });
        self.last_fault
    }

    /// Takes away what the scenario brought, and puts the clock back to where it was before.
    pub(crate) fn clear_scenario(&mut self) -> Option<AppliedScenario> {
        let scenario = self.scenario.take()?;
        self.faults.retain(|fault| !fault.is_of_scenario);
        if let Some(before) = scenario.clock_before {
            self.clock = before;
        }
        Some(scenario)
    }

    /// The rules. One that an earlier version of the program wrote and this one cannot read is left out.
    fn rules(&self) -> Vec<FaultRule> {
        self.faults
            .iter()
            .filter_map(|fault| fault.written.rule(fault.id).ok())
            .collect()
    }
}

/// The conditions of one workspace, as everything that answers in it reads them.
#[derive(Debug)]
pub struct Conditions {
    /// The workspace's clock.
    pub clock: Arc<WorkspaceClock>,
    /// The workspace's faults.
    pub faults: Arc<Faults>,
    // Held while a change is written, so that changes come one after the other.
    state: Mutex<ConditionsState>,
}

impl Conditions {
    /// Conditions as they were kept.
    pub(crate) fn new(real: Arc<dyn Clock>, state: ConditionsState) -> Self {
        Self {
            clock: Arc::new(WorkspaceClock::new(real, state.clock)),
            faults: Arc::new(Faults::new(state.rules())),
            state: Mutex::new(state),
        }
    }

    /// What is kept, to read it or to change it.
    pub(crate) async fn lock(&self) -> MutexGuard<'_, ConditionsState> {
        self.state.lock().await
    }

    /// Lets everything that answers know what is kept now.
    pub(crate) fn publish(&self, state: &ConditionsState) {
        self.clock.set(state.clock);
        self.faults.set(state.rules());
    }
}
