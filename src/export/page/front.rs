//! The front of the page: who, what, how much, and where it stands.

use std::io::{self, Write};

use super::{fact, grouped, words::Words};
use crate::export::{
    frame,
    head::Head,
    tally::{Categories, CategoryTally, TableTally, Tally},
    visible::Html,
};

/// What the front needs to know.
pub(in crate::export) struct Front<'a> {
    pub(in crate::export) head: &'a Head,
    pub(in crate::export) titles: &'a [String],
    pub(in crate::export) tables: &'a [TableTally],
    pub(in crate::export) categories: &'a Categories,
    pub(in crate::export) cells: &'a Tally,
}

pub(in crate::export) fn write_front(out: &mut dyn Write, front: &Front<'_>) -> io::Result<()> {
    let words = Words::of(front.head.language);
    let title = if front.head.portable { words.title_portable } else { words.title };
    frame::begin(out, words.lang, &format!("{title} · {}", front.head.case), &[frame::STYLE])?;
    write_cover(out, front.head, words, title)?;
    write_what(out, front.head, words)?;
    write_summary(out, front, words)?;
    write_contents(out, front, words)
}

fn write_cover(out: &mut dyn Write, head: &Head, words: &Words, title: &str) -> io::Result<()> {
    writeln!(
        out,
        "<header class=\"cover\">\n<p class=\"controller\">{}</p>\n<h1>{title}</h1>",
        Html(&head.controller)
    )?;
    out.write_all(b"<dl class=\"facts\">\n")?;
    fact(out, words.case, &head.case, words.unsaid)?;
    fact(out, words.produced, &spoken_time(&head.produced_at), words.unsaid)?;
    fact(out, words.controller, &head.controller, words.unsaid)?;
    if !head.contact.is_empty() {
        fact(out, words.contact, &head.contact, words.unsaid)?;
    }
    fact(out, words.subject, &head.subject_ref, words.unsaid)?;
    fact(out, words.policy, &head.policy_versions.join(words.comma), words.unsaid)?;
    out.write_all(b"</dl>\n</header>\n")
}

/// `2026-11-23T15:04:05+08:00` as `2026-11-23 15:04 (UTC+08:00)`; the head was checked before.
fn spoken_time(rfc3339: &str) -> String {
    let offset = rfc3339.get(19..).unwrap_or_default().trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let offset = if offset.eq_ignore_ascii_case("z") { "" } else { offset };
    match (rfc3339.get(..10), rfc3339.get(11..16)) {
        (Some(date), Some(time)) => format!("{date} {time} (UTC{offset})"),
        _ => rfc3339.to_owned(),
    }
}

fn write_what(out: &mut dyn Write, head: &Head, words: &Words) -> io::Result<()> {
    writeln!(out, "<section>\n<h2>{}</h2>", words.what)?;
    let what = if head.portable { &[words.what_portable][..] } else { words.what_text };
    for paragraph in what {
        writeln!(out, "<p>{paragraph}</p>")?;
    }
    writeln!(out, "<p>{}</p>\n<p class=\"care\">{}</p>\n</section>", words.formats, words.care)
}

fn write_summary(out: &mut dyn Write, front: &Front<'_>, words: &Words) -> io::Result<()> {
    let totals = words
        .totals
        .replace("{located}", &strong(front.cells.located))
        .replace("{exported}", &strong(front.cells.exported))
        .replace("{withheld}", &strong(front.cells.withheld_in_all()));
    writeln!(out, "<section>\n<h2>{}</h2>\n<p>{totals}</p>", words.summary)?;
    writeln!(
        out,
        "<table class=\"sum\">\n<thead><tr><th>{}</th><th>{}</th><th class=\"n\">{}</th><th class=\"n\">{}</th></tr></thead>\n<tbody>",
        words.category, words.held_in, words.given, words.not_given
    )?;
    for category in front.categories.0.values() {
        write_category(out, front, category, words)?;
    }
    writeln!(
        out,
        "</tbody>\n<tfoot><tr><th colspan=\"2\">{}</th><td class=\"n\">{}</td><td class=\"n\">{}</td></tr></tfoot>\n</table>\n</section>",
        words.all,
        grouped(front.cells.exported),
        grouped(front.cells.withheld_in_all())
    )
}

fn strong(number: u64) -> String {
    format!("<strong>{}</strong>", grouped(number))
}

fn write_category(out: &mut dyn Write, front: &Front<'_>, category: &CategoryTally, words: &Words) -> io::Result<()> {
    let mut cells = category.held_back.clone();
    let mut places = Vec::new();
    for (at, tally) in &category.tables {
        cells.add(tally);
        places.push(format!("<a href=\"#t{}\">{}</a>", at + 1, Html(&front.titles[*at])));
    }
    if category.held_back.located > 0 {
        places.push(words.not_listed.to_owned());
    }
    let masked = match cells.masked {
        0 => String::new(),
        n => format!("<br><small>{}</small>", words.of_which_masked.replace("{n}", &grouped(n))),
    };
    writeln!(
        out,
        "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"n\">{}{masked}</td><td class=\"n\">{}</td></tr>",
        Html(&category.title),
        places.join(words.comma),
        grouped(cells.exported),
        grouped(cells.withheld_in_all())
    )
}

fn write_contents(out: &mut dyn Write, front: &Front<'_>, words: &Words) -> io::Result<()> {
    // how records stand is told where any stands otherwise than in ordinary use
    let shown = |any: bool, cell: String| if any { cell } else { String::new() };
    let kept = front.tables.iter().any(|table| table.kept > 0);
    let restricted = front.tables.iter().any(|table| table.restricted > 0);
    writeln!(
        out,
        "<section>\n<h2>{}</h2>\n<table class=\"sum toc\">\n<thead><tr><th class=\"n\">#</th><th>{}</th><th class=\"n\">{}</th>{}{}</tr></thead>\n<tbody>",
        words.contents,
        words.table,
        words.records,
        shown(kept, format!("<th class=\"n\">{}</th>", words.kept)),
        shown(restricted, format!("<th class=\"n\">{}</th>", words.restricted))
    )?;
    for (at, (title, table)) in front.titles.iter().zip(front.tables).enumerate() {
        let number = at + 1;
        writeln!(
            out,
            "<tr><td class=\"n\">{number}</td><td><a href=\"#t{number}\">{}</a> <code>{}</code></td><td class=\"n\">{}</td>{}{}</tr>",
            Html(title),
            Html(&table.name),
            grouped(table.rows),
            shown(kept, format!("<td class=\"n\">{}</td>", quiet_zero(table.kept))),
            shown(restricted, format!("<td class=\"n\">{}</td>", quiet_zero(table.restricted)))
        )?;
    }
    out.write_all(b"</tbody>\n</table>\n</section>\n")
}

fn quiet_zero(number: u64) -> String {
    if number == 0 { "–".to_owned() } else { grouped(number) }
}

#[cfg(test)]
mod tests {
    use super::spoken_time;

    #[test]
    fn a_time_is_said_to_the_minute_with_its_offset() {
        assert_eq!(spoken_time("2026-11-23T15:04:05+08:00"), "2026-11-23 15:04 (UTC+08:00)");
        assert_eq!(spoken_time("2026-11-23T15:04:05.250Z"), "2026-11-23 15:04 (UTC)");
    }
}
