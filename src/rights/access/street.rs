//! Addresses in free text, of which no list exists: a street and a house number are taken out, the district stays, as on
//! the mask of an address.

/// What a street's name ends in.
const STREETS: [&str; 10] = ["路", "街", "道", "巷", "里", "弄", "村", "胡同", "衚衕", "段"];
/// Words that end so and are no street: what follows them is a day or a thing.
const NO_STREETS: [&str; 14] =
    ["知道", "报道", "渠道", "频道", "通道", "这里", "那里", "哪里", "家里", "店里", "手里", "月里", "阶段", "时段"];
/// What a district's or city's name ends in.
const DIVISION: [char; 7] = ['区', '區', '县', '縣', '市', '旗', '州'];
/// What stands in front of 区 where that is a place to live or work.
const DWELLING: [char; 16] =
    ['小', '社', '园', '校', '厂', '院', '街', '军', '片', '库', '景', '宅', '活', '属', '舍', '墅'];
/// What stands in front of the number of a house that was built between two others.
const BETWEEN: [char; 6] = ['甲', '乙', '丙', '丁', '临', '附'];
/// What the number of a building ends in.
const BUILDINGS: [&str; 7] = ["号楼", "號樓", "单元", "單元", "栋", "棟", "幢"];
/// What the number of a part of a building ends in, on the way to a room.
const PARTS: [&str; 7] = ["单元", "單元", "楼", "樓", "层", "層", "门"];
/// What the number of a room ends in.
const ROOMS: [char; 6] = ['室', '房', '户', '戶', '号', '號'];

/// Replaces every street with a house number, and what follows it in one breath, by stars. The requester's own goes as
/// well: whose an address is cannot be told from it, and they know where they live.
pub(super) fn without_streets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for run in text.split_inclusive(ends_a_breath) {
        let (breath, end) = match run.chars().next_back().filter(|c| ends_a_breath(*c)) {
            Some(c) => run.split_at(run.len() - c.len_utf8()),
            None => (run, ""),
        };
        match house_number(breath) {
            Some(at) => {
                out.push_str(&breath[..division_end(&breath[..at])]);
                out.push_str("***");
            }
            None => out.push_str(breath),
        }
        out.push_str(end);
    }
    out
}

/// Where the last division ends; right behind one, the next word begins: 信義區市府路.
fn division_end(text: &str) -> usize {
    let mut end = 0;
    let mut before = None;
    for (at, c) in text.char_indices() {
        let dwelling = matches!(c, '区' | '區') && before.is_some_and(|c| DWELLING.contains(&c));
        if DIVISION.contains(&c) && !dwelling && (end < at || at == 0) {
            end = at + c.len_utf8();
        }
        before = Some(c);
    }
    end
}

/// Bytes of one breath that are looked at together.
const LONGEST_BREATH: usize = 64 * 1024;

/// [`without_streets`] for a text that comes in pieces. Of a breath longer than 64 KiB, what lies further in front of the
/// street than that stays.
#[derive(Default)]
pub(super) struct Streets {
    breath: String,
    /// Behind a house number, until the breath ends
    dropping: bool,
}

impl Streets {
    /// Takes the next piece; returns what is certain by now.
    pub(super) fn push(&mut self, piece: &str) -> String {
        let mut piece = piece;
        if self.dropping {
            let Some(at) = piece.find(ends_a_breath) else { return String::new() };
            self.dropping = false;
            piece = &piece[at..];
        }
        self.breath.push_str(piece);
        let whole = self.breath.char_indices().rfind(|(_, c)| ends_a_breath(*c)).map_or(0, |(at, c)| at + c.len_utf8());
        let mut out = without_streets(&self.breath[..whole]);
        self.breath.drain(..whole);
        if self.breath.len() > 2 * LONGEST_BREATH {
            out.push_str(&self.part());
        }
        out
    }

    /// What can be said of a breath that does not end.
    fn part(&mut self) -> String {
        if house_number(&self.breath).is_some() {
            self.dropping = true;
            return without_streets(&std::mem::take(&mut self.breath));
        }
        let mut certain = self.breath.len() - LONGEST_BREATH;
        while !self.breath.is_char_boundary(certain) {
            certain -= 1;
        }
        self.breath.drain(..certain).collect()
    }

    /// Takes the end.
    pub(super) fn finish(self) -> String {
        without_streets(&self.breath)
    }
}

fn ends_a_breath(c: char) -> bool {
    !c.is_alphanumeric() && !matches!(c, '-' | '#' | ' ')
}

/// Where the number of a house begins: behind a street and in front of 号, or in front of a building with a room.
fn house_number(breath: &str) -> Option<usize> {
    let street = breath.match_indices(['号', '號']).find_map(|(at, _)| behind_a_street(&breath[..at]));
    let building = BUILDINGS
        .iter()
        .flat_map(|word| breath.match_indices(word))
        .filter_map(|(at, word)| building(&breath[..at], &breath[at + word.len()..]))
        .min();
    street.into_iter().chain(building).min()
}

/// Where a number at the end of a text begins, if a street stands in front of it.
fn behind_a_street(text: &str) -> Option<usize> {
    let street = text.trim_end_matches(|c| is_number(c) || matches!(c, '-' | ' '));
    let numbered = street.len() < text.len();
    let street = street.strip_suffix(BETWEEN).unwrap_or(street);
    let named =
        STREETS.iter().any(|end| street.ends_with(end)) && !NO_STREETS.iter().any(|word| street.ends_with(word));
    (numbered && named).then_some(street.len())
}

/// Where the number of a building begins that stands at the end of `front`, if a room follows the word for it.
fn building(front: &str, behind: &str) -> Option<usize> {
    let name = front.trim_end_matches(|c: char| is_number(c) || c.is_ascii_uppercase());
    (name.len() < front.len() && leads_to_a_room(behind)).then_some(name.len())
}

/// Whether the number of a room follows, perhaps behind that of an entrance or a floor: `2单元501室`, `501`.
fn leads_to_a_room(text: &str) -> bool {
    let mut rest = text;
    for _ in 0..=PARTS.len() {
        let number = rest.trim_start_matches(['-', ' ']);
        let digits = number.chars().take(6).take_while(|c| c.is_numeric()).count();
        let behind = number.trim_start_matches(char::is_numeric);
        if digits == 0 {
            return false;
        }
        if let Some(part) = PARTS.iter().find_map(|part| behind.strip_prefix(part)) {
            rest = part;
            continue;
        }
        let ends = behind.trim_start_matches(' ').is_empty() || behind.starts_with('-');
        return behind.starts_with(ROOMS) || ends && (3..=4).contains(&digits);
    }
    false
}

/// A digit or a Chinese numeral.
fn is_number(c: char) -> bool {
    c.is_numeric() || "零一二三四五六七八九十百".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_district_stays_and_the_house_goes() {
        assert_eq!(without_streets("寄到陕西省西安市碑林区建设大街292号阳光花园2栋105室"), "寄到陕西省西安市碑林区***");
        assert_eq!(without_streets("我住文昌巷7号，谢谢。改到和平里１８号"), "***，谢谢。***");
    }

    #[test]
    fn a_house_is_numbered_in_several_ways() {
        for (text, left) in [
            ("寄到陝西省西安市碑林區文昌巷7號，謝謝", "寄到陝西省西安市碑林區***，謝謝"),
            ("台北市信義區市府路45號", "台北市信義區***"),
            ("香港九龍彌敦道100號", "***"),
            ("文昌巷七号", "***"),
            ("碑林区文昌巷二十七号院", "碑林区***"),
            ("建国门外大街甲12号", "***"),
            ("东城区南锣鼓巷胡同7号", "东城区***"),
            ("科技园1栋101室", "***"),
            ("南山区科技园A栋1201", "南山区***"),
            ("住在阳光花园3号楼2单元501，急", "***，急"),
            ("浦东新区仁恒河滨城12幢3楼302室收", "浦东新区***"),
            ("南山区花园2單元３０１室", "南山区***"),
            ("碑林区阳光小区2栋105室", "碑林区***"),
        ] {
            assert_eq!(without_streets(text), left);
        }
    }

    #[test]
    fn days_and_counters_are_no_houses() {
        for text in [
            "11月5号到货",
            "十一月五号到货",
            "取件码在3号柜",
            "这条路很远",
            "我的号码变了",
            "我知道7号到货",
            "这里三号放假",
            "合同7号已签",
            "小区有12栋楼",
            "买了3栋300元",
            "一单元有电梯",
            "第二单元3课",
            "他排第7号",
        ] {
            assert_eq!(without_streets(text), text);
        }
    }

    #[test]
    fn time_is_linear_on_hostile_text() {
        for pattern in ["号", "路1号", "路1", "1栋", "1栋1", "单元", "1单元", "一", "栋1楼1楼", "-", "路-"]
        {
            let text = pattern.repeat(300_000 / pattern.len());
            let start = std::time::Instant::now();
            drop(without_streets(&text));
            let seconds = start.elapsed().as_secs_f64();
            assert!(seconds < 20.0, "{pattern}: {seconds} s");
        }
    }

    #[test]
    fn pieces_give_what_the_whole_gives() {
        let text =
            "寄到陕西省西安市碑林区建设大街292号阳光花园2栋105室。我住文昌巷7号，谢谢！改到和平里１８号".repeat(3);
        let whole = without_streets(&text);
        for size in 1..50 {
            let (mut streets, mut out) = (Streets::default(), String::new());
            let chars: Vec<char> = text.chars().collect();
            for piece in chars.chunks(size) {
                out.push_str(&streets.push(&piece.iter().collect::<String>()));
            }
            out.push_str(&streets.finish());
            assert_eq!(out, whole, "{size}");
        }
    }

    #[test]
    fn a_breath_without_end_is_not_held_and_its_houses_go() {
        let mut streets = Streets::default();
        let mut out = String::new();
        for _ in 0..20 {
            out.push_str(&streets.push(&"啊".repeat(10_000)));
            assert!(streets.breath.len() < 200_000);
        }
        for piece in ["碑林区建设大街29", "2号阳光花园", &"啊".repeat(100_000), "。完"] {
            out.push_str(&streets.push(piece));
        }
        out.push_str(&streets.finish());
        assert_eq!(out, format!("{}碑林区***。完", "啊".repeat(200_000)));
    }
}
