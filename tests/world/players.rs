//! Landmarks and agents over the wire, without sockets of their own: they sign what a session on paper gives them.

use ed25519_dalek::Signer as _;
use futures_util::StreamExt as _;
use lightcone::v1;
use lightcone::v1::agent_service_client::AgentServiceClient;
use lightcone::v1::landmark_service_client::LandmarkServiceClient;
use lightcone::v1::measurement_service_client::MeasurementServiceClient;
use lightcone::v1::session_service_client::SessionServiceClient;
use lightcone::v1::site_service_client::SiteServiceClient;
use lightcone_keyring::{ExchangeIdentity, SigningIdentity};
use lightcone_probe::assignment::Assignment;
use lightcone_probe::plan::Window;
use lightcone_probe::{Binding, LandmarkId, SessionId, SigningKey, binding};
use tonic::transport::Channel;
use tonic::{Status, Streaming};

use crate::Seed;
use crate::paper::{self, Met};

const EVIDENCE_LABEL: &[u8] = b"lightcone/evidence/software/v1\0";

/// A landmark that is in the registry.
pub struct Tower {
    /// Its identifier.
    pub id: String,
    /// What it signs with.
    pub signing: SigningIdentity,
    /// What its handshakes are made with.
    pub exchange: ExchangeIdentity,
    /// The number of its next report.
    pub next: i64,
    measurements: MeasurementServiceClient<Channel>,
}

/// An agent that is in the registry.
pub struct Device {
    /// Its identifier.
    pub id: String,
    /// What it enrolled with.
    pub identity: SigningIdentity,
    /// Its service.
    pub sessions: SessionServiceClient<Channel>,
}

/// A session that was attested.
pub struct Attested {
    /// The session as the service has it.
    pub session: v1::Session,
    /// What is to be answered.
    pub plan: v1::Plan,
    /// What signs the transcript.
    pub key: SigningKey,
}

/// A site with these questions, and where it claims to be.
pub async fn site(channel: &Channel, id: &str, claim: Option<v1::Point>, questions: Vec<v1::Question>) {
    let site = v1::Site { claimed_point: claim, questions, ..v1::Site::default() };
    let request = v1::CreateSiteRequest { site_id: id.to_owned(), site: Some(site), ..Default::default() };
    SiteServiceClient::new(channel.clone()).create_site(request).await.expect("the site is entered");
}

impl Tower {
    /// Enters a landmark of a trust group of its own.
    pub async fn enter(channel: &Channel, id: &str, point: v1::Point) -> Self {
        Self::with(channel, id, |record| record.point = Some(point)).await
    }

    /// Enters a landmark with something of its own.
    pub async fn with(channel: &Channel, id: &str, change: impl FnOnce(&mut v1::RegisteredLandmark)) -> Self {
        let signing = SigningIdentity::generate().expect("chance");
        let exchange = ExchangeIdentity::generate().expect("chance");
        let mut landmark = v1::RegisteredLandmark {
            point: Some(v1::Point::default()),
            position_error_m: Some(0.0),
            operator: format!("operator of {id}"),
            signing_key: signing.public().to_vec(),
            exchange_key: exchange.public().to_vec(),
            addresses: vec!["127.0.0.1:7444".to_owned()],
            ..v1::RegisteredLandmark::default()
        };
        change(&mut landmark);
        let request = v1::CreateLandmarkRequest {
            landmark_id: id.to_owned(),
            landmark: Some(landmark),
            ..Default::default()
        };
        LandmarkServiceClient::new(channel.clone()).create_landmark(request).await.expect("it is entered");
        let measurements = MeasurementServiceClient::new(channel.clone());
        Self { id: id.to_owned(), signing, exchange, next: 1, measurements }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> String {
        format!("landmarks/{}", self.id)
    }

    /// Its name on the wire.
    #[must_use]
    pub fn wire_id(&self) -> LandmarkId {
        LandmarkId::of(&self.exchange.public())
    }

    /// Speaks to another server.
    pub fn reconnect(&mut self, channel: &Channel) {
        self.measurements = MeasurementServiceClient::new(channel.clone());
    }

    /// Waits for work; the first sign of life was read.
    pub async fn watch(&self) -> Streaming<v1::WatchAssignmentsResponse> {
        let request = v1::WatchAssignmentsRequest { landmark: self.name() };
        let mut stream =
            self.measurements.clone().watch_assignments(request).await.expect("it watches").into_inner();
        let first = stream.next().await.expect("a sign of life").expect("a sign of life");
        assert!(matches!(first.event, Some(v1::watch_assignments_response::Event::Checkpoint(_))));
        stream
    }

    /// What the assignment is to the protocol.
    #[must_use]
    pub fn assignment(&self, wire: &v1::Assignment) -> Assignment {
        Assignment {
            session: SessionId(wire.session_id.as_slice().try_into().expect("8 bytes")),
            landmark: self.wire_id(),
            binding: Binding(wire.binding.as_slice().try_into().expect("32 bytes")),
            agent_x25519: wire.peer_exchange_key.as_slice().try_into().expect("32 bytes"),
            position_version: wire.position_version as u32,
            window: Window {
                probes: wire.probes as u16,
                not_before_ns: nanoseconds(wire.begin_time),
                not_after_ns: nanoseconds(wire.end_time),
            },
        }
    }

    /// What it was told to do in a session that it measured.
    #[must_use]
    pub fn assignment_of(&self, met: &Met) -> Assignment {
        let report = &met.report;
        let begin = report.sent[0].answer.expect("an answer").stamps.r0;
        Assignment {
            session: report.session,
            landmark: report.landmark,
            binding: report.subject,
            agent_x25519: [0; 32],
            position_version: report.position_version,
            window: Window { probes: 64, not_before_ns: begin, not_after_ns: begin + 1_000_000_000 },
        }
    }

    /// What it would have measured of a peer at that round trip.
    #[must_use]
    pub fn measure(&self, wire: &v1::Assignment, rtt_ns: i64, seed: &mut Seed) -> Met {
        let assignment = self.assignment(wire);
        let samples = assignment.window.probes.min(16);
        Met::after(&assignment, samples, rtt_ns, assignment.window.not_before_ns, seed)
    }

    /// A report as it is brought, with the next number.
    pub fn sign(&mut self, met: &Met) -> v1::SignedReport {
        let (body, signature) = met.signed(self.signing.signing_key());
        let sequence = self.next;
        self.next += 1;
        v1::SignedReport { sequence, body, signature: signature.0.to_vec() }
    }

    /// Brings reports, in one batch.
    pub async fn bring(&self, reports: Vec<v1::SignedReport>) -> Result<v1::IngestResponse, Status> {
        let frames = vec![self.header(), batch(reports)];
        let mut client = self.measurements.clone();
        client.ingest(futures_util::stream::iter(frames)).await.map(tonic::Response::into_inner)
    }

    /// The first frame of its stream.
    #[must_use]
    pub fn header(&self) -> v1::IngestRequest {
        let header = v1::IngestHeader { landmark: self.name() };
        v1::IngestRequest { frame: Some(v1::ingest_request::Frame::Header(header)) }
    }
}

/// A batch as a frame.
#[must_use]
pub fn batch(reports: Vec<v1::SignedReport>) -> v1::IngestRequest {
    v1::IngestRequest { frame: Some(v1::ingest_request::Frame::Batch(v1::ReportBatch { reports })) }
}

/// The next assignment of a stream.
pub async fn assignment(stream: &mut Streaming<v1::WatchAssignmentsResponse>) -> v1::Assignment {
    use v1::watch_assignments_response::Event;
    loop {
        let heard = stream.next().await.expect("the stream lives").expect("the stream lives");
        if let Some(Event::Assignment(assignment)) = heard.event {
            return assignment;
        }
    }
}

impl Device {
    /// Enters an agent.
    pub async fn enter(channel: &Channel, id: &str, site: &str) -> Self {
        let identity = SigningIdentity::generate().expect("chance");
        let agent = v1::Agent {
            site: format!("sites/{site}"),
            identity_key: identity.public().to_vec(),
            ..v1::Agent::default()
        };
        let request =
            v1::CreateAgentRequest { agent_id: id.to_owned(), agent: Some(agent), ..Default::default() };
        AgentServiceClient::new(channel.clone()).create_agent(request).await.expect("it is entered");
        Self { id: id.to_owned(), identity, sessions: SessionServiceClient::new(channel.clone()) }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> String {
        format!("agents/{}", self.id)
    }

    /// Waits for summonses; the first sign of life was read.
    pub async fn attend(&self) -> Streaming<v1::AttendResponse> {
        let request = v1::AttendRequest { agent: self.name() };
        let mut stream = self.sessions.clone().attend(request).await.expect("it attends").into_inner();
        let first = stream.next().await.expect("a sign of life").expect("a sign of life");
        assert!(matches!(first.event, Some(v1::attend_response::Event::Checkpoint(_))));
        stream
    }

    /// Has it summoned, and takes the summons.
    pub async fn summoned(&self, stream: &mut Streaming<v1::AttendResponse>) -> v1::Summons {
        let request = v1::SummonAgentRequest { agent: self.name(), request_id: String::new() };
        self.sessions.clone().summon_agent(request).await.expect("it is summoned");
        summons(stream).await
    }

    /// Evidence for fresh keys, and the key that signs.
    #[must_use]
    pub fn evidence(&self, summons: &v1::Summons, seed: &mut Seed) -> (v1::AttestRequest, SigningKey) {
        let (key, exchange) = (SigningKey::from_bytes(&paper::bytes(seed)), paper::bytes::<32>(seed));
        let mut request = v1::AttestRequest {
            session: summons.session.clone(),
            verifier_nonce: summons.verifier_nonce.clone(),
            exchange_key: exchange.to_vec(),
            signing_key: key.verifying_key().to_bytes().to_vec(),
            ..v1::AttestRequest::default()
        };
        let bound = self.binding(summons, &request);
        let payload = self.identity.signing_key().sign(&[EVIDENCE_LABEL, &bound].concat());
        let payload = payload.to_bytes().to_vec();
        request.evidence = vec![v1::Evidence { format: "software".to_owned(), payload }];
        (request, key)
    }

    /// What evidence for the keys of a request must bear.
    #[must_use]
    pub fn binding(&self, summons: &v1::Summons, request: &v1::AttestRequest) -> [u8; 32] {
        let part = |bytes: &[u8]| <[u8; 32]>::try_from(bytes).expect("32 bytes");
        let verifier: String = summons.verifier_key.iter().map(|byte| format!("{byte:02x}")).collect();
        let context = binding::context(&verifier, &self.name(), None);
        let (nonce, exchange) = (part(&request.verifier_nonce), part(&request.exchange_key));
        binding::binding(&nonce, &exchange, &part(&request.signing_key), &context).0
    }

    /// Attests fresh keys.
    pub async fn attest(&self, summons: &v1::Summons, seed: &mut Seed) -> Attested {
        let (request, key) = self.evidence(summons, seed);
        let answer = self.sessions.clone().attest(request).await.expect("it attests").into_inner();
        Attested { session: answer.session.expect("a session"), plan: answer.plan.expect("a plan"), key }
    }

    /// The end of a session in which it met these landmarks.
    #[must_use]
    pub fn closing(&self, attested: &Attested, met: &[&Met]) -> v1::CloseSessionRequest {
        let session = SessionId(attested.plan.session_id.as_slice().try_into().expect("8 bytes"));
        let bound = Binding(attested.plan.binding.as_slice().try_into().expect("32 bytes"));
        let entries = met.iter().map(|met| met.entry.clone()).collect();
        let (transcript, signature) = paper::transcript(session, bound, entries).sign(&attested.key);
        v1::CloseSessionRequest {
            session: attested.session.name.clone(),
            transcript,
            signature: signature.0.to_vec(),
            evidence: Vec::new(),
            evidence_signature: Vec::new(),
        }
    }
}

/// The next summons of a stream.
pub async fn summons(stream: &mut Streaming<v1::AttendResponse>) -> v1::Summons {
    loop {
        match stream.next().await.expect("the stream lives").expect("the stream lives").event {
            Some(v1::attend_response::Event::Summons(summons)) => return summons,
            _ => continue,
        }
    }
}

/// A moment in nanoseconds since 1970.
#[must_use]
pub fn nanoseconds(time: Option<prost_types::Timestamp>) -> i64 {
    let time = time.expect("a moment");
    time.seconds * 1_000_000_000 + i64::from(time.nanos)
}
