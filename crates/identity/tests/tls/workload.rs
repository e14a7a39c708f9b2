//! Identities from a Workload API, which this file serves as SPIRE's agent does.

use std::convert::Infallible;
use std::future::Ready;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use lightcone_identity::{Identity, IdentityError, PeerError, TlsSettings};
use tempfile::TempDir;
use tokio::net::UnixListener;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_stream::wrappers::{UnixListenerStream, WatchStream};
use tokio_stream::{Stream, StreamExt as _};
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::server::{Grpc, NamedService, ServerStreamingService};
use tonic::transport::Server;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

use crate::world::{Authority, Leaf, Signed, dial, listen};

const SERVER: &str = "spiffe://example.org/service/lightcone";
const SOON: Duration = Duration::from_secs(20);

/// The messages of the Workload API, as far as they are needed.
#[derive(Clone, PartialEq, prost::Message)]
struct Asked {}

#[derive(Clone, PartialEq, prost::Message)]
struct Given {
    #[prost(message, repeated, tag = "1")]
    svids: Vec<Svid>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Svid {
    #[prost(string, tag = "1")]
    spiffe_id: String,
    #[prost(bytes = "vec", tag = "2")]
    x509_svid: Vec<u8>,
    #[prost(bytes = "vec", tag = "3")]
    x509_svid_key: Vec<u8>,
    #[prost(bytes = "vec", tag = "4")]
    bundle: Vec<u8>,
}

fn given(id: &str, signed: &Signed, roots: &[&Authority]) -> Given {
    let svid = Svid {
        spiffe_id: id.to_owned(),
        x509_svid: signed.chain.iter().flat_map(|der| der.to_vec()).collect(),
        x509_svid_key: signed.key.serialize_der(),
        bundle: roots.iter().flat_map(|root| root.certificate.der().to_vec()).collect(),
    };
    Given { svids: vec![svid] }
}

/// Tells each caller what is, and what becomes of it.
#[derive(Clone)]
struct Agent(watch::Receiver<Given>);

impl ServerStreamingService<Asked> for Agent {
    type Response = Given;
    type ResponseStream = Pin<Box<dyn Stream<Item = Result<Given, Status>> + Send>>;
    type Future = Ready<Result<Response<Self::ResponseStream>, Status>>;

    fn call(&mut self, request: Request<Asked>) -> Self::Future {
        if request.metadata().get("workload.spiffe.io").is_none() {
            return std::future::ready(Err(Status::invalid_argument("security header missing")));
        }
        let stream = WatchStream::new(self.0.clone()).map(Ok);
        std::future::ready(Ok(Response::new(Box::pin(stream))))
    }
}

impl NamedService for Agent {
    const NAME: &'static str = "SpiffeWorkloadAPI";
}

impl Service<http::Request<Body>> for Agent {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let agent = self.clone();
        Box::pin(async move {
            if request.uri().path() != "/SpiffeWorkloadAPI/FetchX509SVID" {
                return Ok(Status::unimplemented("").into_http());
            }
            Ok(Grpc::new(ProstCodec::default()).server_streaming(agent, request).await)
        })
    }
}

fn serve(socket: &Path, first: Given) -> (watch::Sender<Given>, AbortHandle) {
    let (tell, told) = watch::channel(first);
    let _ = std::fs::remove_file(socket);
    let incoming = UnixListenerStream::new(UnixListener::bind(socket).unwrap());
    let served = Server::builder().add_service(Agent(told)).serve_with_incoming(incoming);
    (tell, tokio::spawn(served).abort_handle())
}

fn settings(socket: &Path) -> TlsSettings {
    TlsSettings { workload_api: format!("unix://{}", socket.display()), ..TlsSettings::default() }
}

async fn changed(changes: &mut watch::Receiver<u64>) {
    timeout(SOON, changes.changed()).await.expect("the change is seen").unwrap();
}

#[tokio::test]
async fn an_identity_comes_and_is_rotated_with_its_roots() {
    let folder = TempDir::new().unwrap();
    let socket = folder.path().join("agent.sock");
    let (old, new) = (Authority::root("old"), Authority::root("new"));
    let first = old.sign(Leaf::new(SERVER));
    let (tell, agent) = serve(&socket, given(SERVER, &first, &[&old]));
    let identity = Identity::open(&settings(&socket)).await.unwrap();
    assert_eq!(identity.spiffe_id().to_string(), SERVER);
    let mut changes = identity.changes();

    let listening = listen(&identity).await;
    let config = identity.client_config();
    assert_eq!(dial(config.clone(), listening.address).await.unwrap(), first.chain);

    let second = new.sign(Leaf::new(SERVER));
    tell.send_replace(given(SERVER, &second, &[&new]));
    changed(&mut changes).await;
    assert_eq!(dial(config.clone(), listening.address).await.unwrap(), second.chain);
    assert_eq!(identity.peer(&first.chain, SystemTime::now()), Err(PeerError::UnknownAuthority));

    // What is of another trust domain is not taken, and the agent may go and come again.
    let elsewhere = "spiffe://example.com/service/lightcone";
    tell.send_replace(given(elsewhere, &new.sign(Leaf::new(elsewhere)), &[&new]));
    // With it go the streams that are open.
    drop(tell);
    agent.abort();
    let third = new.sign(Leaf::new(SERVER));
    let (_tell, _agent) = serve(&socket, given(SERVER, &third, &[&new]));
    changed(&mut changes).await;
    assert_eq!(dial(config, listening.address).await.unwrap(), third.chain);
}

#[tokio::test]
async fn a_socket_that_is_none_is_named() {
    let wrong = TlsSettings { workload_api: "unix:relative".to_owned(), ..TlsSettings::default() };
    let refused = Identity::open(&wrong).await.unwrap_err();
    assert!(matches!(refused, IdentityError::WorkloadApi { .. }), "{refused}");
    assert!(refused.to_string().contains("unix:relative"), "{refused}");
}
