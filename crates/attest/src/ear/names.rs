//! Words that claims write by their names.

/// `ear.status`: by name here, by number in the vector.
pub(super) mod tier {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::trust::Tier;

    pub(in crate::ear) fn serialize<S: Serializer>(tier: &Tier, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(tier.name())
    }

    pub(in crate::ear) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tier, D::Error> {
        let name = String::deserialize(deserializer)?;
        Tier::named(&name).ok_or_else(|| D::Error::custom("no tier of AR4SI"))
    }
}

/// `lightcone.residency`.
pub(super) mod residency {
    use lightcone_core::Residency;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(in crate::ear) fn serialize<S: Serializer>(
        residency: &Residency,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(residency.name())
    }

    pub(in crate::ear) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Residency, D::Error> {
        let name = String::deserialize(deserializer)?;
        Residency::named(&name).ok_or_else(|| D::Error::custom("no residency: R0 to R4"))
    }
}
