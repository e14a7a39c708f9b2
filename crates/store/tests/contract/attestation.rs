//! Attestation keys, and where devices were seen last.

use lightcone_store::*;

use crate::world::*;

fn key(agent: &str, name: u8, create_time: i64) -> AttestationKey {
    AttestationKey {
        agent: agent.to_owned(),
        key_name: vec![name; 34],
        endorsement: bytes("endorsement"),
        create_time,
    }
}

fn sighting(instance: &str, agent: &str, seen_time: i64) -> DeviceSighting {
    DeviceSighting {
        instance: instance.to_owned(),
        agent: agent.to_owned(),
        session: format!("{agent}-1"),
        seen_time,
        valid_until: seen_time + SECOND,
        counters: String::new(),
    }
}

pub(crate) async fn a_key_is_kept_once_for_each_agent(store: &SqlStore) {
    settle(store, &[], &["a1", "a2"]).await;
    let first = store.put_attestation_key(key("a1", 1, NOW)).await.unwrap();
    assert_eq!(store.put_attestation_key(key("a1", 1, NOW + 9)).await.unwrap(), first);
    store.put_attestation_key(key("a1", 2, NOW + 1)).await.unwrap();
    store.put_attestation_key(key("a2", 1, NOW)).await.unwrap();
    let names = async |agent: &str, limit| {
        let keys = store.attestation_keys(agent, limit).await.unwrap();
        keys.iter().map(|key| key.key_name[0]).collect::<Vec<_>>()
    };
    assert_eq!(
        (names("a1", 9).await, names("a1", 1).await, names("a2", 9).await),
        (vec![2, 1], vec![2], vec![1])
    );
    let dangling = store.put_attestation_key(key("nobody", 1, NOW)).await;
    assert!(matches!(dangling, Err(StoreError::Dangling { .. })), "{dangling:?}");
}

pub(crate) async fn the_latest_sighting_of_a_device_stays(store: &SqlStore) {
    let first = vec![sighting("d1", "a1", NOW), sighting("d2", "a1", NOW)];
    assert_eq!(store.sight_devices(first.clone()).await.unwrap(), []);
    let before = store.sight_devices(vec![sighting("d1", "a2", NOW + 1)]).await.unwrap();
    assert_eq!(before, first[..1]);
    store.sight_devices(vec![sighting("d1", "a3", NOW)]).await.unwrap();
    let asked = ["d2".to_owned(), "d1".to_owned(), "d3".to_owned()];
    let agents: Vec<String> =
        store.device_sightings(&asked).await.unwrap().into_iter().map(|device| device.agent).collect();
    assert_eq!(agents, ["a1", "a2"]);
}

pub(crate) async fn too_many_devices_are_refused(store: &SqlStore) {
    let many = (0..=DEVICES_MAX).map(|number| sighting(&format!("d{number}"), "a1", NOW)).collect();
    let refused = store.sight_devices(many).await;
    assert!(matches!(refused, Err(StoreError::TooMany { what: "devices", .. })), "{refused:?}");
    assert_eq!(store.sight_devices(Vec::new()).await.unwrap(), []);
}
