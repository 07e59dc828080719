//! The certificate for people: one page in both languages that opens offline, prints well, needs no script and loads
//! nothing. It says what the certificate says, no more and no less, and names the digest of the document that counts.

mod words;

use std::{
    fmt::{self, Write as _},
    io,
};

use jiff::Timestamp;
use words::Both;

use super::{
    certificate::{Certificate, Change, Signer},
    proof::{File, Proof, Reason, Searched},
};
use crate::{
    case::{
        Fingerprint, RefusalCode,
        event::{Kept, TableCount},
    },
    export::{Html, frame},
    kind::{Category, Language},
};

/// What a certificate's page looks like besides what all pages do.
const STYLE: &str = include_str!("certificate.css");

impl Certificate<'_> {
    /// The page; `digest` is that of the document it stands for.
    pub fn page(&self, digest: Fingerprint) -> io::Result<String> {
        let mut front = Vec::new();
        let title = format!("{} · {}", self.title().of(Language::Zh), self.number);
        frame::begin(&mut front, "zh-CN", &title, &[frame::STYLE, STYLE])?;
        let mut page = String::from_utf8(front).map_err(io::Error::other)?;
        for language in [Language::Zh, Language::En] {
            Written { certificate: self, digest, language }.article(&mut page).map_err(io::Error::other)?;
        }
        page.push_str("</main>\n</body>\n</html>\n");
        Ok(page)
    }

    fn title(&self) -> Both {
        match (self.is_whole(), self.still_found.is_some()) {
            (true, false) => words::ERASED,
            (false, false) => words::REMOVED_ONLY,
            (true, true) => words::WRITTEN_OVER,
            (false, true) => words::WRITTEN_OVER_ONLY,
        }
    }
}

/// The certificate in one language.
struct Written<'c> {
    certificate: &'c Certificate<'c>,
    digest: Fingerprint,
    language: Language,
}

impl Written<'_> {
    fn say(&self, both: Both) -> &'static str {
        both.of(self.language)
    }

    fn article(&self, page: &mut String) -> fmt::Result {
        // whoever adds a field decides here what the page says of it
        let Certificate {
            schema: _,
            number,
            about,
            carried_out: _, // the title and the first claim say it
            subject,
            scope,
            removed,
            kept,
            still_found,
            not_searched,
            plan,
            map,
            database,
            removed_at,
            earlier,
            verified_at,
            verifier,
            verdict: _, // as `is_whole`
            claims: _,
            proof,
            not_claimed,
            signature,
        } = self.certificate;
        let whole = self.certificate.is_whole();
        let lang = self.language.pick("zh-CN", "en");
        writeln!(page, "<article lang=\"{lang}\">\n<header class=\"cover\">")?;
        writeln!(page, "<h1>{}</h1>", self.say(self.certificate.title()))?;
        let class = if whole { "verdict" } else { "verdict not" };
        writeln!(page, "<p class=\"{class}\">{}</p>", self.say(words::verdict(whole, still_found.is_some())))?;
        page.push_str("<dl class=\"facts\">\n");
        self.fact(page, words::NUMBER, number)?;
        self.fact(page, words::ABOUT, about)?;
        if let Some(subject) = subject {
            self.fact(page, words::SUBJECT, &subject.to_string())?;
        }
        self.fact(page, words::SCOPE, &self.scope(scope.as_ref()))?;
        self.fact(page, words::REMOVED_AT, &instant(*removed_at))?;
        self.fact(page, words::VERIFIED_AT, &instant(*verified_at))?;
        self.fact(page, words::VERIFIER, verifier)?;
        self.signer(page, signature.as_ref())?;
        page.push_str("</dl>\n<dl class=\"facts wide\">\n");
        self.fact(page, words::DATABASE, database)?;
        self.fact(page, words::MAP, &map.to_string())?;
        self.fact(page, words::PLAN, &plan.to_string())?;
        self.fact(page, words::DIGEST, &self.digest.to_string())?;
        page.push_str("</dl>\n</header>\n");

        self.claims(page)?;
        if !whole {
            self.because(page, proof.reasons())?;
        }
        self.section(page, words::NOT_CLAIMED)?;
        page.push_str("<ul>\n");
        not_claimed.iter().try_for_each(|limit| writeln!(page, "<li>{}</li>", self.say(words::not_claimed(*limit))))?;
        page.push_str("</ul>\n</section>\n");
        self.section(page, words::REMOVED)?;
        self.counts(page, removed, words::NOTHING_DONE)?;
        self.section(page, words::KEPT)?;
        self.kept(page, kept)?;
        if let Some(found) = still_found {
            self.section(page, words::STILL_FOUND)?;
            writeln!(page, "<p>{}</p>", self.say(words::STILL_FOUND_WHAT))?;
            self.counts(page, found, words::NONE_FOUND)?;
        }
        self.not_searched(page, not_searched)?;
        earlier.iter().try_for_each(|change| self.earlier(page, change))?;
        self.looked(page, proof)?;
        writeln!(page, "<footer>\n<h2>{}</h2>", self.say(words::CHECK))?;
        writeln!(page, "<p>{}</p>\n<p class=\"hash\">{}</p>", self.say(words::CHECK_TEXT), self.digest)?;
        page.push_str("</footer>\n</article>\n");
        Ok(())
    }

    /// Begins a section; every section ends with the list that stands in it.
    fn section(&self, page: &mut String, title: Both) -> fmt::Result {
        writeln!(page, "<section>\n<h2>{}</h2>", self.say(title))
    }

    fn fact(&self, page: &mut String, name: Both, value: &str) -> fmt::Result {
        writeln!(page, "<div><dt>{}</dt><dd><bdi>{}</bdi></dd></div>", self.say(name), Html(value))
    }

    fn number(&self, page: &mut String, name: Both, value: impl fmt::Display) -> fmt::Result {
        self.fact(page, name, &value.to_string())
    }

    fn signer(&self, page: &mut String, signature: Option<&Signer>) -> fmt::Result {
        let Some(Signer { key, namespace, name }) = signature else {
            return self.fact(page, words::SIGNATURE, self.say(words::UNSIGNED));
        };
        self.fact(page, words::SIGNATURE, key)?;
        self.fact(page, words::NAMESPACE, namespace)?;
        name.iter().try_for_each(|name| self.fact(page, words::SIGNER, name))
    }

    /// The part that was asked for, as the plan says it.
    fn scope(&self, scope: Option<&serde_json::Value>) -> String {
        let Some(scope) = scope.and_then(serde_json::Value::as_object) else {
            return self.say(words::EVERYTHING).to_owned();
        };
        let mut parts = Vec::new();
        for (key, value) in scope {
            let name = match key.as_str() {
                "categories" => self.say(words::CATEGORIES),
                "columns" => self.say(words::COLUMNS),
                "roles" => self.say(words::ROLES),
                "consents" => self.say(words::CONSENTS),
                other => other,
            };
            let Some(list) = value.as_array() else {
                parts.push(key.clone());
                continue;
            };
            let titled = list.iter().filter_map(serde_json::Value::as_str).map(|word| {
                let category = Category::all().find(|one| key == "categories" && one.word() == word);
                match category {
                    Some(category) => format!("{} ({word})", category.title(self.language)),
                    None => word.to_owned(),
                }
            });
            parts.push(format!(
                "{name}{}{}",
                self.say(words::COLON),
                titled.collect::<Vec<_>>().join(self.say(words::COMMA))
            ));
        }
        parts.join(self.say(words::STOP))
    }

    fn claims(&self, page: &mut String) -> fmt::Result {
        self.section(page, words::CLAIMS)?;
        let (at, map) = (instant(self.certificate.verified_at), self.certificate.map.to_string());
        self.table(page, &[words::CLAIM, words::HOLDS])?;
        for claim in self.certificate.claims {
            let said = self.say(words::claim(claim.claim)).replace("{at}", &at).replace("{map}", &map);
            let class = if claim.holds == super::Holds::Yes { "holds" } else { "holds not" };
            writeln!(
                page,
                "<tr><td>{} <code>{}</code></td><td class=\"{class}\">{} <code>{}</code></td></tr>",
                Html(&said),
                Html(&word(claim.claim)),
                self.say(words::holds(claim.holds)),
                Html(&word(claim.holds)),
            )?;
        }
        end(page)
    }

    fn because(&self, page: &mut String, reasons: &[Reason]) -> fmt::Result {
        self.section(page, words::BECAUSE)?;
        if reasons.is_empty() {
            return writeln!(page, "<p>{}</p>\n</section>", self.say(words::NO_REASON));
        }
        page.push_str("<ul>\n");
        for reason in reasons {
            let about = self.about(reason).join(self.say(words::COMMA));
            let colon = if about.is_empty() { "" } else { self.say(words::COLON) };
            writeln!(
                page,
                "<li>{}{colon}<bdi>{}</bdi> <code>{}</code></li>",
                self.say(words::because(reason)),
                Html(&about),
                reason.code()
            )?;
        }
        page.push_str("</ul>\n</section>\n");
        Ok(())
    }

    /// Tables, files, processes and counts that a reason names.
    fn about(&self, reason: &Reason) -> Vec<String> {
        let counted = |unit: Both, number: &dyn fmt::Display| self.say(unit).replace("{n}", &number.to_string());
        match reason {
            Reason::SnapshotHeld { processes } | Reason::Locked { processes } => {
                processes.iter().map(|process| format!("{} {}", process.id, process.name)).collect()
            }
            Reason::VacuumBreaks { table } | Reason::NotMerged { table } => vec![table.clone()],
            Reason::IndexDiffers { tables } => tables.clone(),
            Reason::StillDirty { pages } => vec![counted(words::SO_MANY_PAGES, pages)],
            Reason::LeftInDerived { objects, values } => {
                objects.iter().cloned().chain([counted(words::SO_MANY_VALUES, values)]).collect()
            }
            Reason::InSchema { values } | Reason::Elsewhere { values } => vec![counted(words::SO_MANY_VALUES, values)],
            Reason::Beside { name, hits } => vec![name.clone(), counted(words::SO_MANY_TIMES, hits)],
            Reason::Unread { name } => vec![name.clone()],
            Reason::NeverQuiet | Reason::LockPage => Vec::new(),
        }
    }

    fn table(&self, page: &mut String, columns: &[Both]) -> fmt::Result {
        page.push_str("<table>\n<thead><tr>");
        columns.iter().try_for_each(|column| write!(page, "<th>{}</th>", self.say(*column)))?;
        page.push_str("</tr></thead>\n<tbody>\n");
        Ok(())
    }

    fn none(&self, page: &mut String, none: Both) -> fmt::Result {
        writeln!(page, "<p class=\"none\">{}</p>\n</section>", self.say(none))
    }

    fn counts(&self, page: &mut String, counts: &[TableCount], none: Both) -> fmt::Result {
        if counts.is_empty() {
            return self.none(page, none);
        }
        self.table(page, &[words::TABLE, words::WHAT, words::ROWS])?;
        for TableCount { table, what, rows } in counts {
            let done = words::done(what).map_or(what.as_str(), |done| self.say(done));
            writeln!(page, "<tr><td>{}</td><td>{}</td><td>{rows}</td></tr>", Html(table), Html(done))?;
        }
        end(page)
    }

    fn kept(&self, page: &mut String, kept: &[Kept]) -> fmt::Result {
        if kept.is_empty() {
            return self.none(page, words::NOTHING_KEPT);
        }
        self.table(page, &[words::TABLE, words::ROWS, words::REASON, words::LAW, words::UNTIL])?;
        for Kept { table, rows, code, law, until } in kept {
            let of_the_law =
                || code.parse::<RefusalCode>().ok().map(|code| self.language.pick(code.title_zh(), code.title()));
            let title = words::kept(code).map(|kept| self.say(kept)).or_else(of_the_law).unwrap_or_default();
            let until = until.map_or_else(|| self.say(words::OPEN).to_owned(), |until| until.to_string());
            writeln!(
                page,
                "<tr><td>{}</td><td>{rows}</td><td>{title} <code>{}</code></td><td>{}</td><td>{until}</td></tr>",
                Html(table),
                Html(code),
                Html(law.of(self.language))
            )?;
        }
        end(page)
    }

    fn not_searched(&self, page: &mut String, tables: &[String]) -> fmt::Result {
        self.section(page, words::NOT_SEARCHED)?;
        if tables.is_empty() {
            return self.none(page, words::ALL_SEARCHED);
        }
        writeln!(page, "<p>{}</p>\n<ul>", self.say(words::NOT_SEARCHED_WHAT))?;
        tables.iter().try_for_each(|table| writeln!(page, "<li><bdi>{}</bdi></li>", Html(table)))?;
        page.push_str("</ul>\n</section>\n");
        Ok(())
    }

    fn earlier(&self, page: &mut String, change: &Change) -> fmt::Result {
        let Change { intent, scope, removed, kept, plan, removed_at } = change;
        self.section(page, words::EARLIER)?;
        page.push_str("<dl class=\"facts wide\">\n");
        self.fact(page, words::NUMBER, &format!("{}/{intent}", self.certificate.about))?;
        self.fact(page, words::SCOPE, &self.scope(scope.as_ref()))?;
        self.fact(page, words::REMOVED_AT, &instant(*removed_at))?;
        self.fact(page, words::PLAN, &plan.to_string())?;
        page.push_str("</dl>\n");
        self.counts(page, removed, words::NOTHING_DONE)?;
        page.push_str("<section>\n");
        self.kept(page, kept)
    }

    /// The counts that claims (b) and (c) rest on.
    fn looked(&self, page: &mut String, proof: &Proof) -> fmt::Result {
        let Proof { verdict: _, file, cleaned, searched } = proof;
        self.section(page, words::LOOKED)?;
        if file.is_none() {
            writeln!(page, "<p>{}</p>", self.say(words::NOT_LOOKED))?;
        }
        page.push_str("<dl class=\"facts wide\">\n");
        if let Some(File { method, page_size, pages, cells, dead_bytes, dirty_pages, free_pages }) = file {
            self.fact(page, words::METHOD, self.say(words::method(*method)))?;
            self.number(page, words::PAGES, pages)?;
            self.number(page, words::PAGE_SIZE, page_size)?;
            self.number(page, words::CELLS, cells)?;
            self.number(page, words::DEAD, dead_bytes)?;
            self.number(page, words::DIRTY, dirty_pages)?;
            self.number(page, words::FREE, free_pages)?;
        }
        let super::Cleaned { merged, rounds, pages, bytes, slices, longest_lock_ms } = cleaned;
        self.number(page, words::MERGED, merged)?;
        self.number(page, words::ROUNDS, rounds)?;
        self.number(page, words::CLEANED_PAGES, pages)?;
        self.number(page, words::CLEANED_BYTES, bytes)?;
        self.number(page, words::SLICES, slices)?;
        self.number(page, words::LONGEST, longest_lock_ms)?;
        let Searched { values, forms, decoded_only, undecoded_cells, full_text, live, beside } = searched;
        self.number(page, words::VALUES, values)?;
        self.number(page, words::FORMS, forms)?;
        let places: Vec<String> = decoded_only.iter().map(ToString::to_string).collect();
        self.fact(page, words::DECODED, self.or_none(&places.join(self.say(words::COMMA))))?;
        self.number(page, words::UNDECODED, undecoded_cells)?;
        self.fact(page, words::FULL_TEXT, self.or_none(&full_text.join(self.say(words::COMMA))))?;
        page.push_str("</dl>\n</section>\n");
        self.section(page, words::LIVE)?;
        if live.is_empty() {
            self.none(page, words::NO_HITS)?;
        } else {
            self.table(page, &[words::OBJECT, words::TABLE, words::VALUES, words::HITS])?;
            for super::LiveHits { object, table, values, hits } in live {
                let (object, table) = (Html(object), Html(table));
                writeln!(page, "<tr><td>{object}</td><td>{table}</td><td>{values}</td><td>{hits}</td></tr>")?;
            }
            end(page)?;
        }
        self.section(page, words::BESIDE)?;
        if beside.is_empty() {
            return self.none(page, words::NO_FILES);
        }
        self.table(page, &[words::FILE, words::BYTES, words::HITS, words::HALVES])?;
        for super::Beside { name, bytes, hits, halves } in beside {
            let bytes = bytes.map_or_else(|| self.say(words::UNREAD).to_owned(), |bytes| bytes.to_string());
            writeln!(page, "<tr><td>{}</td><td>{bytes}</td><td>{hits}</td><td>{halves}</td></tr>", Html(name))?;
        }
        end(page)
    }

    fn or_none<'t>(&self, text: &'t str) -> &'t str {
        if text.is_empty() { self.say(words::NO_NUMBER) } else { text }
    }
}

fn end(page: &mut String) -> fmt::Result {
    page.write_str("</tbody>\n</table>\n</section>\n")
}

/// As the document says it, without fractions of a second.
fn instant(at: Timestamp) -> String {
    format!("{} (UTC)", at.strftime("%Y-%m-%d %H:%M:%S"))
}

/// The machine word of a claim, or of whether it holds.
fn word(word: impl serde::Serialize) -> String {
    serde_json::to_value(word).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
