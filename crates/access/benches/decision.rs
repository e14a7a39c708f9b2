//! What a decision costs, the first time that it is asked for and each time after: `cargo bench -p lightcone-access`.
//! Beside it, in the same run, what any service would pay to
//! answer from a table, and what parsing the policies costs once.

use std::collections::{BTreeSet, HashMap};
use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use lightcone_access::grid::{Relation, subject};
use lightcone_access::{Act, Kind, Policy, Record, Role, Subject};

fn policy() -> Policy {
    Policy::built_in().expect("the built-in policies hold")
}

fn decisions(criterion: &mut Criterion) {
    let policy = policy();
    let (owner, analyst) = (subject(Role::SiteOwner), subject(Role::Analyst));
    let own = Relation::Own.record(Kind::Site);
    let case = Relation::Case.record(Kind::Agent);
    let (wide, record) = widest();
    let mut group = criterion.benchmark_group("again");
    group.bench_function("call", |bencher| {
        bencher.iter(|| policy.call(black_box(&owner), black_box("VerdictService/GetVerdict")));
    });
    group.bench_function("reach", |bencher| {
        bencher.iter(|| policy.reach(black_box(&owner), Act::See, black_box(&own)));
    });
    group.bench_function("reach, 320 areas, 8 parties", |bencher| {
        bencher.iter(|| policy.reach(black_box(&wide), Act::Tell, black_box(&record)));
    });
    group.finish();

    // A subject that never was before: nothing that was decided fits it.
    let mut number = 0_u64;
    let mut unseen = |subject: &Subject| {
        number += 1;
        Subject { id: format!("{number}"), ..subject.clone() }
    };
    let mut group = criterion.benchmark_group("first");
    group.bench_function("call/allowed", |bencher| {
        bencher.iter_batched_ref(
            || unseen(&owner),
            |owner| policy.call(owner, black_box("VerdictService/GetVerdict")),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("call/denied", |bencher| {
        bencher.iter_batched_ref(
            || unseen(&owner),
            |owner| policy.call(owner, black_box("CaseService/ApproveCase")),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("reach/own", |bencher| {
        bencher.iter_batched_ref(
            || unseen(&owner),
            |owner| policy.reach(owner, Act::See, black_box(&own)),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("reach/case", |bencher| {
        bencher.iter_batched_ref(
            || unseen(&analyst),
            |analyst| policy.reach(analyst, Act::See, black_box(&case)),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("reach/320 areas, 8 parties", |bencher| {
        bencher.iter_batched_ref(
            || unseen(&wide),
            |wide| policy.reach(wide, Act::Tell, black_box(&record)),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

/// The largest subject and record that there can be.
fn widest() -> (Subject, Record) {
    let codes = |from: usize| (from..from + 320).map(|number| format!("A{number}")).collect::<BTreeSet<_>>();
    let parties = (0..8).map(|number| format!("party-{number}")).collect();
    let record = Record { areas: codes(320), parties, ..Relation::Foreign.record(Kind::Chip) };
    (Subject { areas: codes(0), ..subject(Role::Analyst) }, record)
}

/// The least that a table would cost: a lookup by role and call.
fn baselines(criterion: &mut Criterion) {
    let policy = policy();
    let table: HashMap<(Role, String), bool> = Role::ALL
        .into_iter()
        .flat_map(|role| policy.calls().map(move |call| (role, call.to_owned())).collect::<Vec<_>>())
        .map(|(role, call)| ((role, call.clone()), policy.call(&subject(role), &call).allowed))
        .collect();
    let key = (Role::SiteOwner, "VerdictService/GetVerdict".to_owned());
    criterion.bench_function("baseline/table", |bencher| bencher.iter(|| table.get(black_box(&key))));
    criterion.bench_function("baseline/reading the policies once", |bencher| bencher.iter(Policy::built_in));
}

criterion_group!(benches, decisions, baselines);
criterion_main!(benches);
