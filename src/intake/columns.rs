//! A spreadsheet of requests, by a column mapping that is saved once and read every time.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::DateTime};
use serde::Deserialize;

use super::{
    Encoding, Entry, IntakeError, Terms, Untimely,
    cells::{self, Line},
    encoding,
};
use crate::{
    case::{
        identity::{Identifier, Identity},
        request::{Channel, Regime, Request, RequestType, RequesterType},
        secret::Secret,
    },
    kind::Kind,
};

/// Which column is what, as its TOML file says. Columns are named as the header names them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The format's version: 1
    pub version: u8,
    /// How the file is encoded, where it is always the same
    pub encoding: Option<String>,
    /// What stands between cells; a comma without it
    pub delimiter: Option<char>,
    /// Column of the arrival
    pub received: Option<String>,
    /// How arrivals are written (strftime), where not as 2026-11-23, 2026-11-23T10:00 or with an offset
    pub received_format: Option<String>,
    /// Column of what is asked
    pub right: Option<String>,
    /// What every line asks, where no column says it
    pub asks: Option<RequestType>,
    /// Words of the file for rights
    #[serde(default)]
    pub rights: BTreeMap<String, RequestType>,
    /// Columns of identifiers, by kind
    #[serde(default)]
    pub identifiers: BTreeMap<String, String>,
    /// Column of the requester's name
    pub name: Option<String>,
    /// Column of the request's words
    pub text: Option<String>,
    /// Column of the address for the reply
    pub reply_to: Option<String>,
    /// How they arrive
    pub channel: Option<Channel>,
    /// Who asks
    pub requester: Option<RequesterType>,
    /// Under which law they are answered
    pub regime: Option<Regime>,
    /// Columns that are not taken in
    #[serde(default)]
    pub ignore: Vec<String>,
}

impl Mapping {
    /// Reads and checks a mapping's file.
    pub fn parse(text: &str, people: &[String]) -> Result<Self, IntakeError> {
        let mapping: Self =
            toml::from_str(text).map_err(|error| IntakeError::Mapping(error.to_string().trim_end().to_owned()))?;
        mapping.check(people)?;
        Ok(mapping)
    }

    fn check(&self, people: &[String]) -> Result<(), IntakeError> {
        let wrong = |why: &str| Err(IntakeError::Mapping(why.to_owned()));
        if self.version != 1 {
            return wrong("this droit reads version 1");
        }
        if self.right.is_some() == self.asks.is_some() {
            return wrong("either `right` names a column or `asks` says what every line asks");
        }
        if self.identifiers.is_empty() {
            return wrong("[identifiers] names no column");
        }
        if self.delimiter.is_some_and(|c| matches!(c, '"' | '\r' | '\n' | '\0')) {
            return wrong("such a delimiter cannot be told from the cells");
        }
        for kind in self.identifiers.keys() {
            let known = people.contains(kind) || kind.parse::<Kind>().is_ok_and(Kind::identifies);
            if !known {
                return Err(IntakeError::Mapping(format!("[identifiers] {kind} finds nobody")));
            }
        }
        if let Some(word) = &self.encoding {
            word.parse::<Encoding>().map_err(IntakeError::Mapping)?;
        }
        Ok(())
    }

    /// Reads a file of requests, one a line. `named` is the encoding that the officer names. A line that cannot be
    /// understood is an error, and then there is no entry at all.
    pub fn read(
        &self,
        bytes: &[u8],
        named: Option<Encoding>,
        terms: &Terms,
    ) -> Result<(Encoding, Vec<Entry>), IntakeError> {
        let named = named.or_else(|| self.encoding.as_ref().and_then(|word| word.parse().ok()));
        let delimiter = self.delimiter.unwrap_or(',');
        let fits = |text: &str| {
            let header = text.lines().next().unwrap_or_default();
            let header = cells::lines(header, delimiter).ok().and_then(|lines| lines.into_iter().next());
            header.is_some_and(|header| self.columns().all(|(_, column)| find(&header, column).is_ok()))
        };
        let (encoding, text) = encoding::read(bytes, named, fits)?;
        let lines = cells::lines(&text, delimiter)?;
        let [header, lines @ ..] = lines.as_slice() else { return Err(IntakeError::Empty) };
        self.check_header(header)?;
        if lines.is_empty() {
            return Err(IntakeError::Empty);
        }
        let entries = lines.iter().map(|line| Row { mapping: self, header, line, terms }.entry());
        Ok((encoding, entries.collect::<Result<_, _>>()?))
    }

    /// All columns that are taken in, by the mapping's word for them.
    fn columns(&self) -> impl Iterator<Item = (&str, &str)> {
        let single = [
            ("received", &self.received),
            ("right", &self.right),
            ("name", &self.name),
            ("text", &self.text),
            ("reply_to", &self.reply_to),
        ];
        let single = single.into_iter().filter_map(|(word, column)| Some((word, column.as_deref()?)));
        single.chain(self.identifiers.iter().map(|(kind, column)| (kind.as_str(), column.as_str())))
    }

    /// Every column of the mapping stands in the header once, and every column of the header is spoken of.
    fn check_header(&self, header: &Line) -> Result<(), IntakeError> {
        for (word, column) in self.columns() {
            find(header, column).map_err(|why| IntakeError::Columns(format!("{why}: {word} = \"{column}\"")))?;
        }
        let spoken = |cell: &str| {
            cell.is_empty()
                || self.columns().any(|(_, column)| column.trim() == cell)
                || self.ignore.iter().any(|column| column.trim() == cell)
        };
        match header.cells.iter().position(|cell| !spoken(cell.trim())) {
            Some(at) => Err(IntakeError::Columns(format!("column {} is neither mapped nor in `ignore`", at + 1))),
            None => Ok(()),
        }
    }
}

fn find(header: &Line, column: &str) -> Result<usize, &'static str> {
    let mut places = header.cells.iter().enumerate().filter(|(_, cell)| cell.trim() == column.trim());
    match (places.next(), places.next()) {
        (Some((at, _)), None) => Ok(at),
        (None, _) => Err("there is no such column"),
        _ => Err("the column stands twice"),
    }
}

/// One line on its way to an entry.
struct Row<'a> {
    mapping: &'a Mapping,
    header: &'a Line,
    line: &'a Line,
    terms: &'a Terms,
}

impl Row<'_> {
    fn entry(&self) -> Result<Entry, IntakeError> {
        let mapping = self.mapping;
        let identity = self.identity()?;
        Ok(Entry {
            line: Some(self.line.number),
            request: Request::new(self.right()?),
            regime: mapping.regime.unwrap_or(self.terms.law()),
            channel: mapping.channel.unwrap_or(Channel::Web),
            requester: mapping.requester.unwrap_or(RequesterType::Subject),
            received_at: self.received()?,
            scope: Vec::new(),
            identity,
            name: self.cell(mapping.name.as_deref()).map(Secret::from),
            text: self.cell(mapping.text.as_deref()).map(Secret::from),
            reply_to: self.cell(mapping.reply_to.as_deref()).map(Secret::from),
            facts: BTreeMap::new(),
            content: self.content(),
        })
    }

    /// What stands in a column, if anything does. What looks like a formula is what it looks like: text.
    fn cell(&self, column: Option<&str>) -> Option<&str> {
        let at = find(self.header, column?).ok()?;
        self.line.cells.get(at).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
    }

    fn wrong(&self, why: impl Into<String>) -> IntakeError {
        IntakeError::Line { line: self.line.number, why: why.into() }
    }

    fn right(&self) -> Result<RequestType, IntakeError> {
        if let Some(asks) = self.mapping.asks {
            return Ok(asks);
        }
        let word =
            self.cell(self.mapping.right.as_deref()).ok_or_else(|| self.wrong("it does not say what is asked"))?;
        let known = self.mapping.rights.get(word).copied().or_else(|| word.parse().ok());
        known.ok_or_else(|| self.wrong("what is asked is neither a word of [rights] nor one of ours"))
    }

    fn received(&self) -> Result<Timestamp, IntakeError> {
        let at = match (self.cell(self.mapping.received.as_deref()), self.terms.received) {
            (Some(text), _) => self.time(text).ok_or_else(|| self.wrong("the arrival is not a time"))?,
            (None, Some(said)) if self.mapping.received.is_none() => said,
            (None, _) => return Err(self.wrong("it does not say when it arrived")),
        };
        let untimely = |why: Untimely| self.wrong(format!("the arrival {}", why.words()));
        self.terms.require_timely(at).map_err(untimely).map(|()| at)
    }

    /// An instant with its offset, or a local time; a date is its first instant, the earliest bound.
    fn time(&self, text: &str) -> Option<Timestamp> {
        if let Some(format) = &self.mapping.received_format {
            let parsed = jiff::fmt::strtime::parse(format, text).ok()?;
            let local = parsed.to_datetime().or_else(|_| parsed.to_date().map(DateTime::from));
            return parsed.to_timestamp().ok().or_else(|| self.terms.zone.to_timestamp(local.ok()?).ok());
        }
        let local = |text: &str| text.parse().or_else(|_| text.parse::<jiff::civil::Date>().map(DateTime::from)).ok();
        text.parse().ok().or_else(|| self.terms.zone.to_timestamp(local(text)?).ok())
    }

    fn identity(&self) -> Result<Identity, IntakeError> {
        let given = self.mapping.identifiers.iter().filter_map(|(kind, column)| Some((kind, self.cell(Some(column))?)));
        let identifiers: Vec<Identifier> = given
            .map(|(kind, value)| Identifier { kind: kind.clone(), value: value.into(), since: None, until: None })
            .collect();
        if identifiers.is_empty() {
            Err(self.wrong("no identifier says whom it is about"))
        } else {
            Ok(Identity { identifiers })
        }
    }

    /// The mapped cells, by the mapping's words, so that a file exported again says the same.
    fn content(&self) -> Secret {
        let cells: BTreeMap<&str, &str> =
            self.mapping.columns().filter_map(|(word, column)| Some((word, self.cell(Some(column))?))).collect();
        Secret::from(format!("{:?} {cells:?}", self.mapping.asks.map(RequestType::word)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::tests::terms;

    const MAPPING: &str = include_str!("../../fixtures/intake/webform.toml");
    const HEADER: &str = "序号,提交时间,请求类型,手机号,邮箱,姓名,说明\n";

    fn mapping() -> Mapping {
        Mapping::parse(MAPPING, &[]).unwrap()
    }

    fn read(lines: &str) -> Result<Vec<Entry>, IntakeError> {
        mapping().read(format!("{HEADER}{lines}").as_bytes(), None, &terms()).map(|(_, entries)| entries)
    }

    fn said(lines: &str) -> String {
        read(lines).unwrap_err().to_string()
    }

    #[test]
    fn a_line_is_a_request() {
        let entries =
            read("1,2026-11-20 16:30,删除,13800138000,,陈明,\"请,删\"\n2,2026-11-21,access,,a@b.example,,\n").unwrap();
        let [one, two] = entries.as_slice() else { panic!("{}", entries.len()) };
        assert_eq!((one.line, one.request.request_type()), (Some(2), RequestType::Delete));
        assert_eq!(one.received_at, "2026-11-20T08:30:00Z".parse().unwrap());
        let kinds: Vec<&str> = one.identity.identifiers.iter().map(|id| id.kind.as_str()).collect();
        assert_eq!(kinds, ["name", "phone"]);
        assert_eq!(one.text.as_ref().map(Secret::reveal), Some("请,删"));
        assert_eq!((two.request.request_type(), two.regime), (RequestType::Access, Regime::Cn));
        assert_eq!(two.received_at, "2026-11-20T16:00:00Z".parse().unwrap());
    }

    #[test]
    fn what_is_wrong_is_named_by_its_line_and_not_repeated() {
        let good = "1,2026-11-20,删除,13800138000,,,\n";
        let cases = [
            (
                "2,2026-11-20,扔掉,13800138000,,,\n",
                "line 3: what is asked is neither a word of [rights] nor one of ours",
            ),
            ("2,2026-11-20,,13800138000,,,\n", "line 3: it does not say what is asked"),
            ("2,gestern,删除,13800138000,,,\n", "line 3: the arrival is not a time"),
            ("2,,删除,13800138000,,,\n", "line 3: it does not say when it arrived"),
            ("2,2036-01-01,删除,13800138000,,,\n", "line 3: the arrival has not come yet"),
            ("2,2026-11-20,删除,,,,请删除\n", "line 3: no identifier says whom it is about"),
        ];
        for (bad, wanted) in cases {
            assert_eq!(said(&format!("{good}{bad}")), wanted);
        }
    }

    #[test]
    fn a_formula_is_data() {
        let entries = read("1,2026-11-20,删除,\"=\"\"13800138000\"\"\",,,=HYPERLINK(1)\n").unwrap();
        assert_eq!(entries[0].text.as_ref().map(Secret::reveal), Some("=HYPERLINK(1)"));
        assert_eq!(entries[0].identity.identifiers[0].value.reveal(), "=\"13800138000\"");
    }

    #[test]
    fn header_and_mapping_fit_or_nothing_is_read() {
        let of = |header: &str| mapping().read(format!("{header}\n1\n").as_bytes(), Some(Encoding::Utf8), &terms());
        let said = |cells: &str| {
            let line = "x,".repeat(cells.matches(',').count());
            mapping()
                .read(format!("{cells}\n{line}x\n").as_bytes(), Some(Encoding::Utf8), &terms())
                .unwrap_err()
                .to_string()
        };
        assert!(of("a").is_err());
        let fits = "the header does not fit the mapping: ";
        assert_eq!(
            said("提交时间,请求类型,手机号,邮箱,姓名"),
            format!("{fits}there is no such column: text = \"说明\"")
        );
        assert_eq!(
            said("提交时间,请求类型,手机号,手机号,邮箱,姓名,说明"),
            format!("{fits}the column stands twice: phone = \"手机号\"")
        );
        assert_eq!(
            said("提交时间,请求类型,手机号,邮箱,姓名,说明,13800138000"),
            format!("{fits}column 7 is neither mapped nor in `ignore`")
        );
        assert_eq!(mapping().read(HEADER.as_bytes(), None, &terms()).unwrap_err(), IntakeError::Empty);
    }

    #[test]
    fn the_header_proves_the_encoding() {
        let text = format!("{HEADER}1,2026-11-20,删除,13800138000,,,中国\n");
        let (gb, _, _) = encoding_rs::GB18030.encode(&text);
        for bytes in [text.as_bytes(), &gb[..]] {
            let (_, entries) = mapping().read(bytes, None, &terms()).unwrap();
            assert_eq!(entries[0].text.as_ref().map(Secret::reveal), Some("中国"));
        }
        // a header of plain letters shows nothing about the two signs below it
        let plain = "version = 1\nasks = \"access\"\ntext = \"t\"\n[identifiers]\nphone = \"p\"\n";
        let mapping = Mapping::parse(plain, &[]).unwrap();
        let at = Terms { received: Some(terms().now), ..terms() };
        let bytes = "p,t\n13800138000,中国\n".as_bytes();
        assert_eq!(mapping.read(bytes, None, &at).unwrap_err(), IntakeError::Undecidable);
        let (_, entries) = mapping.read(bytes, Some(Encoding::Utf8), &at).unwrap();
        assert_eq!(entries[0].text.as_ref().map(Secret::reveal), Some("中国"));
    }

    #[test]
    fn an_arrival_of_long_ago_is_a_mistyped_year() {
        for old in ["1800-01-01", "2023-11-22", "0001-01-01"] {
            let said = read(&format!("1,{old},删除,13800138000,,,\n")).unwrap_err().to_string();
            assert_eq!(
                said, "line 2: the arrival lies more than three years back; register so old a request by hand",
                "{old}"
            );
        }
        let first = read("1,2023-11-23,删除,13800138000,,,\n").unwrap();
        assert_eq!(first[0].received_at, "2023-11-22T16:00:00Z".parse().unwrap());
    }

    #[test]
    fn arrivals_may_be_written_otherwise() {
        let text = MAPPING.replace("received = ", "received_format = \"%Y/%m/%d %H:%M\"\nreceived = ");
        let mapping = Mapping::parse(&text, &[]).unwrap();
        let file = format!("{HEADER}1,2026/11/20 09:05,删除,13800138000,,,\n");
        let (_, entries) = mapping.read(file.as_bytes(), None, &terms()).unwrap();
        assert_eq!(entries[0].received_at, "2026-11-20T01:05:00Z".parse().unwrap());
    }

    #[test]
    fn the_same_cells_are_the_same_entry_wherever_they_stand() {
        let one = read("1,2026-11-20,删除,13800138000,,,\n").unwrap();
        let two = read("7,2026-11-20,access,13800138001,,,\n8,2026-11-20,删除,13800138000,,,\n").unwrap();
        assert_eq!(one[0].content, two[1].content);
        assert_ne!(one[0].content, two[0].content);
    }

    #[test]
    fn a_mapping_says_what_it_means() {
        for (from, to) in [
            ("version = 1", "version = 2"),
            ("right = ", "wrong = "),
            ("right = ", "asks = \"access\"\nright = "),
            ("phone = ", "shoe_size = "),
            ("phone = ", "amount = "),
            ("\"delete\"", "\"vanish\""),
            ("version = 1", "version = 1\nencoding = \"klingon\""),
            ("version = 1", "version = 1\ndelimiter = \"\\\"\""),
        ] {
            let text = MAPPING.replace(from, to);
            assert!(matches!(Mapping::parse(&text, &[]), Err(IntakeError::Mapping(_))), "{from} -> {to}");
        }
        let people = ["account".to_owned()];
        assert!(Mapping::parse(&MAPPING.replace("phone = ", "account = "), &people).is_ok());
    }
}
