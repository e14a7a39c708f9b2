//! Health and reflection.

use lightcone_tests::House;
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
