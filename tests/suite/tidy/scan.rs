//! Looks for bytes in every file beneath a folder, by code that knows nothing of droit's own search.

use std::{fs, path::Path};

use regex::bytes::{Regex, RegexBuilder};

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let padded = [group[0], *group.get(1).unwrap_or(&0), *group.get(2).unwrap_or(&0)];
        let bits = u32::from_be_bytes([0, padded[0], padded[1], padded[2]]);
        for n in 0..=group.len() {
            text.push(char::from(DIGITS[(bits >> (18 - 6 * n) & 63) as usize]));
        }
    }
    text
}

/// All the ways in which the bytes could have been written down.
fn forms(bytes: &[u8]) -> Vec<Vec<u8>> {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let mut forms = vec![bytes.to_vec(), hex.to_uppercase().into_bytes(), hex.into_bytes()];
    for lead in 0..3_usize {
        // the digits that stand for these bytes alone, whatever stands before and after them
        let text = base64(&[&vec![0; lead][..], bytes].concat());
        let (from, to) = ((lead * 8).div_ceil(6), (lead + bytes.len()) * 8 / 6);
        forms.push(text.as_bytes()[from..to].to_vec());
    }
    forms
}

/// The files beneath `folder` in which any of these bytes stand, raw, in hexadecimal or in Base64; links are not
/// followed.
pub(super) fn holding<B: AsRef<[u8]>>(folder: &Path, bytes: &[B]) -> Vec<String> {
    // a regular expression of bytes is quick even without optimisation
    let any: Vec<String> = bytes.iter().flat_map(|bytes| forms(bytes.as_ref())).map(|form| escaped(&form)).collect();
    let mut found = Vec::new();
    if !any.is_empty() {
        let pattern = RegexBuilder::new(&any.join("|")).unicode(false).size_limit(1 << 28).build().unwrap();
        look(folder, &pattern, &mut found);
    }
    found.sort();
    found
}

fn look(path: &Path, pattern: &Regex, found: &mut Vec<String>) {
    let meta = fs::symlink_metadata(path).unwrap();
    if meta.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            look(&entry.unwrap().path(), pattern, found);
        }
    } else if meta.is_file() && pattern.is_match(&fs::read(path).unwrap()) {
        found.push(path.file_name().unwrap().to_string_lossy().into_owned());
    }
}

fn escaped(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect::<Vec<_>>().concat()
}

#[test]
fn the_scan_sees_every_form_at_every_place() {
    let dir = tempfile::tempdir().unwrap();
    let secret = b"Zhang-secret \xff\x00 words";
    for lead in 0..4 {
        let text = base64(&[&vec![b'x'; lead][..], secret, b"and more"].concat());
        fs::write(dir.path().join(format!("base64-{lead}")), text).unwrap();
    }
    // the same words as written by another program
    fs::write(dir.path().join("base64-known"), "WmhhbmctbHVjaw==").unwrap();
    fs::create_dir(dir.path().join("deep")).unwrap();
    fs::write(dir.path().join("deep/raw"), [&[7; 5000][..], secret].concat()).unwrap();
    fs::write(dir.path().join("nothing"), "Zhang-secret").unwrap();
    assert_eq!(holding(dir.path(), &[secret]), ["base64-0", "base64-1", "base64-2", "base64-3", "raw"]);
    assert_eq!(holding(dir.path(), &[b"Zhang-luck"]), ["base64-known"]);
}
