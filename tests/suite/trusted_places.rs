//! A map is trusted for one database and one files folder: with others it is inert until it is trusted again.

use std::fs;

use super::office::Office;

fn office() -> Office {
    let mut office = Office::courier();
    office.file("who.txt", "account=100\n");
    office.run("find --id-file who.txt").done();
    office
}

fn settle(office: &Office, from: &str, to: &str) {
    let settings = office.read("droit.toml");
    assert!(settings.contains(from), "{settings}");
    office.file("droit.toml", &settings.replace(from, to));
}

#[test]
fn another_database_is_refused_until_the_map_is_trusted_again() {
    let mut office = office();
    fs::copy(office.path("zkjia.db"), office.path("other.db")).unwrap();
    settle(&office, "\"zkjia.db\"", "\"other.db\"");
    for line in ["find --id-file who.txt", "find --id-file who.txt --json"] {
        office.run(line).refused("untrusted_database");
    }
    assert!(office.run("doctor").looks().stdout().contains("untrusted_database"));
    settle(&office, "\"other.db\"", "\"zkjia.db\"");
    office.run("find --id-file who.txt").done();
    settle(&office, "\"zkjia.db\"", "\"other.db\"");
    office.run("map trust --yes").done();
    office.run("find --id-file who.txt").done();
    settle(&office, "\"other.db\"", "\"zkjia.db\"");
    office.run("find --id-file who.txt").refused("untrusted_database");
}

#[test]
fn another_spelling_of_the_same_place_is_the_same_place() {
    let mut office = office();
    settle(&office, "\"zkjia.db\"", "\"./files/../zkjia.db\"");
    office.run("find --id-file who.txt").done();
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_elsewhere_now_is_another_place() {
    let mut office = office();
    fs::rename(office.path("zkjia.db"), office.path("real.db")).unwrap();
    fs::copy(office.path("real.db"), office.path("other.db")).unwrap();
    std::os::unix::fs::symlink(office.path("real.db"), office.path("zkjia.db")).unwrap();
    office.run("map trust --yes").done();
    office.run("find --id-file who.txt").done();
    fs::remove_file(office.path("zkjia.db")).unwrap();
    std::os::unix::fs::symlink(office.path("other.db"), office.path("zkjia.db")).unwrap();
    office.run("find --id-file who.txt").refused("untrusted_database");
}

#[test]
fn another_files_folder_is_refused_until_the_map_is_trusted_again() {
    let mut office = office();
    fs::create_dir(office.path("elsewhere")).unwrap();
    office.run("case open copy --channel app --id-file who.txt --quiet").done();
    office.run("case identify DSR-20261123-0001 --level L2 --by otp+waybill --quiet").done();
    settle(&office, "\"files\"", "\"elsewhere\"");
    office.run("export DSR-20261123-0001 --no-zip").refused("untrusted_files");
    let settings = office.read("droit.toml");
    office.file("droit.toml", &settings.replace("files = \"elsewhere\"\n", ""));
    office.run("export DSR-20261123-0001 --no-zip").refused("untrusted_files");
    office.file("droit.toml", &settings);
    office.run("map trust --yes").done();
    office.run("export DSR-20261123-0001 --no-zip").done();
}

#[test]
fn a_workspace_that_moves_as_a_whole_takes_its_trust_along() {
    let mut office = office();
    fs::create_dir(office.path("moved")).unwrap();
    for name in ["droit.toml", "datamap.toml", "datamap.lock", "casebook.db", "zkjia.db", "files", "who.txt"] {
        fs::rename(office.path(name), office.path("moved").join(name)).unwrap();
    }
    office.run("find --workspace moved --id-file moved/who.txt").done();
}
