//! What a letter may tell of a case (PIPL 48, 50; GDPR 12).

use jiff::{civil::Date, tz::TimeZone};

use crate::{
    case::{
        Case, Decision, EVERY, Event, Extent, Kept, Level, RefusalCode, Stopped, TableCount,
        letter::Letter,
        request::{Regime, RequestType},
    },
    casebook::Casebook,
    error::Error,
    export::{
        Language, Remedies,
        letter::{Done, LetterError, LetterFacts, Stays},
        log::decision_title,
        remedies,
    },
};

/// What a letter depends on besides the case.
pub struct LetterTerms<'a> {
    /// Language of the person
    pub language: Language,
    /// The zone whose days count
    pub zone: TimeZone,
    /// The day of the letter
    pub today: Date,
    /// The last day for the answer
    pub due: Option<Date>,
    /// Who answers
    pub controller: String,
    /// How to reach them
    pub contact: String,
    /// The law that the answer cites
    pub law: Option<String>,
    /// What a table is for, in words
    pub purpose: &'a dyn Fn(&str) -> String,
}

/// Gathers what `letter` tells of `case`. What has not happened, or must stay secret, is refused.
pub fn letter_facts(
    book: &Casebook,
    case: &Case,
    letter: Letter,
    decision: Option<Decision>,
    terms: &LetterTerms<'_>,
) -> Result<LetterFacts, Error> {
    let mut facts = addressed(case, terms);
    facts.head = book.head()?.to_string();
    facts.decision =
        decision.map(|decision| decision_title(decision.word()).of(terms.language).to_owned()).unwrap_or_default();
    facts.remedies = own_remedies(book, case)?.unwrap_or_else(|| remedies(&by_law(case.regime), terms.language));
    match letter {
        Letter::Interim if case.is_verified() => return Err(nothing(letter, "identification is not missing")),
        Letter::Receipt | Letter::Identity | Letter::Interim => {}
        Letter::Extension => extension(case, terms.due, &mut facts)?,
        Letter::Answer => done(case, terms, &mut facts),
        Letter::Refusal => refusal(case, terms.language, &mut facts)?,
    }
    Ok(facts)
}

fn addressed(case: &Case, terms: &LetterTerms<'_>) -> LetterFacts {
    let personal = &case.personal;
    let given = personal.identity.iter().flat_map(|identity| &identity.identifiers).find(|given| given.kind == "name");
    let name = personal.name.as_ref().or(given.map(|given| &given.value));
    let right = case.request.action().unwrap_or(case.request.request_type());
    let (title, level) = match terms.language {
        Language::Zh => (right.title_zh(), identification_zh(case.request.level())),
        Language::En => (right.title_en(), identification_en(case.request.level())),
    };
    // whoever asked to be let go is not told that they are restricted
    let title = match terms.language {
        _ if !case.has_lifted() => title,
        Language::Zh => "解除限制处理",
        Language::En => "end of a restriction of processing",
    };
    LetterFacts {
        controller: terms.controller.clone(),
        contact: terms.contact.clone(),
        name: name.map(|name| name.reveal().to_owned()).unwrap_or_default(),
        reply_to: personal.reply_to.as_ref().map(|to| to.reveal().to_owned()).unwrap_or_default(),
        date: terms.today.to_string(),
        case: case.number.to_string(),
        right: title.to_owned(),
        received: terms.zone.to_datetime(case.received_at).date().to_string(),
        due: terms.due.map(|due| due.to_string()).unwrap_or_default(),
        identification: level.to_owned(),
        ..LetterFacts::default()
    }
}

fn nothing(letter: Letter, missing: &'static str) -> Error {
    LetterError::NothingToTell { letter, missing }.into()
}

/// Nobody is told of a later day than that of a clock which runs on: the policy's thirty days are never extended (LAW D10).
fn extension(case: &Case, runs: Option<Date>, facts: &mut LetterFacts) -> Result<(), Error> {
    let Some(taken) = case.extension else {
        return Err(nothing(Letter::Extension, "no more time was taken (droit case extend)"));
    };
    let due = case.due.iter().find(|due| due.clock == taken.clock);
    if due.zip(runs).is_some_and(|(taken, runs)| runs < taken.nominal) {
        return Err(nothing(
            Letter::Extension,
            "another clock of the case ends before that and runs on (droit case show)",
        ));
    }
    facts.until = due.map(|due| due.nominal.to_string()).unwrap_or_default();
    let reason = case.personal.extension_reason.as_ref().map(|reason| reason.reveal().to_owned());
    facts.reason = reason.ok_or_else(|| nothing(Letter::Extension, "its reason is gone with the case's key"))?;
    Ok(())
}

fn refusal(case: &Case, language: Language, facts: &mut LetterFacts) -> Result<(), Error> {
    let Some(refused) = &case.refused else {
        return Err(nothing(Letter::Refusal, "the request was not refused (droit case refuse)"));
    };
    if refused.code.is_secret() {
        return Err(LetterError::Secret.into());
    }
    refused.code.word().clone_into(&mut facts.code);
    code_title(refused.code, language).clone_into(&mut facts.code_title);
    facts.law.clone_from(&refused.law);
    facts.reason = case.personal.reason.as_ref().map(|reason| reason.reveal().to_owned()).unwrap_or_default();
    Ok(())
}

fn code_title(code: RefusalCode, language: Language) -> &'static str {
    match language {
        Language::Zh => code.title_zh(),
        Language::En => code.title(),
    }
}

/// What was done and what stays, by purpose. What a confidential hold keeps reads as what a contract in performance does.
fn done(case: &Case, terms: &LetterTerms<'_>, facts: &mut LetterFacts) {
    let of = |words: &[&str]| {
        let counts = case.actions.iter().filter(|count| words.contains(&&*count.what));
        by_purpose(counts, terms.purpose)
    };
    facts.given = of(&["exported"]);
    facts.withdrawn = !case.stopped.consents.is_empty();
    facts.stopped = stopped(&case.stopped, terms.language);
    facts.corrected = match case.request.action() {
        Some(RequestType::Correct) => of(&["corrected", "changed"]),
        _ => of(&["corrected"]),
    };
    facts.removed = of(&["deleted", "removed"]);
    facts.anonymized = of(&["anonymized"]);
    facts.part = case.removed == Some(Extent::Part);
    facts.cleared = of(&["cleared"]);
    facts.de_identified = of(&["de_identified"]);
    facts.law = terms.law.clone().unwrap_or_default();
    facts.package = case.package.map(|package| package.to_string()).unwrap_or_default();
    facts.proof = match case.proof {
        crate::case::Proof::NotNeeded => "not_needed",
        crate::case::Proof::Pending => "pending",
        crate::case::Proof::Proven => "proven",
        crate::case::Proof::NotProvable => "not_provable",
    };
    for kept in &case.retained {
        let stays = stays(kept, terms);
        match facts.kept.iter_mut().find(|known| Stays { rows: stays.rows, ..(*known).clone() } == stays) {
            Some(known) => known.rows += stays.rows,
            None => facts.kept.push(stays),
        }
    }
}

/// What is not done any more, in words.
fn stopped(stopped: &Stopped, language: Language) -> Vec<String> {
    let consent = |scope: &String| match language {
        Language::Zh => format!("基于您对“{scope}”的同意所作的处理"),
        Language::En => format!("what was done on your consent to \"{scope}\""),
    };
    let messages = |message: &String| {
        let (channel, topic) = message.split_once('/').unwrap_or((message, EVERY));
        match (language, channel != EVERY, topic != EVERY) {
            (Language::Zh, false, false) => "向您发送的全部消息".to_owned(),
            (Language::Zh, true, false) => format!("通过“{channel}”向您发送的消息"),
            (Language::Zh, false, true) => format!("关于“{topic}”的消息"),
            (Language::Zh, true, true) => format!("通过“{channel}”向您发送的关于“{topic}”的消息"),
            (Language::En, false, false) => "all messages to you".to_owned(),
            (Language::En, true, false) => format!("messages to you by \"{channel}\""),
            (Language::En, false, true) => format!("messages to you about \"{topic}\""),
            (Language::En, true, true) => format!("messages to you by \"{channel}\" about \"{topic}\""),
        }
    };
    stopped.consents.iter().map(consent).chain(stopped.messages.iter().map(messages)).collect()
}

fn by_purpose<'c>(counts: impl Iterator<Item = &'c TableCount>, purpose: &dyn Fn(&str) -> String) -> Vec<Done> {
    let mut all: Vec<Done> = Vec::new();
    for count in counts.filter(|count| count.rows > 0) {
        let what = purpose(&count.table);
        match all.iter_mut().find(|done| done.what == what) {
            Some(done) => done.rows += count.rows,
            None => all.push(Done { what, rows: count.rows }),
        }
    }
    all
}

fn stays(kept: &Kept, terms: &LetterTerms<'_>) -> Stays {
    let zh = terms.language == Language::Zh;
    let known = kept.code.parse::<RefusalCode>().map(|code| code_title(code, terms.language));
    let why = known.unwrap_or(match (&*kept.code, zh) {
        ("undecided", true) => "尚不能确定是否为您的信息",
        ("undecided", false) => "it is not certain that it is yours",
        (_, true) => "因所列原因保留",
        (_, false) => "it stays for the reason given",
    });
    Stays {
        what: (terms.purpose)(&kept.table),
        rows: kept.rows,
        why: why.to_owned(),
        law: kept.law.of(terms.language.into()).to_owned(),
        until: kept.until.map(|until| until.to_string()).unwrap_or_default(),
    }
}

/// The remedies that the refusal itself brought.
fn own_remedies(book: &Casebook, case: &Case) -> Result<Option<Vec<String>>, Error> {
    let mut own = None;
    book.events_about(case.number, |recorded| {
        if let (Event::Refused { .. }, Some(body)) = (&recorded.event, &recorded.body) {
            own = body.facts.get("remedies").map(|text| {
                let paragraphs = text.reveal().split("\n\n").map(|paragraph| paragraph.trim().to_owned());
                paragraphs.filter(|paragraph| !paragraph.is_empty()).collect()
            });
        }
        Ok(())
    })?;
    Ok(own)
}

fn by_law(regime: Regime) -> Remedies {
    match regime {
        Regime::Cn => Remedies::China,
        Regime::Eu => Remedies::Europe,
        Regime::Uk => Remedies::UnitedKingdom,
        Regime::UsCa => Remedies::California,
    }
}

/// LAW §2.4, the levels.
fn identification_en(level: Level) -> &'static str {
    match level {
        Level::L1 => "log in, or write from the mailbox or telephone number that your account has.",
        Level::L2 => {
            "log in, or write from the mailbox or number that your account has; confirm the code that we send to your telephone; and tell us one thing that only you know, such as the number of a parcel."
        }
        Level::L3 => {
            "log in, confirm the code that we send to your telephone, tell us one thing that only you know, such as the number of a parcel, and show us that the real name matches, or notarised papers."
        }
    }
}

fn identification_zh(level: Level) -> &'static str {
    match level {
        Level::L1 => "登录账号，或使用账号绑定的邮箱、手机号联系我们。",
        Level::L2 => {
            "登录账号，或使用账号绑定的邮箱、手机号联系我们；回复我们发送的验证码；并提供一项仅您知晓的信息，例如运单号。"
        }
        Level::L3 => {
            "登录账号，回复我们发送的验证码，提供一项仅您知晓的信息（例如运单号），并完成实名核对或提交经公证的材料。"
        }
    }
}
