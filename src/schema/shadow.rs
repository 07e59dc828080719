//! Tables that a virtual table keeps for itself. SQLite knows them by their names alone, whether the virtual table has
//! such a table or not: an index of another table's texts keeps none, and one of that name is the application's.

use super::full_text::{Content, FullText};

/// A virtual table, as its statement makes it.
#[derive(Clone, Debug)]
pub struct VirtualTable {
    /// Its name
    pub name: String,
    module: String,
    made: FullText,
}

impl VirtualTable {
    /// Reads the statement.
    #[must_use]
    pub fn of(name: &str, ddl: &str) -> Self {
        Self { name: name.to_owned(), module: module(ddl), made: FullText::of(ddl) }
    }

    /// Whether it keeps the table of that name for itself.
    #[must_use]
    pub fn keeps(&self, table: &str) -> bool {
        self.ending(table).is_some_and(|ending| self.has(ending))
    }

    /// Whether SQLite takes the table of that name for its own, and it has none.
    #[must_use]
    pub fn is_credited_with(&self, table: &str) -> bool {
        self.ending(table).is_some_and(|ending| !self.has(ending))
    }

    /// What its module calls the table of that name: what follows its own name and a stroke.
    fn ending(&self, table: &str) -> Option<&'static str> {
        let (name, ending) = table.rsplit_once('_')?;
        let endings = endings(&self.module).iter().copied();
        endings.filter(|_| name.eq_ignore_ascii_case(&self.name)).find(|one| one.eq_ignore_ascii_case(ending))
    }

    fn has(&self, ending: &str) -> bool {
        let made = &self.made;
        match (&*self.module, ending) {
            ("fts3", "docsize" | "stat") => false,
            ("fts4", "content") => made.content() == Content::Own,
            ("fts4", "docsize") => made.option("matchinfo").is_none(),
            ("fts5", "content") => made.content() == Content::Own || self.has_unindexed_texts(),
            ("fts5", "docsize") => made.option("columnsize").is_none() || made.is_on("columnsize"),
            _ => true,
        }
    }

    /// Whether FTS5 without content keeps that of the columns that it does not index.
    fn has_unindexed_texts(&self) -> bool {
        let unindexed = |words: Vec<String>| words.iter().skip(1).any(|word| word == "unindexed");
        self.made.content() == Content::Nowhere
            && self.made.is_on("contentless_unindexed")
            && self.made.columns().any(unindexed)
    }
}

/// The module named in the statement that made a virtual table, in lower case.
#[must_use]
pub fn module(ddl: &str) -> String {
    let mut words = ddl.split(|c: char| c.is_whitespace() || c == '(').filter(|word| !word.is_empty());
    words.find(|word| word.eq_ignore_ascii_case("using"));
    words.next().unwrap_or_default().trim_matches(['"', '\'', '`', '[', ']']).to_ascii_lowercase()
}

/// The endings of the names that SQLite takes for a module's own.
fn endings(module: &str) -> &'static [&'static str] {
    match module {
        "fts3" | "fts4" => &["content", "docsize", "segdir", "segments", "stat"],
        "fts5" => &["config", "content", "data", "docsize", "idx"],
        "rtree" | "rtree_i32" | "geopoly" => &["node", "parent", "rowid"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which endings stand for a table of its own, and which only look so.
    fn endings_of(using: &str) -> (Vec<&'static str>, Vec<&'static str>) {
        let made = VirtualTable::of("Posts", &format!("CREATE VIRTUAL TABLE Posts USING {using}"));
        let all =
            ["content", "docsize", "data", "idx", "config", "segdir", "segments", "stat", "node", "parent", "rowid"];
        let those = |is: &dyn Fn(&str) -> bool| all.into_iter().filter(|one| is(&format!("posts_{one}"))).collect();
        (those(&|table| made.keeps(table)), those(&|table| made.is_credited_with(table)))
    }

    #[test]
    fn an_index_keeps_what_its_statement_says() {
        let of = |using: &str, kept: &str, credited: &str| {
            let words = |text: &'static str| text.split_whitespace().collect::<Vec<_>>();
            let (kept, credited) = (kept.to_owned().leak(), credited.to_owned().leak());
            assert_eq!(endings_of(using), (words(kept), words(credited)), "{using}");
        };
        of("fts5(body)", "content docsize data idx config", "");
        of("fts5(body, content='posts_content')", "docsize data idx config", "content");
        of("\"FTS5\"(body, content='')", "docsize data idx config", "content");
        of("fts5(body, content='', columnsize=0)", "data idx config", "content docsize");
        of("fts5(body, content='', contentless_unindexed=1)", "docsize data idx config", "content");
        of("fts5(body, at UNINDEXED, content='', contentless_unindexed=1)", "content docsize data idx config", "");
        of("fts4(body)", "content docsize segdir segments stat", "");
        of("fts4(body, content=\"notes\")", "docsize segdir segments stat", "content");
        of("fts4(body, matchinfo=fts3)", "content segdir segments stat", "docsize");
        of("fts3(body)", "content segdir segments", "docsize stat");
        of("rtree(id, x0, x1)", "node parent rowid", "");
        of("fts5vocab('posts', 'row')", "", "");
    }

    #[test]
    fn a_name_is_its_own_up_to_the_last_stroke() {
        let made = VirtualTable::of("a", "CREATE VIRTUAL TABLE a USING fts5(body)");
        assert!(made.keeps("A_DATA") && !made.keeps("a_b_data") && !made.keeps("adata") && !made.keeps("a_data_"));
    }
}
