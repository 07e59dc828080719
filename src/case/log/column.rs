//! The columns of the response log, in the order of LAW §4.1.

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The machine's word: header of the CSV, member of the JSON
    pub key: &'static str,
    /// For English readers
    pub en: &'static str,
    /// For Chinese readers
    pub zh: &'static str,
}

const fn column(key: &'static str, en: &'static str, zh: &'static str) -> Column {
    Column { key, en, zh }
}

/// All of them.
pub const COLUMNS: [Column; 41] = [
    column("request_no", "Request", "编号"),
    column("received_at", "Received", "受理时间"),
    column("channel", "Channel", "渠道"),
    column("intake_operator", "Taken in by", "受理人"),
    column("requester_type", "Requester", "申请人类型"),
    column("subject_ref", "Subject", "主体标识"),
    column("is_minor", "Age", "是否未成年人"),
    column("regime", "Law", "适用法"),
    column("type", "Right", "权利类型"),
    column("scope", "Scope", "范围"),
    column("identity_method", "Identified by", "身份核验方式"),
    column("identity_result", "Identity", "身份核验结果"),
    column("verified_at", "Identified", "核验时间"),
    column("due_nominal", "Due", "应答期限"),
    column("due_rolled", "Due after holidays", "顺延后期限"),
    column("binding_clock", "Binding clock", "适用时限"),
    column("clocks", "All clocks", "全部时限"),
    column("acknowledged_at", "Acknowledged", "确认时间"),
    column("interim_replies", "Interim replies", "中期答复"),
    column("assigned_to", "Handled by", "处理人"),
    column("approver", "Approved by", "审批人"),
    column("decision", "Decision", "结果"),
    column("reason_code", "Reason", "理由代码"),
    column("legal_basis", "Legal basis", "法律依据"),
    column("reason_text", "Reason in words", "理由"),
    column("actions_summary", "Done", "处理情况"),
    column("retained_items", "Retained", "保留项"),
    column("recipients_notified", "Recipients told", "通知接收方"),
    column("replied_at", "Replied", "答复时间"),
    column("reply_channel", "Replied by", "答复渠道"),
    column("reply_sha256", "SHA-256 of the reply", "答复摘要"),
    column("remedies_given", "Remedies told", "救济告知"),
    column("days_used", "Days", "用时（日）"),
    column("on_time", "On time", "是否按期"),
    column("on_time_rolled", "On time after holidays", "顺延后是否按期"),
    column("extension_reason", "Extension", "延期"),
    column("extension_notice_at", "Extension told", "延期告知时间"),
    column("complaint_after", "Complaint", "后续投诉"),
    column("policy_version", "Policy", "政策版本"),
    column("prev_hash", "Hash before", "前一行摘要"),
    column("row_hash", "Hash", "本行摘要"),
];
