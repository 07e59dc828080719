//! The same rows into the same files, written plainly, flushed as often.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::Result;
use rusqlite::{Connection, types::ValueRef};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use super::{
    held::{self, Held, Keys},
    open,
    person::Person,
};
use crate::{Job, Report, job::Subject};

/// Packages that get their names after one flush.
const BATCH: usize = 200;

const SCHEMA: &str = include_str!("../../../src/export/data.schema.json");

pub(super) fn run(job: &Job, report: &mut Report) -> Result<()> {
    let connection = open(&job.database)?;
    let tables: Vec<(Held, String)> = held::all()
        .into_iter()
        .map(|held| {
            let sql = format!("SELECT * FROM {} WHERE {} ORDER BY {}", held.table, held.condition, held.order);
            (held, sql)
        })
        .collect();
    let mut waiting = Vec::new();
    for person in &job.people {
        waiting.push(write(person, &tables, &connection, &job.out, report)?);
        if waiting.len() == BATCH {
            publish(&mut waiting, &job.out)?;
        }
    }
    publish(&mut waiting, &job.out)
}

fn publish(waiting: &mut Vec<(PathBuf, PathBuf)>, out: &Path) -> Result<()> {
    if waiting.is_empty() {
        return Ok(());
    }
    let folder = File::open(out)?;
    rustix::fs::syncfs(&folder)?;
    for (hidden, target) in waiting.drain(..) {
        fs::rename(hidden, target)?;
    }
    folder.sync_all()?;
    Ok(())
}

/// A file that knows its digest.
struct Written {
    name: String,
    out: BufWriter<File>,
    digest: Sha256,
    size: u64,
    text: Vec<u8>,
}

impl Written {
    fn create(folder: &Path, name: &str) -> Result<Self> {
        let out = BufWriter::new(File::create_new(folder.join(name))?);
        Ok(Self { name: name.to_owned(), out, digest: Sha256::new(), size: 0, text: Vec::new() })
    }

    /// Writes what has been put into `text`.
    fn flush(&mut self) -> Result<()> {
        self.digest.update(&self.text);
        self.size += self.text.len() as u64;
        self.out.write_all(&self.text)?;
        self.text.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<Json> {
        self.flush()?;
        self.out.flush()?;
        let sha256 = droit::value::hex(&self.digest.finalize());
        Ok(serde_json::json!({"path": self.name, "size": self.size, "sha256": sha256}))
    }
}

fn write(
    person: &Subject,
    tables: &[(Held, String)],
    connection: &Connection,
    out: &Path,
    report: &mut Report,
) -> Result<(PathBuf, PathBuf)> {
    let (hidden, target) = (out.join(format!(".{}.partial", person.account)), out.join(person.account.to_string()));
    fs::create_dir(&hidden)?;
    fs::create_dir(hidden.join("tables"))?;
    fs::create_dir(hidden.join("files"))?;
    let subject = Person::of(connection, person.account)?;
    let mut schema = Written::create(&hidden, "data.schema.json")?;
    schema.text.extend_from_slice(SCHEMA.as_bytes());
    let mut data = Written::create(&hidden, "data.json")?;
    let mut page = Written::create(&hidden, "index.html")?;
    data.text.extend_from_slice(b"{\"tables\":{");
    page.text.extend_from_slice(b"<!DOCTYPE html><meta charset=utf-8><title>Your data</title>");
    let mut documents = vec![schema.finish()?];
    let mut keys = Keys::new();
    for (held, sql) in tables {
        let mut statement = connection.prepare_cached(sql)?;
        subject.bind(&mut statement, keys.parents())?;
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let place = held.hands_on.and_then(|(_, column)| names.iter().position(|name| name == column));
        let mut rows = statement.raw_query();
        let (mut found, mut number, mut csv) = (Vec::new(), 0, None);
        while let Some(row) = rows.next()? {
            number += 1;
            let csv = match &mut csv {
                Some(csv) => csv,
                csv @ None => {
                    begin(held.table, &names, &mut data.text, &mut page.text, documents.len() == 1);
                    let made = Written::create(&hidden, &format!("tables/{:03}-{}.csv", documents.len(), held.table))?;
                    let made = csv.insert(made);
                    made.text.extend_from_slice(names.join(",").as_bytes());
                    made.text.extend_from_slice(b"\r\n");
                    made
                }
            };
            data.text.extend_from_slice(if number == 1 { b"\n{" } else { b",\n{" });
            page.text.extend_from_slice(b"<tr>");
            for (at, name) in names.iter().enumerate() {
                let value = row.get_ref(at)?;
                if place == Some(at) {
                    found.extend(held::as_json(value));
                }
                cell(name, value, at == 0, &mut data.text, &mut page.text, &mut csv.text)?;
            }
            data.text.push(b'}');
            page.text.extend_from_slice(b"</tr>\n");
            csv.text.extend_from_slice(b"\r\n");
        }
        if let Some(csv) = csv {
            data.text.extend_from_slice(b"\n]");
            page.text.extend_from_slice(b"</table>\n");
            documents.push(csv.finish()?);
            *report.rows.entry(held.table.to_owned()).or_default() += number;
        }
        if let Some((parameter, _)) = held.hands_on {
            keys.put(parameter, &found);
        }
        data.flush()?;
        page.flush()?;
    }
    data.text.extend_from_slice(b"}}\n");
    documents.push(data.finish()?);
    documents.push(page.finish()?);
    report.bytes += documents.iter().filter_map(|document| document["size"].as_u64()).sum::<u64>();
    fs::write(hidden.join("manifest.json"), serde_json::to_vec(&documents)?)?;
    Ok((hidden, target))
}

fn begin(table: &str, names: &[String], data: &mut Vec<u8>, page: &mut Vec<u8>, first: bool) {
    data.extend_from_slice(if first { b"\n\"" } else { b",\n\"" });
    data.extend_from_slice(table.as_bytes());
    data.extend_from_slice(b"\":[");
    page.extend_from_slice(format!("<h2>{table}</h2><table><tr><th>{}</tr>\n", names.join("<th>")).as_bytes());
}

/// One value, three times.
fn cell(
    name: &str,
    value: ValueRef<'_>,
    first: bool,
    data: &mut Vec<u8>,
    page: &mut Vec<u8>,
    csv: &mut Vec<u8>,
) -> Result<()> {
    if !first {
        data.push(b',');
        csv.push(b',');
    }
    data.push(b'"');
    data.extend_from_slice(name.as_bytes());
    data.extend_from_slice(b"\":");
    page.extend_from_slice(b"<td>");
    match value {
        ValueRef::Null => data.extend_from_slice(b"null"),
        ValueRef::Integer(number) => {
            write!(data, "{number}")?;
            write!(page, "{number}")?;
            write!(csv, "{number}")?;
        }
        ValueRef::Real(number) => {
            write!(data, "{number}")?;
            write!(page, "{number}")?;
            write!(csv, "{number}")?;
        }
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            serde_json::to_writer(&mut *data, &text)?;
            csv.push(b'"');
            for byte in text.bytes() {
                if byte == b'"' {
                    csv.push(b'"');
                }
                csv.push(byte);
                match byte {
                    b'<' => page.extend_from_slice(b"&lt;"),
                    b'&' => page.extend_from_slice(b"&amp;"),
                    _ => page.push(byte),
                }
            }
            csv.push(b'"');
        }
    }
    Ok(())
}
