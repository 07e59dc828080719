//! The back of the page: consents, disclosures, what is withheld and why, whom to turn to, how to check the copy.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use super::{
    ROWS_SHOWN, fact, grouped,
    words::{Words, withheld},
};
use crate::export::{
    closing::{Consent, Disclosure},
    head::Head,
    tally::WithheldLine,
    visible::Html,
};

/// Opens a list of entries; `rows` says whether any will come.
pub(in crate::export) fn begin_list(
    out: &mut dyn Write,
    title: &str,
    columns: [&str; 5],
    rows: bool,
    none: &str,
) -> io::Result<()> {
    writeln!(out, "<section>\n<h2>{title}</h2>")?;
    if !rows {
        return writeln!(out, "<p class=\"none\">{none}</p>\n</section>");
    }
    out.write_all(b"<table class=\"rows\">\n<thead><tr>")?;
    for column in columns {
        write!(out, "<th>{column}</th>")?;
    }
    out.write_all(b"</tr></thead>\n<tbody>\n")
}

pub(in crate::export) fn consent_row(out: &mut dyn Write, consent: &Consent, words: &Words) -> io::Result<()> {
    let separate =
        if consent.separate { format!(" <span class=\"mark\">{}</span>", words.separate) } else { String::new() };
    let said = |text| if str::is_empty(text) { words.unsaid } else { text };
    let withdrawn = consent.withdrawn_at.as_deref().unwrap_or(words.in_force);
    writeln!(
        out,
        "<tr><td><bdi>{}</bdi>{separate}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
        Html(&consent.scope),
        Html(said(&consent.policy_version)),
        Html(said(&consent.given_at)),
        Html(withdrawn),
        Html(said(&consent.method))
    )
}

pub(in crate::export) fn disclosure_row(out: &mut dyn Write, disclosure: &Disclosure) -> io::Result<()> {
    writeln!(
        out,
        "<tr><td><bdi>{}</bdi></td><td><bdi>{}</bdi></td><td>{}</td><td>{}</td><td>{}</td></tr>",
        Html(&disclosure.recipient),
        Html(&disclosure.fields),
        Html(&disclosure.at),
        Html(&disclosure.basis.title),
        Html(&disclosure.purpose)
    )
}

/// Closes a list of `rows` entries.
pub(in crate::export) fn end_list(out: &mut dyn Write, rows: u64, words: &Words) -> io::Result<()> {
    out.write_all(b"</tbody>\n</table>\n")?;
    if rows > ROWS_SHOWN {
        let more = words
            .more_entries
            .replace("{shown}", &grouped(ROWS_SHOWN))
            .replace("{file}", "<a href=\"data.json\">data.json</a>");
        writeln!(out, "<p class=\"more\">{more}</p>")?;
    }
    out.write_all(b"</section>\n")
}

/// Writes what follows the lists and closes the page.
pub(in crate::export) fn write_back(
    out: &mut dyn Write,
    head: &Head,
    lines: &[WithheldLine],
    reasons: &BTreeMap<String, String>,
    remedies: &[String],
) -> io::Result<()> {
    let words = Words::of(head.language);
    write_withheld(out, head, lines, reasons, words)?;
    if let Some(text) = &head.automated_decisions {
        writeln!(out, "<section>\n<h2>{}</h2>\n<p>{}</p>\n</section>", words.automated, Html(text))?;
    }
    writeln!(out, "<section class=\"remedies\">\n<h2>{}</h2>", words.remedies)?;
    for paragraph in remedies {
        writeln!(out, "<p>{}</p>", Html(paragraph))?;
    }
    writeln!(out, "</section>\n<footer>\n<h2>{}</h2>\n<p>{}</p>\n<dl class=\"facts\">", words.check, words.check_text)?;
    fact(out, words.case, &head.case, words.unsaid)?;
    fact(out, words.map, &head.map, words.unsaid)?;
    fact(out, words.schema, &head.schema, words.unsaid)?;
    out.write_all(b"</dl>\n</footer>\n</main>\n</body>\n</html>\n")
}

fn write_withheld(
    out: &mut dyn Write,
    head: &Head,
    lines: &[WithheldLine],
    reasons: &BTreeMap<String, String>,
    words: &Words,
) -> io::Result<()> {
    writeln!(out, "<section>\n<h2>{}</h2>", words.withheld)?;
    if lines.is_empty() {
        return writeln!(out, "<p class=\"none\">{}</p>\n</section>", words.nothing_withheld);
    }
    writeln!(
        out,
        "<p>{}</p>\n<table class=\"sum\">\n<thead><tr><th>{}</th><th>{}</th><th class=\"n\">{}</th></tr></thead>\n<tbody>",
        words.withheld_text, words.category, words.reason, words.cells
    )?;
    for line in lines {
        let (_, why) = withheld(line.code, head.language);
        writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{why} <code>{}</code></td><td class=\"n\">{}</td></tr>",
            Html(&line.title),
            line.code.code(),
            grouped(line.cells)
        )?;
    }
    out.write_all(b"</tbody>\n</table>\n")?;
    if !reasons.is_empty() {
        out.write_all(b"<dl class=\"facts wide\">\n")?;
        for (column, why) in reasons {
            fact(out, column, why, words.unsaid)?;
        }
        out.write_all(b"</dl>\n")?;
    }
    out.write_all(b"</section>\n")
}
