//! What every store does, on SQLite and, where one answers, on PostgreSQL.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that cannot make its world has failed")]

#[path = "../world/mod.rs"]
mod world;

mod access;
mod attestation;
mod case;
mod comparison;
mod evidence;
mod paper;
mod placement;
mod purge;
mod registry;
mod rules;
mod session;
mod supervision;
mod verdict;

use std::panic::{AssertUnwindSafe, resume_unwind};

use futures_util::FutureExt as _;
use lightcone_store::{SqlStore, Supervision as _};

use world::Place;

/// Runs one test in a place, and leaves the place whatever happened.
async fn run_in(place: Place, test: impl AsyncFnOnce(&SqlStore)) {
    let store = place.open().await;
    let outcome = AssertUnwindSafe(test(&store)).catch_unwind().await;
    store.close().await;
    place.leave().await;
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

/// Each function becomes a test on each engine.
macro_rules! contract {
    ($($module:ident { $($test:ident,)+ })+) => {
        mod sqlite { $(mod $module { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                crate::run_in(crate::world::Place::sqlite(), crate::$module::$test).await;
            }
        )+ })+ }
        mod postgres { $(mod $module { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                if let Some(place) = crate::world::Place::postgres().await {
                    crate::run_in(place, crate::$module::$test).await;
                }
            }
        )+ })+ }
    };
}

contract! {
    registry {
        records_come_back_as_they_were,
        a_batch_is_made_whole_or_not_at_all,
        what_is_taken_is_named,
        lists_are_filtered_and_paged,
        an_etag_that_is_old_is_refused,
        of_two_updates_from_one_reading_one_is_refused,
        a_moved_landmark_has_a_version_and_the_old_one_stays,
        an_update_leaves_ties_and_schedules_alone,
        what_is_retired_stays_readable_and_unchanged,
        a_request_is_done_once_and_answered_alike,
        a_request_at_the_same_time_is_done_once,
        a_failed_request_may_come_again,
    }
    session {
        a_session_goes_its_way,
        steps_out_of_order_are_refused,
        wire_ids_are_unique,
        sessions_are_found_by_wire_id_subject_and_state,
        missed_sessions_are_counted_until_one_closes,
        agents_come_due_in_order,
    }
    access {
        lists_show_what_a_tenant_has_to_do_with,
        whose_a_record_is_does_not_change,
        chips_are_found_by_who_has_to_do_with_them,
        verdicts_and_alerts_are_found_by_tenant,
        accesses_are_noted_in_order,
        a_policy_set_is_kept_once_while_it_is_in_force,
        of_an_epoch_the_first_answer_stays,
    }
    case {
        a_case_opens_by_a_second_subject,
        of_two_who_agree_at_once_one_is_kept,
        a_case_ends_by_somebody_or_by_its_time,
        cases_are_listed_the_latest_first,
        what_was_looked_at_is_forgotten_in_time,
    }
    paper {
        papers_are_found_by_their_keys,
        a_paper_leans_on_what_its_tenant_has,
        a_transfer_ends_in_one_way,
        a_name_stands_for_one_sku_in_use,
    }
    comparison {
        a_comparison_goes_shard_by_shard,
        as_many_run_as_may_and_what_ended_makes_room,
        what_is_deleted_is_gone_at_once_and_its_rows_go_bit_by_bit,
        chips_are_scanned_with_the_latest_verdict_of_a_revision,
        bounds_cut_all_chips_into_shards,
        a_new_store_has_no_verdict_to_fill_in,
    }
    attestation {
        a_key_is_kept_once_for_each_agent,
        the_latest_sighting_of_a_device_stays,
        too_many_devices_are_refused,
    }
    evidence {
        reports_are_kept_once,
        another_report_of_the_same_sequence_is_a_conflict,
        twice_in_one_call_counts_once,
        a_batch_for_an_unknown_session_is_refused_alone,
        calls_at_the_same_time_are_each_answered,
        the_durable_sequence_ends_at_the_first_gap,
        the_nearer_measurement_stays,
        bodies_are_kept_while_they_are_needed,
        pending_reports_are_completed_with_their_verdict,
        an_outcome_for_a_foreign_report_keeps_nothing,
        completions_at_the_same_time_are_each_answered,
        a_mesh_session_ends_with_its_reports,
        a_large_batch_is_one_call,
        the_mesh_keeps_the_best_and_the_latest,
        a_moved_landmark_leaves_the_mesh,
    }
    verdict {
        verdicts_come_back_and_judge_their_session,
        revisions_follow_one_another,
        a_reader_of_revisions_misses_none,
        what_is_superseded_says_by_what,
        lists_show_the_latest_of_each_agent,
    }
    placement {
        a_chip_is_placed_by_the_latest_verdict_that_stands,
        what_ran_counts_once,
    }
    supervision {
        a_chip_has_one_tie_at_a_time,
        a_move_without_a_return_is_an_alert,
        a_chip_that_is_untied_can_be_tied_again,
        retired_chips_and_agents_are_not_tied,
        alerts_are_followed_and_listed,
        every_transaction_is_observed_by_name,
        a_request_knows_whether_it_was_answered,
    }
    rules {
        a_book_is_entered_once_with_its_files,
        a_book_becomes_active_by_a_second_subject,
        of_two_that_become_active_at_once_one_is_left,
        a_program_never_takes_back_what_people_activated,
        decisions_are_kept_once_for_a_request,
        decisions_are_listed_the_latest_first,
        no_purge_forgets_decisions_and_books,
    }
    purge {
        reports_are_forgotten_and_known_as_old,
        a_gap_that_is_too_old_is_given_up,
        bodies_are_dropped_when_their_time_is_over,
        what_a_verdict_leans_on_is_kept,
        held_verdicts_stay,
        answers_and_alerts_expire,
    }
}
