//! What all formats share: whatever is done to a file, it gives entries or one error, and no value in it.

use jiff::tz::{self, TimeZone};
use proptest::prelude::*;

use super::*;

/// Monday 23 November 2026, ten in the morning in Shanghai.
pub(super) fn terms() -> Terms {
    Terms {
        now: "2026-11-23T02:00:00Z".parse().unwrap(),
        zone: TimeZone::fixed(tz::offset(8)),
        regime: None,
        received: None,
    }
}

/// What is said of a JSON sample that `change` was made to.
pub(super) fn said_of(
    sample: &str,
    read: impl Fn(&[u8]) -> Result<Entry, IntakeError>,
    change: impl FnOnce(&mut serde_json::Value),
) -> String {
    let mut value = serde_json::from_str(sample).unwrap();
    change(&mut value);
    read(value.to_string().as_bytes()).unwrap_err().to_string()
}

/// Identifiers as pairs of kind and value.
pub(super) fn pairs(entry: &Entry) -> Vec<(&str, &str)> {
    entry.identity.identifiers.iter().map(|id| (id.kind.as_str(), id.value.reveal())).collect()
}

const CSV: &[u8] = include_bytes!("../../fixtures/intake/requests.csv");
const GBK: &[u8] = include_bytes!("../../fixtures/intake/requests-gbk.csv");
const MAIL: &[u8] = include_bytes!("../../fixtures/intake/delete.eml");
const HTML: &[u8] = include_bytes!("../../fixtures/intake/html-only.eml");
const OPENDSR: &[u8] = include_bytes!("../../fixtures/intake/opendsr.json");
const DRP: &[u8] = include_bytes!("../../fixtures/intake/drp.json");

fn read(format: usize, bytes: &[u8]) -> Result<usize, IntakeError> {
    let servers = ["mx.zkjia.com".to_owned()];
    let rules = MailRules { servers: &servers, rights: &[] };
    let mapping = Mapping::parse(include_str!("../../fixtures/intake/webform.toml"), &[]).unwrap();
    match format {
        0 | 1 => mapping.read(bytes, None, &terms()).map(|(_, entries)| entries.len()),
        2 | 3 => read_mail(bytes, &rules, &terms()).map(|entries| entries.len()),
        4 => read_opendsr(bytes, Some("account"), &terms()).map(|_| 1),
        _ => read_drp(bytes, None, &terms()).map(|_| 1),
    }
}

const SAMPLES: [&[u8]; 6] = [CSV, GBK, MAIL, HTML, OPENDSR, DRP];

/// What is personal in the samples, as far as an error could repeat it.
const VALUES: [&str; 9] =
    ["13800138000", "13900139000", "陈明", "林安", "ana@", "johndoe", "Ana Lima", "请删除", "Springfield"];

fn one_clear_error(format: usize, bytes: &[u8]) {
    if let Err(error) = read(format, bytes) {
        let text = format!("{error} {error:?}");
        assert!(VALUES.iter().all(|value| !text.contains(value)), "{text}");
    }
}

#[test]
fn the_samples_are_whole() {
    let found: Vec<usize> = (0..6).map(|format| read(format, SAMPLES[format]).unwrap()).collect();
    assert_eq!(found, [3, 3, 1, 1, 1, 1]);
}

#[test]
fn a_file_cut_anywhere_gives_entries_or_one_error() {
    for (format, sample) in SAMPLES.into_iter().enumerate() {
        for end in 0..sample.len() {
            one_clear_error(format, &sample[..end]);
        }
    }
}

#[test]
fn a_document_cut_anywhere_is_never_a_request() {
    for format in [4, 5] {
        let whole = SAMPLES[format].trim_ascii();
        for end in 0..whole.len() {
            assert!(read(format, &whole[..end]).is_err(), "{format} cut at {end}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn flipped_bits_give_entries_or_one_error(
        format in 0..6_usize, flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8_u8), 1..12),
    ) {
        let mut bytes = SAMPLES[format].to_vec();
        for (at, bit) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        let _outcome = read(format, &bytes); // a flipped bit makes other text; that it ends is what counts
    }

    #[test]
    fn pieces_put_together_anyhow_give_entries_or_one_error(
        format in 0..6_usize, cuts in prop::collection::vec(any::<(prop::sample::Index, prop::sample::Index)>(), 0..8),
    ) {
        let sample = SAMPLES[format];
        let mut bytes = Vec::new();
        for (from, to) in cuts {
            let (from, to) = (from.index(sample.len()), to.index(sample.len()));
            bytes.extend_from_slice(&sample[from.min(to)..from.max(to)]);
        }
        one_clear_error(format, &bytes);
    }

    #[test]
    fn any_bytes_give_entries_or_one_error(format in 0..6_usize, bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _outcome = read(format, &bytes);
    }
}
