//! The archive gives everything back to whoever has the passphrase, and no name to anybody else.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{Cursor, Read},
    os::unix::fs::{PermissionsExt, symlink},
    process::Command,
};

use droit::export::{ExportError, Language, Passphrase, pack};
use zip::ZipArchive;

use super::{Room, sample::courier, tree};

fn random(seed: u8) -> impl FnMut(&mut [u8]) {
    let mut next = seed;
    move |bytes| {
        for byte in bytes {
            *byte = next;
            next = next.wrapping_mul(29).wrapping_add(17);
        }
    }
}

fn passphrase() -> Passphrase {
    Passphrase::given("correct 马 battery staple").unwrap()
}

fn unpack(zip: File, passphrase: &str) -> Option<BTreeMap<String, Vec<u8>>> {
    let mut outer = ZipArchive::new(zip).unwrap();
    assert_eq!(outer.file_names().map(Result::unwrap).collect::<Vec<_>>(), ["package.zip"]);
    let mut inner = Vec::new();
    outer.by_index_decrypt(0, passphrase.as_bytes()).ok()?.read_to_end(&mut inner).ok()?;
    let mut inner = ZipArchive::new(Cursor::new(inner)).unwrap();
    let mut files = BTreeMap::new();
    for at in 0..inner.len() {
        let mut file = inner.by_index(at).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        files.insert(file.name().unwrap().strip_prefix("case/").unwrap().to_owned(), content);
    }
    Some(files)
}

#[test]
fn it_gives_everything_back_and_nothing_without_the_passphrase() {
    let room = Room::new();
    let finished = courier(&room.outbox(), "case", Language::Zh);
    let archive = pack(&room.outbox(), "case", &passphrase(), &mut random(1)).unwrap();
    assert_eq!(archive.path, room.path().join("case.zip"));
    assert_eq!(room.names(), ["case", "case.zip"]);
    assert_eq!(fs::metadata(&archive.path).unwrap().permissions().mode() & 0o777, 0o600);
    let open = || File::open(&archive.path).unwrap();
    assert_eq!(unpack(open(), passphrase().reveal()).unwrap(), tree(&finished.path));
    assert!(unpack(open(), "correct 马 battery stapl3").is_none());
    let raw = fs::read(&archive.path).unwrap();
    for told in ["index.html", "users", "DSR-"] {
        assert!(!raw.windows(told.len()).any(|window| window == told.as_bytes()), "{told}");
    }
}

#[test]
fn the_same_salt_gives_the_same_bytes_and_another_does_not() {
    let room = Room::new();
    courier(&room.outbox(), "case", Language::En);
    let packed = |seed| {
        let archive = pack(&room.outbox(), "case", &passphrase(), &mut random(seed)).unwrap();
        fs::remove_file(&archive.path).unwrap();
        archive.sha256
    };
    assert_eq!(packed(1), packed(1));
    assert_ne!(packed(1), packed(2));
}

#[test]
fn it_takes_no_other_files_place_and_packs_no_link() {
    let room = Room::new();
    let finished = courier(&room.outbox(), "case", Language::En);
    symlink("/etc/passwd", finished.path.join("files/000002.bin")).unwrap();
    assert!(matches!(pack(&room.outbox(), "case", &passphrase(), &mut random(1)), Err(ExportError::Foreign)));
    assert_eq!(room.names(), ["case"]);
    symlink("elsewhere", room.path().join("case.zip")).unwrap();
    assert!(matches!(pack(&room.outbox(), "case", &passphrase(), &mut random(1)), Err(ExportError::Exists(_))));
    assert!(pack(&room.outbox(), "missing", &passphrase(), &mut random(1)).is_err());
    assert_eq!(room.names(), ["case", "case.zip"]);
}

#[test]
fn seven_zip_opens_it() {
    let Some(program) = ["7zz", "7z"].into_iter().find(|p| Command::new(p).output().is_ok()) else {
        eprintln!("skipped: neither 7zz nor 7z is installed");
        return;
    };
    let room = Room::new();
    let finished = courier(&room.outbox(), "case", Language::En);
    let passphrase = Passphrase::generate(&mut random(9));
    let archive = pack(&room.outbox(), "case", &passphrase, &mut random(1)).unwrap();
    let out = Room::new();
    let run = |arguments: &[&str]| {
        let status = Command::new(program).args(arguments).current_dir(out.path()).output().unwrap();
        assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stdout));
    };
    run(&["x", "-y", &format!("-p{}", passphrase.reveal()), archive.path.to_str().unwrap()]);
    assert_eq!(out.names(), ["package.zip"]);
    run(&["x", "-y", "package.zip"]);
    assert_eq!(tree(&out.path().join("case")), tree(&finished.path));
}
