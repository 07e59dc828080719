//! `manifest.json`: what is in the package, how much of it, and the digest of every file.

use std::{
    io::{self, BufRead, Write},
    iter,
};

use serde::Serialize;

use super::{
    hashed::FileDigest,
    head::Head,
    json::write_document,
    tally::{Categories, TableTally, Tally},
};

/// What a package holds, in counts and digests; its size is the map's, not the person's.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// All cells
    pub cells: Tally,
    /// Each table
    pub tables: Vec<TableTally>,
    /// The files that droit wrote, in the order of their paths
    pub documents: Vec<FileDigest>,
    /// How many files were attached; `manifest.json` lists them
    pub attachments: u64,
    /// Bytes of the files that were attached
    pub attached_bytes: u64,
}

#[derive(Serialize)]
struct Category<'a> {
    code: &'a str,
    title: &'a str,
    cells: Tally,
}

/// One file as the manifest lists it.
pub(super) fn write_file(out: &mut dyn Write, file: &FileDigest) -> io::Result<()> {
    write!(out, "{{\"path\":\"{}\",\"size\":{},\"sha256\":\"{}\"}}", file.path, file.size, file.sha256)
}

/// Writes the manifest; `attached` are lines of [`write_file`], which stand where `files/` sorts.
pub(super) fn write_manifest(
    out: &mut dyn Write,
    head: &Head,
    manifest: &Manifest,
    categories: &Categories,
    attached: &mut dyn BufRead,
) -> io::Result<()> {
    out.write_all(b"{\"schema\":\"droit.manifest/1\"")?;
    for (name, text) in [
        ("case", &head.case),
        ("subject_ref", &head.subject_ref),
        ("produced_at", &head.produced_at),
        ("map", &head.map),
        ("database_schema", &head.schema),
    ] {
        write!(out, ",\n\"{name}\":")?;
        write_document(out, text)?;
    }
    write!(out, ",\n\"portable\":{},\n\"policy_versions\":", head.portable)?;
    write_document(out, &head.policy_versions)?;
    out.write_all(b",\n\"cells\":")?;
    write_document(out, &manifest.cells)?;
    out.write_all(b",\n\"categories\":")?;
    write_document(out, &categories_of(categories))?;
    out.write_all(b",\n\"tables\":")?;
    write_document(out, &manifest.tables)?;
    out.write_all(b",\n\"files\":[")?;
    write_files(out, &manifest.documents, attached)?;
    out.write_all(b"\n]}\n")
}

fn categories_of(categories: &Categories) -> Vec<Category<'_>> {
    let sum = |category: &super::tally::CategoryTally| {
        category.tables.values().chain(iter::once(&category.held_back)).fold(Tally::default(), |mut sum, cells| {
            sum.add(cells);
            sum
        })
    };
    categories.0.iter().map(|(code, c)| Category { code, title: &c.title, cells: sum(c) }).collect()
}

fn write_files(out: &mut dyn Write, documents: &[FileDigest], attached: &mut dyn BufRead) -> io::Result<()> {
    let (before, after): (Vec<_>, Vec<_>) = documents.iter().partition(|d| d.path.as_str() < "files/");
    let mut first = true;
    for document in before {
        separate(out, &mut first)?;
        write_file(out, document)?;
    }
    let mut line = Vec::new();
    while attached.read_until(b'\n', &mut line)? > 0 {
        separate(out, &mut first)?;
        out.write_all(line.trim_ascii_end())?;
        line.clear();
    }
    for document in after {
        separate(out, &mut first)?;
        write_file(out, document)?;
    }
    Ok(())
}

fn separate(out: &mut dyn Write, first: &mut bool) -> io::Result<()> {
    out.write_all(if *first { b"\n" } else { b",\n" })?;
    *first = false;
    Ok(())
}
