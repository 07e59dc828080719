//! From the text of a letter to its page: paragraphs, lists, titles, and not one character that acts.

use std::fmt::Write;

use crate::export::visible::Html;

/// The body of the page. `# ` begins a title, `## ` a smaller one, `- ` an item; an empty line ends a paragraph.
pub(super) fn body(text: &str) -> String {
    let mut body = String::new();
    let mut open = Open::Nothing;
    for line in text.lines().map(str::trim_end) {
        let (next, shown) = match line.split_once(' ') {
            Some(("#", title)) => (Open::Title("h1"), title),
            Some(("##", title)) => (Open::Title("h2"), title),
            Some(("-", item)) => (Open::List, item),
            _ if line.is_empty() => (Open::Nothing, ""),
            _ => (Open::Paragraph, line),
        };
        open.turn(next, &mut body);
        match next {
            Open::Nothing => {}
            Open::Title(tag) => {
                let _ = writeln!(body, "<{tag}>{}</{tag}>", Html(shown));
            }
            Open::List => {
                let _ = writeln!(body, "<li>{}</li>", Html(shown));
            }
            Open::Paragraph => {
                let _ = write!(body, "{}{}", if open == Open::Paragraph { "<br>\n" } else { "" }, Html(shown));
            }
        }
        open = next;
    }
    open.turn(Open::Nothing, &mut body);
    body
}

/// What stands open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    Title(&'static str),
    List,
    Paragraph,
}

impl Open {
    fn turn(self, next: Self, body: &mut String) {
        if self == next {
            return;
        }
        match self {
            Self::List => body.push_str("</ul>\n"),
            Self::Paragraph => body.push_str("</p>\n"),
            Self::Nothing | Self::Title(_) => {}
        }
        match next {
            Self::List => body.push_str("<ul>\n"),
            Self::Paragraph => body.push_str("<p>"),
            Self::Nothing | Self::Title(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_lists_and_titles() {
        let text = "# Title\n\nOne\ntwo\n\n- a\n- b\nafter\n";
        let page = "<h1>Title</h1>\n<p>One<br>\ntwo</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<p>after</p>\n";
        assert_eq!(body(text), page);
    }

    #[test]
    fn what_stands_in_a_letter_is_never_a_tag() {
        assert_eq!(body("<script>x</script> & \"y\""), "<p>&lt;script&gt;x&lt;/script&gt; &amp; &quot;y&quot;</p>\n");
    }
}
