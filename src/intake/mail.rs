//! A mail (`.eml`): who sent it, when our own server took it in, which right it invokes (LAW P42, D2).

use std::collections::BTreeMap;

use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use mail_parser::{Header, HeaderName, Host, Message, MessageParser, PartType};
use sha2::{Digest, Sha256};

use super::{Entry, IntakeError, Terms, Untimely, asked};
use crate::{
    case::{
        identity::Identity,
        request::{Channel, Request, RequestType, RequesterType},
        secret::Secret,
    },
    kind::Kind,
    value::hex,
};

/// What a mail does not say itself.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// Names of our mail servers: their `Received` lines are believed, no other
    pub servers: &'a [String],
    /// What the officer read in it; empty: the mail has to name one right plainly
    pub rights: &'a [RequestType],
}

/// Reads one mail: one entry, or one for every right that the officer read in it (D12).
pub fn read(bytes: &[u8], rules: &Rules<'_>, terms: &Terms) -> Result<Vec<Entry>, IntakeError> {
    let message = MessageParser::default().parse(bytes).ok_or(IntakeError::Mail("it is not a mail"))?;
    let (address, name) = sender(&message)?;
    if is_automatic(&message) {
        return Err(IntakeError::Mail("a machine sent it"));
    }
    if message.parts.iter().any(|part| matches!(part.body, PartType::Message(_))) {
        return Err(IntakeError::Mail("another mail is attached to it: that one may be the request"));
    }
    let received_at = arrival(&message, bytes, rules, terms)?;
    let (text, page) = words(&message);
    if text.trim().is_empty() {
        return Err(IntakeError::Mail("there are no words in it"));
    }
    let subject = message.subject().unwrap_or_default();
    let mut rights = rules.rights.to_vec();
    if rights.is_empty() {
        // the page is what most people see, and it may say something else than the text beside it
        rights.push(asked::the_one(&format!("{subject}\n{text}\n{}", page.as_deref().unwrap_or_default()))?);
    }
    let mut facts = facts(&message, subject, &address);
    facts.extend(page.map(|page| ("mail.page".to_owned(), Secret::from(page))));
    let digest = hex(&Sha256::digest(bytes));
    let entry = |right: &RequestType| Entry {
        line: None,
        request: Request::new(*right),
        regime: terms.law(),
        channel: Channel::Email,
        requester: RequesterType::Subject,
        received_at,
        scope: Vec::new(),
        identity: Identity::of([(Kind::Email.word(), address.as_str())]),
        name: name.as_deref().map(Secret::from),
        text: Some(Secret::from(text.as_str())),
        reply_to: Some(Secret::from(address.as_str())),
        facts: facts.clone(),
        content: Secret::from(format!("{digest} {right}")),
    };
    Ok(rights.iter().map(entry).collect())
}

fn headers<'m, 'x>(message: &'m Message<'x>, name: &HeaderName<'x>) -> Vec<&'m Header<'x>> {
    message.headers().iter().filter(|header| header.name == *name).collect()
}

/// The address and name of the one person who sent it.
fn sender(message: &Message<'_>) -> Result<(String, Option<String>), IntakeError> {
    let one = match headers(message, &HeaderName::From).as_slice() {
        [one] => one.value.as_address(),
        [] => return Err(IntakeError::Mail("it does not say who sent it")),
        _ => return Err(IntakeError::Mail("it says more than once who sent it")),
    };
    let people: Vec<_> = one.map(|list| list.iter().collect()).unwrap_or_default();
    let [person] = people.as_slice() else { return Err(IntakeError::Mail("it does not come from one person")) };
    let address = person.address.as_deref().map(str::trim).filter(|address| Kind::Email.recognises(address));
    let address = address.ok_or(IntakeError::Mail("its sender is not a mail address"))?;
    let name = person.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    Ok((address.to_owned(), name.map(str::to_owned)))
}

/// Bounces, absences and newsletters ask for nothing (RFC 3834).
fn is_automatic(message: &Message<'_>) -> bool {
    let automatic = message.header_raw("Auto-Submitted").is_some_and(|word| !word.trim().eq_ignore_ascii_case("no"));
    let bounce = message.header_raw("Return-Path").is_some_and(|path| path.trim() == "<>");
    automatic || bounce
}

/// When our own server took it in: by the topmost line, which must be ours; below it anybody may have written anything.
/// The `Date` of the mail is the sender's word and counts for nothing.
fn arrival(message: &Message<'_>, bytes: &[u8], rules: &Rules<'_>, terms: &Terms) -> Result<Timestamp, IntakeError> {
    let lines = headers(message, &HeaderName::Received);
    let ours = lines.into_iter().next().filter(|line| {
        let by = line.value.as_received().and_then(|line| line.by.as_ref());
        by.is_some_and(|by| rules.servers.iter().any(|server| same_host(by, server)))
    });
    let noted = match (ours, terms.received) {
        (Some(line), _) => Some(date_of(line, bytes).ok_or(IntakeError::NoReceipt)?),
        (None, Some(_)) => None,
        (None, None) => return Err(IntakeError::NoReceipt),
    };
    let at = noted.into_iter().chain(terms.received).min().ok_or(IntakeError::NoReceipt)?;
    terms.require_timely(at).map_err(|why| match why {
        Untimely::Future => IntakeError::Future("the arrival of the mail".to_owned()),
        Untimely::Old => IntakeError::Mail("its arrival lies more than three years back"),
    })?;
    Ok(at)
}

fn same_host(by: &Host<'_>, server: &str) -> bool {
    match by {
        Host::Name(name) => name.trim_end_matches('.').eq_ignore_ascii_case(server.trim_end_matches('.')),
        Host::IpAddr(ip) => server.parse() == Ok(*ip),
    }
}

/// The date after the last semicolon of a `Received` line.
fn date_of(line: &Header<'_>, bytes: &[u8]) -> Option<Timestamp> {
    let raw = bytes.get(line.offset_start as usize..line.offset_end as usize)?;
    let text = std::str::from_utf8(raw).ok()?;
    let date = text.rsplit_once(';')?.1.split_whitespace().collect::<Vec<_>>().join(" ");
    DateTimeParser::new().relaxed_weekday(true).parse_timestamp(date).ok()
}

/// The words of the mail, and those of its page where it has a text and a page.
fn words(message: &Message<'_>) -> (String, Option<String>) {
    let join = |parts: Vec<String>| parts.join("\n").trim().to_owned();
    let text =
        join((0..message.text_body_count()).filter_map(|at| Some(message.body_text(at)?.into_owned())).collect());
    let is_page = |at: &usize| {
        message.html_part(u32::try_from(*at).unwrap_or(u32::MAX)).is_some_and(mail_parser::MessagePart::is_text_html)
    };
    let pages = (0..message.html_body_count()).filter(is_page).filter_map(|at| message.body_html(at));
    let page = join(pages.map(|page| mail_parser::decoders::html::html_to_text(&page)).collect());
    let other = !page.is_empty() && page != text;
    (text, other.then_some(page))
}

fn facts(message: &Message<'_>, subject: &str, address: &str) -> BTreeMap<String, Secret> {
    let reply_to = message.reply_to().and_then(|list| list.first()).and_then(|person| person.address.as_deref());
    let attachments = message.attachment_count();
    let all = [
        ("mail.subject", Some(subject.to_owned())),
        ("mail.message_id", message.message_id().map(str::to_owned)),
        ("mail.reply_to", reply_to.filter(|other| !other.eq_ignore_ascii_case(address)).map(str::to_owned)),
        ("mail.attachments", Some(attachments.to_string()).filter(|_| attachments > 0)),
    ];
    let said = all.into_iter().filter_map(|(word, value)| Some((word.to_owned(), Secret::from(value?))));
    said.filter(|(_, value)| !value.reveal().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::tests::terms;

    const TOP: &str = "Received: from gw (gw.zkjia.com [10.0.0.7])\r\n\tby mx.zkjia.com. (Postfix) with ESMTP id 1\r\n\tfor <privacy@zkjia.com>;\r\n\tFri, 20 Nov 2026 16:30:05 +0800 (CST)\r\n";
    const FORGED: &str = "Received: from x by mx.zkjia.com; Thu, 1 Jan 2026 00:00:00 +0000\r\n";
    const HOP: &str = "Received: from a.example by b.example; Fri, 20 Nov 2026 08:29:00 +0000\r\n";
    const FROM: &str = "From: =?utf-8?B?6ZmI5piO?= <Chen@Example.com>\r\n";
    const REST: &str = "Date: Mon, 1 Jan 2001 00:00:00 +0000\r\nSubject: hello\r\n\r\nPlease delete my data.\r\n";

    fn of(parts: &[&str]) -> Result<Vec<Entry>, IntakeError> {
        with(parts, &[], &terms())
    }

    fn with(parts: &[&str], rights: &[RequestType], terms: &Terms) -> Result<Vec<Entry>, IntakeError> {
        let servers = ["MX.zkjia.com".to_owned()];
        read(parts.concat().as_bytes(), &Rules { servers: &servers, rights }, terms)
    }

    #[test]
    fn it_arrived_when_our_own_server_says() {
        let entry = of(&[TOP, HOP, FORGED, FROM, REST]).unwrap().remove(0);
        assert_eq!(entry.received_at, "2026-11-20T08:30:05Z".parse().unwrap());
        assert_eq!(entry.request.request_type(), RequestType::Delete);
        assert_eq!(entry.identity.identifiers[0].value.reveal(), "Chen@Example.com");
        assert_eq!(entry.name.as_ref().map(Secret::reveal), Some("陈明"));
    }

    #[test]
    fn without_our_servers_word_the_officer_has_to_say_it() {
        assert_eq!(of(&[HOP, FROM, REST]).unwrap_err(), IntakeError::NoReceipt);
        assert_eq!(of(&[HOP, FORGED, FROM, REST]).unwrap_err(), IntakeError::NoReceipt, "below a stranger's line");
        let undated = TOP.replace("Fri, 20 Nov 2026 16:30:05 +0800", "yesterday");
        assert_eq!(of(&[&undated, FORGED, FROM, REST]).unwrap_err(), IntakeError::NoReceipt);
        let said = Terms { received: Some("2026-11-19T00:00:00Z".parse().unwrap()), ..terms() };
        assert_eq!(with(&[HOP, FROM, REST], &[], &said).unwrap()[0].received_at, said.received.unwrap());
        assert_eq!(with(&[TOP, FROM, REST], &[], &said).unwrap()[0].received_at, said.received.unwrap());
        let later = Terms { received: Some("2026-11-22T00:00:00Z".parse().unwrap()), ..terms() };
        let noted = with(&[TOP, FROM, REST], &[], &later).unwrap()[0].received_at;
        assert_eq!(noted, "2026-11-20T08:30:05Z".parse().unwrap(), "the earlier one counts");
        let old = TOP.replace("Fri, 20 Nov 2026", "Sat, 20 Nov 2021");
        assert!(of(&[&old, FROM, REST]).unwrap_err().to_string().contains("more than three years back"));
        let future = TOP.replace("2026", "2027");
        assert!(matches!(of(&[&future, FROM, REST]), Err(IntakeError::Future(_))));
    }

    #[test]
    fn a_mail_is_from_one_person_or_set_aside() {
        for (from, why) in [
            ("", "it does not say who sent it"),
            ("From: a@b.example\r\nFrom: c@d.example\r\n", "it says more than once who sent it"),
            ("From: a@b.example, c@d.example\r\n", "it does not come from one person"),
            ("From: nobody\r\n", "its sender is not a mail address"),
            ("Auto-Submitted: auto-replied\r\nFrom: a@b.example\r\n", "a machine sent it"),
            ("Return-Path: <>\r\nFrom: a@b.example\r\n", "a machine sent it"),
        ] {
            assert_eq!(of(&[TOP, from, REST]).unwrap_err(), IntakeError::Mail(why));
        }
    }

    #[test]
    fn two_requests_are_two_entries_once_somebody_has_read_them() {
        let rest = "Subject: my data\r\n\r\nSend me a copy of my data, then delete my data.\r\n";
        assert_eq!(of(&[TOP, FROM, rest]).unwrap_err(), IntakeError::SeveralRequests("copy, delete".to_owned()));
        let entries = with(&[TOP, FROM, rest], &[RequestType::Copy, RequestType::Delete], &terms()).unwrap();
        assert_eq!(entries.len(), 2);
        assert_ne!(entries[0].content, entries[1].content);
        assert_eq!(entries[0].received_at, entries[1].received_at);
    }

    #[test]
    fn a_page_that_says_something_else_than_the_text_is_seen() {
        let both = "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nPlease delete my data.\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>A <b>copy of my data</b>, please.</p>\r\n--b--\r\n";
        assert_eq!(of(&[TOP, FROM, both]).unwrap_err(), IntakeError::SeveralRequests("copy, delete".to_owned()));
        let same = both.replace("A <b>copy of my data</b>, please.", "Please <i>delete</i> my data!");
        let entry = of(&[TOP, FROM, &same]).unwrap().remove(0);
        assert_eq!(entry.facts["mail.page"].reveal(), "Please delete my data!");
    }

    #[test]
    fn a_mail_within_a_mail_may_be_the_request() {
        let forwarded = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: a@b.example\r\nSubject: x\r\n\r\nPlease delete my data.\r\n--b--\r\n";
        assert!(matches!(of(&[TOP, FROM, forwarded]), Err(IntakeError::Mail(why)) if why.starts_with("another mail")));
    }

    #[test]
    fn another_address_for_the_reply_is_noted_and_not_used() {
        let entry = of(&[TOP, FROM, "Reply-To: thief@evil.example\r\n", REST]).unwrap().remove(0);
        assert_eq!(entry.reply_to.as_ref().map(Secret::reveal), Some("Chen@Example.com"));
        assert_eq!(entry.facts["mail.reply_to"].reveal(), "thief@evil.example");
    }

    #[test]
    fn a_page_alone_and_chinese_charsets_are_read() {
        let entry = |bytes: &[u8]| {
            let servers = ["mx.zkjia.com".to_owned()];
            read(bytes, &Rules { servers: &servers, rights: &[] }, &terms()).unwrap().remove(0)
        };
        let page = entry(include_bytes!("../../fixtures/intake/html-only.eml"));
        assert_eq!(page.request.request_type(), RequestType::CancelAccount);
        let text = page.text.as_ref().map(Secret::reveal).unwrap_or_default();
        assert!(text.contains("注销账号") && !text.contains("<b>") && !text.contains("evil"), "{text}");
        let (gb, _, _) = encoding_rs::GBK.encode("请删除我的个人信息。");
        let head = format!("{TOP}{FROM}Subject: x\r\nContent-Type: text/plain; charset=gb2312\r\n\r\n");
        let mail = [head.as_bytes(), &gb[..]].concat();
        assert_eq!(entry(&mail).text.as_ref().map(Secret::reveal), Some("请删除我的个人信息。"));
    }
}
