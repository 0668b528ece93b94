//! What every engine promises: one list of tests, run on each.
//!
//! To add a test, write it in one of the modules below and add its name to the list. To add an engine, add one line to
//! `engines`; one that needs a server takes its address from the environment inside its opener.

mod blobs;
mod commits;
mod concurrency;
mod limits;
mod model;
mod reads;
mod scans;

/// Makes one module for each engine, and in it one test for each name in the list.
macro_rules! contract {
    (engines { $($engine:ident => $open:expr),+ $(,)? } tests $tests:tt) => {
        $(contract! { @engine $engine, $open, $tests })+
    };
    (@engine $engine:ident, $open:expr, { $($module:ident { $($test:ident),+ $(,)? })+ }) => {
        mod $engine {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() -> crate::TestResult {
                    let subject = $open()?;
                    super::$module::$test(&subject.storage).await?;
                    subject.check_engine_blobs_are_empty()
                }
            )+)+
        }
    };
}

contract! {
    engines {
        memory => crate::subject::Subject::memory,
        sled => crate::subject::Subject::sled,
    }
    tests {
        reads {
            a_row_reads_back_with_the_revision_that_wrote_it,
            a_missing_row_is_none,
            tables_and_workspaces_are_apart,
            values_of_every_size_read_back,
            a_value_that_shrinks_and_grows_reads_back,
            keys_are_any_bytes,
        }
        commits {
            a_put_replaces_and_a_delete_removes,
            the_last_change_to_a_key_counts,
            revisions_only_grow_across_workspaces_and_deletions,
            every_condition_holds_or_conflicts,
            a_conflict_changes_nothing_and_names_the_first_condition_that_failed,
            conditions_are_about_the_state_before_the_set,
            a_set_without_changes_only_checks,
            relaxed_commits_are_seen_at_once,
            a_closed_store_reads_and_does_not_write,
        }
        limits {
            what_is_too_large_is_refused_and_the_largest_is_taken,
            a_commit_of_the_largest_size_is_taken,
        }
        scans {
            rows_come_in_the_order_of_their_bytes,
            pages_cut_at_the_limit_and_say_whether_more_follows,
            pages_cut_at_the_byte_budget_but_hold_at_least_one_row,
            a_limit_of_nothing_is_one_row,
            reverse_is_the_same_backwards,
            ranges_keep_their_ends,
            a_walk_sees_rows_ahead_of_it_change,
        }
        concurrency {
            counters_under_conditions_lose_nothing,
            a_page_never_shows_half_a_commit,
            a_large_value_is_never_torn,
            held_commits_wait,
            an_abandoned_commit_does_no_harm,
        }
        model {
            does_what_a_sorted_map_does,
        }
        blobs {
            a_blob_reads_back_under_its_digest,
            the_same_blob_twice_is_one,
            a_deleted_blob_is_gone,
            names_are_listed_in_order_by_the_page,
            a_blob_has_a_largest_size,
        }
    }
}
