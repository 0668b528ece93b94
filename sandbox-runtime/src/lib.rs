//! Runs strangers' WebAssembly components, one fresh instance a request, within limits.
//!
//! It knows no web framework, no storage and no NHS: bytes come in, an answer and a [`Trace`] come out, and the one way out of a guest
//! is the [`Egress`] that the caller hands in.
//!
//! ```text
//! upload ── inspect ── compile (child process) ── artefact (sealed, on disk) ── guest (ready) ── sandbox.handle ── answer + trace
//!                                                                                                     └── egress: the guest's calls
//! ```
//!
//! # What a sandbox promises
//!
//! Each with the test in `tests/it` that tries to break it.
//!
//! 1. A run starts from nothing and leaves nothing: `runs::each_run_starts_from_nothing`.
//! 2. A guest reaches its egress and nothing else: `runs::a_call_to_nowhere_is_refused_and_the_log_says_what_is_allowed`,
//!    `uploads::what_is_offered_is_linked_and_nothing_else`.
//! 3. A guest cannot use more processor time than its limit, however it spins: `limits::cpu`, and waiting is not counted:
//!    `limits::cpu_does_not_count_waiting`.
//! 4. A run ends in time, whether it waits or works: `limits::wall`, `limits::wall_of_a_busy_guest`,
//!    `calls::waiting_for_a_slow_interface_counts_on_the_clock_only`.
//! 5. All its memories together stay within one limit, and a refusal is named even when the guest stops itself: `limits::memory`,
//!    `limits::memory_refused_and_borne`, `limits::memory_asked_for_all_at_once`, `limits::memory_declared_at_the_start`, `limits::table`.
//! 6. Endless recursion ends the run and not the program: `limits::stack`.
//! 7. Calls are counted, take turns, and are bounded both ways: `calls::the_thirty_third_call_is_refused_and_named`,
//!    `calls::the_seventh_call_at_once_waits`, `calls::an_answer_that_is_too_long_is_an_error_for_the_guest`.
//! 8. Bodies and headers are bounded: `limits::request_body`, `limits::response_body`, `limits::headers_of_the_request`,
//!    `limits::headers_of_the_answer`.
//! 9. A log is cut and says so, and the run goes on: `limits::log`.
//! 10. A guest cannot make the host hold much for it: `limits::handles`, `limits::host_call`, `limits::random`.
//! 11. Busy guests leave turns to quick ones, and a full house says so: `runs::sixty_four_spinning_guests_do_not_starve_a_quick_one`,
//!     `runs::a_full_engine_says_busy`; the short runs of a group that has had its share can wait as well:
//!     `runs::short_runs_of_a_group_that_is_to_wait_begin_in_the_slow_lane`.
//! 12. Whoever drops a run frees everything it held: `runs::dropping_a_run_frees_its_place_and_its_call`.
//! 13. Every failure has one name, one sentence and a place in the trace: `runs::failures_have_names`, `runs::a_trap_names_the_function`.
//! 14. Host code that panics under a guest fails that call and nothing else: `calls::a_panic_on_the_way_out_is_a_failed_call_and_nothing_else`.
//! 15. Only machine code that this installation made is ever loaded: `artefacts::a_sound_artefact_comes_back_and_a_changed_one_never_does`,
//!     `artefacts::an_artefact_of_another_key_or_another_component_is_not_ours`; a damaged file costs a compilation:
//!     `artefacts::a_guest_is_made_once_and_quietly_made_again_after_damage`.
//! 16. What is hard to compile fails alone, in a child: `compiling::a_bomb_for_the_processor_ends_in_one_sentence`,
//!     `compiling::a_bomb_for_the_memory_ends_in_one_sentence`, `compiling::a_child_that_takes_too_long_is_killed`.
//! 17. What cannot run is refused before anything else, with the way out: `uploads::what_cannot_run_is_named_with_the_way_out`,
//!     `uploads::no_beginning_of_a_component_passes`, `uploads::a_flipped_bit_is_refused_or_harmless`,
//!     `uploads::more_than_any_toolchain_makes_is_refused_before_compiling`.
//! 18. A run is repeated on its tape step for step, with its randomness, its clock and the order in which it noticed the answers to several calls
//!     at once: `replays::whatever_order_the_answers_come_in_the_repetition_has_it_too`, `replays::all_randomness_is_on_the_tape`,
//!     `replays::the_clock_is_on_the_tape_and_nobody_sleeps_again`; what a tape has no room for is named:
//!     `replays::what_does_not_fit_on_a_tape_is_named`.
//! 19. A repeated run reaches nobody; what another version asks besides is refused and shown:
//!     `replays::another_version_is_answered_from_the_tape_as_far_as_it_goes`.
//! 20. A secret is on no trace and no tape, in whatever form it travels: `records::a_secret_is_nowhere`.
//! 21. A run that nobody waits for any more leaves its trace: `records::a_run_that_nobody_waits_for_leaves_its_trace`.
//! 22. Calls of an app's own store have a limit of their own: `records::calls_of_the_apps_own_store_are_counted_apart`.
//! 23. Groups take turns in front of the compiler, however many jobs one has: `compiling::a_group_that_sends_many_bombs_keeps_another_waiting_for_one`,
//!     `scripts::scripts_of_groups_take_turns`.
//!
//! What it does not promise: that timing tells a guest nothing about its neighbours (its clocks only go in steps of a millisecond), and that a flaw in the engine itself is harmless. Guests that must not
//! share a process belong on different machines.
#![deny(missing_docs)]

pub mod artefact;
mod capability;
pub mod compile;
pub mod egress;
pub mod engine;
pub mod error;
pub mod guest;
pub mod inspect;
pub mod limits;
mod line;
mod priority;
pub mod processors;
pub mod replay;
pub mod sandbox;
pub mod script;
mod ticker;
pub mod trace;

pub use artefact::{Artefact, ArtefactCache, ArtefactKey, ComponentSha};
pub use compile::{CompileError, Compiler, CompilerConfig, compile_child};
pub use egress::{AppliedFault, CallLabel, Delivery, Egress, EgressAnswer};
pub use engine::Allocation;
pub use error::{LoadError, RunError, SandboxError};
pub use guest::{Guest, GuestError, Guests};
pub use inspect::{Inspection, UploadError, UploadLimits, check_upload};
pub use limits::{Limit, LimitHit, Limits};
pub use priority::in_the_background;
pub use replay::{FaultName, ReplayOptions, Tape};
pub use sandbox::{
    CPU_TIME_IS_EXACT, Place, Places, Recording, Run, RunContext, SLOW_LANE_HAS_LOW_PRIORITY, Sandbox,
    SandboxConfig,
};
pub use script::{Built, Script, ScriptBuildError, ScriptError, Scripts};
pub use trace::{Event, Keeper, RunKind, Trace, TraceParent, Watcher};
