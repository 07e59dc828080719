//! Names of people.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::value::Value;

use super::{
    Category, Invalid, Kind, Profile, Replacement, Validity,
    info::Info,
    mask::{HIDDEN, first_letter},
    spelling::Spellings,
    width::fold,
};

pub(super) const NAME: Info = Info {
    kind: Kind::Name,
    word: "name",
    zh: "姓名",
    en: "name",
    category: Category::RealName,
    weak: true,
    normalise,
    validate,
    spellings,
    mask,
    replacement: Replacement::Constant(HIDDEN),
    ..Info::IDENTIFIER
};

pub(super) const NICKNAME: Info = Info {
    kind: Kind::Nickname,
    word: "nickname",
    zh: "昵称",
    en: "nickname",
    category: Category::Account,
    weak: true,
    mask: |raw, _| first_letter(&fold(raw)),
    replacement: Replacement::Constant(HIDDEN),
    ..Info::IDENTIFIER
};

/// Surnames of two characters.
const COMPOUND: [&str; 50] = [
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公羊", "赫连", "澹台", "公冶", "宗政", "濮阳", "淳于",
    "单于", "太叔", "申屠", "公孙", "仲孙", "轩辕", "令狐", "钟离", "宇文", "长孙", "慕容", "鲜于", "闾丘", "司徒",
    "司空", "亓官", "司寇", "子车", "颛孙", "端木", "巫马", "公西", "漆雕", "乐正", "壤驷", "公良", "拓跋", "夹谷",
    "谷梁", "百里", "呼延", "东郭", "南宫", "万俟", "闻人", "第五",
];

/// The middle dots that stand in one and the same name.
const DOTS: [char; 4] = ['·', '•', '・', '‧'];

/// Half width, single spaces, one kind of middle dot; letters, marks and the signs that names have, at most fifty.
fn normalise(raw: &str) -> Option<String> {
    let text: String = fold(raw).split_whitespace().collect::<Vec<_>>().join(" ");
    let text: String = text.chars().map(|c| if DOTS.contains(&c) { '·' } else { c }).collect();
    let named = text.chars().any(char::is_alphabetic) && text.chars().all(may_stand_in_name);
    (named && text.chars().count() <= 50).then_some(text)
}

fn may_stand_in_name(c: char) -> bool {
    c.is_alphabetic()
        || is_combining_mark(c)
        || matches!(c, '·' | ' ' | '-' | '\'' | '’' | '.' | ',' | '\u{200c}' | '\u{200d}')
}

fn validate(raw: &str) -> Result<Validity, Invalid> {
    let text = fold(raw);
    if text.is_empty() {
        return Err(Invalid::Empty);
    }
    if text.chars().count() > 50 {
        return Err(Invalid::Length);
    }
    normalise(raw).map(|_| Validity::Sound).ok_or(Invalid::Characters)
}

fn spellings(canonical: &str) -> Vec<Value> {
    let mut forms = Spellings::of(canonical, normalise).text(canonical.nfd().collect::<String>()).wide();
    for dot in DOTS {
        forms = forms.text(canonical.replace('·', &dot.to_string()));
    }
    forms.list()
}

/// Whether a name is written in Chinese characters, so that its first one or two are the surname.
fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The surname, if the name has more than it.
fn surname(name: &str) -> Option<&str> {
    let two = name.char_indices().nth(2).map(|(end, _)| &name[..end]);
    let one = name.char_indices().nth(1).map(|(end, _)| &name[..end]);
    two.filter(|head| COMPOUND.contains(head)).or(one)
}

/// Surname and a star per character, at most three; in a log the first character and one star.
fn mask(raw: &str, profile: Profile) -> String {
    let Some(name) = normalise(raw) else { return settled(&fold(raw)) };
    let Some(first) = name.chars().next().filter(|c| c.is_alphabetic()) else { return HIDDEN.to_owned() };
    if name.chars().nth(1).is_none() {
        return "*".to_owned();
    }
    match profile {
        Profile::Log => format!("{first}*"),
        Profile::Display | Profile::Waybill if is_han(first) => {
            let head = surname(&name).unwrap_or_default();
            let rest = name[head.len()..].chars().count();
            format!("{head}{}", "*".repeat(rest.min(3)))
        }
        Profile::Display | Profile::Waybill => first_letter(&name),
    }
}

/// `text` if it is one of our own masks, else nothing of it.
fn settled(text: &str) -> String {
    let head = text.trim_end_matches('*');
    let stars = text.len() - head.len();
    let known = head.is_empty()
        || COMPOUND.contains(&head)
        || (head.chars().count() == 1 && head.chars().all(char::is_alphabetic));
    if known && (1..=3).contains(&stars) && !(head.is_empty() && stars == 2) {
        text.to_owned()
    } else {
        HIDDEN.to_owned()
    }
}
