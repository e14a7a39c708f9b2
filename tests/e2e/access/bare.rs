//! Any call of the contract, made with an empty message: what comes back is the refusal of who may not, or whatever the
//! handler says to who may.

use std::time::Duration;

use futures_util::stream;
use lightcone::FILE_DESCRIPTOR_SET;
use lightcone::v1::ErrorReason;
use prost_reflect::DescriptorPool;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic::{Request, Status};

/// Where calls are that ask who calls.
const PACKAGES: [&str; 2] = ["lightcone.v1", "google.longrunning"];
/// How long a stream that was let in is listened to.
const LISTEN: Duration = Duration::from_millis(300);

/// A call of the contract.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Call {
    /// Such as `SiteService/GetSite`.
    pub(crate) name: String,
    package: String,
    streams_answers: bool,
}

impl Call {
    /// A call that answers once.
    pub(crate) fn named(name: &str) -> Self {
        Self { name: name.to_owned(), package: PACKAGES[0].to_owned(), streams_answers: false }
    }
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It reached its handler.
    Allowed,
    /// The caller is known, and may not.
    Forbidden,
    /// The caller is nobody, or not accepted.
    Unauthenticated,
    /// It takes two people.
    SecondPerson,
}

/// Every call of the contract.
pub(crate) fn calls() -> Vec<Call> {
    let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("a descriptor set");
    let services = pool.services().filter(|service| PACKAGES.contains(&service.package_name()));
    let called = services.flat_map(|service| {
        let methods: Vec<_> = service.methods().collect();
        methods.into_iter().map(move |method| Call {
            name: format!("{}/{}", service.name(), method.name()),
            package: service.package_name().to_owned(),
            streams_answers: method.is_server_streaming(),
        })
    });
    let mut called: Vec<Call> = called.collect();
    called.sort();
    called
}

/// Makes a call.
pub(crate) async fn make(channel: &Channel, call: &Call) -> Fate {
    let mut grpc = Grpc::new(channel.clone());
    grpc.ready().await.expect("a channel");
    let path: PathAndQuery = format!("/{}.{}", call.package, call.name).parse().expect("a path");
    let request = Request::new(stream::iter([Vec::new()]));
    let answered = if call.streams_answers {
        match grpc.streaming(request, path, Bare).await {
            Err(status) => Err(status),
            Ok(answers) => {
                let mut answers = answers.into_inner();
                // A stream that stays open was let in.
                match tokio::time::timeout(LISTEN, answers.message()).await {
                    Ok(Err(status)) => Err(status),
                    _ => Ok(()),
                }
            }
        }
    } else {
        grpc.client_streaming(request, path, Bare).await.map(drop)
    };
    answered.map_or_else(|status| fate(&status), |()| Fate::Allowed)
}

/// What a refusal says of the caller.
pub(crate) fn fate(status: &Status) -> Fate {
    match ErrorReason::of(status) {
        Some(ErrorReason::Forbidden) => Fate::Forbidden,
        Some(ErrorReason::Unauthenticated) => Fate::Unauthenticated,
        Some(ErrorReason::SecondPersonNeeded) => Fate::SecondPerson,
        Some(_) => Fate::Allowed,
        None => unreachable!("a refusal without a reason: {status:?}"),
    }
}

/// Messages as they are.
#[derive(Clone, Copy, Debug, Default)]
struct Bare;

impl Codec for Bare {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Bare {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        use prost::bytes::BufMut as _;
        to.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Bare {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        use prost::bytes::Buf as _;
        let bytes = from.copy_to_bytes(from.remaining());
        Ok(Some(bytes.to_vec()))
    }
}
