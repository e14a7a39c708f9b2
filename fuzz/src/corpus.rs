//! Entry points without a fuzzer: the committed corpus, and changes of it that are the same each time.

use std::path::Path;
use std::time::{Duration, Instant};

/// An entry point.
type Target = fn(&[u8]);

/// Changed inputs of one target, unless time runs out before.
const CHANGED: u64 = 4_000;
/// What one target may take, so that a slow machine sees fewer changes and no failure.
const TIME_MAX: Duration = Duration::from_secs(2);

/// Runs entry points, each by its name and that of its corpus. `LIGHTCONE_LONG` multiplies.
pub fn run(targets: &[(&str, Target)]) {
    let long: u64 = std::env::var("LIGHTCONE_LONG").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    for (name, target) in targets {
        let corpus = corpus(name);
        assert!(!corpus.is_empty(), "no corpus for {name}");
        corpus.iter().for_each(|input| target(input));
        let (mut dice, begun) = (Dice(1), Instant::now());
        for _ in 0..CHANGED * long {
            if begun.elapsed() > TIME_MAX * long as u32 {
                break;
            }
            target(&changed(&corpus, &mut dice));
        }
    }
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(name);
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).expect("a corpus file")).collect()
}

/// One input with some bytes changed, moved, doubled or taken from another.
fn changed(corpus: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut input = corpus[dice.below(corpus.len())].clone();
    for _ in 0..1 + dice.below(6) {
        let at = dice.below(input.len() + 1);
        match dice.below(6) {
            0 => input.truncate(at),
            1 => input.insert(at, dice.next() as u8),
            2 => {
                let other = &corpus[dice.below(corpus.len())];
                let from = dice.below(other.len() + 1);
                let most = other.len().min(from + dice.below(64));
                input.splice(at..at, other[from..most].iter().copied());
            }
            3 => {
                let end = input.len().min(at + dice.below(32));
                input.drain(at..end);
            }
            _ => {
                if let Some(byte) = input.get_mut(at) {
                    *byte = [byte.wrapping_add(1), *byte ^ (1 << dice.below(8)), dice.next() as u8, 0, 255]
                        [dice.below(5)];
                }
            }
        }
    }
    input
}

/// Numbers that are the same each time.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}
