//! Fairness between tenants, as properties.

use std::collections::VecDeque;

use proptest::prelude::*;

use crate::fair_queue::{FairQueue, QUANTUM_NS};
use crate::ticket::{Cost, Tenant};

/// A queued job, as the tests see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Job {
    tenant: u64,
    number: usize,
    cost_ns: u64,
}

#[derive(Debug, Clone)]
enum Op {
    Push { tenant: u64, cost_ns: u64 },
    Pop,
    Remove { nth: usize },
}

const COST_MAX_NS: u64 = 20 * QUANTUM_NS;

fn costs() -> impl Strategy<Value = u64> {
    prop_oneof![1..QUANTUM_NS, 1..COST_MAX_NS]
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        4 => (0..5_u64, costs()).prop_map(|(tenant, cost_ns)| Op::Push { tenant, cost_ns }),
        2 => Just(Op::Pop),
        1 => (0..100_usize).prop_map(|nth| Op::Remove { nth }),
    ];
    prop::collection::vec(op, 0..200)
}

proptest! {
    /// Nothing is lost or doubled, each tenant is served in order, the sums are right and no tenant without
    /// jobs is kept.
    #[test]
    fn tenants_are_served_in_order(ops in ops()) {
        let mut queue = FairQueue::new(256);
        let mut model: [VecDeque<Job>; 5] = Default::default();
        let mut keys = Vec::new();
        for op in ops {
            match op {
                Op::Push { tenant, cost_ns } => {
                    let job = Job { tenant, number: keys.len(), cost_ns };
                    keys.push((push(&mut queue, job), job));
                    model[tenant as usize].push_back(job);
                }
                Op::Pop => match queue.pop() {
                    Some(job) => prop_assert_eq!(model[job.tenant as usize].pop_front(), Some(job)),
                    None => prop_assert!(model.iter().all(VecDeque::is_empty)),
                },
                Op::Remove { nth } => {
                    let Some(&(key, job)) = keys.get(nth) else { continue };
                    let jobs = &mut model[job.tenant as usize];
                    let is_there = jobs.contains(&job);
                    jobs.retain(|&other| other != job);
                    prop_assert_eq!(queue.remove(key), is_there.then_some(job));
                }
            }
            prop_assert_eq!(queue.len(), model.iter().map(VecDeque::len).sum::<usize>());
            prop_assert_eq!(queue.tenants(), model.iter().filter(|jobs| !jobs.is_empty()).count());
            prop_assert_eq!(queue.backlog_ns(), model.iter().flatten().map(|job| job.cost_ns).sum::<u64>());
        }
    }

    /// While two tenants both have jobs queued, neither gets ahead by more than a turn and its dearest job.
    #[test]
    fn backlogged_tenants_get_equal_time(
        costs in prop::collection::vec(prop::collection::vec(costs(), 100), 2..6),
    ) {
        let mut queue = FairQueue::new(1_024);
        for (tenant, costs) in costs.iter().enumerate() {
            push_all(&mut queue, tenant as u64, costs);
        }
        let mut served_ns = vec![0_u64; costs.len()];
        let mut left = vec![100; costs.len()];
        while left.iter().all(|&left| left > 0) {
            let job: Job = queue.pop().unwrap();
            served_ns[job.tenant as usize] += job.cost_ns;
            left[job.tenant as usize] -= 1;
            let ahead_ns = served_ns.iter().max().unwrap() - served_ns.iter().min().unwrap();
            prop_assert!(ahead_ns <= COST_MAX_NS + 2 * QUANTUM_NS, "{served_ns:?}");
        }
    }

    /// What a newcomer is told to expect is what it gets, but for a turn and the dearest job of each other.
    #[test]
    fn a_newcomer_waits_its_fair_turn(
        others in prop::collection::vec(prop::collection::vec(costs(), 1..60), 0..6),
        popped in 0..50_usize,
        own in prop::collection::vec(costs(), 1..6),
    ) {
        let mut queue = FairQueue::new(1_024);
        for (tenant, costs) in others.iter().enumerate() {
            push_all(&mut queue, 1 + tenant as u64, costs);
        }
        (0..popped).for_each(|_| _ = queue.pop());
        let (&last, before) = own.split_last().unwrap();
        push_all(&mut queue, 0, before);
        let survey = queue.survey(Tenant::numbered(0), Cost::nanos(last));
        push(&mut queue, Job { tenant: 0, number: 99, cost_ns: last });

        let mut ahead_ns = 0;
        while let Some(job) = queue.pop().filter(|job| job.number != 99) {
            ahead_ns += job.cost_ns;
        }
        let slack_ns = others.len() as u64 * (QUANTUM_NS + COST_MAX_NS);
        prop_assert!(ahead_ns <= survey.ahead_ns + slack_ns, "{ahead_ns} {survey:?}");
    }
}

#[test]
fn a_flood_delays_another_tenant_by_one_turn() {
    let mut queue = FairQueue::new(10_000);
    push_all(&mut queue, 1, &[QUANTUM_NS; 5_000]);
    (0..10).for_each(|_| _ = queue.pop());
    push(&mut queue, Job { tenant: 2, number: 0, cost_ns: QUANTUM_NS });

    let before = (0..).map_while(|_| queue.pop()).take_while(|job| job.tenant == 1).count();
    assert!(before <= 1, "{before} jobs of the flood went first");
}

#[test]
fn dear_jobs_do_not_cost_a_round_for_each_quantum() {
    let mut queue = FairQueue::new(10_000);
    for tenant in 0..1_000 {
        push_all(&mut queue, tenant, &[3_600_000_000_000; 2]); // an hour: 3.6 million quanta
    }
    assert_eq!((0..).map_while(|_| queue.pop()).count(), 2_000);
}

fn push(queue: &mut FairQueue<Job>, job: Job) -> crate::arena::Key {
    queue.push(Tenant::numbered(job.tenant), Cost::nanos(job.cost_ns), job)
}

fn push_all(queue: &mut FairQueue<Job>, tenant: u64, costs: &[u64]) {
    for (number, &cost_ns) in costs.iter().enumerate() {
        push(queue, Job { tenant, number, cost_ns });
    }
}
