//! How much of a value a reader sees (LAW §5.1). Whatever is not recognised is hidden altogether.

/// What stands for a value of which nothing may be seen. Its length says nothing.
pub(super) const HIDDEN: &str = "***";

/// For whom a value is masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// For the account's owner and for staff
    Display,
    /// For a parcel label, and for other people's data in a package (GB/T 41833; LAW §7.5)
    Waybill,
    /// For logs and registers, the strictest
    Log,
}

/// How many characters are seen in front and at the end, and how many stars stand between.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub(super) head: usize,
    pub(super) stars: usize,
    pub(super) tail: usize,
}

impl Window {
    pub(super) const fn new(head: usize, stars: usize, tail: usize) -> Self {
        Self { head, stars, tail }
    }

    /// Looks at `text` through the window; a text of which the window would hide nothing is hidden altogether.
    pub(super) fn show(self, text: &str) -> String {
        let letters: Vec<char> = text.chars().collect();
        if letters.len() <= self.head + self.tail {
            return HIDDEN.to_owned();
        }
        let mut out: String = letters[..self.head].iter().collect();
        out.extend(std::iter::repeat_n('*', self.stars));
        out.extend(&letters[letters.len() - self.tail..]);
        out
    }

    /// Whether `text` has been looked at through this window before, so that it stays as it is.
    pub(super) fn made(self, text: &str) -> bool {
        let letters: Vec<char> = text.chars().collect();
        letters.len() == self.head + self.stars + self.tail
            && letters.iter().enumerate().all(|(at, &c)| {
                let starred = at >= self.head && at < self.head + self.stars;
                if starred { c == '*' } else { c.is_alphanumeric() || c == '+' }
            })
    }

    /// `text` if this window made it, else nothing of it.
    pub(super) fn settle(self, text: &str) -> String {
        if self.made(text) { text.to_owned() } else { HIDDEN.to_owned() }
    }
}

/// Hides everything: the mask of kinds of which nothing may be seen.
pub(super) fn hide(_: &str, _: Profile) -> String {
    HIDDEN.to_owned()
}

/// Shows the first letter and at most three stars; one letter alone is one star, so that nothing of it is seen.
pub(super) fn first_letter(text: &str) -> String {
    let text = text.trim();
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return HIDDEN.to_owned() };
    let rest = letters.take(3).count();
    match rest {
        0 => "*".to_owned(),
        _ if first.is_alphanumeric() => format!("{first}{}", "*".repeat(rest)),
        _ => HIDDEN.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_never_shows_a_whole_text() {
        assert_eq!(Window::new(1, 4, 4).show("12345"), HIDDEN);
        assert_eq!(Window::new(1, 4, 4).show("123456"), "1****3456");
    }

    #[test]
    fn a_single_letter_is_a_star() {
        assert_eq!(first_letter("张"), "*");
        assert_eq!(first_letter("*"), "*");
        assert_eq!(first_letter("𠮷野"), "𠮷*", "a rare character is one scalar");
        assert_eq!(first_letter("\u{202e}abc"), HIDDEN, "an invisible sign is not shown");
    }
}
