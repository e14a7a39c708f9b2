//! The arena against `VecDeque`, which is slower and plainly right.

use std::collections::VecDeque;

use proptest::prelude::*;

use crate::arena::{Arena, Key, List};

#[derive(Debug, Clone)]
enum Op {
    Push {
        list: usize,
    },
    Rotate {
        list: usize,
    },
    /// Takes out any value ever put in, counted from the first: often one that is gone.
    Remove {
        nth: usize,
    },
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        3 => (0..3_usize).prop_map(|list| Op::Push { list }),
        1 => (0..3_usize).prop_map(|list| Op::Rotate { list }),
        2 => (0..100_usize).prop_map(|nth| Op::Remove { nth }),
    ];
    prop::collection::vec(op, 0..200)
}

proptest! {
    #[test]
    fn lists_keep_their_order(ops in ops()) {
        let mut arena = Arena::with_room(2);
        let mut lists = [List::default(); 3];
        let mut model: [VecDeque<usize>; 3] = Default::default();
        let mut keys: Vec<(Key, usize)> = Vec::new();
        for op in ops {
            match op {
                Op::Push { list } => {
                    let key = arena.insert(keys.len());
                    arena.push_back(&mut lists[list], key);
                    model[list].push_back(keys.len());
                    keys.push((key, list));
                }
                Op::Rotate { list } => {
                    arena.rotate(&mut lists[list]);
                    if let Some(front) = model[list].pop_front() {
                        model[list].push_back(front);
                    }
                }
                Op::Remove { nth } => {
                    let Some(&(key, list)) = keys.get(nth) else { continue };
                    let is_there = model[list].contains(&nth);
                    model[list].retain(|&value| value != nth);
                    prop_assert_eq!(arena.get(key).is_some(), is_there);
                    if is_there {
                        arena.unlink(&mut lists[list], key);
                    }
                    prop_assert_eq!(arena.remove(key), is_there.then_some(nth));
                }
            }
            for (list, model) in lists.iter().zip(&model) {
                prop_assert_eq!(list.len(), model.len());
                prop_assert_eq!(list.front().and_then(|key| arena.get(key)), model.front());
            }
            prop_assert_eq!(arena.len(), model.iter().map(VecDeque::len).sum::<usize>());
        }
        for (list, model) in lists.iter_mut().zip(model) {
            let mut left = Vec::new();
            while let Some(front) = list.front() {
                arena.unlink(list, front);
                left.extend(arena.remove(front));
            }
            prop_assert_eq!(left, Vec::from(model));
        }
    }
}
