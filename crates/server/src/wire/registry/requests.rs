//! The requests of the registry, alike for all kinds.

use lightcone::v1;
use lightcone_store::{Agent, Chip, Landmark, Party, Site};
use prost::Message;
use prost_types::FieldMask;

use super::kind::Kind;

/// A request that writes, and so may bear an id.
pub(crate) trait Written: Message + Default {
    /// Which method it is of.
    const METHOD: &'static str;
    /// Its id.
    fn request_id(&mut self) -> &mut String;
}

/// Enters one.
pub(crate) struct Create<K: Kind> {
    /// The id that the caller wants, or none.
    pub(crate) id: String,
    pub(crate) record: Option<K::Wire>,
    pub(crate) request_id: String,
    pub(crate) validate_only: bool,
}

/// Enters many.
pub(crate) struct Many<K: Kind>(pub(crate) Vec<Create<K>>);

/// Changes one.
pub(crate) struct Update<K: Kind> {
    pub(crate) record: Option<K::Wire>,
    pub(crate) mask: Option<FieldMask>,
    pub(crate) validate_only: bool,
}

/// Names one.
pub(crate) struct Named {
    pub(crate) name: String,
}

/// Takes one out of use.
pub(crate) struct Retire {
    pub(crate) name: String,
    pub(crate) etag: String,
    pub(crate) reason: String,
}

macro_rules! written {
    ($($request:ident = $method:literal,)+) => {$(
        impl Written for v1::$request {
            const METHOD: &'static str = $method;
            fn request_id(&mut self) -> &mut String {
                &mut self.request_id
            }
        }
    )+};
}

/// One kind's messages, taken apart.
macro_rules! requests {
    ($kind:ty, $record:ident, $id:ident: $create:ident, $batch:ident, $get:ident, $update:ident, $retire:ident) => {
        impl From<v1::$create> for Create<$kind> {
            fn from(wire: v1::$create) -> Self {
                let v1::$create { $id, $record, request_id, validate_only } = wire;
                Self { id: $id, record: $record, request_id, validate_only }
            }
        }

        impl From<v1::$batch> for Many<$kind> {
            fn from(wire: v1::$batch) -> Self {
                Self(wire.requests.into_iter().map(Create::from).collect())
            }
        }

        impl From<v1::$get> for Named {
            fn from(wire: v1::$get) -> Self {
                Self { name: wire.name }
            }
        }

        impl From<v1::$update> for Update<$kind> {
            fn from(wire: v1::$update) -> Self {
                let v1::$update { $record, update_mask, request_id: _, validate_only } = wire;
                Self { record: $record, mask: update_mask, validate_only }
            }
        }

        impl From<v1::$retire> for Retire {
            fn from(wire: v1::$retire) -> Self {
                let v1::$retire { name, etag, reason, request_id: _ } = wire;
                Self { name, etag, reason }
            }
        }
    };
}

requests!(Landmark, landmark, landmark_id: CreateLandmarkRequest, BatchCreateLandmarksRequest, GetLandmarkRequest, UpdateLandmarkRequest, RetireLandmarkRequest);
requests!(Site, site, site_id: CreateSiteRequest, BatchCreateSitesRequest, GetSiteRequest, UpdateSiteRequest, RetireSiteRequest);
requests!(Agent, agent, agent_id: CreateAgentRequest, BatchCreateAgentsRequest, GetAgentRequest, UpdateAgentRequest, RetireAgentRequest);
requests!(Chip, chip, chip_id: CreateChipRequest, BatchCreateChipsRequest, GetChipRequest, UpdateChipRequest, RetireChipRequest);
requests!(Party, party, party_id: CreatePartyRequest, BatchCreatePartiesRequest, GetPartyRequest, UpdatePartyRequest, RetirePartyRequest);

written! {
    CreateLandmarkRequest = "CreateLandmark",
    BatchCreateLandmarksRequest = "BatchCreateLandmarks",
    UpdateLandmarkRequest = "UpdateLandmark",
    RetireLandmarkRequest = "RetireLandmark",
    CreateSiteRequest = "CreateSite",
    BatchCreateSitesRequest = "BatchCreateSites",
    UpdateSiteRequest = "UpdateSite",
    RetireSiteRequest = "RetireSite",
    CreateAgentRequest = "CreateAgent",
    BatchCreateAgentsRequest = "BatchCreateAgents",
    UpdateAgentRequest = "UpdateAgent",
    RetireAgentRequest = "RetireAgent",
    CreateChipRequest = "CreateChip",
    BatchCreateChipsRequest = "BatchCreateChips",
    UpdateChipRequest = "UpdateChip",
    RetireChipRequest = "RetireChip",
    PairChipRequest = "PairChip",
    SummonAgentRequest = "SummonAgent",
    CheckPlacementRequest = "CheckPlacement",
    RequestCaseRequest = "RequestCase",
    CreatePartyRequest = "CreateParty",
    BatchCreatePartiesRequest = "BatchCreateParties",
    UpdatePartyRequest = "UpdateParty",
    RetirePartyRequest = "RetireParty",
    CreateTransferRequest = "CreateTransfer",
    UpdateTransferRequest = "UpdateTransfer",
    CloseTransferRequest = "CloseTransfer",
    CreateSkuRequest = "CreateSku",
    RetireSkuRequest = "RetireSku",
    CreatePolicyVersionRequest = "CreatePolicyVersion",
    CheckExportRequest = "CheckExport",
    ComparePoliciesRequest = "ComparePolicies",
}
