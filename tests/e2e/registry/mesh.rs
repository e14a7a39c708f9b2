//! What the landmarks say about one another.

use lightcone::v1;
use lightcone_store::MeshPair;
use lightcone_tests::Ground;

use super::on_every_store;
use super::records::{Desk, landmark, new_landmark};

on_every_store!(the_mesh_is_audited_by_the_names_of_the_registry);

/// A millisecond, in which a signal gets no farther than 150 km and back.
const CLOSE_NS: i64 = 1_000_000;

async fn the_mesh_is_audited_by_the_names_of_the_registry(ground: Ground) {
    let mut desk = Desk::on(&ground).await;
    let empty = desk.landmarks.audit_mesh(v1::AuditMeshRequest {}).await.unwrap().into_inner();
    assert_eq!(empty.oldest_time, None);
    let audit = empty.audit.unwrap();
    assert_eq!((audit.pairs, audit.conflicts.len(), audit.suspended.len()), (0, 0, 0));

    let ids = ["l-1", "l-2", "l-3", "liar", "gone"];
    for (seed, id) in (1..).zip(ids) {
        let mut landmark = v1::RegisteredLandmark { operator: id.into(), ..landmark(seed) };
        if id == "liar" {
            landmark.point = Some(v1::Point { latitude_deg: 51.5, longitude_deg: -0.1 });
            landmark.stated_area = "GB".into();
        }
        desk.landmarks.create_landmark(new_landmark(id, landmark)).await.unwrap();
    }
    let retire =
        v1::RetireLandmarkRequest { name: "landmarks/gone".into(), reason: "x".into(), ..Default::default() };
    desk.landmarks.retire_landmark(retire).await.unwrap();
    for (at, (first, second)) in
        [("l-1", "gone"), ("l-1", "l-2"), ("l-2", "l-3"), ("l-1", "liar"), ("l-2", "liar"), ("l-3", "liar")]
            .into_iter()
            .enumerate()
    {
        let pair = MeshPair {
            first: first.into(),
            second: second.into(),
            first_version: 1,
            second_version: 1,
            rtt_ns: CLOSE_NS,
            eps_ns: 1_000,
            observe_time: (100 + at as i64) * 1_000_000_000,
        };
        desk.house.store.put_mesh_pair(pair).await.unwrap();
    }
    let answer = desk.landmarks.audit_mesh(v1::AuditMeshRequest {}).await.unwrap().into_inner();
    assert_eq!(answer.oldest_time.unwrap().seconds, 101, "what is retired does not count");
    let audit = answer.audit.unwrap();
    assert_eq!((audit.pairs, audit.conflicts.len()), (5, 3));
    let suspended: Vec<&str> = audit.suspended.iter().map(|it| it.landmark.as_str()).collect();
    assert_eq!(suspended, ["landmarks/liar"], "{audit:?}");
}
