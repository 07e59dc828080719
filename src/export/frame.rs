//! How every page begins: it opens offline, runs nothing and loads nothing, and tells nobody where it lies.

use std::io::{self, Write};

use super::visible::Html;

/// The style that all pages share.
pub(crate) const STYLE: &str = include_str!("page/page.css");

/// Begins a page up to its `<main>`.
pub(crate) fn begin(out: &mut dyn Write, lang: &str, title: &str, styles: &[&str]) -> io::Result<()> {
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{}</title>\n<style>\n",
        Html(title)
    )?;
    styles.iter().try_for_each(|style| out.write_all(style.as_bytes()))?;
    out.write_all(b"</style>\n</head>\n<body>\n<main>\n")
}
