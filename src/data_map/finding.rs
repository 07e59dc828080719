//! Findings: what `map check` reports about a map, a schema and how they fit, each with a stable code.

use std::fmt;

/// Something about the map or the schema that somebody has to look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// What it is
    pub code: Code,
    /// The table, the column (`orders.phone`) or the section (`[minors]`) that it is about
    pub place: String,
    /// Line in `datamap.toml`, from 1, when a line of the map is the cause
    pub line: Option<usize>,
    /// What is the matter
    pub message: String,
    /// What to do about it
    pub hint: Option<String>,
}

/// What a finding stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Exports and erasures refuse until it is settled
    Refuses,
    /// Work goes on; somebody should know
    Notice,
}

impl Finding {
    /// What it stops.
    #[must_use]
    pub fn level(&self) -> Level {
        self.code.level()
    }

    /// Whether exports and erasures refuse because of it.
    #[must_use]
    pub fn refuses(&self) -> bool {
        self.level() == Level::Refuses
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.code.word(), self.place, self.message)
    }
}

/// What a finding is about. The machine word is stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each variant is described by `description`, once for readers of code and of output")]
pub enum Code {
    Unclassified,
    DecidedTwice,
    NoKind,
    MissingTable,
    MissingColumn,
    MissingPlace,
    MissingAcknowledged,
    UnacknowledgedView,
    UnacknowledgedTrigger,
    NotSupportedYet,
    VirtualWithoutCopy,
    IndexMissesTexts,
    TableWithoutKey,
    NoPerson,
    PersonNotUnique,
    Untied,
    TieCycle,
    TieComparesDifferently,
    KeyOfBytes,
    RoleNotNamed,
    TieUnclear,
    WeakTie,
    ProofLeadsNowhere,
    ForeignKeyUnexplained,
    ForeignKeyContradicted,
    NonePointsAtPeople,
    CaseWithoutPlace,
    AmbiguousInheritance,
    NoPurpose,
    NoBasis,
    NoClause,
    CannotBeNull,
    CannotBeConstant,
    CannotBeCorrected,
    CannotBeStopped,
    Untrusted,
    NewTable,
    RemovedTable,
    NewColumn,
    RemovedColumn,
    ChangedColumn,
    ChangedKey,
    ChangedTrigger,
    ChangedView,
    ChangedDefinition,
    CaseNotCovered,
    TieWithoutIndex,
    FileWithoutIndex,
    RoleUntied,
    ValueTieUndated,
    SeveralByTies,
    OriginUnmarked,
    CatchAll,
    IdleRule,
    NoneLooksPersonal,
    BasisMisspelt,
    ConsentWithoutScope,
    NothingImmutable,
    ChangedIndex,
}

/// A code's machine word, level, and description in English and in Chinese.
struct Entry(&'static str, Level, &'static str, &'static str);

impl Code {
    /// Every code, in the order of the reference.
    pub const ALL: &[Self] = &[
        Self::Unclassified,
        Self::DecidedTwice,
        Self::NoKind,
        Self::MissingTable,
        Self::MissingColumn,
        Self::MissingPlace,
        Self::MissingAcknowledged,
        Self::UnacknowledgedView,
        Self::UnacknowledgedTrigger,
        Self::NotSupportedYet,
        Self::VirtualWithoutCopy,
        Self::IndexMissesTexts,
        Self::TableWithoutKey,
        Self::NoPerson,
        Self::PersonNotUnique,
        Self::Untied,
        Self::TieCycle,
        Self::TieComparesDifferently,
        Self::KeyOfBytes,
        Self::RoleNotNamed,
        Self::TieUnclear,
        Self::WeakTie,
        Self::ProofLeadsNowhere,
        Self::ForeignKeyUnexplained,
        Self::ForeignKeyContradicted,
        Self::NonePointsAtPeople,
        Self::CaseWithoutPlace,
        Self::AmbiguousInheritance,
        Self::NoPurpose,
        Self::NoBasis,
        Self::NoClause,
        Self::CannotBeNull,
        Self::CannotBeConstant,
        Self::CannotBeCorrected,
        Self::CannotBeStopped,
        Self::Untrusted,
        Self::NewTable,
        Self::RemovedTable,
        Self::NewColumn,
        Self::RemovedColumn,
        Self::ChangedColumn,
        Self::ChangedKey,
        Self::ChangedTrigger,
        Self::ChangedView,
        Self::ChangedDefinition,
        Self::CaseNotCovered,
        Self::TieWithoutIndex,
        Self::FileWithoutIndex,
        Self::RoleUntied,
        Self::ValueTieUndated,
        Self::SeveralByTies,
        Self::OriginUnmarked,
        Self::CatchAll,
        Self::IdleRule,
        Self::NoneLooksPersonal,
        Self::BasisMisspelt,
        Self::ConsentWithoutScope,
        Self::NothingImmutable,
        Self::ChangedIndex,
    ];

    /// The machine word, such as `unclassified`.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.entry().0
    }

    /// What findings of this code stop.
    #[must_use]
    pub fn level(self) -> Level {
        self.entry().1
    }

    /// What it means, in English.
    #[must_use]
    pub fn description(self) -> &'static str {
        self.entry().2
    }

    /// What it means, in Chinese.
    #[must_use]
    pub fn description_zh(self) -> &'static str {
        self.entry().3
    }

    #[rustfmt::skip]
    fn entry(self) -> Entry {
        use Level::{Notice, Refuses};
        match self {
            Self::Unclassified => Entry("unclassified", Refuses, "no line and no rule says what the column holds", "没有任何行或规则说明该列保存什么"),
            Self::DecidedTwice => Entry("decided_twice", Refuses, "two lines of the map decide the same thing", "数据地图中有两行对同一处作出规定"),
            Self::NoKind => Entry("no_kind", Refuses, "the words name no kind and no tie", "该行既没有写明种类也没有写明关联"),
            Self::MissingTable => Entry("missing_table", Refuses, "the map names a table that the database does not have", "数据地图提到的表在数据库中不存在"),
            Self::MissingColumn => Entry("missing_column", Refuses, "the map names a column that the table does not have", "数据地图提到的列在表中不存在"),
            Self::MissingPlace => Entry("missing_place", Refuses, "a tie, fate or section names a place or role that does not exist", "关联、处置或小节提到的位置或角色不存在"),
            Self::MissingAcknowledged => Entry("missing_acknowledged", Refuses, "an acknowledged view or trigger does not exist", "已确认的视图或触发器不存在"),
            Self::UnacknowledgedView => Entry("unacknowledged_view", Refuses, "a view is not acknowledged by name", "有视图未按名称确认"),
            Self::UnacknowledgedTrigger => Entry("unacknowledged_trigger", Refuses, "a trigger is not acknowledged by name", "有触发器未按名称确认"),
            Self::NotSupportedYet => Entry("not_supported_yet", Refuses, "the map says something that this version reads but cannot carry out", "数据地图的写法可以解析,但本版本尚不能执行"),
            Self::VirtualWithoutCopy => Entry("virtual_without_copy", Refuses, "a virtual table does not say whose copy it is", "虚拟表没有写明它是哪张表的副本"),
            Self::IndexMissesTexts => Entry("index_misses_texts", Refuses, "a full-text index may pass over a person in other people's texts", "全文索引可能漏掉他人文本中提到的人"),
            Self::TableWithoutKey => Entry("table_without_key", Refuses, "nothing names the table's rows, so none can be planned on", "该表的行无法唯一标识,不能制定计划"),
            Self::NoPerson => Entry("no_person", Refuses, "personal data is held and no [person.*] says whose", "存有个人信息,但没有 [person.*] 说明属于谁"),
            Self::PersonNotUnique => Entry("person_not_unique", Refuses, "a person's column can hold the same value twice", "标识个人的列可能出现重复值"),
            Self::Untied => Entry("untied", Refuses, "the table holds personal data that no tie leads to", "表中有个人信息,但没有任何关联能找到它"),
            Self::TieCycle => Entry("tie_cycle", Refuses, "tables belong to each other in a circle", "表之间的归属关系形成循环"),
            Self::TieComparesDifferently => Entry("tie_compares_differently", Refuses, "the two ends of a tie are of different types or collations, so that rows would be missed or taken for somebody else's", "关联两端的类型或排序规则不同,可能漏掉行或错认为他人的行"),
            Self::KeyOfBytes => Entry("key_of_bytes", Refuses, "rows are keyed or tied by bytes, which cannot be searched for as a set", "以字节作为键或关联,无法成批查找"),
            Self::RoleNotNamed => Entry("role_not_named", Refuses, "a tie leads into a row of several people and does not say to whom", "关联指向多人共有的行,却没有写明是哪个角色"),
            Self::TieUnclear => Entry("tie_unclear", Refuses, "a section, a date or a copy goes by a tie, and the map does not say by which, or there is none", "小节、日期或副本须依关联认定归属,但数据地图未说明依哪一个关联,或没有这样的关联"),
            Self::WeakTie => Entry("weak_tie", Refuses, "a value that many people share is to tie rows to a person or to prove who somebody is", "用许多人共有的值来认定归属或证明身份"),
            Self::ProofLeadsNowhere => Entry("proof_leads_nowhere", Refuses, "a column is to prove who somebody is, and no key leads from its row to that person", "列用来证明身份,但没有任何键能从该行找到这个人"),
            Self::ForeignKeyUnexplained => Entry("foreign_key_unexplained", Refuses, "a foreign key's column is neither tie nor key nor fact", "外键列既不是关联,也不是键或事实"),
            Self::ForeignKeyContradicted => Entry("foreign_key_contradicted", Refuses, "a tie leads elsewhere than the foreign key of its column, or goes by a part of it alone", "关联所指与该列的外键不同,或只依外键的一部分"),
            Self::NonePointsAtPeople => Entry("none_points_at_people", Refuses, "a table declared free of personal data has a foreign key to people's rows", "声明不含个人信息的表以外键指向个人的行"),
            Self::CaseWithoutPlace => Entry("case_without_place", Refuses, "a column has meanings by case and the table names no case", "列按情形区分含义,但表没有写明情形所在"),
            Self::AmbiguousInheritance => Entry("ambiguous_inheritance", Refuses, "two ties would hand down different things", "两个关联会继承到不同的规定"),
            Self::NoPurpose => Entry("no_purpose", Refuses, "personal data is held without a purpose", "个人信息没有写明处理目的"),
            Self::NoBasis => Entry("no_basis", Refuses, "personal data is held without a legal basis", "个人信息没有写明合法性基础"),
            Self::NoClause => Entry("no_clause", Refuses, "personal data is held without a clause of the policy", "个人信息没有对应的隐私政策条款"),
            Self::CannotBeNull => Entry("cannot_be_null", Refuses, "anonymizing would write NULL where the table refuses it", "匿名化要写入 NULL,但该列不允许为空"),
            Self::CannotBeConstant => Entry("cannot_be_constant", Refuses, "a constant is to take the place of values where it cannot stand, or where it would name somebody", "要用固定值替换原值,但该值不能写入此列,或会被当作某人的值"),
            Self::CannotBeCorrected => Entry("cannot_be_corrected", Refuses, "a correction would write where nothing may be written over", "更正会写入不得改写的列"),
            Self::CannotBeStopped => Entry("cannot_be_stopped", Refuses, "the end of a consent or subscription is to be written where it cannot stand", "同意或订阅的终止要写入无法写入的列"),
            Self::Untrusted => Entry("untrusted", Refuses, "the map is not the one that was trusted", "数据地图不是已确认信任的那一份"),
            Self::NewTable => Entry("new_table", Refuses, "the database has a table that the lock does not know", "数据库出现了锁文件中没有的表"),
            Self::RemovedTable => Entry("removed_table", Refuses, "a table of the lock is gone", "锁文件中的表已不存在"),
            Self::NewColumn => Entry("new_column", Refuses, "a table has a column that the lock does not know", "表中出现了锁文件中没有的列"),
            Self::RemovedColumn => Entry("removed_column", Refuses, "a column of the lock is gone", "锁文件中的列已不存在"),
            Self::ChangedColumn => Entry("changed_column", Refuses, "a column is declared differently than when the map was trusted", "列的定义与确认信任时不同"),
            Self::ChangedKey => Entry("changed_key", Refuses, "a table's keys are not those of the lock", "表的主键或外键与锁文件不同"),
            Self::ChangedTrigger => Entry("changed_trigger", Refuses, "a table's triggers are not those of the lock", "表的触发器与锁文件不同"),
            Self::ChangedView => Entry("changed_view", Refuses, "the views are not those of the lock", "视图与锁文件不同"),
            Self::ChangedDefinition => Entry("changed_definition", Refuses, "a table is made by another statement than when the map was trusted", "建表语句与确认信任时不同"),
            Self::CaseNotCovered => Entry("case_not_covered", Notice, "rows with another case value will be refused", "遇到其他情形值的行将被拒绝处理"),
            Self::TieWithoutIndex => Entry("tie_without_index", Notice, "no index serves the tie, so every search scans the table", "关联没有可用索引,每次查找都要扫描全表"),
            Self::FileWithoutIndex => Entry("file_without_index", Notice, "no index serves a column that names files, so every removal of a file scans the table", "写有文件名的列没有可用索引,每次移除文件都要扫描全表"),
            Self::RoleUntied => Entry("role_untied", Notice, "no tie fills a role that columns name", "列提到的角色没有任何关联可以找到"),
            Self::ValueTieUndated => Entry("value_tie_undated", Notice, "rows tied by value have no date to compare with the time in which the value was the person's", "按值关联的行没有日期,无法与该值归本人所有的期间比较"),
            Self::SeveralByTies => Entry("several_by_ties", Notice, "ties without a role may lead from one row to several people", "同一行可能经由多个未写角色的关联属于多人"),
            Self::OriginUnmarked => Entry("origin_unmarked", Notice, "columns do not say whether they were provided, observed or derived, so they are not portable", "列没有写明由本人提供、观察或推断得来,因此不可携带"),
            Self::CatchAll => Entry("catch_all", Notice, "a rule for everything decided columns", "有列由兜底规则决定"),
            Self::IdleRule => Entry("idle_rule", Notice, "a rule decides nothing", "有规则没有起任何作用"),
            Self::NoneLooksPersonal => Entry("none_looks_personal", Notice, "a table declared free of personal data has columns that a rule would call personal", "声明不含个人信息的表中,有列按规则应属个人信息"),
            Self::BasisMisspelt => Entry("basis_misspelt", Notice, "a legal basis looks like a misspelt one", "合法性基础疑似拼写错误"),
            Self::ConsentWithoutScope => Entry("consent_without_scope", Notice, "a table is held on consent and names no scope, so no withdrawal reaches it", "表基于同意而持有,却没有写明同意范围,撤回无法触及"),
            Self::NothingImmutable => Entry("nothing_immutable", Notice, "nothing in a person's row is declared never to change, so whoever is given the key of an erased person cannot be told from them for sure", "个人所在的行没有声明任何不变的列,已删除之人的键若再分给他人,便不能可靠地区分"),
            Self::ChangedIndex => Entry("changed_index", Notice, "a table's indexes are not those of the lock", "表的索引与锁文件不同"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const REFERENCE: &str = include_str!("../../docs/reference/findings.md");

    #[test]
    fn codes_are_unique_and_described_in_both_languages() {
        let words: BTreeSet<&str> = Code::ALL.iter().map(|code| code.word()).collect();
        assert_eq!(words.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.word().chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{}", code.word());
            assert!(code.description().is_ascii() && code.description().len() > 10);
            assert!(code.description_zh().chars().any(|c| c > '\u{4e00}'), "{}", code.word());
        }
    }

    #[test]
    fn the_list_of_codes_changes_only_on_purpose() {
        let list: Vec<String> = Code::ALL.iter().map(|code| format!("{} {:?}", code.word(), code.level())).collect();
        insta::assert_snapshot!(list.join("\n"), @r"
        unclassified Refuses
        decided_twice Refuses
        no_kind Refuses
        missing_table Refuses
        missing_column Refuses
        missing_place Refuses
        missing_acknowledged Refuses
        unacknowledged_view Refuses
        unacknowledged_trigger Refuses
        not_supported_yet Refuses
        virtual_without_copy Refuses
        index_misses_texts Refuses
        table_without_key Refuses
        no_person Refuses
        person_not_unique Refuses
        untied Refuses
        tie_cycle Refuses
        tie_compares_differently Refuses
        key_of_bytes Refuses
        role_not_named Refuses
        tie_unclear Refuses
        weak_tie Refuses
        proof_leads_nowhere Refuses
        foreign_key_unexplained Refuses
        foreign_key_contradicted Refuses
        none_points_at_people Refuses
        case_without_place Refuses
        ambiguous_inheritance Refuses
        no_purpose Refuses
        no_basis Refuses
        no_clause Refuses
        cannot_be_null Refuses
        cannot_be_constant Refuses
        cannot_be_corrected Refuses
        cannot_be_stopped Refuses
        untrusted Refuses
        new_table Refuses
        removed_table Refuses
        new_column Refuses
        removed_column Refuses
        changed_column Refuses
        changed_key Refuses
        changed_trigger Refuses
        changed_view Refuses
        changed_definition Refuses
        case_not_covered Notice
        tie_without_index Notice
        file_without_index Notice
        role_untied Notice
        value_tie_undated Notice
        several_by_ties Notice
        origin_unmarked Notice
        catch_all Notice
        idle_rule Notice
        none_looks_personal Notice
        basis_misspelt Notice
        consent_without_scope Notice
        nothing_immutable Notice
        changed_index Notice
        ");
    }

    #[test]
    fn every_code_is_a_heading_of_the_reference_and_every_heading_a_code() {
        let headings: Vec<&str> = REFERENCE.lines().filter_map(|line| line.strip_prefix("### ")).collect();
        let codes: Vec<&str> = Code::ALL.iter().map(|code| code.word()).collect();
        assert_eq!(headings, codes);
        for code in Code::ALL {
            assert!(REFERENCE.contains(code.description_zh()), "{} is not described in Chinese", code.word());
        }
    }
}
