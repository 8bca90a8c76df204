"""A public, append-only log in the open C2SP formats: hashes, proofs, tiles, signed notes, checkpoints, receipts.

Floor 0: pure Python on hashlib and `cryptography`, without Django, a database or the network (but for `sources`).
Sources: RFC 6962 §2.1, c2sp.org/tlog-tiles, /tlog-checkpoint, /signed-note, /tlog-cosignature, /tlog-proof,
/tlog-witness, /tlog-policy. Not for deciding what is logged: see `tongban.ledger`.
"""

from .checkpoint import Checkpoint
from .errors import LogError
from .hashing import EMPTY_ROOT, HASH_BYTES, leaf_hash, node_hash
from .notes import Note, Signer, Verifier, new_signer, parse_signer, parse_verifier
from .policy import Policy
from .proofs import consistency_proof, inclusion_proof, root_of, verify_consistency, verify_inclusion
from .receipts import Receipt
from .tiles import Edge, Tiles, decode_bundle, encode_bundle, tile_path

__all__ = [
    "EMPTY_ROOT", "HASH_BYTES", "Checkpoint", "Edge", "LogError", "Note", "Policy", "Receipt", "Signer", "Tiles",
    "Verifier",
    "consistency_proof", "decode_bundle", "encode_bundle", "inclusion_proof", "leaf_hash", "new_signer", "node_hash",
    "parse_signer", "parse_verifier", "root_of", "tile_path", "verify_consistency", "verify_inclusion",
]  # fmt: skip
