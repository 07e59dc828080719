use super::*;

fn facts() -> LetterFacts {
    LetterFacts {
        controller: "ZKJIA.COM".into(),
        contact: "privacy@example.org".into(),
        name: "<img src=x onerror=alert(1)>\n# Boss & \u{202e}Co".into(),
        date: "2026-11-23".into(),
        case: "DSR-20261123-0001".into(),
        right: "deletion".into(),
        received: "2026-11-20".into(),
        due: "2026-12-11".into(),
        until: "2027-01-20".into(),
        reason: "many parcels\nand returns".into(),
        code: "RET".into(),
        code_title: "a statute".into(),
        law: "TAXR 29".into(),
        removed: vec![Done { what: "orders".into(), rows: 3 }],
        kept: vec![Stays {
            what: "invoices".into(),
            rows: 2,
            why: "a statute".into(),
            law: "TAXR 29".into(),
            until: "2036-11-23".into(),
        }],
        remedies: vec!["complain to the authority".into(), "go to court".into()],
        proof: "pending",
        head: "7:ab".into(),
        ..LetterFacts::default()
    }
}

fn every() -> impl Iterator<Item = (Letter, Language)> {
    Letter::ALL.into_iter().flat_map(|letter| [(letter, Language::Zh), (letter, Language::En)])
}

#[test]
fn every_letter_that_comes_with_droit_says_what_it_must() {
    for (letter, language) in every() {
        let written = Templates::default().write(letter, language, Some(Decision::Partial), facts());
        if letter == Letter::Receipt || letter == Letter::Identity {
            assert_eq!(written.err().unwrap().code(), "letter_incomplete", "{letter} tells no remedies");
            continue;
        }
        let written = written.unwrap();
        assert!(written.text.contains("go to court") && written.html.contains("go to court"), "{letter}");
        assert!(written.text.contains("7:ab"));
    }
    for letter in [Letter::Receipt, Letter::Identity] {
        Templates::default().write(letter, Language::En, None, facts()).unwrap();
    }
}

#[test]
fn only_what_was_removed_is_called_erased_once_it_is_proven() {
    let written = |removed: Vec<Done>, de_identified| {
        let facts = LetterFacts { removed, de_identified, proof: "proven", ..facts() };
        Templates::default().write(Letter::Answer, Language::En, Some(Decision::Partial), facts).unwrap().text
    };
    let rows = || vec![Done { what: "account".into(), rows: 1 }];
    let over = written(vec![], rows());
    assert!(over.contains("what stood in the records before is gone") && !over.contains("erased"), "{over}");
    let removed = written(rows(), vec![]);
    assert!(removed.contains("what was removed is erased") && !removed.contains("stood in the records"), "{removed}");
}

#[test]
fn a_hostile_name_is_a_name_in_the_page() {
    let written = Templates::default().write(Letter::Receipt, Language::En, None, facts()).unwrap();
    assert!(
        !written.html.contains("<img")
            && written.html.contains("&lt;img src=x onerror=alert(1)&gt; # Boss &amp; \u{fffd}Co")
    );
    let mut own = Templates::default();
    assert!(own.replace(FRAME, "{{ name }}{{ letter }}".into()));
    let written = own.write(Letter::Receipt, Language::En, None, facts()).unwrap();
    assert!(!written.html.contains("<img"), "a page of the company's own escapes as well");
}

#[test]
fn an_unknown_field_is_named_with_its_line_and_nothing_is_written() {
    let mut own = Templates::default();
    own.replace("receipt.en.txt", "{{ case }} {{ controller }}\n\nDear {{ nmae }},\n".into());
    let error = own.write(Letter::Receipt, Language::En, None, facts()).err().unwrap();
    let said = "template receipt.en.txt, line 3: there is no such field: Dear {{ nmae }},";
    assert_eq!((error.code(), &*error.to_string()), ("letter_template", said));
}

#[test]
fn a_template_that_cannot_be_read_is_named_with_its_line() {
    let mut own = Templates::default();
    own.replace("receipt.en.txt", "a\n{% if name %}\nb".into());
    let error = own.write(Letter::Receipt, Language::En, None, facts()).err().unwrap();
    assert!(error.to_string().starts_with("template receipt.en.txt, line 2: it cannot be read"), "{error}");
}

#[test]
fn a_template_that_does_not_end_is_stopped_and_named_with_its_line() {
    let round = "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}";
    let growing = "{% for a in range(100000) %}{{ \"x\" * 100000 }}{% endfor %}";
    let doubling = "{% set ns = namespace(s=\"x\") %}{% for a in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}";
    for endless in [round, growing, doubling] {
        let mut own = Templates::default();
        own.replace("receipt.en.txt", format!("{{{{ case }}}} {{{{ controller }}}}\n\n{endless}\n"));
        let error = own.write(Letter::Receipt, Language::En, None, facts()).err().unwrap();
        assert_eq!(error.code(), "letter_template");
        let said = error.to_string();
        assert!(said.starts_with("template receipt.en.txt, line 3: it does not come to an end"), "{said}");
        let mut own = Templates::default();
        own.replace(FRAME, format!("{{{{ letter }}}}\n{endless}"));
        let error = own.write(Letter::Receipt, Language::En, None, facts()).err().unwrap();
        assert!(error.to_string().starts_with("template frame.html, line 2: it does not come to an end"), "{error}");
    }
}

#[test]
fn the_longest_letter_stays_far_below_the_limit() {
    let done = (0..2000).map(|at| Done { what: format!("purpose {at}"), rows: at }).collect();
    let many = LetterFacts { removed: done, ..facts() };
    let written = Templates::default().write(Letter::Answer, Language::En, Some(Decision::Partial), many).unwrap();
    assert!(written.text.contains("purpose 1999"));
}

#[test]
fn a_no_without_remedies_law_or_reason_is_not_written() {
    let whole = "{{ case }} {{ controller }} {{ code_title }} {{ law }} {{ reason }} {{ remedies | join }}";
    for (left_out, rest) in [
        ("remedies", whole.replace("{{ remedies | join }}", "")),
        ("law", whole.replace("{{ law }}", "")),
        ("reason", whole.replace("{{ reason }}", "")),
        ("code_title", whole.replace("{{ code_title }}", "")),
        ("case", whole.replace("{{ case }}", "")),
    ] {
        let mut own = Templates::default();
        own.replace("refusal.en.txt", rest);
        let error = own.write(Letter::Refusal, Language::En, Some(Decision::Denied), facts()).err().unwrap();
        assert_eq!(error, LetterError::LeftOut { file: "refusal.en.txt".into(), field: left_out });
    }
    let mut own = Templates::default();
    own.replace("answer.en.txt", "{{ case }} {{ controller }} {{ kept }}".into());
    let error = own.write(Letter::Answer, Language::En, Some(Decision::Partial), facts()).err().unwrap();
    assert_eq!(error.code(), "letter_incomplete");
}

#[test]
fn a_letter_of_no_known_name_is_no_template() {
    assert!(!Templates::default().replace("../receipt.en.txt", String::new()));
}

#[test]
fn what_is_known_of_a_letter_is_not_shown_by_debug() {
    assert_eq!(format!("{:?}", facts()), "LetterFacts { case: \"DSR-20261123-0001\", .. }");
}
