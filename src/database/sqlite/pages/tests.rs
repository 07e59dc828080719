//! Real files of every shape, walked and cleaned, compared with what SQLite itself says; and files that were tampered
//! with.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use rusqlite::Connection;

use super::*;
use crate::database::DatabaseError;

/// A file in memory.
#[derive(Clone)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn page_size(&self) -> usize {
        match usize::from(self.0[16]) << 8 | usize::from(self.0[17]) {
            1 => 65_536,
            size => size,
        }
    }
}

impl PageSource for Bytes {
    fn read_head(&mut self, head: &mut [u8]) -> Result<(), DatabaseError> {
        let taken = head.len().min(self.0.len());
        head[..taken].copy_from_slice(&self.0[..taken]);
        Ok(())
    }

    fn read(&mut self, number: u32, page: &mut [u8]) -> Result<(), DatabaseError> {
        let start = (number as usize - 1) * page.len();
        let bytes =
            self.0.get(start..start + page.len()).ok_or(DatabaseError::Damaged(Damage::new(number, "short")))?;
        page.copy_from_slice(bytes);
        Ok(())
    }
}

#[derive(Default)]
struct Seen {
    dead: usize,
    dirt: usize,
    sites: Vec<Site>,
    payload: u64,
}

impl Visitor for Seen {
    fn page(&mut self, page: &Page<'_>) -> Result<(), DatabaseError> {
        self.dead += page.dead.bytes();
        let dirt = page.dead.dirt(page.bytes);
        self.dirt += dirt;
        if dirt > 0 {
            self.sites.push(Site::of(page));
        }
        Ok(())
    }

    fn payload(&mut self, payload: Payload<'_>) {
        self.payload += match payload {
            Payload::Begin { local, .. } => local.len() as u64,
            Payload::More(more) => more.len() as u64,
            Payload::End => 0,
        };
    }
}

struct Shape {
    page_size: usize,
    encoding: &'static str,
    auto_vacuum: u8,
    reserved: u8,
}

fn build(dir: &Path, shape: &Shape) -> PathBuf {
    let path = dir.join("shape.db");
    let db = Connection::open(&path).unwrap();
    let Shape { page_size, encoding, auto_vacuum, reserved } = shape;
    db.execute_batch(&format!(
        "PRAGMA page_size = {page_size}; PRAGMA encoding = '{encoding}'; PRAGMA auto_vacuum = {auto_vacuum};"
    ))
    .unwrap();
    if *reserved > 0 {
        reserve(&path, &db, *reserved);
    }
    db.execute_batch(
        "PRAGMA secure_delete = OFF;
         CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, note TEXT, photo BLOB);
         CREATE INDEX people_name ON people (name);
         CREATE TABLE pairs (a TEXT, b INTEGER, c TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
         CREATE VIRTUAL TABLE words USING fts5(note);
         CREATE TABLE empty (x);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)
         INSERT INTO people SELECT i, printf('name %d %s', i * 7919 % 601, hex(zeroblob(i % 23))),
            CASE WHEN i % 50 = 0 THEN hex(zeroblob(i * 40)) END, CASE WHEN i % 90 = 1 THEN zeroblob(i * 20) END FROM n;
         INSERT INTO pairs SELECT name, id, hex(zeroblob(id % 40 * (1 + id % 7))) FROM people;
         INSERT INTO words SELECT name FROM people;
         UPDATE people SET name = 'other ' || id WHERE id % 3 = 0;
         DELETE FROM people WHERE id % 4 = 1 OR id BETWEEN 200 AND 300;
         DELETE FROM pairs WHERE b % 3 = 1;
         INSERT INTO people SELECT id + 1000, name, note, photo FROM people WHERE id % 5 = 0;
         CREATE TABLE gone AS SELECT * FROM people; DROP TABLE gone;",
    )
    .unwrap();
    assert_eq!(usize::from(*reserved), usize::from(std::fs::read(&path).unwrap()[20]));
    path
}

/// The CLI's `.filectrl reserve_bytes` needs C; an empty file of one page whose header says so is the same.
fn reserve(path: &Path, db: &Connection, reserved: u8) {
    db.execute_batch("CREATE TABLE t (x); DROP TABLE t; VACUUM;").unwrap();
    let mut bytes = std::fs::read(path).unwrap();
    let usable = match usize::from(bytes[16]) << 8 | usize::from(bytes[17]) {
        1 => 65_536,
        size => size,
    } - usize::from(reserved);
    bytes[20] = reserved;
    bytes[105..107].copy_from_slice(&u16::try_from(usable % 65_536).unwrap().to_be_bytes());
    bytes[27] += 1;
    bytes[95] = bytes[27];
    std::fs::write(path, bytes).unwrap();
}

fn dump(path: &Path) -> String {
    let db = Connection::open(path).unwrap();
    let ok: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    let mut out = ok;
    for sql in [
        "SELECT id || quote(name) || quote(note) || quote(photo) FROM people ORDER BY id",
        "SELECT group_concat(name) FROM (SELECT name FROM people INDEXED BY people_name ORDER BY name)",
        "SELECT a || quote(b) || quote(c) FROM pairs ORDER BY a, b",
        "SELECT count(*) || '' FROM words WHERE words MATCH 'name'",
    ] {
        let mut statement = db.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        rows.for_each(|row| out.push_str(&row.unwrap()));
    }
    out
}

/// Cleans a file in memory until nothing is dirty; returns how many bytes were.
fn clean(file: &mut Bytes) -> usize {
    let mut seen = Seen::default();
    let walked = walk(file, &mut seen).unwrap();
    let mut images = Vec::new();
    let mut counted = 0;
    let mut copy = file.clone();
    let mut cleaning = Cleaning::begin(&mut copy, &walked.layout).unwrap().unwrap();
    for site in &seen.sites {
        let (image, dirt) = cleaning.cleaned(site).unwrap().unwrap();
        counted += dirt;
        images.push((site.page(), image.to_vec()));
    }
    for (page, image) in images {
        let start = (page as usize - 1) * file.page_size();
        file.0[start..start + image.len()].copy_from_slice(&image);
    }
    assert_eq!(counted, seen.dirt);
    counted
}

fn shapes() -> Vec<Shape> {
    let mut shapes = Vec::new();
    for (at, page_size) in [512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536].into_iter().enumerate() {
        for auto_vacuum in 0..3 {
            let encoding = ["UTF-8", "UTF-16le", "UTF-16be"][(at + usize::from(auto_vacuum)) % 3];
            shapes.push(Shape { page_size, encoding, auto_vacuum, reserved: if auto_vacuum == 2 { 8 } else { 0 } });
        }
    }
    shapes.push(Shape { page_size: 512, encoding: "UTF-8", auto_vacuum: 0, reserved: 32 });
    shapes.push(Shape { page_size: 65_536, encoding: "UTF-16le", auto_vacuum: 1, reserved: 255 });
    shapes
}

#[test]
fn every_shape_of_file_is_cleaned_and_says_the_same_as_before() {
    for shape in shapes() {
        let dir = tempfile::tempdir().unwrap();
        let path = build(dir.path(), &shape);
        let before = dump(&path);
        assert!(before.starts_with("ok"), "{}", &before[..60.min(before.len())]);
        let mut file = Bytes(std::fs::read(&path).unwrap());
        let dirt = clean(&mut file);
        assert!(dirt > 500, "{} {}: {dirt}", shape.page_size, shape.auto_vacuum);
        let mut again = Seen::default();
        walk(&mut file, &mut again).unwrap();
        assert_eq!((again.dirt, again.sites.len()), (0, 0));
        std::fs::write(&path, &file.0).unwrap();
        assert_eq!(dump(&path), before, "page size {}", shape.page_size);
    }
}

/// `dbstat` counts the payload and the unused bytes of every page by code of its own.
#[test]
fn what_is_alive_and_dead_is_what_dbstat_says() {
    for shape in shapes() {
        let dir = tempfile::tempdir().unwrap();
        let path = build(dir.path(), &shape);
        let db = Connection::open(&path).unwrap();
        let count = |sql: &str| -> u64 {
            let count: i64 = db.query_row(sql, [], |row| row.get(0)).unwrap();
            count.try_into().unwrap()
        };
        let payload = count("SELECT sum(payload) FROM dbstat");
        let pages = count("SELECT count(*) FROM dbstat");
        let cells = count("SELECT sum(ncell) FROM dbstat WHERE pagetype <> 'overflow'");
        let overflow = count("SELECT count(*) FROM dbstat WHERE pagetype = 'overflow'");
        let free = count("PRAGMA freelist_count");
        let mut seen = Seen::default();
        let walked = walk(&mut Bytes(std::fs::read(&path).unwrap()), &mut seen).unwrap();
        assert_eq!(seen.payload, payload);
        assert_eq!((walked.tree_pages, walked.overflow_pages), (pages - overflow, overflow));
        assert_eq!((walked.cells, walked.free_pages), (cells, free));
        let all = walked.tree_pages + walked.overflow_pages + walked.free_pages + walked.map_pages;
        assert_eq!(all, u64::from(walked.layout.pages));
        assert_eq!(walked.map_pages > 0, shape.auto_vacuum > 0);
    }
}

#[test]
fn names_are_those_of_the_schema() {
    let dir = tempfile::tempdir().unwrap();
    for encoding in ["UTF-8", "UTF-16le", "UTF-16be"] {
        let path = dir.path().join(encoding);
        let long = "n".repeat(300);
        Connection::open(&path)
            .unwrap()
            .execute_batch(&format!(
                "PRAGMA encoding = '{encoding}'; CREATE TABLE \"顾客 {long}\" (a UNIQUE); CREATE VIEW v AS SELECT 1;
                 CREATE INDEX i ON \"顾客 {long}\" (a, a || 'x')"
            ))
            .unwrap();
        let walked = walk(&mut Bytes(std::fs::read(&path).unwrap()), &mut Seen::default()).unwrap();
        let table = format!("顾客 {long}");
        let names: Vec<_> = walked.objects.iter().map(|o| (o.name.as_str(), o.index, o.table == table)).collect();
        let made = format!("sqlite_autoindex_{table}_1");
        assert_eq!(
            names,
            [("sqlite_schema", false, false), (&table, false, true), (&made, true, true), ("i", true, true)]
        );
    }
}

fn small() -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = build(dir.path(), &Shape { page_size: 1024, encoding: "UTF-8", auto_vacuum: 1, reserved: 0 });
    std::fs::read(path).unwrap()
}

fn damage(file: Vec<u8>) -> Damage {
    match walk(&mut Bytes(file), &mut Seen::default()) {
        Err(DatabaseError::Damaged(damage)) => damage,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_page_that_two_things_use_is_damage() {
    let mut file = plain();
    // the free list is made to list the root of a table
    let trunk = u32::from_be_bytes([file[32], file[33], file[34], file[35]]) as usize;
    assert!(trunk > 0);
    let leaf = (trunk - 1) * 1024 + 8;
    file[leaf..leaf + 4].copy_from_slice(&2_u32.to_be_bytes());
    assert_eq!(damage(file), Damage::new(2, "it is used twice"));
}

#[test]
fn a_free_list_in_a_circle_is_damage() {
    let mut file = plain();
    let trunk = u32::from_be_bytes([file[32], file[33], file[34], file[35]]);
    let at = (trunk as usize - 1) * 1024;
    file[at..at + 4].copy_from_slice(&trunk.to_be_bytes());
    assert_eq!(damage(file), Damage::new(trunk, "it is used twice"));
}

#[test]
fn a_page_that_nothing_uses_is_damage() {
    let mut file = plain();
    let pages = u32::from_be_bytes([file[28], file[29], file[30], file[31]]) + 1;
    file[28..32].copy_from_slice(&pages.to_be_bytes());
    file.extend([0; 1024]);
    assert_eq!(damage(file), Damage::new(pages, "nothing uses it and the free list does not have it"));
}

#[test]
fn a_pointer_map_that_lies_is_damage() {
    let mut file = small();
    file[1024 + 5] ^= 4; // the entry of page 4
    assert_eq!(damage(file).page, 4);
}

#[test]
fn used_reserved_bytes_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = build(dir.path(), &Shape { page_size: 1024, encoding: "UTF-8", auto_vacuum: 0, reserved: 8 });
    let mut file = std::fs::read(path).unwrap();
    file[3 * 1024 - 1] = 1;
    assert!(matches!(walk(&mut Bytes(file), &mut Seen::default()), Err(DatabaseError::ReservedBytes(3))));
}

fn plain() -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = build(dir.path(), &Shape { page_size: 1024, encoding: "UTF-8", auto_vacuum: 0, reserved: 0 });
    std::fs::read(path).unwrap()
}

#[test]
fn a_site_that_is_something_else_by_now_is_left_alone() {
    let mut before = Bytes(plain());
    let mut seen = Seen::default();
    let walked = walk(&mut before, &mut seen).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("later.db");
    std::fs::write(&path, &before.0).unwrap();
    let db = Connection::open(&path).unwrap();
    // free pages become overflow pages, leaves move; the schema stays
    db.execute_batch(
        "DELETE FROM people WHERE id > 1000; DELETE FROM pairs;
         INSERT INTO people SELECT id + 5000, 'later', hex(zeroblob(2000)), randomblob(3000) FROM people WHERE id < 100;",
    )
    .unwrap();
    let content = |db: &Connection| -> String {
        db.query_row("SELECT group_concat(id || quote(note) || quote(photo)) FROM people", [], |row| row.get(0))
            .unwrap()
    };
    let expected = content(&db);
    drop(db);
    let mut file = Bytes(std::fs::read(&path).unwrap());
    let mut copy = file.clone();
    let mut cleaning = Cleaning::begin(&mut copy, &walked.layout).unwrap().unwrap();
    let mut left = 0;
    for site in &seen.sites {
        match cleaning.cleaned(site).unwrap() {
            Some((image, _)) => {
                let start = (site.page() as usize - 1) * 1024;
                file.0[start..start + 1024].copy_from_slice(image);
            }
            None => left += 1,
        }
    }
    assert!(left > 10, "{left} of {}", seen.sites.len());
    std::fs::write(&path, &file.0).unwrap();
    assert!(dump(&path).starts_with("ok"));
    assert_eq!(content(&Connection::open(&path).unwrap()), expected);
}

#[test]
fn a_page_that_its_tree_no_longer_leads_to_is_left_alone() {
    let mut file = Bytes(plain());
    let mut seen = Seen::default();
    let walked = walk(&mut file, &mut seen).unwrap();
    let root = walked.objects.iter().find(|object| object.name == "people").unwrap().root;
    let mut parsed = TreePage::default();
    // free pages that were leaves once still look like it
    let was_leaf = |site: &&Site| {
        let start = (site.page() as usize - 1) * 1024;
        matches!(site.role(), Role::Free { .. })
            && parsed.parse(&walked.layout, site.page(), &file.0[start..start + 1024]).is_ok()
            && parsed.dead.dirt(&file.0[start..start + 1024]) > 0
    };
    let page = seen.sites.iter().find(was_leaf).unwrap().page();
    let dead = Dead::default();
    let view = Page { number: page, role: Role::Tree, object: Some(1), path: &[root, page], bytes: &[], dead: &dead };
    let mut cleaning = Cleaning::begin(&mut file, &walked.layout).unwrap().unwrap();
    assert!(cleaning.cleaned(&Site::of(&view)).unwrap().is_none());
}

#[test]
fn after_a_change_of_the_schema_no_tree_is_touched() {
    let mut file = Bytes(plain());
    let mut seen = Seen::default();
    let mut walked = walk(&mut file, &mut seen).unwrap();
    walked.layout.schema_cookie += 1;
    let mut cleaning = Cleaning::begin(&mut file, &walked.layout).unwrap().unwrap();
    for site in &seen.sites {
        let cleaned = cleaning.cleaned(site).unwrap().is_some();
        let free = matches!(site.role(), Role::Free { .. } | Role::Trunk);
        assert_eq!(cleaned, free);
    }
    walked.layout.page_size = 2048;
    assert!(Cleaning::begin(&mut file, &walked.layout).unwrap().is_none());
}

/// A file of more than a gigabyte without its bytes: pages that are not there are free pages.
struct Huge {
    layout: Layout,
    first: Vec<u8>,
}

impl PageSource for Huge {
    fn read_head(&mut self, head: &mut [u8]) -> Result<(), DatabaseError> {
        head.copy_from_slice(&self.first[..head.len()]);
        Ok(())
    }

    fn read(&mut self, number: u32, page: &mut [u8]) -> Result<(), DatabaseError> {
        page.fill(0);
        // every trunk lists the pages behind it, the page that is never used left out
        let span = u32::try_from(self.layout.page_size / 4 - 9).unwrap();
        if number == 1 {
            page.copy_from_slice(&self.first);
        } else if number == self.layout.lock_page() {
            page[17] = 1;
        } else if (number - 2).is_multiple_of(span) {
            let last = (number + span - 1).min(self.layout.pages);
            let listed: Vec<u32> = (number + 1..=last).filter(|p| *p != self.layout.lock_page()).collect();
            let next = if last < self.layout.pages { last + 1 } else { 0 };
            page[..4].copy_from_slice(&next.to_be_bytes());
            page[4..8].copy_from_slice(&u32::try_from(listed.len()).unwrap().to_be_bytes());
            for (at, leaf) in listed.iter().enumerate() {
                page[8 + 4 * at..12 + 4 * at].copy_from_slice(&leaf.to_be_bytes());
            }
        }
        Ok(())
    }
}

#[test]
fn the_page_of_the_lock_byte_belongs_to_nothing_and_is_looked_at() {
    for page_size in [4096_usize, 65_536] {
        let lock = u32::try_from((1_usize << 30) / page_size).unwrap() + 1;
        let pages = lock + 5;
        let mut first = vec![0; page_size];
        first[..16].copy_from_slice(b"SQLite format 3\0");
        first[16..18].copy_from_slice(&u16::try_from(page_size % 65_535).unwrap().to_be_bytes());
        first[21..24].copy_from_slice(&[64, 32, 32]);
        first[28..32].copy_from_slice(&pages.to_be_bytes());
        first[32..36].copy_from_slice(&2_u32.to_be_bytes());
        first[36..40].copy_from_slice(&(pages - 2).to_be_bytes());
        first[59] = 1;
        first[100] = 13;
        first[105..107].copy_from_slice(&u16::try_from(page_size % 65_536).unwrap().to_be_bytes());
        let layout = Layout::read(&first).unwrap();
        let mut seen = Seen::default();
        let walked = walk(&mut Huge { layout, first: first.clone() }, &mut seen).unwrap();
        assert_eq!(walked.free_pages, u64::from(pages) - 2);
        assert_eq!((seen.dirt, seen.sites.len()), (1, 1));
        assert_eq!((seen.sites[0].page(), seen.sites[0].role()), (lock, Role::LockPage));
        // nothing is written there
        let mut huge = Huge { layout, first };
        let mut cleaning = Cleaning::begin(&mut huge, &layout).unwrap().unwrap();
        assert!(cleaning.cleaned(&seen.sites[0]).unwrap().is_none());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 300 } else { 3000 }))]

    /// Whatever is flipped, the walk ends, and what it calls clean or dead lies inside of pages.
    #[test]
    fn flipped_bytes_never_make_it_panic_or_loop(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        auto_vacuum in any::<bool>(),
    ) {
        use std::sync::OnceLock;
        static FILES: OnceLock<[Vec<u8>; 2]> = OnceLock::new();
        let mut file = FILES.get_or_init(|| [plain(), small()])[usize::from(auto_vacuum)].clone();
        for (at, byte) in flips {
            let at = at.index(file.len() * 2) % file.len();
            // half of the flips hit the structure: headers of pages
            let at = if at.is_multiple_of(2) { at / 1024 * 1024 + at % 24 } else { at };
            file[at] = byte;
        }
        let mut bytes = Bytes(file);
        let mut seen = Seen::default();
        let walked = walk(&mut bytes, &mut seen);
        if let Ok(walked) = walked {
            let mut copy = bytes.clone();
            let mut cleaning = Cleaning::begin(&mut copy, &walked.layout).unwrap().unwrap();
            for site in &seen.sites {
                cleaning.cleaned(site).unwrap();
            }
        }
        // sites of one file on another: nothing is believed
        if let Ok(Some(mut cleaning)) = Cleaning::begin(&mut bytes, &Layout::read(&plain()[..512]).unwrap()) {
            for site in &seen.sites {
                let _answer = cleaning.cleaned(site);
            }
        }
    }

    #[test]
    fn random_pages_never_make_it_panic(seed in prop::collection::vec(any::<u8>(), 4096..20_000), pages in 1_u32..30) {
        let mut file = seed;
        file[..100].copy_from_slice(&plain()[..100]);
        file[28..32].copy_from_slice(&pages.to_be_bytes());
        let _answer = walk(&mut Bytes(file), &mut Seen::default());
    }
}
