//! A proxy that breaks TLS open, reads along and makes a new TLS of its own: it is let through, and it gains nothing.

use lightcone_carrier::Limits;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

use crate::ends::{Authority, reach, receive, socket, way};

#[tokio::test]
async fn a_proxy_that_breaks_tls_open_is_as_good_as_none() {
    let (authority, breaker) = (Authority::new(), Authority::new());
    let (outlet, landmark) = authority.outlet(Limits::default()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (at, to, acceptor) = (listener.local_addr().unwrap(), outlet.address(), breaker.acceptor());
    let between = tokio::spawn(async move {
        let mut inside = acceptor.accept(listener.accept().await.unwrap().0).await.unwrap();
        let mut outside = authority.shake(TcpStream::connect(to).await.unwrap()).await.unwrap();
        // Ends with an error when either side is dropped.
        let _ = copy_bidirectional(&mut inside, &mut outside).await;
    });
    let agent = socket().await;
    let inlet = reach(&way(), at, agent.local_addr().unwrap()).await.unwrap();
    agent.send_to(&[192; 192], inlet.address()).await.unwrap();
    let (got, from) = receive(&landmark).await;
    assert_eq!(got, [192; 192]);
    landmark.send_to(&[168; 168], from).await.unwrap();
    assert_eq!(receive(&agent).await, (vec![168; 168], inlet.address()));
    drop(inlet);
    between.await.unwrap();
}
