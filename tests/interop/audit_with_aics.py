"""Checks a log in a folder, and receipts, with aics-tlog alone: nothing of Tongban's is used here.

PYTHONPATH=<unpacked aics-tlog> python audit_with_aics.py FOLDER VKEY OLD_CHECKPOINT RECEIPT...
"""

import base64
import json
import sys
from pathlib import Path

import aics_tlog as aics


def checkpoint(raw: bytes, key):
    note = aics.parse_note(raw)
    result = aics.verify_checkpoint(note, key)
    assert result.ok, result
    return aics.parse_checkpoint(note.text)


folder, vkey, old, *receipts = sys.argv[1:]
key = aics.parse_vkey(vkey)
head = checkpoint((Path(folder) / "checkpoint").read_bytes(), key)
reader = aics.FileSystemTileReader(folder)
root = head.root
report = aics.audit_tiles(reader, head.size, root)
before = checkpoint(Path(old).read_bytes(), key)
growth = aics.consistency_proof_from_tiles(reader, before.size, head.size)
assert aics.verify_consistency(before.size, head.size, before.root, root, growth)
for name in receipts:
    above, note = Path(name).read_text().split("\n\n", 1)
    header, extra, index, *proof = above.split("\n")
    assert header == "c2sp.org/tlog-proof@v1"
    entry = json.loads(base64.b64decode(extra.removeprefix("extra ")))["entry"].encode()
    tree = checkpoint(note.encode(), key)
    leaf = aics.leaf_hash(entry)
    hashes = [base64.b64decode(line) for line in proof]
    assert aics.verify_inclusion(leaf, int(index.removeprefix("index ")), tree.size, hashes, tree.root)
    assert not aics.verify_inclusion(leaf, int(index.removeprefix("index ")) ^ 1, tree.size, hashes, tree.root)
print(
    f"{report.size} entries, {report.bundles} bundles, {report.tiles} tiles, grown from {before.size}, "
    f"{len(receipts)} receipts"
)
