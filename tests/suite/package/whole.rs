//! A package is whole under its name or not there at all, whatever happens while it is written.

use std::{
    fs,
    io::{self, Read},
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::Command,
};

use droit::export::{Cell, ExportError, Language, Outbox, Package, RowOut, RowState, Sealed};

use super::{Room, head, holder, names, of_text, one_row, sample::courier, table, tree};

fn begin(outbox: &Outbox, name: &str) -> Result<Package, ExportError> {
    Package::begin(outbox, name, head(Language::En))
}

#[test]
fn the_same_copy_has_the_same_bytes() {
    let (one, other) = (Room::new(), Room::new());
    let one = courier(&one.outbox(), "case", Language::Zh).path.clone();
    let (first, second) = (tree(&one), tree(&courier(&other.outbox(), "case", Language::Zh).path));
    assert!(first.keys().eq(second.keys()));
    for (name, bytes) in first {
        assert_eq!(bytes, second[&name], "{name}");
    }
}

#[test]
fn nobody_else_can_read_it() {
    let room = Room::new();
    let finished = courier(&room.outbox(), "case", Language::Zh);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&finished.path), 0o700);
    assert_eq!(mode(&finished.path.join("files")), 0o700);
    for name in tree(&finished.path).keys() {
        assert_eq!(mode(&finished.path.join(name)), 0o600, "{name}");
    }
    assert_eq!(room.names(), ["case"]);
    assert!(names(&finished.path).iter().all(|name| !name.starts_with('.')), "no part is left");
}

#[test]
fn what_is_in_the_way_stays() {
    let room = Room::new();
    let elsewhere = Room::new();
    fs::create_dir(room.path().join("folder")).unwrap();
    fs::write(room.path().join("file"), "mine").unwrap();
    symlink(elsewhere.path(), room.path().join("link")).unwrap();
    symlink("nowhere", room.path().join("dangling")).unwrap();
    let before = room.names();
    for name in ["folder", "file", "link", "dangling"] {
        assert!(matches!(begin(&room.outbox(), name), Err(ExportError::Exists(there)) if there == name), "{name}");
    }
    assert_eq!(room.names(), before);
    assert!(elsewhere.names().is_empty());
}

#[test]
fn what_gets_in_the_way_while_writing_stays() {
    let room = Room::new();
    let package = begin(&room.outbox(), "case").unwrap();
    fs::create_dir(room.path().join("case")).unwrap(); // rename(2) alone would replace an empty folder
    assert!(matches!(package.finish(), Err(ExportError::Exists(_))));
    assert_eq!(room.names(), ["case"]);
    assert!(names(&room.path().join("case")).is_empty());
}

#[test]
fn dropped_it_leaves_nothing() {
    let room = Room::new();
    let mut package = begin(&room.outbox(), "case").unwrap();
    package.begin_table(&table("t", &["a"])).unwrap();
    package.attach(&mut &b"file"[..]).unwrap();
    assert_eq!(room.names(), [".case.partial"]);
    drop(package);
    assert!(room.names().is_empty());
    drop(begin(&room.outbox(), "case").unwrap().seal().unwrap());
    assert!(room.names().is_empty());
}

#[test]
fn what_a_killed_export_left_is_removed_by_the_next() {
    let room = Room::new();
    let elsewhere = Room::new();
    fs::write(elsewhere.path().join("precious"), "mine").unwrap();
    let left = room.path().join(".case.partial");
    fs::create_dir_all(left.join("tables")).unwrap();
    fs::write(left.join("data.json"), "half").unwrap();
    symlink(elsewhere.path(), left.join("files")).unwrap();
    of_text(&room, "case", "text");
    symlink(elsewhere.path(), room.path().join(".next.partial")).unwrap();
    of_text(&room, "next", "text");
    assert_eq!(room.names(), ["case", "next"]);
    assert_eq!(elsewhere.names(), ["precious"]);
}

#[test]
fn two_exports_of_one_case_do_not_meet() {
    let room = Room::new();
    let first = begin(&room.outbox(), "case").unwrap();
    assert!(matches!(begin(&room.outbox(), "case"), Err(ExportError::Busy(name)) if name == "case"));
    assert_eq!(room.outbox().sweep(&mut |_, _| false).unwrap(), 0);
    first.finish().unwrap();
    fs::create_dir(room.path().join(".old.partial")).unwrap();
    assert_eq!(room.outbox().sweep(&mut |_, _| false).unwrap(), 1);
    assert_eq!(room.names(), ["case"]);
}

#[test]
fn many_get_their_names_after_one_flush() {
    let room = Room::new();
    let outbox = room.outbox();
    let sealed: Vec<_> = ["a", "b", "c"].map(|name| begin(&outbox, name).unwrap().seal().unwrap()).into();
    assert_eq!(room.names(), [".a.partial", ".b.partial", ".c.partial"]);
    let finished = Sealed::publish(sealed).unwrap();
    assert_eq!(room.names(), ["a", "b", "c"]);
    assert_eq!(finished[1].path, room.path().join("b"));
}

#[test]
fn a_name_is_no_path() {
    let room = Room::new();
    for name in ["", "..", "a/b", "../x", ".hidden", "a b", "张三", "a\0", &"x".repeat(81)] {
        assert!(matches!(begin(&room.outbox(), name), Err(ExportError::Name(80))), "{name:?}");
    }
    assert!(matches!(Outbox::open(&room.path().join("missing")), Err(ExportError::NoOutbox)));
    assert!(room.names().is_empty());
}

#[test]
fn a_head_that_says_nothing_is_refused() {
    let room = Room::new();
    for produced_at in ["", "2026-11-23", "2026-11-23T15:04:05", "23.11.2026"] {
        let head = droit::export::Head { produced_at: produced_at.into(), ..head(Language::En) };
        assert!(matches!(Package::begin(&room.outbox(), "case", head), Err(ExportError::Head(_))), "{produced_at}");
    }
    let head = droit::export::Head { case: " ".into(), ..head(Language::En) };
    assert!(matches!(Package::begin(&room.outbox(), "case", head), Err(ExportError::Head("the case number"))));
}

/// A file that cannot be read to its end.
struct Torn(u8);

impl Read for Torn {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::Error::other("/uploads/王小明.png: torn"));
        }
        self.0 -= 1;
        buffer[0] = 7;
        Ok(1)
    }
}

#[test]
fn a_file_that_cannot_be_read_stops_the_package_and_is_not_named() {
    let room = Room::new();
    let mut package = begin(&room.outbox(), "case").unwrap();
    package.begin_table(&table("t", &["a"])).unwrap();
    let error = package.attach(&mut Torn(40)).unwrap_err();
    assert_eq!(error.to_string(), "could not read a file of the person: other error");
    assert!(!format!("{error:?}").contains("王小明"));
    assert!(package.end_table().is_err(), "it is not whole any more");
    assert!(package.finish().is_err());
    assert!(room.names().is_empty());
}

#[test]
fn a_folder_that_cannot_be_written_is_told_as_such() {
    let room = Room::new();
    fs::set_permissions(room.path(), fs::Permissions::from_mode(0o500)).unwrap();
    let everywhere = fs::create_dir(room.path().join("probe")).is_ok();
    // root may write everywhere but into the kernel's own file system
    let outbox = if everywhere { Outbox::open(Path::new("/sys")) } else { Outbox::open(room.path()) };
    let refused = begin(&outbox.unwrap(), "case");
    fs::set_permissions(room.path(), fs::Permissions::from_mode(0o700)).unwrap();
    assert!(matches!(refused, Err(ExportError::Permission("make the package's folder"))));
}

/// Runs the ignored test `name` of this very program in a process of its own, in `dir`, behind `prelude` of a shell.
fn alone(name: &str, prelude: &str, dir: &Path) -> String {
    let program = std::env::current_exe().unwrap();
    let script = format!("{prelude} exec \"$0\" --exact {name} --ignored --nocapture --test-threads=1");
    let out = Command::new("sh").arg("-c").arg(script).arg(program).current_dir(dir).output().unwrap();
    let text = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && text.contains("1 passed"), "{text}");
    text
}

#[test]
fn a_full_disk_is_told_as_such_and_leaves_nothing() {
    let room = Room::new();
    alone("package::whole::on_a_full_disk", "trap '' XFSZ; ulimit -f 128;", room.path());
    assert!(room.names().is_empty());
}

#[test]
#[ignore = "runs in a process with a limit on file size"]
fn on_a_full_disk() {
    let outbox = Outbox::open(Path::new(".")).unwrap();
    let mut package = begin(&outbox, "attached").unwrap();
    package.begin_table(&table("t", &["a"])).unwrap();
    let error = package.attach(&mut io::repeat(7).take(10_000_000)).unwrap_err();
    assert!(matches!(error, ExportError::DiskFull("write the package")), "{error:?}");
    assert!(package.finish().is_err());

    let mut package = begin(&outbox, "rows").unwrap();
    package.begin_table(&table("t", &["a"])).unwrap();
    let cells = [Cell::Shown("x".repeat(1000).into())];
    let row = RowOut { key: "1", role: &holder(), state: &RowState::Held, cells: &cells };
    let error = (0..10_000).find_map(|_| package.row(&row).err()).unwrap();
    assert!(matches!(error, ExportError::DiskFull(_)), "{error:?}");
    assert!(matches!(package.row(&row), Err(ExportError::OutOfOrder(_))), "half a row is not gone over");
    drop(package);
    assert!(names(Path::new(".")).is_empty());
}

#[test]
fn memory_is_flat_however_many_rows() {
    let room = Room::new();
    alone("package::whole::of_many_rows", "", room.path());
}

#[test]
#[ignore = "runs in a process of its own, whose memory is measured"]
fn of_many_rows() {
    let outbox = Outbox::open(Path::new(".")).unwrap();
    let mut package = begin(&outbox, "case").unwrap();
    package.begin_table(&table("events", &["at", "path", "note"])).unwrap();
    let (role, state) = (holder(), RowState::Held);
    let note = "n".repeat(100);
    let (mut at_first, mut most) = (0, 0);
    for at in 0..200_000_i64 {
        let cells = [Cell::Shown(at.into()), Cell::Shown("/item".into()), Cell::Shown(note.as_str().into())];
        package.row(&RowOut { key: &at.to_string(), role: &role, state: &state, cells: &cells }).unwrap();
        if at == 1000 {
            at_first = anonymous_kib();
        }
        if at % 5000 == 0 {
            most = most.max(anonymous_kib());
        }
    }
    package.end_table().unwrap();
    let finished = package.finish().unwrap();
    let grown = most.max(anonymous_kib()).saturating_sub(at_first);
    assert!(grown < 1024, "199,000 rows more took {grown} KiB more");
    assert_eq!(finished.manifest.cells.located, 600_000);
    assert!(fs::metadata(finished.path.join("index.html")).unwrap().len() < 200_000);
}

/// Memory of its own, without pages of the program and of files, which come and go as the system likes.
fn anonymous_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("RssAnon:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_thousand_files_cost_no_memory_of_the_manifest() {
    let room = Room::new();
    let mut package = begin(&room.outbox(), "case").unwrap();
    package.begin_table(&table("t", &["a"])).unwrap();
    for _ in 0..1000 {
        package.attach(&mut &b"x"[..]).unwrap();
    }
    package.end_table().unwrap();
    let finished = package.finish().unwrap();
    assert_eq!(finished.manifest.attachments, 1000);
    assert_eq!(finished.manifest.documents.len(), 4, "attached files are listed on disk alone");
    let listed: serde_json::Value =
        serde_json::from_slice(&fs::read(finished.path.join("manifest.json")).unwrap()).unwrap();
    assert_eq!(listed["files"].as_array().unwrap().len(), 1004);
}

#[test]
fn a_later_package_of_another_name_is_written_beside() {
    let room = Room::new();
    let mut package = begin(&room.outbox(), "case-2").unwrap();
    of_text(&room, "case-1", "text");
    one_row(&mut package, &table("t", &["a"]), &[Cell::Shown("1".into())]);
    package.finish().unwrap();
    assert_eq!(room.names(), ["case-1", "case-2"]);
}
