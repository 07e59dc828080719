//! The JSON documents: name, version, and what stands in them.

use super::{Code, Sort, code};

pub(super) const SCHEMAS: &[Code] = &[
    code(
        "droit.error/1",
        Sort::Schema,
        ["an error", "错误"],
        [
            "One line on standard error: code, exit, message, detail (a lower floor's own English words, where the message is Chinese), hint, params.",
            "标准错误上的一行：code、exit、message、detail（中文消息之外底层的英文原文）、hint、params。",
        ],
    ),
    code(
        "droit.explain/1",
        Sort::Schema,
        ["explanations", "解释"],
        ["A list: code, sort, title, text.", "列表：code、sort、title、text。"],
    ),
    code(
        "droit.undo/1",
        Sort::Schema,
        ["an undo, planned or carried out", "撤销（计划或结果）"],
        [
            "case, state (planned, undone), undoes (the change), plan, put_back, changed, left (rows that are as before already), files, tables (table, what, rows).",
            "case、state（planned、undone）、undoes（被撤销的更改）、plan、put_back、changed、left（已与原来相同的行）、files、tables（table、what、rows）。",
        ],
    ),
    code(
        "droit.undo_ended/1",
        Sort::Schema,
        ["the end of what could be undone", "撤销期限的提前结束"],
        [
            "case, state (ended), changes (how many could have been undone).",
            "case、state（ended）、changes（原可撤销的更改数）。",
        ],
    ),
    code(
        "droit.tidy/1",
        Sort::Schema,
        ["what is due in droit's own house", "droit 自身的到期事项"],
        [
            "state (nothing_to_do, due, tidied, stuck), keys (key, purpose, about or null, because), with `--rotate` rotated (keys by purpose, left, bodies, tags, dropped), unfinished, strays, packages, letters, plans, stuck (key, code, file), searched (bytes).",
            "state（nothing_to_do、due、tidied、stuck）、keys（key、purpose、about 或 null、because）、加 `--rotate` 时 rotated（按用途计的 keys、left、bodies、tags、dropped）、unfinished、strays、packages、letters、plans、stuck（key、code、file）、searched（字节）。",
        ],
    ),
    code(
        "droit.correct/1",
        Sort::Schema,
        ["a correction", "一次更正"],
        [
            "case, state (refused, annotated, planned, corrected), plan, rows, fields (field, kind, state, old and new masked, code, because, doubtful), tables with rows.",
            "case、state（refused、annotated、planned、corrected）、plan、rows、fields（field、kind、state、脱敏的 old 与 new、code、because、doubtful）、含 rows 的 tables。",
        ],
    ),
    code(
        "droit.correct.list/1",
        Sort::Schema,
        ["fields that may be corrected", "可更正的字段"],
        [
            "A list: field, kind, state, old masked, code, because.",
            "列表：field、kind、state、脱敏的 old、code、because。",
        ],
    ),
    code(
        "droit.anonymize/1",
        Sort::Schema,
        ["an anonymization, planned or carried out", "一次匿名化（计划或结果）"],
        [
            "case, state (planned, anonymized, de_identified, nothing_to_do; nothing_left where it was done before), plan, located, anonymized, de_identified (rows that keep a key which other rows share), kept, kept_in_part (of them without what no law needs), struck_out, files, tables, reasons (table, rows, code, law, until), not_searched, by_index.",
            "case、state（planned、anonymized、de_identified、nothing_to_do；此前已执行的为 nothing_left）、plan、located、anonymized、de_identified（仍与其他行共用键的行）、kept、kept_in_part（其中去除了法律不要求保存的内容）、struck_out、files、tables、reasons（table、rows、code、law、until）、not_searched、by_index。",
        ],
    ),
    code(
        "droit.anonymize.batch/1",
        Sort::Schema,
        ["anonymizations of several cases together", "多个案件合并的匿名化"],
        [
            "As droit.anonymize/1 without tables, where case is the run; besides people, cases (case, located, anonymized, de_identified, kept, kept_in_part), set_aside (case, code).",
            "同 droit.anonymize/1（无 tables），其中 case 为批次编号；另有 people、cases（case、located、anonymized、de_identified、kept、kept_in_part）、set_aside（case、code）。",
        ],
    ),
    code(
        "droit.risk/1",
        Sort::Schema,
        ["the risk of re-identification", "重识别风险"],
        [
            "A list: table, quasi, k and l (what the map asks for), rows, classes, smallest, unique, rows_below_k, diversity (column, fewest), refused (below_k, below_l or null).",
            "列表：table、quasi、k 与 l（数据地图的要求）、rows、classes、smallest、unique、rows_below_k、diversity（column、fewest）、refused（below_k、below_l 或 null）。",
        ],
    ),
    code(
        "droit.risk.statistics/1",
        Sort::Schema,
        ["statistics without small cells", "不含小单元格的统计"],
        [
            "A list: values by column, cells, rows. Cells that are not shown come last as one, with values null, and cells and rows null where no cell can be shown.",
            "列表：按列的 values、cells、rows。不公布的单元格合为最后一项，values 为 null；没有可公布的单元格时 cells 与 rows 亦为 null。",
        ],
    ),
    code(
        "droit.restrict/1",
        Sort::Schema,
        ["a restriction", "一次限制处理"],
        [
            "case, state (planned, restricted, lifted, let_go, nothing_to_do), lift, accounts, tables and not_enforceable (table, what, rows), others (cases for whose sake the flags stay).",
            "case、state（planned、restricted、lifted、let_go、nothing_to_do）、lift、accounts、tables 与 not_enforceable（table、what、rows）、others（标记因之保留的案件）。",
        ],
    ),
    code(
        "droit.revoke/1",
        Sort::Schema,
        ["a withdrawal of consent", "一次撤回同意"],
        [
            "case, state (planned, withdrawn, nothing_to_do), plan, scopes, ended, deleted, anonymized, kept, unlinked, files, tables (table, what, rows), reasons (table, rows, code, law, until), unaffected (table, basis, scope, rows).",
            "case、state（planned、withdrawn、nothing_to_do）、plan、scopes、ended、deleted、anonymized、kept、unlinked、files、tables（table、what、rows）、reasons（table、rows、code、law、until）、unaffected（table、basis、scope、rows）。",
        ],
    ),
    code(
        "droit.unsubscribe/1",
        Sort::Schema,
        ["messages that stop", "一次退订"],
        [
            "case, state (planned, unsubscribed, nothing_to_do), plan, messages (CHANNEL/TOPIC, * for all), ended, undecided, tables (table, what, rows).",
            "case、state（planned、unsubscribed、nothing_to_do）、plan、messages（渠道/主题，* 为全部）、ended、undecided、tables（table、what、rows）。",
        ],
    ),
    code(
        "droit.unsubscribe.check/1",
        Sort::Schema,
        ["who refused messages and gets them again", "已退订却又被订阅的人"],
        [
            "looked, people, returned (case, subject, table, messages, rows).",
            "looked、people、returned（case、subject、table、messages、rows）。",
        ],
    ),
    code(
        "droit.case/1",
        Sort::Schema,
        ["one case", "一个案件"],
        ["The columns of the response log, clocks with their state, and next.", "响应日志各列、各时钟及其状态、next。"],
    ),
    code(
        "droit.case.list/1",
        Sort::Schema,
        ["cases", "案件列表"],
        [
            "A list: case, status, open, request, regime, subject, received_at, due, clock, clock_state, assigned_to, next.",
            "列表：case、status、open、request、regime、subject、received_at、due、clock、clock_state、assigned_to、next。",
        ],
    ),
    code(
        "droit.case.import/1",
        Sort::Schema,
        ["requests from files", "批量受理的请求"],
        [
            "state (planned or opened), files (file, encoding, entries), opens, merged, before, set_aside, and entries (file, line, outcome, case, into, takes, look, message, request, received_at).",
            "state（planned 或 opened）、files、opens、merged、before、set_aside 及 entries（file、line、outcome、case、into、takes、look、message、request、received_at）。",
        ],
    ),
    code(
        "droit.case.next/1",
        Sort::Schema,
        ["the next step", "下一步"],
        ["case, status, next, and the states that are legal.", "case、status、next 以及合法的后续状态。"],
    ),
    code(
        "droit.hold/1",
        Sort::Schema,
        ["one legal hold", "一项保全"],
        ["hold, case, subject, table, confidential, until.", "hold、case、subject、table、confidential、until。"],
    ),
    code(
        "droit.hold.list/1",
        Sort::Schema,
        ["legal holds", "保全列表"],
        ["A list of holds in force.", "有效保全的列表。"],
    ),
    code(
        "droit.purge/1",
        Sort::Schema,
        ["a purge, planned or carried out", "一次清理（计划或结果）"],
        [
            "run, duty, state (planned, removed or nothing_due), as_of, plan, steps, deleted, anonymized, kept, unlinked, struck_out, files, looks, skipped (code, count), breaker (table, rows, of), rules (rule, table, because, matched, first, last), tables, reasons.",
            "run、duty、state（planned、removed 或 nothing_due）、as_of、plan、steps、deleted、anonymized、kept、unlinked、struck_out、files、looks、skipped（code、count）、breaker（table、rows、of）、rules（rule、table、because、matched、first、last）、tables、reasons。",
        ],
    ),
    code(
        "droit.purge.log/1",
        Sort::Schema,
        ["the destruction log", "销毁清册"],
        [
            "A list of purges: run, duty, officer, as_of, started, ended, map, plan, steps, skipped, undecidable, tables (table, what, rows), rules (rule, table, because, matched, first, last).",
            "清理列表：run、duty、officer、as_of、started、ended、map、plan、steps、skipped、undecidable、tables（table、what、rows）、rules（rule、table、because、matched、first、last）。",
        ],
    ),
    code(
        "droit.due/1",
        Sort::Schema,
        ["clocks", "时限"],
        [
            "A list of running clocks that are overdue or due soon: case, clock, due, due_rolled, state, days_left, undo_until (where a change of the case can be undone).",
            "逾期或即将到期的时钟列表：case、clock、due、due_rolled、state、days_left、undo_until（案件的更改可撤销时）。",
        ],
    ),
    code(
        "droit.log/1",
        Sort::Schema,
        ["the response log", "响应日志"],
        [
            "controller, from, to, produced_at, requests (every column of the log), summary, last_row_hash, head.",
            "controller、from、to、produced_at、requests（日志各列）、summary、last_row_hash、head。",
        ],
    ),
    code(
        "droit.letters.export/1",
        Sort::Schema,
        ["copied templates", "已复制的模板"],
        ["folder, copied (names).", "folder、copied（文件名）。"],
    ),
    code(
        "droit.case.draft/1",
        Sort::Schema,
        ["a letter that was written and not sent", "已写好但未发送的信"],
        ["case, letter, file, sha256.", "case、letter、file、sha256。"],
    ),
    code(
        "droit.board/1",
        Sort::Schema,
        ["the board", "看板"],
        [
            "open, due_soon, overdue, waiting_for_proof, open_intents, open_replay (where one has not ended), left_to_person (cases of which a replay could not tell what came back), holds, urgent cases.",
            "open、due_soon、overdue、waiting_for_proof、open_intents、left_to_person（重放后须由人工处理的案件）、holds 及紧急案件。",
        ],
    ),
    code(
        "droit.doctor/1",
        Sort::Schema,
        ["the state of a workspace", "工作区检查"],
        ["A list: check, ok, warning, detail.", "列表：check、ok、warning、detail。"],
    ),
    code(
        "droit.init/1",
        Sort::Schema,
        ["a new workspace", "新工作区"],
        ["workspace, database, keys.", "workspace、database、keys。"],
    ),
    code(
        "droit.audit.show/1",
        Sort::Schema,
        ["events", "事件"],
        ["A list: number, at, actor, about, event.", "列表：number、at、actor、about、event。"],
    ),
    code(
        "droit.audit.verify/1",
        Sort::Schema,
        ["the state of the record", "记录完整性"],
        [
            "whole, head, events, bodies, destroyed, findings (code, event, table, row), signatures (good, wrong, unchecked), and with --against: against (anchors, first, last, anchored, standing: agrees, older_copy, cut_off, forked).",
            "whole、head、events、bodies、destroyed、findings（code、event、table、row）、signatures（good、wrong、unchecked），使用 --against 时另有 against（anchors、first、last、anchored、standing：agrees、older_copy、cut_off、forked）。",
        ],
    ),
    code(
        "droit.audit.anchor/1",
        Sort::Schema,
        ["an anchor that was written", "写下的锚点"],
        ["file, head, at, anchors (how many are in it now).", "file、head、at、anchors（文件中现有锚点数）。"],
    ),
    code(
        "droit.anchor/1",
        Sort::Schema,
        ["a line of a file of anchors", "锚点文件中的一行"],
        [
            "workspace, number, hash, at, officer, previous (SHA-256 of the line before), signature: docs/reference/anchor-format.md.",
            "workspace、number、hash、at、officer、previous（上一行的 SHA-256）、signature：docs/reference/anchor-format.md。",
        ],
    ),
    code("droit.audit.export/1", Sort::Schema, ["an exported record", "导出的记录"], ["file, head.", "file、head。"]),
    code(
        "droit.find/1",
        Sort::Schema,
        ["a person", "个人"],
        [
            "persons (person, key), values (kind, value masked, since, until), tables (table, role, rows, undecided), ambiguities (about, table, candidates).",
            "persons、values、tables、ambiguities；值默认脱敏。",
        ],
    ),
    code(
        "droit.export/1",
        Sort::Schema,
        ["a copy", "一份副本"],
        [
            "case, folder, archive, passphrase (shown once), sha256, cells (located = exported + withheld), tables, files, not_searched.",
            "case、folder、archive、passphrase（仅一次）、sha256、cells（找到 = 导出 + 未提供）、tables、files、not_searched。",
        ],
    ),
    code(
        "droit.export.batch/1",
        Sort::Schema,
        ["many copies", "多份副本"],
        ["exported, set_aside (case, code).", "exported、set_aside（case、code）。"],
    ),
    code(
        "droit.erase/1",
        Sort::Schema,
        ["a plan's or a change's sums", "计划或更改的合计"],
        [
            "case, state (planned or removed), plan, located = deleted + anonymized + kept, cleared (of anonymized, where some columns alone were asked for), unlinked, struck_out, files, tables (bare: of kept, rows with nothing but keys of the person), reasons (table, rows, code, law, until), not_searched, by_index.",
            "case、state（planned 或 removed）、plan、located = deleted + anonymized + kept、cleared（只请求部分列时，计入 anonymized）、unlinked、struck_out、files、tables（bare：kept 中除键值外没有此人信息的行）、reasons（table、rows、code、law、until）、not_searched、by_index。",
        ],
    ),
    code(
        "droit.erase.batch/1",
        Sort::Schema,
        ["the sums of several cases together", "多个案件合并的合计"],
        [
            "As droit.erase/1, where case is the run; besides people, cases (case, located, deleted, anonymized, kept), set_aside (case, code).",
            "同 droit.erase/1，其中 case 为批次编号；另有 people、cases（case、located、deleted、anonymized、kept）、set_aside（case、code）。",
        ],
    ),
    code(
        "droit.approve/1",
        Sort::Schema,
        ["an agreement to a plan", "对计划的同意"],
        [
            "about, plan, part (planner or approver), name, key.",
            "about、plan、part（planner 或 approver）、name、key。",
        ],
    ),
    code(
        "droit.replay/1",
        Sort::Schema,
        ["a replay after a restored backup", "恢复备份后的重放"],
        [
            "As droit.purge/1, and after (the last change that the database already carried), left (about a case or run, why, rows, next); state is nothing_lost, and nothing else is there, where nothing was undone.",
            "同 droit.purge/1，另有 after（数据库已包含的最后一项更改）、left（about、why、rows、next）；没有被撤销的更改时仅有 state 为 nothing_lost。",
        ],
    ),
    code(
        "droit.prove.returned/1",
        Sort::Schema,
        ["erased people who came back", "已删除却又出现的人"],
        [
            "looked, anew (of whom somebody else has the key or a number by now), forgotten (whose key was destroyed), returned (case, state returned, undecidable or left_to_person, why, tables with rows, next).",
            "looked、anew（键或号码现由他人使用）、forgotten（密钥已销毁）、returned（case、state 为 returned 或 undecidable、why、tables 及行数、next）。",
        ],
    ),
    code(
        "droit.prove/1",
        Sort::Schema,
        ["proofs", "证明"],
        [
            "proofs (case, state proven, not_provable or held_up, part, still_found (of an anonymization: rows that the person's keys still lead to), reasons, bytes, zeroed, longest_lock_ms, certificate, page, signature, sha256), set_aside (case, code), undoable (cases whose change can still be undone).",
            "proofs（case、state（proven、not_provable 或 held_up）、part、still_found（匿名化：仍可由该人的键找到的行）、reasons、bytes、zeroed、longest_lock_ms、certificate、page、signature、sha256）、set_aside（case、code）、undoable（更改尚可撤销的案件）。",
        ],
    ),
    code(
        "droit.recover/1",
        Sort::Schema,
        ["settled changes", "已了结的更改"],
        [
            "A list: intent, about, state (finished or abandoned).",
            "列表：intent、about、state（finished 或 abandoned）。",
        ],
    ),
    code(
        "droit.map.check/1",
        Sort::Schema,
        ["findings", "发现"],
        ["A list: code, refuses, place, line, message, hint.", "列表：code、refuses、place、line、message、hint。"],
    ),
    code(
        "droit.map.show/1",
        Sort::Schema,
        ["the map", "数据地图"],
        [
            "A list of tables: table, standing, purpose, clause, basis, scope, records, columns (column, words, by, line).",
            "各表：table、standing、purpose、clause、basis、scope、records、columns。",
        ],
    ),
    code(
        "droit.map.explain/1",
        Sort::Schema,
        ["one column", "一列"],
        [
            "table, column, words, by, line, rules (rule, line, words, verdict).",
            "table、column、words、by、line、rules。",
        ],
    ),
    code(
        "droit.map.trust/1",
        Sort::Schema,
        ["a trusted map", "已确认的数据地图"],
        ["map and schema (fingerprints), tables.", "map、schema（指纹）、tables。"],
    ),
    code(
        "droit.map.waive/1",
        Sort::Schema,
        ["a waiver of drift", "漂移豁免"],
        ["place, code, until, by.", "place、code、until、by。"],
    ),
    code(
        "droit.demo/1",
        Sort::Schema,
        ["the tour", "导览"],
        ["folder, page, log, steps (command, exit).", "folder、page、log、steps（command、exit）。"],
    ),
];
