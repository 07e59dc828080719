//! The door itself: what is not understood, who cannot be asked, what machines read, what a terminal must never see.

use super::office::Office;

#[test]
fn a_slip_of_the_finger_gets_a_suggestion() {
    let mut office = Office::empty();
    insta::assert_snapshot!(office.run("explan stale_plan").misused("usage"), @"
    [stderr]
    error[usage]: unrecognized subcommand 'explan'

      tip: a similar subcommand exists: 'explain'

    Usage: droit [OPTIONS] [COMMAND]
    hint: `droit help` lists the commands, `droit COMMAND --help` explains one
    [exit 2]
    ");
    insta::assert_snapshot!(office.run("explain stale_pln").misused("unknown_code"), @"
    [stderr]
    error[unknown_code]: no code of that name: stale_pln
    hint: droit explain stale_plan
    [exit 2]
    ");
}

#[test]
fn an_error_is_one_line_of_json_where_a_machine_reads() {
    let mut office = Office::empty();
    for line in ["explan --json", "explain nonsense --json", "--json --lang fr explain"] {
        let outcome = office.run(line);
        let error = outcome.json_error();
        assert_eq!(error["exit"], 2, "{line}");
        assert_eq!(error["schema"], "droit.error/1", "{line}");
        assert!(outcome.stdout().is_empty(), "{line}");
    }
}

#[test]
fn the_same_code_is_explained_in_both_languages() {
    let mut office = Office::empty();
    insta::assert_snapshot!(office.run("explain stale_plan").done(), @"
    stale_plan (refusal)
    the plan is stale

    Something that the plan rests on has changed since: rows, the data map, the schema, or the day. Nothing was written. Plan again, read the new plan, apply it.
    [exit 0]
    ");
    insta::assert_snapshot!(office.run("explain stale_plan --lang zh-CN").done(), @"
    stale_plan (拒绝)
    计划已过期

    计划所依据的内容已变化：数据行、数据地图、表结构或日期。未写入任何内容。请重新生成计划、审阅后再执行。
    [exit 0]
    ");
    insta::assert_snapshot!(office.run("explain 4 --json").done(), @r#"
    {"schema":"droit.explain/1","data":{"code":"4","sort":"exit","title":"done, but look","text":"Done, but look: overdue cases, drift, findings, skipped or undecidable rows, open intents, a broken chain."},"warnings":[]}
    [exit 0]
    "#);
}

#[test]
fn help_speaks_the_language_of_the_reader() {
    let mut office = Office::empty().speaking("zh");
    insta::assert_snapshot!(office.run("explain --help").done(), @"
    解释一个代码：拒绝、发现、退出码、JSON 文档

    示例：
      droit explain stale_plan
      droit explain 4
      droit explain            （列出全部）

    用法：droit explain [OPTIONS] [CODE]

    参数:
      [CODE]
              代码，例如 stale_plan、4 或 droit.case.list/1；不给则列出全部

    通用选项:
          --workspace <DIR>
              在该工作区中工作，而不是向上最近的一个

          --lang <LANG>
              使用的语言 [可选：zh-CN、en]

          --format <FORMAT>
              结果的形式 [可选：table、json、jsonl、csv] [默认：table]

          --json
              输出一个 JSON 文档；错误为一行 JSON

      -o, --output <FILE>
              把结果写入仅所有者可读的文件

      -q, --quiet
              只输出结果和问题

          --no-input
              从不询问；失败并指出应使用的选项

          --color <WHEN>
              消息的颜色 [可选：auto、always、never] [默认：auto]

          --lock-wait <TIME>
              等待另一个 droit 的时间，例如 0s、10s、5m [默认：10s]

    选项:
      -h, --help
              显示帮助
    [exit 0]
    ");
}

#[test]
fn completions_and_manual_pages_come_from_the_same_grammar() {
    let mut office = Office::empty();
    for shell in ["bash", "zsh", "fish"] {
        assert!(office.run(&format!("completions {shell}")).done().stdout().contains("droit"));
    }
    assert!(office.run("man explain").done().stdout().contains(".TH droit-explain 1"));
    office.run("man nothing").misused("usage");
}

#[test]
fn a_result_can_go_to_a_file_that_only_its_owner_reads() {
    let mut office = Office::empty();
    let outcome = office.run("explain 3 --json -o answer.json").done();
    assert!(outcome.stdout().is_empty());
    let answer: serde_json::Value = serde_json::from_str(&office.read("answer.json")).unwrap();
    assert_eq!(answer["data"]["code"], "3");
    #[cfg(unix)]
    {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let mode = std::fs::metadata(office.path("answer.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        symlink(office.path("answer.json"), office.path("link")).unwrap();
        office.run("explain 3 -o link").refused("symlink");
        office.run("explain 3 -o no/such/folder").fails(1, "cannot_write");
    }
}

#[test]
fn a_list_has_lines_and_a_sheet_and_a_single_thing_has_no_sheet() {
    let mut office = Office::empty();
    let csv = office.run("explain --format csv").done();
    assert!(csv.stdout().starts_with("code,sort,title\r\n"), "{csv}");
    let lines = office.run("explain --format jsonl").done();
    assert_eq!(lines.stdout().lines().count(), csv.stdout().lines().count() - 1);
    for line in lines.stdout().lines() {
        let _one: serde_json::Value = serde_json::from_str(line).unwrap();
    }
    office.run("explain 4 --format csv").misused("not_a_list");
}

#[test]
fn a_hostile_argument_does_not_command_the_terminal() {
    let mut office = Office::empty();
    let outcome = office.run("explain \u{1b}[2J\u{202e}x").misused("unknown_code");
    assert!(!outcome.stderr().contains(['\u{1b}', '\u{202e}']), "{outcome}");
}
