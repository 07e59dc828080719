"""Checks what `droit audit export` wrote, without droit: Python 3, its standard library, and no more than you can read.

    python3 check_chain.py record.jsonl HEAD            HEAD as it is printed on letters and logs: 42:9f86d0…
    python3 check_chain.py record.jsonl FILE            FILE as `droit audit anchor --to FILE` writes it

Every event must follow from the one before, and the chain must pass through the head, or through every anchor. It says
what is wrong and ends with 1; what comes after the last head that somebody holds, nobody can vouch for. The format is
in casebook-format.md and anchor-format.md. Signatures are checked with `ssh-keygen -Y verify`.
"""
import hashlib
import json
import sys


def fields(header):
    """Nine fields, each a length of four bytes and that many bytes; nothing follows the last."""
    found, at = [], 0
    for _ in range(9):
        length = int.from_bytes(header[at:at + 4], "big")
        found.append(header[at + 4:at + 4 + length])
        at += 4 + length
    assert at == len(header), "the header does not end where its fields end"
    return found


def written(header, body_sha256, digest):
    """The line that says what the header says."""
    form, workspace, number, at, actor, about, details, key, nonce = fields(header)
    assert form == b"droit.event/1", "this is no event"
    number, text = int.from_bytes(number, "big"), lambda value: json.dumps(value.decode(), ensure_ascii=False)
    return workspace.decode(), number, (
        f'{{"number":{number},"at":{text(at)},"actor":{text(actor)},"about":{text(about)},{details.decode()[1:-1]},'
        f'"sealed":{"true" if key else "false"},"header":"{header.hex()}","body_sha256":"{body_sha256.hex()}",'
        f'"hash":"{digest.hex()}"}}\n')


def check(record, heads):
    """The last event's number and hash; AssertionError, ValueError or KeyError if the record is not whole."""
    lines = record.decode().split("\n")
    assert lines.pop() == "", "the last line is cut off"
    workspace = json.loads(lines[0])["workspace"]
    first = {"schema": "droit.casebook-export/1", "workspace": workspace}
    assert lines[0] == json.dumps(first, separators=(",", ":")), "line 1 is not the first line of an export"
    hashes = {0: bytes(32)}
    for number, line in enumerate(lines[1:], 1):
        event = json.loads(line)
        header, body, said = (bytes.fromhex(event[name]) for name in ("header", "body_sha256", "hash"))
        chained = b"droit.chain/1\n" + hashes[number - 1] + len(header).to_bytes(8, "big") + header + body
        assert len(body) == 32 and hashlib.sha256(chained).digest() == said, f"event {number}: wrong hash"
        assert (workspace, number, line + "\n") == written(header, body, said), f"event {number}: the line is changed"
        hashes[number] = said
    for number, digest in heads:
        assert hashes.get(number) == bytes.fromhex(digest), f"event {number} is missing, or not the one that is known"
    return len(hashes) - 1, hashes[len(hashes) - 1].hex()


def anchored(file, workspace):
    """The heads in a file of anchors, each of which names the line before."""
    lines, before = file.read_bytes().decode().splitlines(), None
    for line in lines:
        anchor = json.loads(line)
        assert anchor["workspace"] == workspace and anchor["previous"] == before, "the anchors are changed or foreign"
        before = hashlib.sha256(line.encode()).hexdigest()
        yield anchor["number"], anchor["hash"]


if __name__ == "__main__":
    import pathlib
    record, known = pathlib.Path(sys.argv[1]).read_bytes(), sys.argv[2]
    try:
        if pathlib.Path(known).is_file():
            heads = list(anchored(pathlib.Path(known), json.loads(record.split(b"\n")[0])["workspace"]))
        else:
            heads = [(int(known.split(":")[0]), known.split(":")[1])]
        assert heads, "there is no head to check against"
        number, digest = check(record, heads)
        print(f"whole: {number} events, head {number}:{digest}")
    except (AssertionError, ValueError, KeyError, IndexError) as wrong:
        sys.exit(f"NOT WHOLE: {wrong}")
