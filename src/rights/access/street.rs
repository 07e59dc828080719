//! Addresses in free text, of which no list exists: a street and a house number are taken out, the district stays, as on
//! the mask of an address.

/// What a street's name ends in.
const STREET: [char; 9] = ['路', '街', '道', '巷', '里', '弄', '村', '同', '段'];
/// What a district's or city's name ends in.
const DIVISION: [char; 5] = ['区', '县', '市', '旗', '州'];

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
                let kept = breath[..at].char_indices().rfind(|(_, c)| DIVISION.contains(c));
                out.push_str(&breath[..kept.map_or(0, |(at, c)| at + c.len_utf8())]);
                out.push_str("***");
            }
            None => out.push_str(breath),
        }
        out.push_str(end);
    }
    out
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

/// Where the number of a house begins: digits between a street and 号.
fn house_number(breath: &str) -> Option<usize> {
    breath.match_indices('号').find_map(|(at, _)| {
        let street = breath[..at].trim_end_matches(|c: char| c.is_numeric() || c == '-' || c == ' ');
        let numbered = street.len() < at;
        (numbered && street.ends_with(STREET)).then_some(street.len())
    })
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
    fn days_and_counters_are_no_houses() {
        for text in ["11月5号到货", "取件码在3号柜", "这条路很远", "我的号码变了"] {
            assert_eq!(without_streets(text), text);
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
