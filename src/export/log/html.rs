//! The log as one page: opens offline, prints well, needs no script and loads nothing.
//!
//! Summary and plots stand first and are known last, so the first lines wait in memory; further ones are in the other
//! forms.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{self, Write},
};

use super::{
    Closing, LogHead, LogWriter, WRITING,
    figures::figures,
    plot::plots,
    words::{self, Twin, decision_title, right_title},
};
use crate::{
    case::{
        log::{COLUMNS, Column, Entry, Field, Summary},
        request::RequestType,
    },
    export::{error::ExportError, frame, head::Language, visible::Html},
};

const STYLE: &str = include_str!("log.css");

/// Lines that the page shows.
const SHOWN: u64 = 1000;

/// Columns of the line itself; all others stand below it.
const LINE: [&str; 8] =
    ["request_no", "received_at", "type", "due_nominal", "decision", "replied_at", "days_used", "on_time"];

pub(super) struct HtmlLog<'w> {
    head: LogHead,
    out: &'w mut dyn Write,
    lines: String,
    count: u64,
}

impl<'w> HtmlLog<'w> {
    pub(super) fn begin(head: LogHead, out: &'w mut dyn Write) -> Self {
        Self { head, out, lines: String::new(), count: 0 }
    }

    fn say(&self, phrase: Twin) -> &'static str {
        phrase.of(self.head.language)
    }

    fn title(&self, column: &Column) -> &'static str {
        match self.head.language {
            Language::Zh => column.zh,
            Language::En => column.en,
        }
    }

    fn line(&mut self, entry: &Entry) -> std::fmt::Result {
        let fields = entry.fields();
        let of = |key: &str| COLUMNS.iter().position(|column| column.key == key).and_then(|at| fields.get(at));
        let mut text = String::from("<tr class=\"line\">");
        for key in LINE {
            let shown = of(key).map(|field| self.shown(key, field, entry)).unwrap_or_default();
            match key {
                "request_no" => write!(text, "<th scope=\"row\">{}</th>", Html(&shown))?,
                "days_used" => write!(text, "<td class=\"n\">{}</td>", Html(&shown))?,
                "type" => write!(text, "<td class=\"wrap\">{}</td>", Html(&shown))?,
                _ => write!(text, "<td>{}</td>", Html(&shown))?,
            }
        }
        write!(text, "</tr>\n<tr class=\"rest\"><td colspan=\"{}\">", LINE.len())?;
        let rest = COLUMNS.iter().zip(&fields).filter(|(column, field)| {
            !LINE.contains(&column.key) && **field != Field::Empty && !field.plain().is_empty()
        });
        for (at, (column, field)) in rest.enumerate() {
            let gap = if at > 0 { " · " } else { "" };
            write!(text, "{gap}<b>{}</b> {}", self.title(column), Html(&self.value(field)))?;
        }
        text.push_str("</td></tr>\n");
        self.lines.push_str(&text);
        Ok(())
    }

    /// What a person reads in the line.
    fn shown(&self, key: &str, field: &Field<'_>, entry: &Entry) -> String {
        let language = self.head.language;
        match key {
            "received_at" | "replied_at" => field.plain().get(..10).unwrap_or_default().to_owned(),
            "type" => {
                let request = entry.case().request;
                let outer = right_title(request.request_type()).of(language);
                match request.action().filter(|inner| *inner != request.request_type()) {
                    Some(inner) => format!("{outer} ({})", right_title(inner).of(language)),
                    None => outer.to_owned(),
                }
            }
            "decision" => decision_title(&field.plain()).of(language).to_owned(),
            _ => self.value(field),
        }
    }

    fn value(&self, field: &Field<'_>) -> String {
        match field {
            Field::Flag(true) => self.say(words::YES).to_owned(),
            Field::Flag(false) => self.say(words::NO).to_owned(),
            field => field.plain().into_owned(),
        }
    }

    fn page(&mut self, closing: &Closing<'_>) -> io::Result<()> {
        self.front()?;
        self.summary(closing.summary)?;
        let drawn = plots(closing.summary, self.head.language);
        writeln!(self.out, "<section>\n{drawn}</section>")?;
        self.requests()?;
        self.end(closing)?;
        self.out.flush()
    }

    fn front(&mut self) -> io::Result<()> {
        let language = self.head.language;
        let title = words::TITLE.of(language);
        let lang = if language == Language::Zh { "zh-CN" } else { "en" };
        frame::begin(self.out, lang, title, &[frame::STYLE, STYLE])?;
        writeln!(
            self.out,
            "<header class=\"cover\">\n<p class=\"controller\">{}</p>\n<h1>{title}</h1>",
            Html(self.head.controller.of(language.into()))
        )?;
        let until = words::UNTIL.of(language);
        let period = match self.head.from {
            Some(from) => format!("{from} – {}", self.head.to),
            None => format!("{until} {}", self.head.to),
        };
        writeln!(self.out, "<dl class=\"facts\">")?;
        for (name, value) in [(words::PERIOD, &period), (words::PRODUCED, &self.head.produced_at)] {
            writeln!(self.out, "<div><dt>{}</dt><dd>{}</dd></div>", name.of(language), Html(value))?;
        }
        writeln!(self.out, "</dl>\n<p>{}</p>\n</header>", words::NOTE.of(language))
    }

    fn summary(&mut self, summary: &Summary) -> io::Result<()> {
        let language = self.head.language;
        writeln!(self.out, "<section>\n<h2>{}</h2>\n<dl class=\"figures\">", words::SUMMARY.of(language))?;
        for figure in figures(summary).iter().filter(|figure| !figure.key.starts_with("by_type.")) {
            let value = self.value(&figure.value);
            let value = if value.is_empty() { "–" } else { &value };
            writeln!(self.out, "<div><dt>{}</dt><dd>{value}</dd></div>", figure.title(language))?;
        }
        writeln!(self.out, "</dl>")?;
        self.by_right(summary)?;
        writeln!(self.out, "</section>")
    }

    /// Rights down, decisions across.
    fn by_right(&mut self, summary: &Summary) -> io::Result<()> {
        let language = self.head.language;
        let mut decisions: Vec<&str> = summary.decided.keys().map(|(_, decision)| *decision).collect();
        decisions.sort_unstable();
        decisions.dedup();
        let mut rights: BTreeMap<RequestType, u64> = BTreeMap::new();
        for ((right, _), count) in &summary.decided {
            *rights.entry(*right).or_default() += count;
        }
        write!(
            self.out,
            "<h3>{}</h3>\n<div class=\"table\"><table class=\"sum\">\n<thead><tr><th>{}</th>",
            words::BY_RIGHT.of(language),
            words::RIGHT.of(language)
        )?;
        for decision in &decisions {
            write!(self.out, "<th class=\"n\">{}</th>", decision_title(decision).of(language))?;
        }
        writeln!(self.out, "<th class=\"n\">{}</th></tr></thead>\n<tbody>", words::ALL.of(language))?;
        for (right, all) in rights {
            write!(self.out, "<tr><th scope=\"row\">{}</th>", right_title(right).of(language))?;
            for decision in &decisions {
                let count = summary.decided.get(&(right, *decision)).map(ToString::to_string).unwrap_or_default();
                write!(self.out, "<td class=\"n\">{count}</td>")?;
            }
            writeln!(self.out, "<td class=\"n\">{all}</td></tr>")?;
        }
        writeln!(self.out, "</tbody>\n</table></div>")
    }

    fn requests(&mut self) -> io::Result<()> {
        writeln!(
            self.out,
            "<section>\n<h2>{}</h2>\n<div class=\"table\"><table class=\"log\">\n<thead><tr>",
            self.say(words::LINES)
        )?;
        for key in LINE {
            let title =
                COLUMNS.iter().find(|column| column.key == key).map(|column| self.title(column)).unwrap_or_default();
            let class = if key == "days_used" { " class=\"n\"" } else { "" };
            write!(self.out, "<th{class}>{title}</th>")?;
        }
        writeln!(self.out, "</tr></thead>\n<tbody>")?;
        self.out.write_all(self.lines.as_bytes())?;
        writeln!(self.out, "</tbody>\n</table></div>")?;
        if self.count > SHOWN {
            let more = self.say(words::MORE);
            let more =
                more.replace("{more}", &(self.count - SHOWN).to_string()).replace("{all}", &self.count.to_string());
            writeln!(self.out, "<p class=\"more\">{more}</p>")?;
        }
        writeln!(self.out, "</section>")
    }

    fn end(&mut self, closing: &Closing<'_>) -> io::Result<()> {
        writeln!(
            self.out,
            "<footer>\n<h2>{}</h2>\n<dl class=\"facts wide\">\n<div><dt>{}</dt><dd class=\"hash\">{}</dd></div>\n\
             <div><dt>{}</dt><dd class=\"hash\">{}</dd></div>\n</dl>\n<p>{}</p>\n</footer>\n</main>\n</body>\n</html>",
            self.say(words::RECORD),
            self.say(words::LAST),
            closing.last,
            self.say(words::HEAD),
            closing.head,
            self.say(words::CHAIN),
        )
    }
}

impl LogWriter for HtmlLog<'_> {
    fn entry(&mut self, entry: &Entry) -> Result<(), ExportError> {
        self.count += 1;
        if self.count > SHOWN {
            return Ok(());
        }
        self.line(entry).map_err(|_| ExportError::of(WRITING)(io::Error::from(io::ErrorKind::Other)))
    }

    fn close(&mut self, closing: &Closing<'_>) -> Result<(), ExportError> {
        self.page(closing).map_err(ExportError::of(WRITING))
    }
}
