//! Health, readiness, metrics and reflection.

use std::time::Duration;

use lightcone_tests::House;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

#[tokio::test]
async fn health_is_told_for_the_whole_and_the_service() {
    let house = House::open().await;
    let mut client = HealthClient::new(house.channel().await);
    for service in ["", "lightcone.v1.LocationService"] {
        let ask = HealthCheckRequest { service: service.to_owned() };
        assert_eq!(client.check(ask).await.unwrap().into_inner().status(), ServingStatus::Serving);
    }
    let ask = HealthCheckRequest { service: "no.such.Service".to_owned() };
    assert_eq!(client.check(ask).await.unwrap_err().code(), tonic::Code::NotFound);
}

#[tokio::test]
async fn health_is_watched_where_the_server_is_kept_running() {
    let mut house = House::open().await;
    let ask = HealthCheckRequest { service: String::new() };
    let refused = HealthClient::new(house.channel().await).watch(ask.clone()).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::Unimplemented);
    let mut watch = HealthClient::new(house.admin_channel().await).watch(ask).await.unwrap().into_inner();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
    assert!(page(&house, "/live").await.starts_with("HTTP/1.1 200"));
    assert!(page(&house, "/ready").await.starts_with("HTTP/1.1 200"));
    let elsewhere = page(&house, "/lightcone.v1.LocationService/Locate").await;
    assert!(elsewhere.contains("grpc-status: 12"), "{elsewhere}");
    // A call that is not over yet keeps the server from its end, and who asks is told meanwhile.
    let mut client = house.client().await;
    let _call = tokio::spawn(async move { client.batch_locate(tokio_stream::pending()).await.map(drop) });
    tokio::time::sleep(Duration::from_millis(300)).await;
    house.ask_to_stop();
    assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    assert!(page(&house, "/ready").await.starts_with("HTTP/1.1 503"));
    assert!(page(&house, "/live").await.starts_with("HTTP/1.1 200"));
}

/// A page of those who keep the server running.
async fn page(house: &House, path: &str) -> String {
    let mut socket = TcpStream::connect(house.admin_address).await.unwrap();
    let ask = format!("GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", house.admin_address);
    socket.write_all(ask.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn services(house: &House) -> Result<Vec<String>, tonic::Status> {
    let ask = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut client = ServerReflectionClient::new(house.channel().await);
    let mut answers = client.server_reflection_info(tokio_stream::once(ask)).await?.into_inner();
    match answers.message().await?.and_then(|answer| answer.message_response) {
        Some(MessageResponse::ListServicesResponse(list)) => {
            Ok(list.service.into_iter().map(|service| service.name).collect())
        }
        other => unreachable!("a list of services: {other:?}"),
    }
}

#[tokio::test]
async fn the_api_describes_itself_in_development_only() {
    let house = House::with(|config| config.server.development = true).await;
    let services_found = services(&house).await.unwrap();
    assert!(services_found.iter().any(|name| name == "lightcone.v1.LocationService"), "{services_found:?}");
    let house = House::open().await;
    assert_eq!(services(&house).await.unwrap_err().code(), tonic::Code::Unimplemented);
}
