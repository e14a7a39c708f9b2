//! Each attack does what it says, from when it is switched on until it is switched off.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test that cannot go on should fail")]

mod net;

use lightcone_wan::attack::{
    AddDelay, Corrupt, Duplicate, EarlyAnswer, Forgery, KINDS, Lose, RelayElsewhere, Reorder, Replay,
    Session, Silence,
};
use lightcone_wan::clock::now_ns;
use lightcone_wan::{Attack, HostId, Target, WanError};

use net::{AGENT, ELSEWHERE, LANDMARK, NEIGHBOUR, Net, ms, receive, steady, until};

const CHALLENGE: [u8; 168] = [0xc5; 168];
const ANSWER: [u8; 168] = [0xa3; 168];

#[test]
fn added_delay_is_added_on_its_way_only() {
    let net = Net::new(steady(ms(2)));
    let back = net.hello();
    let attack = net.wan.attack(Target::From(AGENT), AddDelay { by: ms(30) }).unwrap();
    assert!(net.out(b"late").1 >= 32_000_000);
    net.wan.call_off(attack).unwrap();
    assert!(matches!(net.wan.call_off(attack), Err(WanError::NoSuchAttack)));
    // The other way, the way of others and what comes after it are free.
    let attack =
        net.wan.attack(Target::Path { from: AGENT, to: LANDMARK }, AddDelay { by: ms(9_999) }).unwrap();
    net.agent.send_to(b"held back", net.front).unwrap();
    until(|| net.wan.stats(AGENT, LANDMARK).arrived == 3);
    net.neighbour.send_to(b"free", net.front).unwrap();
    assert_eq!(receive(&net.landmark), b"free");
    assert_eq!(net.back(back, b"free too").0, b"free too");
    net.wan.call_off(attack).unwrap();
    assert_eq!(net.out(b"in time").0, b"in time");
}

#[test]
fn silence_swallows_everything_until_it_ends() {
    let net = Net::new(steady(ms(1)));
    let back = net.hello();
    let attack = net.wan.attack(Target::Host(AGENT), Silence).unwrap();
    net.agent.send_to(b"unheard", net.front).unwrap();
    net.landmark.send_to(b"unheard", back).unwrap();
    let attacked = |from, to| net.wan.stats(from, to).attacked;
    until(|| attacked(AGENT, LANDMARK) == 1 && attacked(LANDMARK, AGENT) == 1);
    net.wan.call_off(attack).unwrap();
    assert_eq!(net.out(b"heard").0, b"heard");
    assert_eq!(net.back(back, b"heard").0, b"heard");
}

#[test]
fn a_share_is_dropped() {
    let net = Net::new(steady(ms(0)));
    net.wan.attack(Target::To(LANDMARK), Lose { share: 0.5 }).unwrap();
    for round in 1..=40 {
        for _ in 0..50 {
            net.agent.send_to(b"x", net.front).unwrap();
        }
        until(|| net.wan.stats(AGENT, LANDMARK).arrived == round * 50);
    }
    let attacked = net.wan.stats(AGENT, LANDMARK).attacked;
    // Five standard deviations of 22.4 either way.
    assert!((888..=1_112).contains(&attacked), "{attacked} of 2000");
}

#[test]
fn those_held_back_are_overtaken() {
    let net = Net::new(steady(ms(1)));
    net.wan.attack(Target::From(AGENT), Reorder { share: 0.5, by: ms(40) }).unwrap();
    for number in 0..40_u8 {
        net.agent.send_to(&[number], net.front).unwrap();
    }
    let arrived: Vec<u8> = (0..40).map(|_| receive(&net.landmark)[0]).collect();
    assert!(!arrived.is_sorted(), "{arrived:?}");
    let mut sorted = arrived;
    sorted.sort_unstable();
    assert!(sorted.into_iter().eq(0..40), "each arrives once");
}

#[test]
fn a_corrupted_datagram_always_differs() {
    let net = Net::new(steady(ms(0)));
    for bits in [1, 2, 7] {
        let attack = net.wan.attack(Target::From(AGENT), Corrupt { share: 1.0, bits }).unwrap();
        for _ in 0..50 {
            let (arrived, _) = net.out(&CHALLENGE);
            let differing: u32 = arrived.iter().zip(CHALLENGE).map(|(a, b)| (a ^ b).count_ones()).sum();
            assert!((1..=bits).contains(&differing), "{differing} bits of {bits}");
        }
        net.wan.call_off(attack).unwrap();
    }
}

#[test]
fn copies_arrive_too() {
    let net = Net::new(steady(ms(1)));
    net.wan.attack(Target::To(LANDMARK), Duplicate { copies: 2 }).unwrap();
    net.agent.send_to(b"thrice", net.front).unwrap();
    for _ in 0..3 {
        assert_eq!(receive(&net.landmark), b"thrice");
    }
    let stats = net.wan.stats(AGENT, LANDMARK);
    assert_eq!((stats.arrived, stats.made), (1, 2));
}

#[test]
fn an_old_answer_is_shown_again_in_its_session_and_in_another() {
    let net = Net::new(steady(ms(1)));
    let agent = net.hello();
    let neighbour = net.hello_of(&net.neighbour);
    let same = Replay { after: ms(20), into: Session::Same };
    let attack = net.wan.attack(Target::From(AGENT), same).unwrap();
    let sent_ns = now_ns();
    net.agent.send_to(&ANSWER, net.front).unwrap();
    assert_eq!(net::receive_from(&net.landmark), (ANSWER.to_vec(), agent));
    assert_eq!(net::receive_from(&net.landmark), (ANSWER.to_vec(), agent));
    assert!(now_ns() - sent_ns >= 21_000_000);
    net.wan.call_off(attack).unwrap();
    let other = Replay { after: ms(20), into: Session::Other };
    net.wan.attack(Target::From(AGENT), other).unwrap();
    net.agent.send_to(&ANSWER, net.front).unwrap();
    assert_eq!(net::receive_from(&net.landmark), (ANSWER.to_vec(), agent));
    assert_eq!(net::receive_from(&net.landmark), (ANSWER.to_vec(), neighbour));
    // What is no probe is not worth replaying.
    net.out(b"short");
    assert_eq!(net.wan.totals().paths.made, 2);
}

#[test]
fn the_early_answer_is_there_before_the_chips_own() {
    let net = Net::new(steady(ms(20)));
    let back = net.hello();
    let answer_of = |forgery| {
        let attack = net.wan.attack(Target::To(AGENT), EarlyAnswer { after: ms(1), forgery }).unwrap();
        net.landmark.send_to(&CHALLENGE, back).unwrap();
        assert_eq!(receive(&net.agent), CHALLENGE, "the challenge still reaches the chip");
        net.agent.send_to(&ANSWER, net.front).unwrap();
        let (first, from) = net::receive_from(&net.landmark);
        assert_eq!(from, back);
        if first != ANSWER || forgery == Forgery::Recorded {
            assert_eq!(receive(&net.landmark), ANSWER, "and its own answer comes");
        }
        net.wan.call_off(attack).unwrap();
        first
    };
    assert_eq!(answer_of(Forgery::RandomProof), ANSWER, "nothing recorded yet, so only the chip's own came");
    assert_eq!(net.wan.totals().paths.made, 0);
    assert_eq!(answer_of(Forgery::Echo), CHALLENGE);
    assert_eq!(answer_of(Forgery::Recorded), ANSWER);
    let forged = answer_of(Forgery::RandomProof);
    assert_eq!(forged[..132], ANSWER[..132]);
    assert_ne!(forged[132..], ANSWER[132..]);
    let random = answer_of(Forgery::Random);
    assert!(random.len() == 168 && random != ANSWER && random != CHALLENGE);
}

#[test]
fn a_relay_elsewhere_takes_both_legs() {
    let net = Net::new(steady(ms(1)));
    let back = net.hello();
    for (from, to) in [(AGENT, ELSEWHERE), (ELSEWHERE, AGENT)] {
        net.wan.set_path(from, to, steady(ms(15))).unwrap();
    }
    net.wan.attack(Target::Host(AGENT), RelayElsewhere { via: ELSEWHERE }).unwrap();
    assert!(net.out(b"there").1 >= 16_000_000);
    assert!(net.back(back, b"back").1 >= 16_000_000);
}

#[test]
fn what_an_attack_cannot_be_is_refused() {
    let net = Net::new(steady(ms(1)));
    let refused = |attack: Attack| net.wan.attack(Target::Host(AGENT), attack).unwrap_err().to_string();
    assert_eq!(refused(AddDelay { by: ms(10_001) }.into()), "added delay 10.001s is more than 10s");
    assert_eq!(refused(Lose { share: 1.5 }.into()), "share lost 1.5 is not a share, 0 to 1");
    assert_eq!(refused(Duplicate { copies: 0 }.into()), "copies 0 is not within 1 to 16");
    let via = HostId::nth(9);
    assert_eq!(refused(RelayElsewhere { via }.into()), "there is no host 9; the WAN has 4, counted from 0");
    assert!(matches!(net.wan.attack(Target::To(via), Silence), Err(WanError::UnknownHost { .. })));
    for _ in 0..64 {
        net.wan.attack(Target::To(NEIGHBOUR), Silence).unwrap();
    }
    assert!(refused(Silence.into()).starts_with("64 attacks run already"));
}

#[test]
fn every_kind_has_a_name_of_its_own_and_a_need() {
    let mut names: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
    assert!(KINDS.iter().all(|(_, needs)| !needs.is_empty()));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), KINDS.len());
    assert!(names.contains(&Attack::from(Silence).name()));
}
