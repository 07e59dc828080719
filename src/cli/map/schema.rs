//! `droit map schema`: the JSON Schema of the map, for editors that check while one writes.

use crate::{
    cli::{Exit, out::Out},
    data_map::json_schema,
};

/// Print the JSON Schema of datamap.toml
///
/// Example:
///   droit map schema > datamap.schema.json
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct SchemaArgs {}

pub(crate) fn run(out: &mut Out<'_>) -> anyhow::Result<Exit> {
    let mut text = serde_json::to_string_pretty(&json_schema())?;
    text.push('\n');
    out.raw(text.as_bytes())?;
    Ok(Exit::Done)
}
