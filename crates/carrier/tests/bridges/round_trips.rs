//! What bridges carry.

use lightcone_carrier::{CarrierError, Inlet, Outlet, OutletSettings, State, Way};
use tokio::net::UdpSocket;

use crate::ends::{reach, receive, settings, socket, soon, v4, way};

/// Sends both ways until each has heard the other; then nothing is under way.
async fn exchange(agent: &UdpSocket, inlet: &Inlet, landmark: &UdpSocket) {
    for (asked, answered) in [(192, 48), (192, 96), (64, 168), (168, 168)] {
        let (ask, answer) = (vec![asked as u8; asked], vec![answered as u8; answered]);
        agent.send_to(&ask, inlet.address()).await.unwrap();
        let (got, from) = receive(landmark).await;
        assert_eq!(got, ask);
        landmark.send_to(&answer, from).await.unwrap();
        assert_eq!(receive(agent).await, (answer, inlet.address()));
    }
}

#[tokio::test]
async fn datagrams_arrive_as_they_were_sent_both_ways() {
    let (landmark, agent) = (socket().await, socket().await);
    let outlet = Outlet::open(settings(landmark.local_addr().unwrap())).await.unwrap();
    let inlet = reach(&way(), outlet.address(), agent.local_addr().unwrap()).await.unwrap();
    exchange(&agent, &inlet, &landmark).await;
    let counted = outlet.counted();
    assert_eq!((counted.carried, counted.to_landmark, counted.to_agents), (1, 4, 4));
}

#[tokio::test]
async fn agents_and_outlets_can_be_of_ipv6() {
    let landmark = socket().await;
    let agent = UdpSocket::bind("[::1]:0").await.unwrap();
    let listen = "[::1]:0".parse().unwrap();
    let settings = OutletSettings { listen, ..settings(landmark.local_addr().unwrap()) };
    let outlet = Outlet::open(settings).await.unwrap();
    let inlet = reach(&way(), outlet.address(), agent.local_addr().unwrap()).await.unwrap();
    assert!(inlet.address().is_ipv6());
    exchange(&agent, &inlet, &landmark).await;
}

#[tokio::test]
async fn sockets_bound_to_every_address_are_found_on_loopback() {
    let landmark = UdpSocket::bind("0.0.0.0:0").await.unwrap();
    let agent = UdpSocket::bind("0.0.0.0:0").await.unwrap();
    let outlet = Outlet::open(settings(landmark.local_addr().unwrap())).await.unwrap();
    let inlet = reach(&way(), outlet.address(), agent.local_addr().unwrap()).await.unwrap();
    exchange(&agent, &inlet, &landmark).await;
}

#[tokio::test]
async fn what_the_protocol_does_not_send_that_way_is_not_carried() {
    let (landmark, agent) = (socket().await, socket().await);
    let outlet = Outlet::open(settings(landmark.local_addr().unwrap())).await.unwrap();
    let inlet = reach(&way(), outlet.address(), agent.local_addr().unwrap()).await.unwrap();
    for length in [0, 1, 48, 96, 193, 500] {
        agent.send_to(&vec![1; length], inlet.address()).await.unwrap();
    }
    agent.send_to(&[2; 64], inlet.address()).await.unwrap();
    let (got, from) = receive(&landmark).await;
    assert_eq!(got, [2; 64], "the first that arrives is the first that fits");
    for length in [0, 1, 64, 192, 193, 500] {
        landmark.send_to(&vec![1; length], from).await.unwrap();
    }
    landmark.send_to(&[2; 48], from).await.unwrap();
    assert_eq!(receive(&agent).await.0, [2; 48]);
}

#[tokio::test]
async fn an_inlet_hears_its_agent_alone() {
    let (landmark, agent, other) = (socket().await, socket().await, socket().await);
    let outlet = Outlet::open(settings(landmark.local_addr().unwrap())).await.unwrap();
    let inlet = reach(&way(), outlet.address(), agent.local_addr().unwrap()).await.unwrap();
    other.send_to(&[1; 192], inlet.address()).await.unwrap();
    agent.send_to(&[2; 192], inlet.address()).await.unwrap();
    assert_eq!(receive(&landmark).await.0, [2; 192]);
    assert_eq!(outlet.counted().to_landmark, 1);
}

#[tokio::test]
async fn every_bridge_has_an_address_of_its_own_at_the_agent_and_every_source_one_at_the_landmark() {
    let (landmark, agent) = (socket().await, socket().await);
    let outlet = Outlet::open(settings(landmark.local_addr().unwrap())).await.unwrap();
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    for _ in 0..4 {
        let inlet = reach(&way(), outlet.address(), agent.local_addr().unwrap()).await.unwrap();
        agent.send_to(&[1; 64], inlet.address()).await.unwrap();
        outside.push(receive(&landmark).await.1);
        inside.push(inlet.address().ip());
    }
    inside.sort_unstable();
    inside.dedup();
    assert!(inside.len() > 1, "{inside:?}");
    assert!(
        outside.iter().all(|from| from.ip() == outside[0].ip() && from.ip().is_loopback()),
        "{outside:?}"
    );
    assert_ne!(outside[0].ip(), landmark.local_addr().unwrap().ip());
}

#[tokio::test]
async fn a_connection_that_breaks_is_opened_again() {
    let (landmark, agent) = (socket().await, socket().await);
    let outlet = Outlet::open(settings(landmark.local_addr().unwrap())).await.unwrap();
    let listen = outlet.address();
    let inlet = reach(&way(), listen, agent.local_addr().unwrap()).await.unwrap();
    exchange(&agent, &inlet, &landmark).await;
    let mut state = inlet.state();
    drop(outlet);
    soon(state.wait_for(|state| matches!(state, State::Unreachable(_)))).await.unwrap();
    agent.send_to(&[9; 64], inlet.address()).await.unwrap();
    let settings = OutletSettings { listen, ..settings(landmark.local_addr().unwrap()) };
    let outlet = Outlet::open(settings).await.unwrap();
    soon(state.wait_for(|state| matches!(state, State::Carrying))).await.unwrap();
    exchange(&agent, &inlet, &landmark).await;
    assert_eq!(outlet.counted().to_landmark, 4, "what was said to nobody is not said later");
}

#[tokio::test]
async fn what_is_said_before_there_is_a_connection_waits_for_it() {
    let (landmark, agent) = (socket().await, socket().await);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = listener.local_addr().unwrap();
    drop(listener);
    let nobody = "127.0.0.1:1".parse().unwrap();
    let inlet = Inlet::open(&way(), &[nobody, listen], agent.local_addr().unwrap()).await.unwrap();
    agent.send_to(&[192; 192], inlet.address()).await.unwrap();
    assert!(inlet.ready().await.is_err());
    let settings = OutletSettings { listen, ..settings(landmark.local_addr().unwrap()) };
    let _outlet = Outlet::open(settings).await.unwrap();
    assert_eq!(receive(&landmark).await.0, [192; 192]);
    let none = Inlet::open(&way(), &[], agent.local_addr().unwrap()).await.err().unwrap();
    assert!(matches!(none, CarrierError::NoAddress), "{none}");
}

#[tokio::test]
async fn names_that_tls_announces_are_agreed_on_or_refused() {
    let (landmark, agent) = (socket().await, socket().await);
    let agent_at = agent.local_addr().unwrap();
    let alpn = vec!["h2".to_owned()];
    let settings = OutletSettings { alpn: alpn.clone(), ..settings(landmark.local_addr().unwrap()) };
    let outlet = Outlet::open(settings).await.unwrap();
    let same = Way::new(None, Some("landmark.example"), &alpn).unwrap();
    let inlet = reach(&same, outlet.address(), agent_at).await.unwrap();
    exchange(&agent, &inlet, &landmark).await;
    let other = Way::new(None, None, &["imap".to_owned()]).unwrap();
    let refused = reach(&other, outlet.address(), agent_at).await.err().unwrap();
    assert!(matches!(*refused, CarrierError::Tls { .. }), "{refused}");
    let refused = Way::new(None, Some("no name"), &[]).err().unwrap();
    assert!(matches!(refused, CarrierError::ServerName(_)), "{refused}");
}

#[tokio::test]
async fn an_address_that_is_taken_and_one_where_nobody_is_are_told() {
    let landmark = socket().await;
    let at = landmark.local_addr().unwrap();
    let outlet = Outlet::open(settings(at)).await.unwrap();
    let listen = outlet.address();
    let refused = Outlet::open(OutletSettings { listen, ..settings(at) }).await.err().unwrap();
    assert!(matches!(refused, CarrierError::Bind { address, .. } if address == listen), "{refused}");
    drop(outlet);
    // The port is free again once the task has gone.
    let refused = soon(async {
        loop {
            if let Err(refused) = reach(&way(), listen, at).await {
                return refused;
            }
        }
    });
    let refused = refused.await;
    assert!(refused.to_string().contains(&v4(listen).to_string()), "{refused}");
}
