//! The door itself: what is not understood, who cannot be asked, what machines read, what a terminal must never see.

use super::office::Office;

#[test]
fn a_slip_of_the_finger_gets_a_suggestion() {
    let mut office = Office::empty();
    insta::assert_snapshot!(office.run("expain stale_plan").misused("usage"), @"
    [stderr]
    error[usage]: there is no such command
    did you mean: explain
    Usage: droit [OPTIONS] [COMMAND]
    hint: `droit help` lists the commands, `droit COMMAND --help` explains one
    [exit 2]
    ");
    insta::assert_snapshot!(office.run("explain stale_pln").misused("unknown_code"), @"
    [stderr]
    error[unknown_code]: there is no code of that name
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
      droit explain drift
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
              结果的形式 [可选：table、json、jsonl、csv、xlsx、html] [默认：table]

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

#[test]
fn the_reference_pages_are_current() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference");
    for (name, text) in droit::cli::reference() {
        let page = folder.join(name);
        if std::env::var_os("DROIT_WRITE_DOCS").is_some() {
            std::fs::write(&page, &text).unwrap();
        }
        let written = std::fs::read_to_string(&page).unwrap_or_default();
        assert!(
            written == text,
            "docs/reference/{name} is stale; write it again: DROIT_WRITE_DOCS=1 cargo test --test suite reference_pages"
        );
    }
}

#[test]
fn every_document_that_is_printed_is_explained() {
    let sources = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli");
    let mut folders = vec![sources];
    let mut office = Office::empty();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for part in text.split("SCHEMA: &'static str = \"").skip(1) {
                let schema = part.split('"').next().unwrap();
                office.run(&format!("explain {schema}")).done();
            }
        }
    }
}

#[test]
fn outside_of_a_workspace_there_is_a_way_in() {
    let mut office = Office::empty();
    insta::assert_snapshot!(office.run("case list").misused("no_workspace"), @"
    [stderr]
    error[no_workspace]: no droit.toml here or in a folder above
    hint: go to a workspace, name one with --workspace DIR, or make one: droit init DATABASE
    [exit 2]
    ");
    insta::assert_snapshot!(office.run("").done(), @"
    Answer data subject rights requests on the company's own user database

    Usage: droit [OPTIONS] [COMMAND]

    Commands:
      init         Make a workspace: settings, a data map to fill in, a casebook
      doctor       Check the workspace: permissions, keys, casebook, database, map, drift; exit 4 if
                   something is wrong
      map          Check, read and trust the data map
      find         Find a person: accounts, known values, roles, and what is held on them per table
      export       Export what is held on a case's person: a folder with one page to read, and an
                   encrypted ZIP of it
      correct      Correct fields of the person a case is about, by plan and apply
      erase        Erase what a case asks for, by plan and apply
      anonymize    Anonymize what a case asks to be removed, by plan and apply
      restrict     Restrict the processing of a person's data, by plan and apply; or lift it
      revoke       Withdraw a person's consent, by plan and apply: stop, and remove what is held on it
                   alone
      unsubscribe  Stop messages to a person, by plan and apply; nothing is removed
      approve      Agree to a plan with one's own key
      apply        Carry out a plan
      undo         Undo the last change of a case, by plan and apply
      purge        Remove what the law or the data map says is due, unasked
      replay       Erase and correct again, on a restored backup, what was done since
      recover      Finish or give up changes that were interrupted
      prove        Prove that what was removed or written over is gone from the file
      risk         Measure how re-identifiable what is left is
      demo         Make the sample company and walk through the whole job on it
      case         Follow a request from its arrival to its answer
      hold         Keep data from being removed while a court or an authority needs it
      letters      Edit the letters that people get
      due          List the clocks that are overdue or due soon; exit 4 when one is overdue
      log          Hand in the response log: one line per request, a summary, and the head of the record
      audit        Read, check and hand out the record
      tidy         Destroy keys past their date, and remove packages, plans and remains that are over
      explain      Explain a code: a refusal, a finding, an exit code, a JSON document
      completions  Print completions for a shell
      man          Print a manual page
      help         Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help (see more with '--help')
      -V, --version  Print version

    Global options:
          --workspace <DIR>   Work in the workspace DIR instead of the nearest one upwards
          --lang <LANG>       Speak this language [possible values: zh-CN, en]
          --format <FORMAT>   Form of results [default: table] [possible values: table, json, jsonl,
                              csv, xlsx, html]
          --json              Print one JSON document, and errors as one JSON line
      -o, --output <FILE>     Write the result to FILE, which only its owner can read
      -q, --quiet             Print nothing but results and trouble
          --no-input          Never ask; fail and name the flag that answers
          --color <WHEN>      Colour of messages [default: auto] [possible values: auto, always, never]
          --lock-wait <TIME>  How long to wait for another droit, such as 0s, 10s or 5m [default: 10s]
    [exit 0]
    ");
}

#[test]
fn nothing_is_overwritten_by_init_and_settings_are_read_strictly() {
    let mut office = Office::open();
    office.run("init other.db").refused("workspace_exists");
    let settings = office.read("droit.toml");
    office.file("droit.toml", &format!("{settings}databse = \"x\"\n"));
    let outcome = office.run("case list").misused("settings");
    assert!(outcome.stderr().contains("databse"), "{outcome}");
    office.file("droit.toml", &settings.replace("shop.sqlite", "postgres://user:secret@host/db"));
    let outcome = office.run("case list").misused("not_a_path");
    assert!(!outcome.stderr().contains("secret"), "{outcome}");
}

#[test]
fn nobody_is_asked_without_a_terminal() {
    let mut office = Office::open();
    office.run("case open copy").done();
    office.run("case note DSR-20261123-0001").misused("no_terminal");
    office.typing("from the phone\n").run("case note DSR-20261123-0001 --no-input").misused("no_terminal");
    office.typing("from the phone\n").run("case note DSR-20261123-0001").done();
    office.run("case show DSR-20261123-0009").fails(1, "no_such_case");
}

#[test]
fn quiet_means_silent_on_success() {
    let mut office = Office::open();
    for line in ["case open copy -q", "due -q", "case withdraw DSR-20261123-0001 -q"] {
        let outcome = office.run(line).done();
        assert!(outcome.stdout().is_empty() && outcome.stderr().is_empty(), "{line}: {outcome}");
    }
}

#[test]
fn an_interrupted_run_says_so() {
    let mut office = Office::open();
    office.run("case open copy").done();
    office.interrupt.press();
    office.typing("note\n").run("case note DSR-20261123-0001").fails(130, "interrupted");
}

#[test]
fn a_second_droit_waits_and_then_says_who_is_at_work() {
    let mut office = Office::open();
    let held = std::fs::File::create(office.path("droit.lock")).unwrap();
    held.lock().unwrap();
    office.run("case open copy --lock-wait 0s").fails(5, "busy");
    drop(held);
    office.run("case open copy --lock-wait 0s").done();
}

#[test]
fn every_code_of_the_lower_floors_is_explained() {
    let mut office = Office::empty();
    for source in ["refusal.rs", "database/mod.rs", "casebook/error.rs", "plan/format.rs"] {
        let text = std::fs::read_to_string(format!("{}/src/{source}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let codes = text.split("fn code(&self)").nth(1).unwrap().split("\n    }\n").next().unwrap();
        for code in codes.split("=> \"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            office.run(&format!("explain {code}")).done();
        }
    }
}

#[test]
fn the_real_binary_keeps_its_streams_and_codes() {
    let run = |args: &[&str]| std::process::Command::new(env!("CARGO_BIN_EXE_droit")).args(args).output().unwrap();
    let explained = run(&["explain", "4", "--json"]);
    assert_eq!((explained.status.code(), explained.stderr.len()), (Some(0), 0));
    let _document: serde_json::Value = serde_json::from_slice(&explained.stdout).unwrap();
    let misused = run(&["explan", "--json"]);
    assert_eq!((misused.status.code(), misused.stdout.len()), (Some(2), 0));
    assert!(run(&["--version"]).stdout.starts_with(b"droit "));
}
