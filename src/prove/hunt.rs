//! The values of people, in every form in which a file can hold them.
//!
//! One look at a file serves many people: each form knows whose values it is of, and everything that is told of a person
//! counts the person's own values alone.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
};

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};
use zeroize::Zeroizing;

use super::search::{Case, Pattern, SHORTEST, Search};
use crate::{
    database::sqlite::pages::{Column, Encoding, varint},
    value::Value,
};

/// Text shorter than this occurs by chance, so it is compared with decoded cells only.
const SHORTEST_TEXT: usize = 8;

/// Of a longer text three pieces are looked for: beginning, middle, end.
const LONGEST_TEXT: usize = 128;

/// Bytes of such a piece.
const PIECE: usize = 64;

/// What is looked for. Values are numbered through all people.
pub struct Hunt {
    people: Vec<Person>,
    /// Whole values, and three pieces of long ones
    whole: Search,
    whole_of: Vec<Vec<Found>>,
    /// Those, their halves, and numbers as records hold them: for bytes whose structure is not known
    raw: Search,
    raw_of: Vec<Vec<Found>>,
    integers: HashMap<i64, Vec<u32>>,
    reals: HashMap<u64, Vec<u32>>,
    short: HashMap<String, Vec<u32>>,
    texts: BTreeMap<String, Vec<u32>>,
}

/// One of those who are looked for.
#[derive(Default)]
pub(super) struct Person {
    /// The numbers of the values
    values: Range<u32>,
    forms: usize,
    not_raw: Vec<usize>,
}

impl Person {
    /// How many values are looked for.
    pub(super) fn values(&self) -> usize {
        self.values.len()
    }

    /// In how many forms.
    pub(super) fn forms(&self) -> usize {
        self.forms
    }

    /// Places (from 0) of values that are too short to be looked for in bytes and are compared with decoded cells only.
    pub(super) fn not_raw(&self) -> &[usize] {
        &self.not_raw
    }

    /// Whether the value is the person's, and long enough to be looked for in bytes.
    pub(super) fn has_raw(&self, value: u32) -> bool {
        let is = |place: &usize| u32::try_from(*place).is_ok_and(|place| self.values.start + place == value);
        self.has(value) && !self.not_raw.iter().any(is)
    }

    /// Whether the value is the person's.
    pub(super) fn has(&self, value: u32) -> bool {
        self.values.contains(&value)
    }
}

impl std::fmt::Debug for Hunt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hunt({} values)", self.values())
    }
}

/// What a pattern is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The value's number
    pub(super) value: u32,
    /// Whether it is only half of it, which others may share (`@example.com`)
    pub(super) half: bool,
}

/// Patterns and what they are of, none twice; of each person's values one.
#[derive(Default)]
struct Forms(BTreeMap<(Case, Vec<u8>), Vec<Found>>);

impl Forms {
    /// Returns whether the form is one that does not occur by chance.
    fn add(&mut self, value: u32, person: &mut Person, case: Case, bytes: &[u8]) -> bool {
        let enough = match case {
            // zeros are everywhere
            Case::Exact => bytes.iter().filter(|byte| **byte != 0).count() >= SHORTEST,
            _ => bytes.len() >= SHORTEST_TEXT,
        };
        if enough {
            let whole = Found { value, half: false };
            let known = self.of(person, case, bytes, whole);
            if known.half {
                *known = whole;
            }
        }
        enough
    }

    fn half(&mut self, value: u32, person: &mut Person, case: Case, bytes: &[u8]) {
        let unit = if case == Case::Bytes { 1 } else { 2 };
        if bytes.len() >= SHORTEST_TEXT * unit && bytes.len() <= LONGEST_TEXT {
            self.of(person, case, bytes, Found { value, half: true });
        }
    }

    /// What the form is of for `person`, who comes after everybody else: `found`, unless it is known already.
    fn of(&mut self, person: &mut Person, case: Case, bytes: &[u8], found: Found) -> &mut Found {
        let all = self.0.entry((case, bytes.to_vec())).or_default();
        if all.last().is_none_or(|last| !person.has(last.value)) {
            person.forms += 1;
            all.push(found);
        }
        let last = all.len() - 1;
        &mut all[last]
    }

    fn prepare(self) -> (Search, Vec<Vec<Found>>) {
        let (mut patterns, mut of) = (Vec::new(), Vec::new());
        for ((case, bytes), found) in self.0 {
            patterns.push(Pattern { bytes: Zeroizing::new(bytes), case });
            of.push(found);
        }
        (Search::new(patterns), of)
    }
}

/// A hunt that is being prepared.
#[derive(Default)]
struct Preparing {
    whole: Forms,
    raw: Forms,
    integers: HashMap<i64, Vec<u32>>,
    reals: HashMap<u64, Vec<u32>>,
    short: HashMap<String, Vec<u32>>,
    texts: BTreeMap<String, Vec<u32>>,
}

impl Hunt {
    /// Prepares to look for one person's `values`; NULL and empty ones are nobody's.
    #[must_use]
    pub fn new(values: &[Value]) -> Self {
        Self::of_people(&[values])
    }

    /// Prepares to look for the values of many people in one go.
    #[must_use]
    pub fn of_people<V: AsRef<[Value]>>(people: &[V]) -> Self {
        let mut preparing = Preparing::default();
        let (mut known, mut first) = (Vec::new(), 0);
        for values in people {
            let values = values.as_ref();
            let next = first + u32::try_from(values.len()).unwrap_or(u32::MAX);
            known.push(preparing.person(first..next, values));
            first = next;
        }
        let Preparing { whole, raw, integers, reals, short, texts } = preparing;
        let ((whole, whole_of), (raw, raw_of)) = (whole.prepare(), raw.prepare());
        Self { people: known, whole, whole_of, raw, raw_of, integers, reals, short, texts }
    }

    /// Who is looked for.
    pub(super) fn people(&self) -> &[Person] {
        &self.people
    }

    /// How many values are looked for.
    #[must_use]
    pub fn values(&self) -> usize {
        self.people.iter().map(Person::values).sum()
    }

    /// In how many forms, those counted again that several people share.
    #[must_use]
    pub fn forms(&self) -> usize {
        self.people.iter().map(Person::forms).sum()
    }

    pub(super) fn whole(&self) -> &Search {
        &self.whole
    }

    pub(super) fn values_of_whole(&self, pattern: usize) -> impl Iterator<Item = u32> {
        self.whole_of[pattern].iter().map(|found| found.value)
    }

    pub(super) fn raw(&self) -> &Search {
        &self.raw
    }

    pub(super) fn found_raw(&self, pattern: usize) -> &[Found] {
        &self.raw_of[pattern]
    }

    /// The values as texts, by which a full-text index is asked, and whose they are.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, &[u32])> {
        self.texts.iter().map(|(text, values)| (&**text, &**values))
    }

    /// Whether cells have to be decoded at all.
    pub(super) fn needs_cells(&self) -> bool {
        !(self.integers.is_empty() && self.reals.is_empty() && self.short.is_empty())
    }

    /// The values that a decoded cell is, among those that are no long text.
    pub(super) fn cell(&self, column: Column<'_>, encoding: Encoding) -> &[u32] {
        let found = match column {
            Column::Integer(integer) => self.integers.get(&integer),
            Column::Real(real) => self.reals.get(&real.to_bits()),
            Column::Text(bytes) if !self.short.is_empty() && bytes.len() <= 4 * SHORTEST_TEXT => {
                self.short.get(&folded(&decoded(bytes, encoding)))
            }
            Column::Blob(bytes) if !self.short.is_empty() && bytes.len() < SHORTEST_TEXT => {
                std::str::from_utf8(bytes).ok().and_then(|text| self.short.get(&folded(text)))
            }
            _ => None,
        };
        found.map(Vec::as_slice).unwrap_or_default()
    }
}

impl Preparing {
    fn person(&mut self, numbers: Range<u32>, values: &[Value]) -> Person {
        let mut person = Person { values: numbers.clone(), ..Person::default() };
        for (at, (number, value)) in numbers.zip(values).enumerate() {
            let searched = match value {
                Value::Null => true,
                Value::Integer(integer) => {
                    self.text(number, &mut person, &integer.to_string());
                    self.integer(number, &mut person, *integer)
                }
                Value::Real(real) => self.real(number, &mut person, *real),
                Value::Text(text) => {
                    let as_text = self.text(number, &mut person, text);
                    let mut as_number = |integer| self.integer(number, &mut person, integer);
                    let as_number = text.trim().parse().is_ok_and(&mut as_number);
                    as_text || as_number
                }
                Value::Blob(bytes) | Value::Malformed(bytes) => {
                    let mut searched = true;
                    pieces(bytes, |piece| searched &= self.piece(number, &mut person, Case::Exact, piece));
                    searched
                }
            };
            if !searched {
                person.not_raw.push(at);
            }
        }
        person
    }

    /// Returns whether it can be looked for in bytes.
    fn piece(&mut self, number: u32, person: &mut Person, case: Case, piece: &[u8]) -> bool {
        let forms = person.forms;
        self.whole.add(number, person, case, piece);
        person.forms = forms; // it is counted among the raw ones
        self.raw.add(number, person, case, piece)
    }

    /// Returns whether the text is long enough to be looked for in bytes.
    fn text(&mut self, number: u32, person: &mut Person, text: &str) -> bool {
        if text.trim().is_empty() {
            return true;
        }
        self.texts.entry(text.to_owned()).or_default().push(number);
        if text.len() < SHORTEST_TEXT {
            note(self.short.entry(folded(text)).or_default(), number, person);
        }
        for spelling in spellings(text) {
            for (case, bytes) in encodings(&spelling) {
                pieces(&bytes, |piece| {
                    self.piece(number, person, case, piece);
                });
                let unit = if case == Case::Bytes { 1 } else { 2 };
                let middle = bytes.len() / 2 / unit * unit;
                self.raw.half(number, person, case, &bytes[..middle]);
                self.raw.half(number, person, case, &bytes[middle..]);
            }
        }
        text.len() >= SHORTEST_TEXT
    }

    /// Returns whether the integer is long enough to be looked for in bytes.
    fn integer(&mut self, number: u32, person: &mut Person, integer: i64) -> bool {
        note(self.integers.entry(integer).or_default(), number, person);
        let bytes = integer.to_be_bytes();
        let in_six = -(1 << 47)..1 << 47;
        let in_four = i64::from(i32::MIN)..=i64::from(i32::MAX);
        if in_four.contains(&integer) {
            return false;
        }
        self.raw.add(number, person, Case::Exact, &varint(integer.cast_unsigned()));
        self.raw.add(number, person, Case::Exact, if in_six.contains(&integer) { &bytes[2..] } else { &bytes })
    }

    /// A real with an integral value is stored as an integer where it fits. Returns whether it is long enough to be looked
    /// for in bytes.
    fn real(&mut self, number: u32, person: &mut Person, real: f64) -> bool {
        self.text(number, person, &Value::Real(real).to_canonical_text());
        note(self.reals.entry(real.to_bits()).or_default(), number, person);
        let searched = self.raw.add(number, person, Case::Exact, &real.to_bits().to_be_bytes());
        if real.fract() == 0.0
            && let Ok(integer) = format!("{real:.0}").parse()
        {
            return self.integer(number, person, integer);
        }
        searched
    }
}

/// Adds the value to those that a cell may be, of each person one.
fn note(known: &mut Vec<u32>, number: u32, person: &mut Person) {
    if known.last().is_none_or(|last| !person.has(*last)) {
        person.forms += 1;
        known.push(number);
    }
}

/// Text as it was, with its letters all small and all capital (indexes on expressions), and as a full-text index folds
/// it. ASCII letters are compared without case anyway.
fn spellings(text: &str) -> BTreeSet<String> {
    let stripped: String = text.nfd().filter(|c| !is_combining_mark(*c)).collect();
    let composed: String = text.nfc().collect();
    [text.to_owned(), text.to_lowercase(), text.to_uppercase(), stripped.to_lowercase(), composed].into()
}

/// ASCII letters are small in all of them, so that what differs in nothing else is one form.
fn encodings(text: &str) -> [(Case, Vec<u8>); 3] {
    let text = text.to_ascii_lowercase();
    let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect();
    [
        (Case::Bytes, text.as_bytes().to_vec()),
        (Case::Utf16Le, wide(u16::to_le_bytes)),
        (Case::Utf16Be, wide(u16::to_be_bytes)),
    ]
}

/// The whole of what is short enough, else three pieces.
fn pieces(bytes: &[u8], mut each: impl FnMut(&[u8])) {
    if bytes.len() <= LONGEST_TEXT {
        return each(bytes);
    }
    let middle = (bytes.len() - PIECE) / 4 * 2;
    for start in [0, middle, (bytes.len() - PIECE) / 2 * 2] {
        each(&bytes[start..start + PIECE]);
    }
}

fn folded(text: &str) -> String {
    text.to_lowercase()
}

fn decoded(bytes: &[u8], encoding: Encoding) -> String {
    let units = |unit: fn([u8; 2]) -> u16| -> Vec<u16> { bytes.as_chunks().0.iter().map(|pair| unit(*pair)).collect() };
    match encoding {
        Encoding::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
        Encoding::Utf16Le => String::from_utf16_lossy(&units(u16::from_le_bytes)),
        Encoding::Utf16Be => String::from_utf16_lossy(&units(u16::from_be_bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw_finds(value: Value, bytes: &[u8]) -> bool {
        let mut found = false;
        Hunt::new(&[value]).raw.find(bytes, &mut |_, _| found = true);
        found
    }

    fn wide(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn text_is_found_in_every_encoding_and_case() {
        let mail = || Value::from("Müller.Max@example.com");
        for spelling in
            ["Müller.Max@example.com", "MÜLLER.MAX@EXAMPLE.COM", "müller.max@example.com", "muller.max@example.com"]
        {
            assert!(raw_finds(mail(), spelling.as_bytes()), "{spelling}");
            assert!(raw_finds(mail(), &wide(spelling, u16::to_le_bytes)), "{spelling}");
            assert!(raw_finds(mail(), &wide(spelling, u16::to_be_bytes)), "{spelling}");
        }
        assert!(!raw_finds(mail(), b"Mahler.Max@"));
    }

    #[test]
    fn either_half_of_a_text_is_found() {
        let value = || Value::from("abcdefgh12345678");
        assert!(raw_finds(value(), b"....abcdefgh...."));
        assert!(raw_finds(value(), b"....12345678...."));
        assert!(!raw_finds(value(), b"....defgh123...."));
        let whole = Hunt::new(&[value()]);
        let mut found = 0;
        whole.raw.find(b"....abcdefgh", &mut |_, pattern| assert!(whole.found_raw(pattern)[0].half));
        whole.whole.find(b"abcdefgh....12345678", &mut |_, _| found += 1);
        assert_eq!(found, 0, "where the structure is known, halves are put together");
    }

    #[test]
    fn numbers_are_found_as_records_hold_them() {
        let phone = [0x04, 0x78, 0x63, 0x86, 0x80, 0x4e];
        assert!(raw_finds(4_915_112_345_678.into(), &phone));
        assert!(raw_finds("4915112345678".into(), &phone), "a text of digits may be a number elsewhere");
        assert!(raw_finds(4_915_112_345_678.into(), b"tel:4915112345678"));
        assert!(raw_finds((-5_000_000_000).into(), &(-5_000_000_000_i64).to_be_bytes()[2..]));
        assert!(raw_finds((i64::MAX - 5).into(), &(i64::MAX - 5).to_be_bytes()));
        assert!(!raw_finds((1 << 40).into(), &(1_i64 << 40).to_be_bytes()[2..]), "zeros are everywhere");
        assert!(raw_finds(Value::Real(48.137_154), &48.137_154_f64.to_be_bytes()));
        assert!(!raw_finds(65_536.into(), &[0, 1, 0, 0]), "four bytes occur by chance");
        assert_eq!(Hunt::new(&[65_536.into(), "张三".into(), "13800138000".into()]).people()[0].not_raw(), [0, 1]);
    }

    #[test]
    fn cells_are_compared_with_what_is_short() {
        let hunt = Hunt::new(&["张三".into(), 7.into(), Value::Real(2.0), "Max".into()]);
        let cell = |column| hunt.cell(column, Encoding::Utf8);
        assert_eq!(cell(Column::Text("张三".as_bytes())), [0]);
        assert!(cell(Column::Text("张三丰".as_bytes())).is_empty());
        assert_eq!(cell(Column::Integer(7)), [1]);
        assert_eq!(cell(Column::Text(b"7")), [1]);
        assert_eq!(cell(Column::Integer(2)), [2]);
        assert_eq!(cell(Column::Real(2.0)), [2]);
        assert_eq!(cell(Column::Text(b"MAX")), [3]);
        assert_eq!(cell(Column::Blob(b"max")), [3]);
        assert_eq!(hunt.cell(Column::Text(&wide("张三", u16::to_le_bytes)), Encoding::Utf16Le), [0]);
    }

    #[test]
    fn of_a_long_text_three_pieces_are_enough() {
        let long: String =
            ('a'..='z').cycle().enumerate().map(|(i, c)| if i % 7 == 0 { '·' } else { c }).take(900).collect();
        let bytes = long.as_bytes();
        assert!(raw_finds(long.as_str().into(), &bytes[..70]));
        assert!(raw_finds(long.as_str().into(), &bytes[bytes.len() - 70..]));
        assert!(Hunt::new(&[long.as_str().into()]).raw.longest() <= LONGEST_TEXT * 2);
    }

    #[test]
    fn what_several_people_share_counts_for_each_and_what_is_ones_own_for_one() {
        let people: [&[Value]; 3] = [
            &["shared@example.com".into(), "张三".into(), 7.into()],
            &[],
            &["13800138000".into(), "张三".into(), "shared@example.com".into(), "SHARED@example.com".into(), 7.into()],
        ];
        let hunt = Hunt::of_people(&people);
        let found = |bytes: &[u8]| {
            let mut values = Vec::new();
            hunt.whole.find(bytes, &mut |_, pattern| values.extend(hunt.values_of_whole(pattern)));
            values
        };
        assert_eq!(found(b"..shared@example.com.."), [0, 5], "once for each, though one of them gave it twice");
        assert_eq!(found(b"..13800138000.."), [3]);
        assert_eq!(hunt.cell(Column::Text("张三".as_bytes()), Encoding::Utf8), [1, 4]);
        assert_eq!(hunt.cell(Column::Integer(7), Encoding::Utf8), [2, 7]);
        for (person, alone) in hunt.people().iter().zip(people.map(Hunt::new)) {
            let [alone] = alone.people() else { panic!("one person") };
            let told = |of: &Person| (of.values(), of.forms(), of.not_raw().to_vec());
            assert_eq!(told(person), told(alone));
        }
    }

    #[test]
    fn nothing_of_it_is_shown() {
        let hunt = Hunt::new(&["13800138000".into()]);
        assert_eq!(format!("{hunt:?} {:?}", hunt.raw), "Hunt(1 values) Search(5 patterns)");
    }
}
