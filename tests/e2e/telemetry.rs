//! Traces and metrics over OTLP, against a small collector: one trace spans the sockets' threads and the
//! pool's.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lightcone::v1;
use lightcone::v1::chip_service_client::ChipServiceClient;
use lightcone::v1::location_service_client::LocationServiceClient;
use lightcone_server::config::StoreSettings;
use lightcone_server::{Config, Server as Lightcone, run_until};
use lightcone_tests::World;
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::trace::v1::Span;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Request, Response, Status};

/// The trace that the caller is part of: trace and span id, by W3C.
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CALLER: &str = "b7ad6b7169203331";

/// What arrived.
#[derive(Clone, Default)]
struct Collector {
    spans: Arc<Mutex<Vec<Span>>>,
    metrics: Arc<Mutex<BTreeSet<String>>>,
}

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let resources = request.into_inner().resource_spans.into_iter();
        let spans = resources.flat_map(|resource| resource.scope_spans).flat_map(|scope| scope.spans);
        self.spans.lock().expect("not poisoned").extend(spans);
        Ok(Response::new(Default::default()))
    }
}

#[tonic::async_trait]
impl MetricsService for Collector {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        let resources = request.into_inner().resource_metrics.into_iter();
        let metrics = resources.flat_map(|resource| resource.scope_metrics).flat_map(|scope| scope.metrics);
        self.metrics.lock().expect("not poisoned").extend(metrics.map(|metric| metric.name));
        Ok(Response::new(Default::default()))
    }
}

/// A collector on a free port.
async fn collect() -> (Collector, SocketAddr) {
    let collector = Collector::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = Server::builder()
        .add_service(TraceServiceServer::new(collector.clone()))
        .add_service(MetricsServiceServer::new(collector.clone()));
    tokio::spawn(router.serve_with_incoming(TcpListenerStream::new(listener)));
    (collector, address)
}

/// A whole server process's life, in a thread of its own, with where it serves and where it tells how it is; dropping
/// the sender ends it.
async fn serve(collector: SocketAddr) -> ([SocketAddr; 2], oneshot::Sender<()>, std::thread::JoinHandle<()>) {
    let mut config = Config::default();
    config.server.listen = "127.0.0.1:0".to_owned();
    config.server.admin_listen = "127.0.0.1:0".to_owned();
    config.store.url = StoreSettings::IN_MEMORY.to_owned();
    config.telemetry.otlp_endpoint = format!("http://{collector}");
    config.telemetry.metrics_interval_ms = 100;
    config.telemetry.log_filter = "warn".to_owned();
    let (ready, address) = oneshot::channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let thread = std::thread::spawn(move || {
        let ready = |server: &Lightcone| {
            let admin = server.admin_address().expect("it has an address").expect("it tells how it is");
            let _ = ready.send([server.address().expect("it has an address"), admin]);
        };
        run_until(config, ready, || async { stopped.await.unwrap_or_default() }).expect("it runs");
    });
    (address.await.expect("it serves"), stop, thread)
}

/// What Prometheus would read.
async fn metrics(admin: SocketAddr) -> String {
    let mut socket = TcpStream::connect(admin).await.expect("it accepts");
    let ask = b"GET /metrics HTTP/1.1\r\nhost: admin\r\nconnection: close\r\n\r\n";
    socket.write_all(ask).await.expect("it reads");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.expect("it answers");
    answer
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_trace_spans_sockets_and_pool() {
    let (collector, endpoint) = collect().await;
    let ([address, admin], stop, thread) = serve(endpoint).await;
    let mut client = LocationServiceClient::connect(format!("http://{address}")).await.unwrap();
    let mut world = World::of_seed(12, 3);
    let chip = world.chip();
    let mut request = Request::new(world.request(&chip));
    let parent = format!("00-{TRACE}-{CALLER}-01");
    request.metadata_mut().insert("traceparent", parent.parse().unwrap());
    client.locate(request).await.unwrap();
    drop(client);
    let mut chips = ChipServiceClient::connect(format!("http://{address}")).await.unwrap();
    let chip = v1::Chip { serial: "1".into(), sku: "H200".into(), ..Default::default() };
    chips.create_chip(v1::CreateChipRequest { chip: Some(chip), ..Default::default() }).await.unwrap();
    let shown = metrics(admin).await;
    drop(chips);
    tokio::time::sleep(Duration::from_millis(300)).await;
    drop(stop);
    tokio::task::spawn_blocking(move || thread.join().unwrap()).await.unwrap();

    let spans = collector.spans.lock().unwrap().clone();
    let of_trace: Vec<&Span> = spans.iter().filter(|span| hex(&span.trace_id) == TRACE).collect();
    let named = |name: &str| of_trace.iter().find(|span| span.name == name).expect("the span");
    let rpc = named("lightcone.v1.LocationService/Locate");
    let run = named("pool.run");
    assert_eq!(hex(&rpc.parent_span_id), CALLER);
    assert_eq!(run.parent_span_id, rpc.span_id);
    assert!(rpc.start_time_unix_nano <= run.start_time_unix_nano);
    let thread = |span: &Span| {
        let attribute = span.attributes.iter().find(|attribute| attribute.key == "thread.name");
        format!("{:?}", attribute.expect("the thread's name").value)
    };
    assert!(thread(rpc).contains("lightcone-io"), "{rpc:?}");
    assert!(thread(run).contains("lightcone-pool"), "{run:?}");
    let told = format!("{spans:?}");
    assert!(!told.contains("h2") && !told.contains("hyper"), "only our own spans are sent");

    let metrics = collector.metrics.lock().unwrap().clone();
    for name in [
        "rpc.server.duration",
        "lightcone.pool.depth",
        "lightcone.pool.wait",
        "lightcone.pool.run",
        "lightcone.pool.jobs",
        "lightcone.pool.estimated_wait_us",
        "lightcone.store.transaction",
        "lightcone.connections.open",
    ] {
        assert!(metrics.contains(name), "{name} in {metrics:?}");
    }
    for line in [
        "# TYPE rpc_server_duration_seconds histogram",
        "rpc_method=\"lightcone.v1.LocationService/Locate\"",
        "lightcone_pool_jobs_total{",
        "lightcone_connections_open{door=\"grpc\"",
    ] {
        assert!(shown.contains(line), "{line} in {shown}");
    }
}
