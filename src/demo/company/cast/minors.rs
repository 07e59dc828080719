//! Accounts 19 to 37 and 40 to 50: ages at every edge, and consent of every sort.

use super::{
    super::{
        DemoError,
        moment::{DAY, HOUR, Moment},
        numbers,
    },
    stage::{Account, Parcel, Stage, holder, stranger},
};
use jiff::{
    ToSpan,
    civil::{Date, date},
};
use rusqlite::{params, types::Null};

pub(super) fn write(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    ages(stage)?;
    dates(stage)?;
    stage.account(&Account::new(stage, 19, "龙妈妈"))?;
    consents(stage)?;
    collected_as_minor(stage)?;
    with_contracts(stage)
}

fn minor(stage: &mut Stage<'_, '_>, id: i64, name: &str, birth: Option<String>) -> Result<(), DemoError> {
    let mut account = Account::new(stage, id, name);
    account.birth = birth;
    account.joined = stage.ago(100);
    account.bound = account.joined;
    stage.account(&account)
}

/// Born so many years before today, so many days later (negative: earlier).
fn years_ago(stage: &Stage<'_, '_>, years: i32, days_later: i32) -> Date {
    stage.today.saturating_add(days_later.days()).saturating_sub(years.years())
}

/// 20 to 29: the birthday is today, tomorrow or was yesterday.
fn ages(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    for (id, years, later) in [
        (20, 13, 0),
        (21, 13, 1),
        (22, 14, 0),
        (23, 14, 1),
        (24, 17, 0),
        (25, 17, 1),
        (26, 18, 0),
        (27, 18, 1),
        (28, 18, -1),
        (29, 14, -1),
    ] {
        let birth = years_ago(stage, years, later).to_string();
        minor(stage, id, "龙小年", Some(birth))?;
    }
    Ok(())
}

/// 30 and 31: born on 29 February, below 15 and below 19. 32 to 37: no date, or none that can be.
fn dates(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    for (id, years) in [(30, 14), (31, 18)] {
        let birth = leap_day(stage.today.year() - years).to_string();
        minor(stage, id, "闰月", Some(birth))?;
    }
    let future = years_ago(stage, -1, 1).to_string();
    for (id, birth) in [
        (32, None),
        (33, Some(String::new())),
        (34, Some("0000-00-00".to_owned())),
        (35, Some("2011-02-30".to_owned())),
        (36, Some(future)),
        (37, Some("2012年3月15日".to_owned())),
    ] {
        minor(stage, id, "未知", birth)?;
    }
    Ok(())
}

/// The last 29 February not after `year`.
fn leap_day(year: i16) -> Date {
    let mut first = date(year, 1, 1);
    while !first.in_leap_year() {
        first = first.saturating_sub(1.year());
    }
    date(first.year(), 2, 29)
}

/// A guardian's answer.
struct Answer {
    scope: &'static str,
    status: &'static str,
    evidence: bool,
    /// Days after the account was made; negative: before
    given: Option<i64>,
    revoked: bool,
}

/// 40 to 47 and 50: one answer of each sort.
fn consents(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    let good = Answer { scope: "all", status: "granted", evidence: true, given: Some(-1), revoked: false };
    answer(stage, 40, 13, &good)?;
    answer(stage, 41, 13, &Answer { given: Some(5), ..good })?;
    answer(stage, 42, 13, &Answer { revoked: true, ..good })?;
    answer(stage, 43, 13, &Answer { evidence: false, ..good })?;
    answer(stage, 44, 13, &Answer { scope: "account,order", ..good })?;
    answer(stage, 45, 13, &Answer { status: "refused", evidence: false, given: None, ..good })?;
    answer(stage, 46, 16, &good)?;
    minor(stage, 47, "龙小七", Some(years_ago(stage, 16, -40).to_string()))?;
    answer(stage, 50, 13, &Answer { status: "requested", evidence: false, given: None, ..good })?;
    // what 44's guardian did not agree to
    let joined = stage.ago(100);
    stage.out.row("geo_points", params![Null, 44, 39.9, 116.4, joined.plus(80 * DAY).epoch_millis()])?;
    let voice = stage.media.voice("droit-demo user=44")?;
    stage.out.row("voice_records", params![Null, 44, Null, voice, "我要寄快递", joined.plus(60 * DAY)])?;
    Ok(())
}

fn answer(stage: &mut Stage<'_, '_>, id: i64, years: i32, answer: &Answer) -> Result<(), DemoError> {
    minor(stage, id, "龙小小", Some(years_ago(stage, years, -40).to_string()))?;
    let joined: Moment = stage.ago(100);
    let given = answer.given.map(|days| joined.plus(days * DAY));
    // the guardian of 40 and 41 is account 19
    let phone = if id <= 41 { numbers::cast_phone(19) } else { numbers::cast_phone(9_100 + id) };
    let id_no = numbers::resident_id("110108", "19850505", 2 * id);
    let asked = joined.plus(-2 * DAY);
    let guardian = stage.out.row("guardians", params![Null, id, "龙妈妈", phone, id_no, "母亲", asked])?;
    let evidence = answer.evidence.then(|| stage.random(800 + id).hex(64));
    let revoked = answer.revoked.then(|| joined.plus(30 * DAY));
    let values = params![Null, id, guardian, answer.scope, "written", answer.status, evidence, given, revoked];
    stage.out.row("guardian_consents", values)?;
    stage.out.row("user_tags", params![Null, id, "夜间下单", "本站行为", joined.plus(HOUR)])?;
    Ok(())
}

/// 48: nineteen now, thirteen when the account was made, nobody ever consented.
fn collected_as_minor(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    let birth = years_ago(stage, 19, -40);
    let mut account = Account::new(stage, 48, "龙大大");
    account.birth = Some(birth.to_string());
    account.joined = Moment::at(birth.saturating_add(13.years().days(30)));
    account.bound = account.joined;
    stage.account(&account)
}

/// 49: twelve, without consent, with a paid order under a keep, and a parcel on its way.
fn with_contracts(stage: &mut Stage<'_, '_>) -> Result<(), DemoError> {
    minor(stage, 49, "龙小九", Some(years_ago(stage, 12, -40).to_string()))?;
    let finished = stage.ago(30);
    let (order, number) = stage.order(49, "completed", stage.ago(35), Some(finished))?;
    stage.payment(order, &number, stage.ago(35))?;
    stage.invoice(order, "龙小九", "long@example.net", Some(finished))?;
    stage.parcel(&Parcel {
        order: None,
        sender: holder(49, "龙小九", numbers::cast_phone(49)),
        recipient: stranger("钱多", "15400009003"),
        status: "delivering",
        created: stage.ago(2),
        signed: None,
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leap_days_are_found() {
        assert_eq!(leap_day(2012), date(2012, 2, 29));
        assert_eq!(leap_day(2011), date(2008, 2, 29));
        assert_eq!(leap_day(1900), date(1896, 2, 29));
    }
}
