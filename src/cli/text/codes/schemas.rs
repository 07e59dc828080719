//! The JSON documents: name, version, and what stands in them.

use super::{Code, Sort, code};

pub(super) const SCHEMAS: &[Code] = &[
    code(
        "droit.error/1",
        Sort::Schema,
        ["an error", "错误"],
        [
            "One line on standard error: code, exit, message, hint, params.",
            "标准错误上的一行：code、exit、message、hint、params。",
        ],
    ),
    code(
        "droit.explain/1",
        Sort::Schema,
        ["explanations", "解释"],
        ["A list: code, sort, title, text.", "列表：code、sort、title、text。"],
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
        "droit.due/1",
        Sort::Schema,
        ["clocks", "时限"],
        [
            "A list of running clocks that are overdue or due soon: case, clock, due, due_rolled, state, days_left.",
            "逾期或即将到期的时钟列表：case、clock、due、due_rolled、state、days_left。",
        ],
    ),
    code(
        "droit.board/1",
        Sort::Schema,
        ["the board", "看板"],
        [
            "open, due_soon, overdue, waiting_for_proof, open_intents, holds, urgent cases.",
            "open、due_soon、overdue、waiting_for_proof、open_intents、holds 及紧急案件。",
        ],
    ),
    code(
        "droit.doctor/1",
        Sort::Schema,
        ["the state of a workspace", "工作区检查"],
        ["A list: code, ok, detail.", "列表：code、ok、detail。"],
    ),
    code(
        "droit.init/1",
        Sort::Schema,
        ["a new workspace", "新工作区"],
        ["workspace, settings, map, casebook, keys.", "workspace、settings、map、casebook、keys。"],
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
        ["whole, head, events, bodies, destroyed, and findings.", "whole、head、events、bodies、destroyed 及发现。"],
    ),
    code("droit.audit.export/1", Sort::Schema, ["an exported record", "导出的记录"], ["file, head.", "file、head。"]),
];
