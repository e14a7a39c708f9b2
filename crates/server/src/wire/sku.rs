//! SKUs at the door.

use lightcone::names::{InvalidName, SkuName};
use lightcone::v1;
use lightcone::v1::sku::State;
use lightcone_access::Kind as Sort;
use lightcone_core::Borders;
use lightcone_policy::sku::{self as policy, Goods, Market, Rate, Reading};
use lightcone_store::{Registry, Sku, SkuState, Store};
use prost::Message as _;

use super::registry::{Create, Garbled, Kind, Listing, Named, Origin, Page, Retire, optional, required};
use super::violation::at_most;
use super::{Violation, fact, moment, party};
use crate::access::Goal;
use crate::limits::{REASON_BYTES_MAX, SKU_ALIASES_MAX, SKU_BITS_MAX, SKU_BYTES_MAX, SKU_RATES_MAX};

impl Kind for Sku {
    type Wire = v1::Sku;
    type List = v1::ListSkusRequest;
    type Listed = v1::ListSkusResponse;
    /// Many at once are not entered.
    type Batched = ();

    const FIELD: &'static str = "sku";
    const PATH: &'static str = "figures";
    const SORT: Sort = Sort::Paper;
    const PATTERN: &'static str = SkuName::PATTERN;
    /// Figures do not change: other figures are another SKU.
    const MASK: &'static [&'static str] = &[];

    fn name_of(id: &str) -> String {
        name_of(id)
    }

    fn id_of(name: &str) -> Result<String, InvalidName> {
        SkuName::parse(name).map(|name| name.sku)
    }

    fn read(wire: Self::Wire, origin: &Origin<'_, Self>, _: &Borders) -> Result<Self, Violation> {
        let figures = wire.figures.unwrap_or_default();
        let name_key = name_key(&to_policy(&figures)?.name);
        Ok(Self { name_key, body: figures.encode_to_vec(), ..begun(origin) })
    }

    fn show(&self) -> Result<Self::Wire, Garbled> {
        let state = match self.state {
            SkuState::Active => State::Active,
            SkuState::Retired => State::Retired,
        };
        Ok(v1::Sku {
            name: name_of(&self.id),
            figures: Some(figures(self)?),
            state: state as i32,
            tenant: self.tenant.clone(),
            create_time: Some(moment::timestamp(self.create_time)),
            etag: self.etag.clone(),
        })
    }

    fn named(wire: &Self::Wire) -> (&str, &str) {
        (&wire.name, &wire.etag)
    }

    fn merge(_: &str, _: &mut Self::Wire, _: &mut Self::Wire) {}

    fn listing(mut wire: Self::List) -> Result<Listing, Violation> {
        let (size, token) = (std::mem::take(&mut wire.page_size), std::mem::take(&mut wire.page_token));
        let page = Page::read("ListSkus", size, &token, &wire)?;
        Listing::new(page, 0, |_| None, "unset", None)
    }

    fn listed(skus: Vec<Self::Wire>, next_page_token: String) -> Self::Listed {
        v1::ListSkusResponse { skus, next_page_token }
    }

    fn batched(_: Vec<Self::Wire>) -> Self::Batched {}

    fn id(&self) -> &str {
        &self.id
    }

    fn etag(&self) -> &str {
        &self.etag
    }

    fn retired(&self) -> Option<&'static str> {
        (self.state == SkuState::Retired).then(|| self.state.as_str())
    }

    fn goal(&self) -> Goal {
        Goal::paper(name_of(&self.id), &self.id, &self.tenant)
    }

    fn shelf(store: &dyn Store) -> &dyn Registry<Self> {
        store
    }
}

impl From<v1::CreateSkuRequest> for Create<Sku> {
    fn from(wire: v1::CreateSkuRequest) -> Self {
        let v1::CreateSkuRequest { sku_id, figures, request_id, validate_only } = wire;
        let record = figures.map(|figures| v1::Sku { figures: Some(figures), ..v1::Sku::default() });
        Self { id: sku_id, record, request_id, validate_only }
    }
}

impl From<v1::GetSkuRequest> for Named {
    fn from(wire: v1::GetSkuRequest) -> Self {
        Self { name: wire.name }
    }
}

impl From<v1::RetireSkuRequest> for Retire {
    fn from(wire: v1::RetireSkuRequest) -> Self {
        Self { name: wire.name, etag: String::new(), reason: wire.reason }
    }
}

/// A SKU's name.
pub(crate) fn name_of(id: &str) -> String {
    format!("skus/{id}")
}

/// A name as it is looked for.
pub(crate) fn name_key(name: &str) -> String {
    name.to_lowercase()
}

/// A SKU that is kept, in the policy's words.
pub(crate) fn opened(sku: &Sku) -> Result<policy::Sku, Garbled> {
    let said = |violation: Violation| garbled(sku, format!("{} {}", violation.field, violation.description));
    to_policy(&figures(sku)?).map_err(said)
}

/// Checks figures, and gives them in the policy's words.
pub(crate) fn to_policy(wire: &v1::SkuFigures) -> Result<policy::Sku, Violation> {
    use v1::sku_figures::Market as Wire;
    let market = match Wire::try_from(wire.market) {
        Ok(Wire::Unspecified) => Market::Unknown,
        Ok(Wire::DataCentre) => Market::DataCentre,
        Ok(Wire::Other) => Market::Other,
        Err(_) => {
            let allowed = "MARKET_DATA_CENTRE, MARKET_OTHER, or unset where nobody said";
            return Err(Violation::invalid("market", wire.market, allowed));
        }
    };
    at_most("rates", wire.rates.len(), SKU_RATES_MAX)?;
    let rate = |(at, wire)| rate(wire).map_err(|violation: Violation| violation.at("rates", at));
    let is_stack = wire.rates.is_empty() && wire.package_area_mm2.is_some();
    Ok(policy::Sku {
        name: required("sku", wire.sku.clone(), SKU_BYTES_MAX)?,
        aliases: party::texts("aliases", &wire.aliases, SKU_ALIASES_MAX, SKU_BYTES_MAX)?,
        maker: optional("maker", wire.maker.clone(), SKU_BYTES_MAX)?,
        // A package area is asked of stacks of memory alone, and a stack has no rates.
        goods: if is_stack { Goods::MemoryStack } else { Goods::Processor },
        market,
        rates: wire.rates.iter().enumerate().map(rate).collect::<Result<_, _>>()?,
        die_area_mm2: reading_or_none("die_area_mm2", wire.die_area_mm2.as_ref())?,
        package_area_mm2: reading_or_none("package_area_mm2", wire.package_area_mm2.as_ref())?,
        interconnect_gbps: reading_or_none("interconnect_gb_per_s", wire.interconnect_gb_per_s.as_ref())?,
        memory_bandwidth_gbps: reading_or_none(
            "memory_bandwidth_gb_per_s",
            wire.memory_bandwidth_gb_per_s.as_ref(),
        )?,
        memory_gb: reading_or_none("memory_gb", wire.memory_gb.as_ref())?,
        note: optional("note", wire.note.clone(), REASON_BYTES_MAX)?,
    })
}

fn rate(wire: &v1::PeakRate) -> Result<Rate, Violation> {
    let allowed = "1 to 128";
    let bits = u16::try_from(wire.bits).ok().filter(|_| (1..=SKU_BITS_MAX).contains(&wire.bits));
    let bits = bits.ok_or_else(|| Violation::invalid("bits", wire.bits, allowed))?;
    let tops = reading_or_none("tops", wire.tops.as_ref())?;
    let remedy = "give dense tera-operations a second, a multiply-accumulate counted as two";
    Ok(Rate { bits, tops: tops.ok_or_else(|| Violation::missing("tops", remedy))? })
}

fn reading_or_none(field: &str, wire: Option<&v1::Reading>) -> Result<Option<Reading>, Violation> {
    let Some(wire) = wire else { return Ok(None) };
    let read = || {
        Ok(Reading {
            span: fact::span("value", &wire.value)?,
            source: fact::source(&wire.source, wire.grade)?,
        })
    };
    read().map(Some).map_err(|violation: Violation| violation.within(field))
}

fn figures(sku: &Sku) -> Result<v1::SkuFigures, Garbled> {
    v1::SkuFigures::decode(sku.body.as_slice()).map_err(|error| garbled(sku, error.to_string()))
}

fn garbled(sku: &Sku, cause: String) -> Garbled {
    Garbled { kind: Sku::FIELD, id: sku.id.clone(), cause }
}

/// What callers do not set. The store sets the etag.
fn begun(origin: &Origin<'_, Sku>) -> Sku {
    match origin {
        Origin::Change { was, now, .. } => Sku { update_time: *now, ..(*was).clone() },
        Origin::New { id, now, by, .. } => Sku {
            id: id.clone(),
            etag: String::new(),
            create_time: *now,
            update_time: *now,
            state: SkuState::Active,
            state_reason: String::new(),
            tenant: by.tenant.clone(),
            name_key: String::new(),
            body: Vec::new(),
        },
    }
}
