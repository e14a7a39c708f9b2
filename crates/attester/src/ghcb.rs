//! The table in which a host hands AMD's certificates to its guests: GHCB specification (AMD document 56421), section
//! "SNP extended guest request". Entries of an identifier, a place and a length, up to one of zeros.

/// The bytes of an entry.
const ENTRY_BYTES: usize = 24;
/// The most entries that are read.
const ENTRIES_MAX: usize = 64;

/// Identifiers of certificates, in the order of their text.
const VCEK: [u8; 16] = id(0x63da758d_e664_4564_adc5_f4b93be8accd);
const VLEK: [u8; 16] = id(0xa8074bc2_a25a_483e_aae6_39c045a0b8a1);
const ASK: [u8; 16] = id(0x4ab7b379_bbac_4fe4_a02f_05aef327c782);
const ARK: [u8; 16] = id(0xc0b406a4_a803_4952_9743_3fb6014cd0ae);

const fn id(number: u128) -> [u8; 16] {
    number.to_be_bytes()
}

/// The certificates of a table, in DER; what it lacks is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Table {
    /// Of the key of the chip.
    pub(crate) vcek: Option<Vec<u8>>,
    /// Of the key of a cloud.
    pub(crate) vlek: Option<Vec<u8>>,
    /// Of AMD, for a product.
    pub(crate) ask: Option<Vec<u8>>,
    /// Of AMD, the root.
    pub(crate) ark: Option<Vec<u8>>,
}

impl Table {
    /// Reads a table, as far as its entries lie inside it. The verifier judges the certificates; here they are carried.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut table = Self::default();
        for entry in bytes.chunks_exact(ENTRY_BYTES).take(ENTRIES_MAX) {
            let Some((id, place)) = entry.split_first_chunk::<16>() else { break };
            if *id == [0; 16] {
                break;
            }
            let Some(certificate) = part(bytes, place) else { continue };
            let field = match *id {
                VCEK => &mut table.vcek,
                VLEK => &mut table.vlek,
                ASK => &mut table.ask,
                ARK => &mut table.ark,
                _ => continue,
            };
            *field = Some(certificate.to_vec());
        }
        table
    }
}

/// What stands at the place of an entry.
fn part<'a>(bytes: &'a [u8], place: &[u8]) -> Option<&'a [u8]> {
    let (offset, length) = place.split_first_chunk()?;
    let number = |bytes: &[u8; 4]| usize::try_from(u32::from_le_bytes(*bytes)).ok();
    let (offset, length) = (number(offset)?, number(length.first_chunk()?)?);
    bytes.get(offset..offset.checked_add(length)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(entries: &[([u8; 16], u32, u32)], rest: &[u8]) -> Vec<u8> {
        let entry = |(id, offset, length): &([u8; 16], u32, u32)| {
            [&id[..], &offset.to_le_bytes(), &length.to_le_bytes()].concat()
        };
        [entries.iter().flat_map(entry).collect(), vec![0; ENTRY_BYTES], rest.to_vec()].concat()
    }

    #[test]
    fn every_certificate_is_found_at_its_place() {
        let start = 5 * 24;
        let entries = [(ARK, start, 3), (VLEK, start + 3, 1), (ASK, start + 4, 2), (VCEK, start + 6, 2)];
        let read = Table::read(&table(&entries, b"arkvasce"));
        assert_eq!(read.ark.as_deref(), Some(&b"ark"[..]));
        assert_eq!(read.vlek.as_deref(), Some(&b"v"[..]));
        assert_eq!(read.ask.as_deref(), Some(&b"as"[..]));
        assert_eq!(read.vcek.as_deref(), Some(&b"ce"[..]));
        assert_eq!(VCEK[..4], [0x63, 0xda, 0x75, 0x8d]);
    }

    #[test]
    fn what_lies_outside_or_is_unknown_is_left_out() {
        let entries = [(ARK, u32::MAX, u32::MAX), (ASK, 100, 1_000), ([9; 16], 0, 1), (VCEK, 120, 1)];
        let read = Table::read(&table(&entries, b"c"));
        assert_eq!(read, Table { vcek: Some(b"c".to_vec()), ..Table::default() });
        assert_eq!(Table::read(b""), Table::default());
        assert_eq!(Table::read(&[1; 30]), Table::default());
    }
}
