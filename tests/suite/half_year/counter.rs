//! The counter: requests arrive, are identified, carried out and answered; some late, some never.

use std::collections::BTreeSet;

use jiff::{Span, civil::Date};

use super::{
    application::Dice,
    both::{Both, strings},
    law::Ledger,
};
use crate::people::key::{Somebody, is_ambiguous};

/// How a request ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Copy,
    Erase,
    Correct,
    Restrict,
    /// Of whoever was restricted
    Lift,
    Withdrawn,
    Refused,
    /// Nobody proved who they are
    Interim,
    Forgotten,
}

#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) number: String,
    way: Way,
    who: Somebody,
    pub(super) received: Date,
    /// On which day it is carried out
    works: Date,
    /// On which it was answered, withdrawn or bridged
    pub(super) replied: Option<Date>,
    /// On which the data was really changed
    pub(super) done: Option<Date>,
    pub(super) decision: Option<&'static str>,
}

#[derive(Debug, Default)]
pub(super) struct Counter {
    pub(super) requests: Vec<Request>,
    /// Everybody who has asked for something that changes them
    touched: BTreeSet<i64>,
    restricted: Vec<(i64, String, Date)>,
}

impl Way {
    fn right(self) -> &'static str {
        match self {
            Self::Copy | Self::Interim => "access",
            Self::Erase | Self::Forgotten => "delete",
            Self::Correct | Self::Withdrawn => "correct",
            Self::Restrict | Self::Lift => "restrict",
            Self::Refused => "explain",
        }
    }
}

impl Request {
    fn right(&self) -> &'static str {
        self.way.right()
    }

    pub(super) fn erases(&self) -> bool {
        self.way == Way::Erase
    }

    /// The clock that binds and its last day (LAW §3): thirty days for everything, fifteen working days for what
    /// changes data; no calendar of 2023 or 2027 is there, so that each of their days counts.
    pub(super) fn due(&self) -> (&'static str, Date) {
        let thirty = self.received + Span::new().days(30);
        if !matches!(self.right(), "delete" | "correct" | "restrict") {
            return ("K30", thirty);
        }
        let mut day = self.received;
        let mut left = 15;
        while left > 0 {
            day = day.tomorrow().unwrap();
            left -= i32::from(day.year() != 2026 || works_2026(day));
        }
        if day <= thirty { ("K15W", day) } else { ("K30", thirty) }
    }

    /// The day on which the binding clock stopped.
    pub(super) fn stopped(&self) -> Option<Date> {
        let changes = self.due().0 == "K15W";
        match self.way {
            Way::Erase | Way::Correct | Way::Restrict | Way::Lift if changes => self.done,
            _ => self.replied,
        }
    }
}

/// LAW §3.1, the part of 2026 that is left: no holidays, no make-up days after 10 October.
fn works_2026(day: Date) -> bool {
    assert!(day > jiff::civil::date(2026, 10, 10));
    day.weekday().to_monday_one_offset() <= 5
}

impl Counter {
    /// The office's day: what comes in, and what has waited for its turn.
    pub(super) fn day(&mut self, both: &mut Both, ledger: &mut Ledger, dice: &mut Dice, day: Date) {
        for name in ["remedies.txt", "reply.txt"] {
            both.office.file(name, "您可以向网信部门投诉，或向人民法院起诉。");
        }
        both.office.at(day, "10:00");
        for _ in 0..dice.below(3) {
            self.arrives(both, ledger, dice, day);
        }
        for at in 0..self.requests.len() {
            if self.requests[at].works == day && self.requests[at].replied.is_none() {
                let mut request = self.requests[at].clone();
                self.work(&mut request, both, ledger, day);
                self.requests[at] = request;
            }
        }
        self.answer_proven(both, day);
    }

    fn arrives(&mut self, both: &mut Both, ledger: &Ledger, dice: &mut Dice, day: Date) {
        let way = match dice.below(20) {
            0..4 => Way::Copy,
            4..10 => Way::Erase,
            10..13 => Way::Correct,
            13..15 => Way::Restrict,
            15 => Way::Lift,
            16 => Way::Withdrawn,
            17 => Way::Refused,
            18 => Way::Interim,
            _ => Way::Forgotten,
        };
        let Some(who) = self.somebody(way, both, ledger, dice) else { return };
        self.open(way, who, both, dice, day);
    }

    /// Registers a request; how long it lies on the desk is drawn.
    fn open(&mut self, way: Way, who: Somebody, both: &mut Both, dice: &mut Dice, day: Date) {
        both.office.file("who.txt", &identifiers(&who));
        let opened = both.office.run(&format!("case open {} --channel app --id-file who.txt", way.right())).done();
        let number = opened.stdout().split_whitespace().next().unwrap().to_owned();
        let delay = if dice.one_in(8) { 14 + dice.below(25) } else { dice.below(9) };
        let works = day + Span::new().days(i64::try_from(delay).unwrap());
        let (replied, done, decision) = (None, None, None);
        self.requests.push(Request { number, way, who, received: day, works, replied, done, decision });
    }

    /// Somebody who asks to be erased and is served at once.
    pub(super) fn asks_to_go(&mut self, who: Somebody, both: &mut Both, dice: &mut Dice, day: Date) {
        self.touched.extend(who.account);
        self.open(Way::Erase, who, both, dice, day);
        if let Some(request) = self.requests.last_mut() {
            request.works = day;
        }
    }

    /// An account about which nobody has to be asked; one without an account now and then.
    fn somebody(&mut self, way: Way, both: &Both, ledger: &Ledger, dice: &mut Dice) -> Option<Somebody> {
        let db = &both.by_hand;
        if way == Way::Lift {
            return self.restricted.first().map(|(id, ..)| Somebody { account: Some(*id), ..Somebody::default() });
        }
        if way == Way::Erase && dice.one_in(6) {
            let sql = "SELECT recipient_phone || '=' || recipient_name FROM waybills WHERE recipient_user_id IS NULL
                       AND recipient_phone GLOB '16[89]????????' ORDER BY id";
            let found = strings(db, sql);
            let (phone, name) = dice.pick(&found)?.split_once('=')?;
            let stranger = Some((phone.to_owned(), name.to_owned()));
            return Some(Somebody { stranger, ..Somebody::default() });
        }
        let sql =
            "SELECT CAST(id AS TEXT) FROM users WHERE phone IS NOT NULL AND status = 'active' AND id NOT IN (19, 56)
                   AND (birth_date IS NULL OR birth_date < '2005') ORDER BY id";
        let all: Vec<i64> = strings(db, sql).iter().map(|id| id.parse().unwrap()).collect();
        let free: Vec<i64> =
            all.into_iter().filter(|id| !self.touched.contains(id) && !ledger.purged.contains(id)).collect();
        for _ in 0..20 {
            let id = *dice.pick(&free)?;
            let who = Somebody { account: Some(id), ..Somebody::default() };
            if !is_ambiguous(db, &who) {
                if matches!(way, Way::Erase | Way::Restrict | Way::Correct | Way::Forgotten) {
                    self.touched.insert(id);
                }
                return Some(who);
            }
        }
        None
    }

    fn work(&mut self, request: &mut Request, both: &mut Both, ledger: &mut Ledger, day: Date) {
        let case = request.number.clone();
        if !matches!(request.way, Way::Forgotten | Way::Withdrawn | Way::Interim) {
            let identified = both.office.run(&format!("case identify {case} --level L3 --by otp+waybill --quiet"));
            if identified.stderr().contains("[ambiguous_identity]") {
                // a name that is nobody's known one stands under their number by now: it waits until it is clear whose
                request.works = day.tomorrow().unwrap();
                return;
            }
            identified.done();
        }
        match request.way {
            Way::Forgotten => {}
            Way::Withdrawn => {
                both.office.run(&format!("case withdraw {case} --quiet")).done();
                (request.replied, request.decision) = (Some(day), Some("WITHDRAWN"));
            }
            Way::Interim => {
                both.office.run(&format!("case identify {case} --asked --level L2 --quiet")).done();
                let answer =
                    format!("case answer {case} --decision UNVERIFIED --interim --remedies --reply reply.txt --quiet");
                both.office.run(&answer).done();
                (request.replied, request.decision) = (Some(day), Some("UNVERIFIED"));
            }
            Way::Refused => {
                let refuse = format!("case refuse {case} --code ABU --law 'PIPL 50' --remedies remedies.txt --quiet");
                both.office.run(&refuse).done();
                answer(request, "DENIED", both, day);
            }
            Way::Copy => {
                both.office.run(&format!("export {case} --quiet")).carried_out();
                answer(request, "FULFILLED", both, day);
            }
            Way::Erase => {
                let now = local(both);
                both.office.run(&format!("erase {case} --confirm {case} --quiet")).carried_out();
                ledger.erase(&both.by_hand, request.who.clone(), day, &now);
            }
            Way::Correct => {
                let id = request.who.account.unwrap();
                both.office.file("new.txt", &format!("users.nickname = 更正{id}\n"));
                let correct = format!("correct {case} --values new.txt --evidence statement --confirm {case} --quiet");
                both.office.run(&correct).done();
                both.by_hand.execute(&format!("UPDATE users SET nickname = '更正{id}' WHERE id = {id}"), []).unwrap();
                request.done = Some(day);
                answer(request, "FULFILLED", both, day);
            }
            Way::Restrict => {
                let id = request.who.account.unwrap();
                let sql = format!("SELECT status FROM users WHERE id = {id}");
                let stood = strings(&both.by_hand, &sql).remove(0);
                both.office.run(&format!("restrict {case} --confirm {case} --quiet")).carried_out();
                both.by_hand.execute(&format!("UPDATE users SET status = 'restricted' WHERE id = {id}"), []).unwrap();
                self.restricted.push((id, stood, day));
                request.done = Some(day);
                answer(request, "FULFILLED", both, day);
            }
            Way::Lift => {
                let id = request.who.account.unwrap();
                let Some(at) = self.restricted.iter().position(|(one, ..)| *one == id) else { return };
                let (_, stood, _) = self.restricted.remove(at);
                both.office.run(&format!("restrict {case} --lift --confirm {case} --quiet")).carried_out();
                both.by_hand.execute(&format!("UPDATE users SET status = '{stood}' WHERE id = {id}"), []).unwrap();
                request.done = Some(day);
                answer(request, "FULFILLED", both, day);
            }
        }
    }

    /// Whoever was erased is told when it is proven.
    pub(super) fn answer_proven(&mut self, both: &mut Both, day: Date) {
        for request in
            self.requests.iter_mut().filter(|one| one.erases() && one.done.is_some() && one.replied.is_none())
        {
            answer(request, "PARTIAL", both, day);
        }
    }

    /// Numbers of whoever was erased on `day`.
    pub(super) fn freed(&self, ledger: &Ledger, day: Date) -> Vec<String> {
        let asked = |account: Option<i64>| self.touched.iter().any(|one| Some(*one) == account);
        let gone = ledger.erased.iter().filter(|one| one.on == Some(day) && asked(one.who.account));
        let captured = gone.filter_map(|one| one.who.captured.as_ref());
        captured
            .flat_map(|captured| &captured.numbers)
            .filter(|(.., shared)| !shared)
            .map(|(phone, ..)| phone.clone())
            .collect()
    }

    /// … and of whoever is proven gone.
    pub(super) fn proven_phones(&self, ledger: &Ledger) -> BTreeSet<String> {
        let proven = self.requests.iter().filter(|one| one.erases() && one.done.is_some());
        let accounts: BTreeSet<i64> = proven.filter_map(|one| one.who.account).collect();
        let gone = ledger.erased.iter().filter(|one| one.who.account.is_some_and(|id| accounts.contains(&id)));
        let captured = gone.filter_map(|one| one.who.captured.as_ref());
        captured.flat_map(|captured| &captured.numbers).map(|(phone, ..)| phone.clone()).collect()
    }

    /// The night's proofs.
    pub(super) fn proven(&mut self, numbers: &BTreeSet<String>, day: Date) {
        for request in self.requests.iter_mut().filter(|one| numbers.contains(&one.number)) {
            request.done = request.done.or(Some(day));
        }
    }
}

fn answer(request: &mut Request, decision: &'static str, both: &mut Both, day: Date) {
    let case = &request.number;
    let tells = if decision == "FULFILLED" { "" } else { "--law 'PIPL 47' --remedies" };
    let answer = format!("case answer {case} --decision {decision} {tells} --reply reply.txt --quiet");
    let told = both.office.run(&answer);
    if told.stderr().contains("[not_enforced]") {
        // numbers in others' address books have no flag: somebody sees to them
        both.office.run(&format!("{answer} --by-hand")).done();
    } else {
        told.done();
    }
    both.office.run(&format!("case close {case} --yes --quiet")).done();
    (request.replied, request.decision) = (Some(day), Some(decision));
}

fn identifiers(who: &Somebody) -> String {
    let account = who.account.map(|id| format!("account={id}\n"));
    let stranger = who.stranger.as_ref().map(|(phone, name)| format!("phone={phone}\nname={name}\n"));
    account.or(stranger).unwrap()
}

/// What the clock on the wall says.
pub(super) fn local(both: &Both) -> String {
    let now = both.office.now().in_tz("Asia/Shanghai").unwrap();
    now.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
