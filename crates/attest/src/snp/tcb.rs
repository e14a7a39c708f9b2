//! Products of AMD, and how each writes the versions of its platform firmware.

use crate::references::SnpFloor;

/// A line of processors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Product {
    Milan,
    /// With Bergamo and Siena, whose certificates name it.
    Genoa,
    Turin,
}

impl Product {
    const ALL: [Self; 3] = [Self::Milan, Self::Genoa, Self::Turin];

    /// Its name, as certificates and references have it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Milan => "Milan",
            Self::Genoa => "Genoa",
            Self::Turin => "Turin",
        }
    }

    /// The product that a certificate names, with or without a stepping: `Milan-B0`.
    pub(super) fn named(name: &str) -> Option<Self> {
        let line = name.split('-').next();
        Self::ALL.into_iter().find(|product| Some(product.name()) == line)
    }
}

/// Versions of a platform's firmware, each going up with what it mends. Parts that a product lacks are 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tcb {
    /// Firmware of the boot controller; Turin has it.
    pub(super) fmc: u8,
    pub(super) bootloader: u8,
    pub(super) tee: u8,
    pub(super) snp: u8,
    pub(super) microcode: u8,
}

impl Tcb {
    /// The versions in a report (table 3 of AMD document 56860), and none where a reserved byte is set.
    pub(super) const fn read(product: Product, bytes: [u8; 8]) -> Option<Self> {
        match (product, bytes) {
            (Product::Milan | Product::Genoa, [bootloader, tee, 0, 0, 0, 0, snp, microcode]) => {
                Some(Self { fmc: 0, bootloader, tee, snp, microcode })
            }
            (Product::Turin, [fmc, bootloader, tee, snp, 0, 0, 0, microcode]) => {
                Some(Self { fmc, bootloader, tee, snp, microcode })
            }
            _ => None,
        }
    }

    /// The first part that is older than a floor: its name, its version and the floor's.
    pub(super) fn below(&self, floor: &SnpFloor) -> Option<(&'static str, u8, u8)> {
        let parts = [
            ("boot loader", self.bootloader, floor.bootloader),
            ("TEE", self.tee, floor.tee),
            ("SNP firmware", self.snp, floor.snp),
            ("microcode", self.microcode, floor.microcode),
        ];
        parts.into_iter().find(|(_, found, least)| found < least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_product_has_its_own_places() {
        let (milan, turin) = ([3, 1, 0, 0, 0, 0, 8, 115], [2, 3, 1, 8, 0, 0, 0, 115]);
        let read = |product, bytes| Tcb::read(product, bytes).unwrap();
        let found = read(Product::Milan, milan);
        assert_eq!(found, Tcb { fmc: 0, bootloader: 3, tee: 1, snp: 8, microcode: 115 });
        assert_eq!(read(Product::Genoa, milan), found);
        assert_eq!(read(Product::Turin, turin), Tcb { fmc: 2, ..found });
        assert_eq!(Tcb::read(Product::Turin, milan), None, "a reserved byte is set");
        assert_eq!(Tcb::read(Product::Milan, turin), None, "a reserved byte is set");
    }

    #[test]
    fn a_product_is_named_with_its_stepping_or_without() {
        assert_eq!(Product::named("Milan-B0"), Some(Product::Milan));
        assert_eq!(Product::named("Turin"), Some(Product::Turin));
        assert_eq!(Product::named("Milano"), None);
        assert_eq!(Product::named(""), None);
    }

    #[test]
    fn every_part_can_be_below_the_floor() {
        let tcb = Tcb { fmc: 0, bootloader: 3, tee: 1, snp: 8, microcode: 115 };
        let floor = SnpFloor { product: "Milan".into(), bootloader: 3, tee: 1, snp: 8, microcode: 115 };
        assert_eq!(tcb.below(&floor), None);
        assert_eq!(tcb.below(&SnpFloor { bootloader: 4, ..floor.clone() }), Some(("boot loader", 3, 4)));
        assert_eq!(tcb.below(&SnpFloor { tee: 2, ..floor.clone() }), Some(("TEE", 1, 2)));
        assert_eq!(tcb.below(&SnpFloor { snp: 9, ..floor.clone() }), Some(("SNP firmware", 8, 9)));
        assert_eq!(tcb.below(&SnpFloor { microcode: 116, ..floor }), Some(("microcode", 115, 116)));
    }
}
