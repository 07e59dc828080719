//! What `droit prove` says: how it ended, what stands in the way, and what to do then.

use super::Text;

const fn text(en: &'static str, zh: &'static str) -> Text {
    Text { en, zh }
}

pub(crate) const STILL_UNDOABLE: Text = Text {
    en: "{case}: can still be undone; it is proven when that has ended",
    zh: "{case}：尚可撤销；撤销期限届满后再证明",
};
pub(crate) const NOTHING_WAITS: Text = text("nothing waits for its proof", "没有等待证明的案件");
pub(crate) const PROVEN: Text = text(
    "{case}: erased and proven: {bytes} bytes looked at, {zeroed} zeroed",
    "{case}：已删除并证明：检查 {bytes} 字节，清零 {zeroed} 字节",
);
pub(crate) const PART_PROVEN: Text = text(
    "{case}: the part that was asked for is erased and proven: {bytes} bytes looked at, {zeroed} zeroed",
    "{case}：所请求的部分已删除并证明：检查 {bytes} 字节，清零 {zeroed} 字节",
);
pub(crate) const NOT_PROVABLE: Text = text(
    "{case}: removed, and not provable: {bytes} bytes looked at, {zeroed} zeroed",
    "{case}：已移除，无法证明：检查 {bytes} 字节，清零 {zeroed} 字节",
);
pub(crate) const WRITTEN_OVER_PROVEN: Text = text(
    "{case}: written over and proven: what stood there is gone from the file: {bytes} bytes looked at, {zeroed} zeroed",
    "{case}：已改写并证明：原有内容已从文件中清除：检查 {bytes} 字节，清零 {zeroed} 字节",
);
pub(crate) const WRITTEN_OVER_NOT_PROVABLE: Text = text(
    "{case}: written over, and not provable: {bytes} bytes looked at, {zeroed} zeroed",
    "{case}：已改写，无法证明：检查 {bytes} 字节，清零 {zeroed} 字节",
);
pub(crate) const STILL_FOUND: Text = text(
    "  {rows} rows stay under the person's keys: de-identified at most, still personal information (PIPL 4, 73), and not erased",
    "  {rows} 行仍可由该人的键找到：至多为去标识化，仍属个人信息（个人信息保护法4、73），并非删除",
);
pub(crate) const HELD_UP: Text =
    text("{case}: removed, not yet proven: something stands in the way", "{case}：已移除，尚未证明：存在妨碍");
pub(crate) const CERTIFICATE: Text = text(
    "  certificate (not signed): {file}, a page for people beside it (.html)",
    "  证明书（未签名）：{file}，供阅读的页面在其旁（.html）",
);
pub(crate) const SIGNED_CERTIFICATE: Text = text(
    "  certificate: {file}, its signature beside it (.sig), and a page for people (.html)",
    "  证明书：{file}，其旁有签名（.sig）和供阅读的页面（.html）",
);
pub(crate) const SET_ASIDE: Text = text("{case}: set aside: {code}", "{case}：搁置：{code}");

/// A reason by its code, and what to do.
pub(crate) fn because(code: &str) -> Text {
    match code {
        "snapshot_held" => text(
            "  [{code}] a process reads an old state{about}; end its transaction, then: droit prove --pending",
            "  [{code}] 有进程在读取旧状态{about}；请结束其事务，然后：droit prove --pending",
        ),
        "locked" => text(
            "  [{code}] a process keeps the database locked{about}; end its transaction, then: droit prove --pending",
            "  [{code}] 有进程锁定了数据库{about}；请结束其事务，然后：droit prove --pending",
        ),
        "never_quiet" => text(
            "  [{code}] the application wrote in every instant; at a calmer hour: droit prove --pending",
            "  [{code}] 应用程序一直在写入；请在空闲时段：droit prove --pending",
        ),
        "still_dirty" => text(
            "  [{code}] the application writes faster than is cleaned; at a calmer hour, or: --exclusive",
            "  [{code}] 应用程序写入快于清理；请在空闲时段，或加 --exclusive",
        ),
        "vacuum_breaks" => text(
            "  [{code}] VACUUM would renumber rows that a full-text table points at{about}; use --vacuum never",
            "  [{code}] VACUUM 会改变全文索引所指的行号{about}；请用 --vacuum never",
        ),
        "not_merged" => text(
            "  [{code}] a full-text index cannot be opened{about}; drop it or rebuild it from the application, then prove again",
            "  [{code}] 全文索引无法打开{about}；请由应用程序重建或删除后再证明",
        ),
        "index_differs" => text(
            "  [{code}] a full-text index does not agree with the rows that it is of{about}: it may hold words of rows that are gone; let triggers keep it, rebuild it (INSERT INTO … VALUES ('rebuild'); of one with texts of its own take out what is left), then prove again",
            "  [{code}] 全文索引与其所索引的行不一致{about}，其中可能仍有已移除行的词语；请用触发器维护、重建索引（INSERT INTO … VALUES ('rebuild')；自带文本的索引请清除残留内容）后再证明",
        ),
        "lock_page" => text(
            "  [{code}] the page that SQLite never uses is not empty; write a new file with VACUUM INTO, the application stopped",
            "  [{code}] SQLite 从不使用的页不为空；请停止应用程序并用 VACUUM INTO 写出新文件",
        ),
        "left_in_derived" => text(
            "  [{code}] values are left in full-text indexes or statistics{about}; rebuild the index, run ANALYZE, then prove again",
            "  [{code}] 全文索引或统计信息中仍有残留{about}；请重建索引、运行 ANALYZE 后再证明",
        ),
        "in_schema" => text(
            "  [{code}] values stand in the text of the schema; change the default, check, view or trigger, then prove again",
            "  [{code}] 表结构文本中含有这些值；请修改默认值、约束、视图或触发器后再证明",
        ),
        "beside" => text(
            "  [{code}] a file beside the database holds values{about}; remove it, then prove again",
            "  [{code}] 数据库旁的文件仍含有这些值{about}；请移除后再证明",
        ),
        "unread" => text(
            "  [{code}] a file beside the database cannot be read{about}; let it be read or remove it, then prove again",
            "  [{code}] 数据库旁的文件无法读取{about}；请开放读取或移除后再证明",
        ),
        "waived" => text(
            "  [{code}] what was added to the schema is left out of account{about}; put it into the map, droit map trust, erase and prove again",
            "  [{code}] 数据库中新增的部分尚未纳入{about}；请写入数据地图、droit map trust，再删除并证明",
        ),
        "rows_found" => text(
            "  [{code}] by the map there is still something to erase (a part was erased, or rows came since); plan again: droit erase",
            "  [{code}] 按数据地图仍有应删除的内容（仅删除了一部分，或其后又有新行）；请重新计划：droit erase",
        ),
        "no_values" => text(
            "  [{code}] nothing is known of the person that could be looked for in the file (numbers, names); what was removed cannot be proven gone",
            "  [{code}] 案件中没有可在文件中查找的个人信息（号码、姓名等），无法证明已移除的内容不复存在",
        ),
        "not_written_over" => text(
            "  [{code}] by the map there is still something to write over (rows or values came since); once more: droit anonymize",
            "  [{code}] 按数据地图仍有应改写的内容（其后有新行或新值）；请再次执行：droit anonymize",
        ),
        _ => text(
            "  [{code}] values stand outside of live data{about}; prove again",
            "  [{code}] 在有效数据之外仍有这些值{about}；请再次证明",
        ),
    }
}

/// Tables, files and processes that a reason names, in brackets; empty where it names none.
pub(crate) fn particulars(reason: &serde_json::Value) -> String {
    let mut named = Vec::new();
    for field in ["table", "name"] {
        named.extend(reason[field].as_str().map(str::to_owned));
    }
    let objects = ["objects", "tables"].into_iter().filter_map(|field| reason[field].as_array()).flatten();
    named.extend(objects.filter_map(|object| object.as_str().map(str::to_owned)));
    for process in reason["processes"].as_array().into_iter().flatten() {
        named.push(format!("{} {}", process["id"], process["name"].as_str().unwrap_or_default()));
    }
    if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cli::language::Language;

    #[test]
    fn a_reason_names_what_it_is_about() {
        let held = json!({"reason": "snapshot_held", "processes": [{"id": 7, "name": "backup"}]});
        let said = because("snapshot_held")
            .with(Language::English, &[("code", "snapshot_held"), ("about", &particulars(&held))]);
        assert_eq!(
            said,
            "  [snapshot_held] a process reads an old state (7 backup); end its transaction, then: droit prove --pending"
        );
        let left = json!({"reason": "left_in_derived", "objects": ["a_data", "b_data"], "values": 1});
        assert_eq!(particulars(&left), " (a_data, b_data)");
        assert_eq!(particulars(&json!({"reason": "index_differs", "tables": ["a", "b"]})), " (a, b)");
        assert_eq!(particulars(&json!({"reason": "never_quiet"})), "");
    }
}
