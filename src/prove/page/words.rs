//! What the certificate's page says, in both languages. Every claim, reason and limit of the certificate has its words
//! here: a new one does not compile without.

use crate::{
    kind::Language,
    prove::{
        certificate::{Holds, NotClaimed, Statement},
        proof::{Method, Reason},
    },
};

/// A phrase in both languages.
#[derive(Clone, Copy)]
pub(super) struct Both {
    zh: &'static str,
    en: &'static str,
}

impl Both {
    pub(super) fn of(self, language: Language) -> &'static str {
        language.pick(self.zh, self.en)
    }
}

const fn both(zh: &'static str, en: &'static str) -> Both {
    Both { zh, en }
}

pub(super) const ERASED: Both = both("删除证明书", "Certificate of erasure");
pub(super) const REMOVED_ONLY: Both =
    both("移除证明书（未能证明已删除）", "Certificate of removal (not proven to be erased)");
pub(super) const WRITTEN_OVER: Both = both("改写证明书（匿名化处理）", "Certificate of writing over (anonymization)");
pub(super) const WRITTEN_OVER_ONLY: Both =
    both("改写证明书（未能证明原值已消失）", "Certificate of writing over (not proven that what stood there is gone)");

/// What the whole comes to.
pub(super) fn verdict(whole: bool, written_over: bool) -> Both {
    match (whole, written_over) {
        (true, false) => both(
            "已证明：移除的内容已不在数据库文件中。以下三项主张均成立。",
            "Proven: what was removed is in the database file no more. All three claims below hold.",
        ),
        (false, false) => both(
            "未能证明：数据行已移除，但以下主张并非全部成立，因此不得称为已删除。",
            "Not proven: the rows were removed, but not all claims below hold, so nothing may be called erased.",
        ),
        (true, true) => both(
            "已证明：被改写的内容已不在数据库文件中。以下三项主张均成立。数据行仍在，不得称为删除。",
            "Proven: what was written over is in the database file no more. All three claims below hold. The rows stay, and are not called erased.",
        ),
        (false, true) => both(
            "未能证明：内容已被改写，但以下主张并非全部成立。数据行仍在，不得称为删除。",
            "Not proven: values were written over, but not all claims below hold. The rows stay, and are not called erased.",
        ),
    }
}

pub(super) const NUMBER: Both = both("证明书编号", "Number of the certificate");
pub(super) const ABOUT: Both = both("所属案件", "Case");
pub(super) const SUBJECT: Both = both("主体标识", "Subject reference");
pub(super) const EVERYTHING: Both = both("全部", "everything");
pub(super) const SCOPE: Both = both("请求的范围", "What was asked for");
pub(super) const DATABASE: Both = both("数据库", "Database");
pub(super) const MAP: Both = both("数据地图指纹", "Data map");
pub(super) const PLAN: Both = both("计划摘要", "Plan");
pub(super) const REMOVED_AT: Both = both("移除时间", "Removed at");
pub(super) const VERIFIED_AT: Both = both("核验时间", "Verified at");
pub(super) const VERIFIER: Both = both("核验者", "Verified by");
pub(super) const SIGNATURE: Both = both("签名密钥", "Signed by the key");
pub(super) const SIGNER: Both = both("签名人", "Signer");
pub(super) const NAMESPACE: Both = both("签名用途", "Signed for");
pub(super) const UNSIGNED: Both = both("未签名", "not signed");
pub(super) const DIGEST: Both = both("JSON 证明书的 SHA-256", "SHA-256 of the JSON certificate");

pub(super) const CLAIMS: Both = both("主张及其是否得到证明", "What is claimed, and whether it is proven");
pub(super) const CLAIM: Both = both("主张", "Claim");
pub(super) const HOLDS: Both = both("是否得到证明", "Proven?");
pub(super) const BECAUSE: Both = both("未能证明的原因", "Why it is not proven");
pub(super) const NO_REASON: Both = both(
    "检查数据库文件时没有遇到妨碍；请看上表中不成立或者未能证明的主张。",
    "Nothing stood in the way of looking at the file; see the claims above that do not hold or are not shown.",
);

pub(super) const SO_MANY_PAGES: Both = both("{n} 页", "{n} pages");
pub(super) const SO_MANY_VALUES: Both = both("{n} 个不同的值", "different values: {n}");
pub(super) const SO_MANY_TIMES: Both = both("出现 {n} 次", "times: {n}");

pub(super) const REMOVED: Both = both("已处理的内容", "What was done");
pub(super) const KEPT: Both = both("保留的内容", "What is kept");
pub(super) const NOTHING_KEPT: Both = both("没有保留任何内容。", "Nothing is kept.");
pub(super) const NOTHING_DONE: Both = both("没有。", "Nothing.");
pub(super) const STILL_FOUND: Both =
    both("仍可由该人的键找到的行", "Rows that are still found under the person's keys");
pub(super) const STILL_FOUND_WHAT: Both = both(
    "这些行至多为去标识化，仍属个人信息（《个人信息保护法》第四条、第七十三条），并非删除。",
    "They are de-identified at most, which is still personal information (PIPL 4, 73), and not erased.",
);
pub(super) const NONE_FOUND: Both = both("没有这样的行。", "There are none.");
pub(super) const NOT_SEARCHED: Both =
    both("未在他人文本中查找此人的数据表", "Tables not searched for the person in other people's texts");
pub(super) const NOT_SEARCHED_WHAT: Both = both(
    "这些表中他人书写的文本可能仍提到此人，本证明书对此不作任何主张。",
    "What others wrote in these tables may still name the person; nothing is claimed of it.",
);
pub(super) const ALL_SEARCHED: Both = both("没有这样的表。", "There are none.");
pub(super) const EARLIER: Both =
    both("此前的部分，以上主张同样适用", "An earlier part, which every claim covers as well");
pub(super) const TABLE: Both = both("数据表", "Table");
pub(super) const WHAT: Both = both("处理", "Done");
pub(super) const ROWS: Both = both("行数", "Rows");
pub(super) const REASON: Both = both("理由", "Reason");
pub(super) const LAW: Both = both("依据", "Law");
pub(super) const UNTIL: Both = both("最迟至", "Until at the latest");
pub(super) const OPEN: Both = both("期限尚不能确定", "cannot be determined yet");

pub(super) const LOOKED: Both = both("如何检查", "How it was looked");
pub(super) const NOT_LOOKED: Both = both("未能查看数据库文件。", "The database file could not be looked at.");
pub(super) const METHOD: Both = both("方法", "Method");
pub(super) const PAGES: Both = both("数据库页", "Pages");
pub(super) const PAGE_SIZE: Both = both("每页字节数", "Bytes in a page");
pub(super) const CELLS: Both = both("有效单元", "Live cells");
pub(super) const DEAD: Both = both("有效单元之外的字节", "Bytes outside of live cells");
pub(super) const DIRTY: Both = both("其中仍有非零字节的页", "Pages on which such bytes are not zero");
pub(super) const FREE: Both = both("空闲页", "Free pages");
pub(super) const MERGED: Both = both("先行合并的全文表", "Full-text tables merged before");
pub(super) const ROUNDS: Both = both("检查轮次", "Walks through the file");
pub(super) const CLEANED_PAGES: Both = both("写入的页", "Pages written");
pub(super) const CLEANED_BYTES: Both = both("清零的字节", "Bytes zeroed");
pub(super) const SLICES: Both = both("写事务", "Write transactions");
pub(super) const LONGEST: Both = both("最长写锁（毫秒）", "Longest write lock (ms)");
pub(super) const VALUES: Both = both("查找的值", "Values looked for");
pub(super) const FORMS: Both = both("其各种写法", "Forms of them");
pub(super) const DECODED: Both = both(
    "过短而只在解码后比对的值（序号）",
    "Values so short that they were compared with decoded cells only (places)",
);
pub(super) const UNDECODED: Both =
    both("无法解码、只查找字节的单元", "Payloads that are no records, of which only the bytes were searched");
pub(super) const FULL_TEXT: Both =
    both("全文表（字节中只见完整词语）", "Full-text tables (only whole terms are seen in their bytes)");
pub(super) const NO_NUMBER: Both = both("无", "none");
pub(super) const LIVE: Both =
    both("有效数据中的出现（保留的行，或属于他人）", "Found in live data (rows that stay, or other people's)");
pub(super) const OBJECT: Both = both("表或索引", "Table or index");
pub(super) const HITS: Both = both("次数", "Times");
pub(super) const NO_HITS: Both = both("没有。", "Nowhere.");
pub(super) const BESIDE: Both = both("数据库旁的文件", "Files beside the database");
pub(super) const NO_FILES: Both = both("没有这样的文件。", "There are none.");
pub(super) const FILE: Both = both("文件", "File");
pub(super) const BYTES: Both = both("查找的字节", "Bytes searched");
pub(super) const HALVES: Both = both("半个值（可能属于他人）", "Halves (which others may share)");
pub(super) const UNREAD: Both = both("无法读取", "could not be read");

pub(super) const NOT_CLAIMED: Both = both("本证明书不涉及", "What this certificate does not claim");
pub(super) const CHECK: Both = both("如何核对", "How to check this page");
pub(super) const CHECK_TEXT: Both = both(
    "本页与同名的 JSON 证明书内容相同，仅供阅读；以 JSON 证明书为准，其 SHA-256 须与下列一致，并记录于案件记录。若已签名，签名位于其旁（.sig），可用 ssh-keygen -Y verify 验证。",
    "This page says what the JSON certificate of the same name says, for people to read. The JSON certificate is what counts: its SHA-256 is the one below, and stands in the record of the case. Where it is signed, the signature lies beside it (.sig), and ssh-keygen -Y verify checks it.",
);
pub(super) const COLON: Both = both("：", ": ");
pub(super) const COMMA: Both = both("、", ", ");
pub(super) const STOP: Both = both("；", "; ");

/// Names of the parts that can be asked for.
pub(super) const CATEGORIES: Both = both("类别", "categories");
pub(super) const COLUMNS: Both = both("列", "columns");
pub(super) const ROLES: Both = both("角色", "roles");
pub(super) const CONSENTS: Both = both("基于同意的内容", "what is held on consent to");

/// A claim as it is read, with its places filled: {at}, {map}.
pub(super) fn claim(statement: Statement) -> Both {
    match statement {
        Statement::NoRowsButKept => both(
            "（甲）在 {at}，按数据地图 {map}，此人的数据行除所列保留者外已不存在。",
            "(a) At {at}, by the data map {map}, no row of this person is there but those listed as kept.",
        ),
        Statement::NothingLeftToWriteOver => both(
            "（甲）在 {at}，按数据地图 {map}，由此人的标识找到的行中没有可再改写的内容。",
            "(a) At {at}, by the data map {map}, nothing is left to write over in the rows that this person's identity leads to.",
        ),
        Statement::DeadBytesZero => both(
            "（乙）在 {at}，数据库文件中有效单元之外的每一个字节均为零。",
            "(b) At {at}, every byte of the database file outside of live cells is zero.",
        ),
        Statement::DeadBytesWrittenByVacuum => both(
            "（乙）在 {at}，数据库文件中有效单元之外的每一个字节均由同一次 VACUUM 写入。",
            "(b) At {at}, every byte of the database file outside of live cells was written by one VACUUM.",
        ),
        Statement::ValuesNotFound => both(
            "（丙）所查找的值不存在于数据库文件的有效单元之外，也不存在于其日志和所列的旁边文件中。",
            "(c) The values that were looked for occur in the file nowhere outside of live cells, nor in its journals or the files listed beside it.",
        ),
    }
}

/// Whether a claim is proven.
pub(super) fn holds(holds: Holds) -> Both {
    match holds {
        Holds::Yes => both("已证明", "proven"),
        Holds::No => both("不成立", "does not hold"),
        Holds::NotShown => {
            both("未能证明（没有查看，或者无法看到）", "not shown (not looked, or it could not be seen)")
        }
    }
}

/// Why something is not proven.
pub(super) fn because(reason: &Reason) -> Both {
    match reason {
        Reason::SnapshotHeld { .. } => both("有进程仍在读取旧的状态", "a process reads an old state"),
        Reason::Locked { .. } => both("有进程锁定了数据库", "a process keeps the database locked"),
        Reason::NeverQuiet => both("查看的每一刻应用程序都在写入", "the application wrote in every instant"),
        Reason::VacuumBreaks { .. } => {
            both("VACUUM 会改变全文索引所指的行号", "VACUUM would renumber rows that a full-text table points at")
        }
        Reason::NotMerged { .. } => both(
            "全文索引无法打开，其中移除的词语仍在",
            "a full-text index cannot be opened, so its removed terms stay",
        ),
        Reason::IndexDiffers { .. } => both(
            "全文索引与其所索引的行不一致，其中可能仍有已移除行的词语",
            "a full-text index does not agree with the rows that it is of, and may hold words of rows that are gone",
        ),
        Reason::StillDirty { .. } => both(
            "应用程序写入快于清理，仍有非零字节的页",
            "the application writes faster than is cleaned: pages are left on which bytes are not zero",
        ),
        Reason::LockPage => both("SQLite 从不使用的页不为空", "the page that SQLite never uses is not empty"),
        Reason::LeftInDerived { .. } => both(
            "由数据派生的内容（全文索引、统计信息）中仍有所查找的值",
            "values are left in what is derived from rows (full-text indexes, statistics)",
        ),
        Reason::InSchema { .. } => {
            both("数据库结构的文本中含有所查找的值", "values stand in the text of the database's schema")
        }
        Reason::Elsewhere { .. } => both("有效单元之外仍有所查找的值", "values stand outside of live cells"),
        Reason::Beside { .. } => both("数据库旁的文件含有所查找的值", "a file beside the database holds values"),
        Reason::Unread { .. } => both("数据库旁的文件无法读取", "a file beside the database cannot be read"),
    }
}

/// How dead bytes became what they are.
pub(super) fn method(method: Method) -> Both {
    match method {
        Method::Scrub => both("逐字节清零", "each byte was zeroed, or was zero"),
        Method::Vacuum => both("由 VACUUM 重写整个文件", "VACUUM wrote the whole file anew"),
    }
}

/// What nobody can say from a database file.
pub(super) fn not_claimed(limit: NotClaimed) -> Both {
    match limit {
        NotClaimed::AfterVerifiedAt => both("核验时间之后的任何情况", "anything after the time of verification"),
        NotClaimed::ApplicationMemoryAndLogs => both("应用程序的内存和日志", "the application's memory and logs"),
        NotClaimed::Swap => both("交换空间", "swap"),
        NotClaimed::FileSystemBlocksAndSsd => {
            both("文件系统不再使用的块和固态硬盘", "blocks that the file system no longer uses, and SSDs")
        }
        NotClaimed::Snapshots => both("快照", "snapshots"),
        NotClaimed::Backups => both("备份", "backups"),
        NotClaimed::Replicas => both("副本数据库", "replicas"),
        NotClaimed::DeliveredPackages => both("已交付的数据副本", "packages that were delivered"),
        NotClaimed::SystemsOutsideTheMap => both("数据地图以外的系统", "systems outside of the data map"),
        NotClaimed::CompressedOrEncryptedValues => {
            both("经压缩或者加密的值", "values that are compressed or encrypted")
        }
    }
}

/// What was done to rows; a word that is not known is told as it is.
pub(super) fn done(what: &str) -> Option<Both> {
    Some(match what {
        "deleted" => both("删除行", "rows deleted"),
        "anonymized" => both("改写个人信息", "personal columns written over"),
        "de_identified" => both("去标识化", "de-identified"),
        "cleared" => both("清除所涉各列，保留该行", "some columns written over, the row kept"),
        "kept_in_part" => both("须保留，改写其余部分", "kept, the rest written over"),
        "kept" => both("原样保留", "kept as they are"),
        "unlinked" => both("断开其他行的关联", "pointers of other rows cut"),
        "struck_out" => both("从他人的文本中删去标识", "identifiers struck out of other people's texts"),
        "changed" => both("更改", "changed"),
        "written_over" => both("已改写", "written over"),
        _ => return None,
    })
}

/// Why rows are kept, where no code of the law says so.
pub(super) fn kept(code: &str) -> Option<Both> {
    Some(match code {
        "undecided" => both("尚不能确定是否为此人的信息", "it is not certain that it is this person's"),
        "stay" => both("因所列原因保留", "it stays for the reason given"),
        _ => return None,
    })
}
